// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What contractions and reductions tell fusion of their loops, and losses of their parts.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace weft;

namespace {

class LoopStructure : public testing::Test {
protected:
  LoopStructure() { context.loadDialect<WeftDialect, func::FuncDialect>(); }

  // The only op of its kind in a function of these arguments.
  template <typename OpT>
  OpT parse(StringRef arguments, StringRef op) {
    std::string text = ("func.func @f(" + arguments + ") {\n" + op + "\nreturn\n}").str();
    module = parseSourceString<ModuleOp>(text, &context);
    OpT result;
    if (module)
      module->walk([&](OpT op) { result = op; });
    return result;
  }

  // Where each dimension of the results lies in an operand.
  template <typename OpT>
  static std::vector<int64_t> map(OpT op, unsigned operand) {
    std::vector<int64_t> dimensions;
    for (int64_t i = 0, rank = op.getType().getRank(); i < rank; ++i)
      dimensions.push_back(op.mapDimension(i, operand));
    return dimensions;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

using Dims = std::vector<int64_t>;

TEST_F(LoopStructure, MatmulRowsAreThoseOfA) {
  auto op = parse<MatmulOp>(
      "%a: tensor<?x8xf32>, %b: tensor<8x4xf32>",
      "%0 = weft.matmul %a, %b : (tensor<?x8xf32>, tensor<8x4xf32>) -> tensor<?x4xf32>");
  ASSERT_TRUE(op);
  EXPECT_EQ(op.getFusionKind(), FusionKind::Contraction);
  EXPECT_EQ(map(op, 0), (Dims{0, kWholeOperand}));
  EXPECT_EQ(map(op, 1), (Dims{kWholeOperand, 1}));
  EXPECT_EQ(op.getFlopsPerElement(), 16);
}

TEST_F(LoopStructure, MatmulTransposed) {
  auto op = parse<MatmulOp>("%a: tensor<16x3xf32>, %b: tensor<4x16xf32>",
                            "%0 = weft.matmul %a, %b {transpose_a, transpose_b} : "
                            "(tensor<16x3xf32>, tensor<4x16xf32>) -> tensor<3x4xf32>");
  ASSERT_TRUE(op);
  EXPECT_EQ(map(op, 0), (Dims{1, kWholeOperand}));
  EXPECT_EQ(map(op, 1), (Dims{kWholeOperand, 0}));
  EXPECT_EQ(op.getContractedDimOfA(), 0);
  EXPECT_EQ(op.getContractedDimOfB(), 1);
  EXPECT_EQ(op.getFlopsPerElement(), 32);
}

TEST_F(LoopStructure, MatmulBatchDimensionsAreThoseOfBoth) {
  auto op = parse<MatmulOp>("%a: tensor<?x2x5x8xf32>, %b: tensor<?x2x4x8xf32>",
                            "%0 = weft.matmul %a, %b {transpose_b} : (tensor<?x2x5x8xf32>, "
                            "tensor<?x2x4x8xf32>) -> tensor<?x2x5x4xf32>");
  ASSERT_TRUE(op);
  EXPECT_EQ(map(op, 0), (Dims{0, 1, 2, kWholeOperand}));
  EXPECT_EQ(map(op, 1), (Dims{0, 1, kWholeOperand, 2}));
}

TEST_F(LoopStructure, ReductionDropsDimensions) {
  auto op = parse<ReduceSumOp>(
      "%x: tensor<?x3x4x5xf32>",
      "%0 = weft.reduce_sum %x dims = [1, 3] : tensor<?x3x4x5xf32> -> tensor<?x4xf32>");
  ASSERT_TRUE(op);
  EXPECT_EQ(op.getFusionKind(), FusionKind::Reduction);
  EXPECT_EQ(map(op, 0), (Dims{0, 2}));
}

TEST_F(LoopStructure, ReducedDimensionsThatAreKeptCannotBeSliced) {
  auto op = parse<ReduceMaxOp>(
      "%x: tensor<?x3x4xf32>",
      "%0 = weft.reduce_max %x dims = [1] keepdim : tensor<?x3x4xf32> -> tensor<?x1x4xf32>");
  ASSERT_TRUE(op);
  EXPECT_EQ(map(op, 0), (Dims{0, kNotSliceable, 2}));
}

TEST_F(LoopStructure, ArgmaxDropsItsDimension) {
  auto op = parse<ArgmaxOp>("%x: tensor<3x4x5xf32>",
                            "%0 = weft.argmax %x dim = 0 : tensor<3x4x5xf32> -> tensor<4x5xi64>");
  ASSERT_TRUE(op);
  EXPECT_EQ(map(op, 0), (Dims{1, 2}));
}

// A loss as the train step takes it: a sum and a weight, f64 if the loss is, else f32.
template <typename OpT>
void expectSumAndWeight(OpT op) {
  ASSERT_TRUE(op);
  OpBuilder builder(op->getNextNode());
  Value sum, weight;
  ASSERT_TRUE(succeeded(op.buildSumAndWeight(builder, sum, weight)));
  bool isDouble = isa<Float64Type>(getElementTypeOrSelf(op.getType()));
  auto scalar =
      RankedTensorType::get({}, isDouble ? Type(builder.getF64Type()) : builder.getF32Type());
  EXPECT_EQ(sum.getType(), scalar);
  EXPECT_EQ(weight.getType(), scalar);
  EXPECT_TRUE(succeeded(verify(op->template getParentOfType<ModuleOp>())));
}

TEST_F(LoopStructure, LossesSplit) {
  expectSumAndWeight(parse<CrossEntropyOp>(
      "%x: tensor<?x4xbf16>, %l: tensor<?xi64>",
      "%0 = weft.cross_entropy %x, %l : (tensor<?x4xbf16>, tensor<?xi64>) -> tensor<bf16>"));
  expectSumAndWeight(parse<MseLossOp>(
      "%x: tensor<?x4xf64>, %t: tensor<?x4xf64>",
      "%0 = weft.mse_loss %x, %t : (tensor<?x4xf64>, tensor<?x4xf64>) -> tensor<f64>"));
}

TEST_F(LoopStructure, OnlyMeansSplit) {
  auto op = parse<L1LossOp>("%x: tensor<?x4xf32>, %t: tensor<?x4xf32>",
                            "%0 = weft.l1_loss %x, %t reduction = sum : (tensor<?x4xf32>, "
                            "tensor<?x4xf32>) -> tensor<f32>");
  ASSERT_TRUE(op);
  OpBuilder builder(op->getNextNode());
  Value sum, weight;
  EXPECT_TRUE(failed(op.buildSumAndWeight(builder, sum, weight)));
}

TEST_F(LoopStructure, LabelsAreClassIndices) {
  auto op = parse<CrossEntropyOp>("%x: tensor<?x4xf32>, %l: tensor<?xi64>",
                                  "%0 = weft.cross_entropy %x, %l ignore_index = 7 : "
                                  "(tensor<?x4xf32>, tensor<?xi64>) -> tensor<f32>");
  ASSERT_TRUE(op);
  EXPECT_FALSE(op.getIndexRange(0));
  std::optional<IndexRange> range = op.getIndexRange(1);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->low, 0);
  EXPECT_EQ(range->high, 4);
  EXPECT_EQ(range->ignore, 7);
}

} // namespace
