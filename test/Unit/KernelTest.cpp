// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled kernels of single primitives and of fused regions against the reference interpreter.
#include "KernelHarness.h"

#include <gtest/gtest.h>

using namespace weft::test;

namespace {

//===--- Elementwise --------------------------------------------------------===//

struct Unary {
  const char *name;
  const char *op;
  const char *range = "-4.0, 4.0";
  double tolerance = 4;
};

class UnaryKernel : public testing::TestWithParam<Unary> {};

TEST_P(UnaryKernel, MatchesReference) {
  const Unary &unary = GetParam();
  for (const char *type : {"tensor<?x37xf32>", "tensor<?xf32>", "tensor<5x3x16xf32>"})
    checkKernel("func.func @f(%x: " + std::string(type) +
                    " {test.range = array<f64: " + unary.range + ">}) -> " + type +
                    " {\n %y = " + unary.op + " : " + type + "\n return %y : " + type + "\n}",
                unary.tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Ops, UnaryKernel,
    testing::Values(Unary{"neg", "weft.neg %x"}, Unary{"abs", "weft.abs %x"},
                    Unary{"sign", "weft.sign %x"}, Unary{"exp", "weft.exp %x", "-20.0, 5.0"},
                    Unary{"log", "weft.log %x", "0.001, 50.0"},
                    Unary{"sqrt", "weft.sqrt %x", "0.0, 9.0"},
                    Unary{"rsqrt", "weft.rsqrt %x", "0.1, 9.0"}, Unary{"tanh", "weft.tanh %x"},
                    Unary{"erf", "weft.erf %x"}, Unary{"sigmoid", "weft.sigmoid %x", "-30.0, 30.0"},
                    Unary{"relu", "weft.relu %x"}, Unary{"sin", "weft.sin %x", "-30.0, 30.0"},
                    Unary{"cos", "weft.cos %x", "-30.0, 30.0"},
                    Unary{"clamp", "weft.clamp %x min = -1.0 max = 2.5"}),
    [](const auto &info) { return info.param.name; });

class BinaryKernel : public testing::TestWithParam<const char *> {};

TEST_P(BinaryKernel, MatchesReference) {
  for (const char *element : {"f32", "i64", "i32", "f64", "bf16", "f16"}) {
    std::string type = std::string("tensor<?x21x") + element + ">";
    checkKernel("func.func @f(%a: " + type + ", %b: " + type + ") -> " + type + "{\n %y = weft." +
                GetParam() + " %a, %b : " + type + "\n return %y : " + type + "\n}");
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, BinaryKernel,
                         testing::Values("add", "sub", "mul", "maximum", "minimum"));

TEST(ElementwiseKernel, Divide) {
  checkKernel(
      R"(func.func @f(%a: tensor<?x21xf32>, %b: tensor<?x21xf32> {test.range = array<f64: 0.5, 4.0>})
      -> tensor<?x21xf32> {
    %y = weft.div %a, %b : tensor<?x21xf32>
    return %y : tensor<?x21xf32>
  })");
}

// Whole vectors and what is left over, where lanes that do not exist must not divide.
TEST(ElementwiseKernel, DivideIntegers) {
  checkKernel(
      R"(func.func @f(%a: tensor<?x21xi32>, %b: tensor<?x21xi32> {test.range = array<f64: 1.0, 9.0>})
      -> tensor<?x21xi32> {
    %y = weft.div %a, %b : tensor<?x21xi32>
    return %y : tensor<?x21xi32>
  })");
}

TEST(ElementwiseKernel, Power) {
  checkKernel(
      R"(func.func @f(%a: tensor<?x21xf32> {test.range = array<f64: 0.1, 4.0>}, %b: tensor<?x21xf32>)
      -> tensor<?x21xf32> {
    %y = weft.pow %a, %b : tensor<?x21xf32>
    return %y : tensor<?x21xf32>
  })",
      32);
}

TEST(ElementwiseKernel, FunctionsOfDoubles) {
  struct Function {
    const char *op, *range;
  };
  // In units of f32: far below one, because these are right in f64.
  for (Function function : {Function{"exp", "-700.0, 2.0"}, Function{"log", "0.0, 1000.0"},
                            Function{"tanh", "-3.0, 3.0"}, Function{"erf", "-7.0, 7.0"},
                            Function{"sigmoid", "-40.0, 40.0"}, Function{"sin", "-300.0, 300.0"},
                            Function{"cos", "-300.0, 300.0"}})
    checkKernel("func.func @f(%x: tensor<?x37xf64> {test.range = array<f64: " +
                    std::string(function.range) + ">}) -> tensor<?x37xf64> {\n %y = weft." +
                    function.op + " %x : tensor<?x37xf64>\n return %y : tensor<?x37xf64>\n}",
                1e-8);
}

TEST(ElementwiseKernel, PowerOfNegativeNumbers) {
  checkKernel(
      R"(func.func @f(%a: tensor<?x21xf32>, %n: tensor<?x21xi32> {test.range = array<f64: -3.0, 4.0>})
      -> tensor<?x21xf32> {
    %b = weft.cast %n : tensor<?x21xi32> -> tensor<?x21xf32>
    %y = weft.pow %a, %b : tensor<?x21xf32>
    return %y : tensor<?x21xf32>
  })",
      1);
}

TEST(ElementwiseKernel, TruthValues) {
  checkKernel(
      R"(func.func @f(%a: tensor<?x21xf32>, %b: tensor<?x21xf32>, %c: tensor<?x21xi1>, %n: tensor<?x21xi64>)
      -> (tensor<?x21xf32>, tensor<?x21xi1>, tensor<?x21xi1>) {
    %lt = weft.compare lt, %a, %b : tensor<?x21xf32>
    %ge = weft.compare ge, %n, %n : tensor<?x21xi64>
    %and = weft.and %lt, %c : tensor<?x21xi1>
    %or = weft.or %ge, %c : tensor<?x21xi1>
    %not = weft.not %or : tensor<?x21xi1>
    %y = weft.select %and, %a, %b : tensor<?x21xf32>
    return %y, %and, %not : tensor<?x21xf32>, tensor<?x21xi1>, tensor<?x21xi1>
  })");
}

TEST(ElementwiseKernel, Casts) {
  checkKernel(R"(func.func @f(%a: tensor<?x21xf32>, %n: tensor<?x21xi64>, %c: tensor<?x21xi1>)
      -> (tensor<?x21xbf16>, tensor<?x21xi32>, tensor<?x21xf32>, tensor<?x21xf64>, tensor<?x21xf32>, tensor<?x21xi1>, tensor<?x21xf16>) {
    %b = weft.cast %a : tensor<?x21xf32> -> tensor<?x21xbf16>
    %i = weft.cast %a : tensor<?x21xf32> -> tensor<?x21xi32>
    %f = weft.cast %n : tensor<?x21xi64> -> tensor<?x21xf32>
    %d = weft.cast %a : tensor<?x21xf32> -> tensor<?x21xf64>
    %t = weft.cast %c : tensor<?x21xi1> -> tensor<?x21xf32>
    %z = weft.cast %n : tensor<?x21xi64> -> tensor<?x21xi1>
    %h = weft.cast %a : tensor<?x21xf32> -> tensor<?x21xf16>
    return %b, %i, %f, %d, %t, %z, %h : tensor<?x21xbf16>, tensor<?x21xi32>, tensor<?x21xf32>, tensor<?x21xf64>, tensor<?x21xf32>, tensor<?x21xi1>, tensor<?x21xf16>
  })",
              1);
}

// The old value of a parameter is read where its new one is written.
TEST(ElementwiseKernel, UpdatesInPlace) {
  std::string text =
      R"(func.func @f(%p: tensor<33x21xf32>, %m: tensor<33x21xf32>, %g: tensor<33x21xf32>, %lr: tensor<f64>, %mu: tensor<f64>)
      -> (tensor<33x21xf32>, tensor<33x21xf32>) {
    %lr32 = weft.cast %lr : tensor<f64> -> tensor<f32>
    %mu32 = weft.cast %mu : tensor<f64> -> tensor<f32>
    %lrs = weft.broadcast %lr32 dims = [] : tensor<f32> -> tensor<33x21xf32>
    %mus = weft.broadcast %mu32 dims = [] : tensor<f32> -> tensor<33x21xf32>
    %scaled = weft.mul %mus, %m : tensor<33x21xf32>
    %new_m = weft.add %scaled, %g : tensor<33x21xf32>
    %step = weft.mul %lrs, %new_m : tensor<33x21xf32>
    %new_p = weft.sub %p, %step : tensor<33x21xf32>
    return %new_p, %new_m : tensor<33x21xf32>, tensor<33x21xf32>
  })";
  checkKernel(text);
  KernelHarness harness(text);
  ASSERT_TRUE(harness.isValid());
  const auto &bindings = harness.getInfo().bindings;
  ASSERT_EQ(bindings.size(), 7u);
  EXPECT_TRUE(llvm::is_contained(bindings[5].mayOverwrite, 0u));
  EXPECT_TRUE(llvm::is_contained(bindings[6].mayOverwrite, 1u));
}

//===--- Shapes -------------------------------------------------------------===//

TEST(ShapeKernel, Broadcast) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x7xf32>, %b: tensor<19xf32>, %v: tensor<?xf32>, %k: tensor<?x1xf32>)
      -> (tensor<?x19xf32>, tensor<?x19xf32>, tensor<?x19xf32>) {
    %y = weft.broadcast %b like %x dims = [1] : tensor<19xf32>, tensor<?x7xf32> -> tensor<?x19xf32>
    %z = weft.broadcast %v dims = [0] : tensor<?xf32> -> tensor<?x19xf32>
    %w = weft.broadcast %k dims = [0, 1] : tensor<?x1xf32> -> tensor<?x19xf32>
    return %y, %z, %w : tensor<?x19xf32>, tensor<?x19xf32>, tensor<?x19xf32>
  })",
      0);
}

TEST(ShapeKernel, Permute) {
  checkKernel(R"(func.func @f(%x: tensor<?x5x18xf32>) -> tensor<?x18x5xf32> {
    %y = weft.permute %x dims = [0, 2, 1] : tensor<?x5x18xf32> -> tensor<?x18x5xf32>
    return %y : tensor<?x18x5xf32>
  })",
              0);
}

TEST(ShapeKernel, Slice) {
  checkKernel(R"(func.func @f(%x: tensor<?x40xf32>) -> (tensor<?x17xf32>, tensor<?x12xf32>) {
    %y = weft.slice %x starts = [0, 3] limits = [-1, 20] strides = [1, 1] : tensor<?x40xf32> -> tensor<?x17xf32>
    %z = weft.slice %x starts = [0, 2] limits = [-1, 38] strides = [1, 3] : tensor<?x40xf32> -> tensor<?x12xf32>
    return %y, %z : tensor<?x17xf32>, tensor<?x12xf32>
  })",
              0);
}

TEST(ShapeKernel, ConcatAndPad) {
  checkKernel(
      R"(func.func @f(%a: tensor<?x3xf32>, %b: tensor<?x20xf32>) -> (tensor<?x23xf32>, tensor<?x30xf32>) {
    %n = weft.neg %b : tensor<?x20xf32>
    %y = weft.concat %a, %n dim = 1 : tensor<?x3xf32>, tensor<?x20xf32> -> tensor<?x23xf32>
    %z = weft.pad %y low = [0, 2] high = [0, 5] value = 1.5 : tensor<?x23xf32> -> tensor<?x30xf32>
    return %y, %z : tensor<?x23xf32>, tensor<?x30xf32>
  })",
      0);
}

TEST(ShapeKernel, Reshape) {
  checkKernel(R"(func.func @f(%x: tensor<?x6x4xf32>) -> tensor<?x24xf32> {
    %n = weft.exp %x : tensor<?x6x4xf32>
    %y = weft.reshape %n : tensor<?x6x4xf32> -> tensor<?x24xf32>
    return %y : tensor<?x24xf32>
  })");
}

TEST(ShapeKernel, ConstantAndIota) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x5xf32>) -> (tensor<?x5xf32>, tensor<?x5xi64>, tensor<?x5xf32>) {
    %c = weft.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0]> : tensor<5xf32>
    %b = weft.broadcast %c like %x dims = [1] : tensor<5xf32>, tensor<?x5xf32> -> tensor<?x5xf32>
    %y = weft.mul %x, %b : tensor<?x5xf32>
    %i = weft.iota like %x dim = 1 : tensor<?x5xf32> -> tensor<?x5xi64>
    %r = weft.iota like %x dim = 0 : tensor<?x5xf32> -> tensor<?x5xf32>
    return %y, %i, %r : tensor<?x5xf32>, tensor<?x5xi64>, tensor<?x5xf32>
  })");
}

//===--- Reductions ---------------------------------------------------------===//

TEST(ReductionKernel, AlongRows) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x53xf32>) -> (tensor<?xf32>, tensor<?x1xf32>, tensor<?xi64>) {
    %s = weft.reduce_sum %x dims = [1] : tensor<?x53xf32> -> tensor<?xf32>
    %m = weft.reduce_max %x dims = [1] keepdim : tensor<?x53xf32> -> tensor<?x1xf32>
    %a = weft.argmax %x dim = 1 : tensor<?x53xf32> -> tensor<?xi64>
    return %s, %m, %a : tensor<?xf32>, tensor<?x1xf32>, tensor<?xi64>
  })",
      64);
}

TEST(ReductionKernel, AlongColumns) {
  checkKernel(R"(func.func @f(%x: tensor<?x53xf32>, %p: tensor<53xf32>) -> tensor<53xf32> {
    %s = weft.reduce_sum %x dims = [0] : tensor<?x53xf32> -> tensor<53xf32>
    %y = weft.sub %p, %s : tensor<53xf32>
    return %y : tensor<53xf32>
  })",
              64);
}

TEST(ReductionKernel, AllElements) {
  checkKernel(R"(func.func @f(%x: tensor<?x53xf32>) -> tensor<f32> {
    %q = weft.mul %x, %x : tensor<?x53xf32>
    %s = weft.reduce_sum %q dims = [0, 1] : tensor<?x53xf32> -> tensor<f32>
    return %s : tensor<f32>
  })",
              64);
}

TEST(ReductionKernel, InnerDimension) {
  checkKernel(R"(func.func @f(%x: tensor<?x6x18xf32>) -> (tensor<?x18xf32>, tensor<?x6xbf16>) {
    %s = weft.reduce_sum %x dims = [1] : tensor<?x6x18xf32> -> tensor<?x18xf32>
    %b = weft.cast %x : tensor<?x6x18xf32> -> tensor<?x6x18xbf16>
    %t = weft.reduce_sum %b dims = [2] : tensor<?x6x18xbf16> -> tensor<?x6xbf16>
    return %s, %t : tensor<?x18xf32>, tensor<?x6xbf16>
  })",
              16);
}

//===--- Fused regions ------------------------------------------------------===//

TEST(FusedKernel, Softmax) {
  checkKernel(R"(func.func @f(%x: tensor<?x53xf32>) -> tensor<?x53xf32> {
    %m = weft.reduce_max %x dims = [1] keepdim : tensor<?x53xf32> -> tensor<?x1xf32>
    %mb = weft.broadcast %m dims = [0, 1] : tensor<?x1xf32> -> tensor<?x53xf32>
    %d = weft.sub %x, %mb : tensor<?x53xf32>
    %e = weft.exp %d : tensor<?x53xf32>
    %s = weft.reduce_sum %e dims = [1] keepdim : tensor<?x53xf32> -> tensor<?x1xf32>
    %sb = weft.broadcast %s dims = [0, 1] : tensor<?x1xf32> -> tensor<?x53xf32>
    %y = weft.div %e, %sb : tensor<?x53xf32>
    return %y : tensor<?x53xf32>
  })");
}

// A number that several loops need has no dimension to slice: it is computed for each slice.
TEST(FusedKernel, NumberInEachSlice) {
  std::string text = R"(func.func @f(%x: tensor<?x300xf32>, %s: tensor<f32>)
      -> (tensor<?x300xf32>, tensor<?xf32>) {
    %e = weft.exp %s : tensor<f32>
    %b = weft.broadcast %e like %x dims = [] : tensor<f32>, tensor<?x300xf32> -> tensor<?x300xf32>
    %y = weft.mul %x, %b : tensor<?x300xf32>
    %q = weft.reduce_max %y dims = [1] : tensor<?x300xf32> -> tensor<?xf32>
    %c = weft.broadcast %e like %q dims = [] : tensor<f32>, tensor<?xf32> -> tensor<?xf32>
    %z = weft.mul %q, %c : tensor<?xf32>
    return %y, %z : tensor<?x300xf32>, tensor<?xf32>
  })";
  checkKernel(text);
  KernelHarness harness(text);
  ASSERT_TRUE(harness.isValid());
  EXPECT_GT(harness.countTiles(64), 1);
}

TEST(FusedKernel, TwoParts) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x53xf32>, %y: tensor<11xf32>) -> (tensor<?x53xf32>, tensor<11xf32>, tensor<53xf32>) {
    %a = weft.exp %x : tensor<?x53xf32>
    %b = weft.neg %y : tensor<11xf32>
    %c = weft.reduce_sum %x dims = [0] : tensor<?x53xf32> -> tensor<53xf32>
    return %a, %b, %c : tensor<?x53xf32>, tensor<11xf32>, tensor<53xf32>
  })",
      32);
}

TEST(FusedKernel, DropoutMask) {
  std::string text =
      R"(func.func @f(%x: tensor<?x19xf32>, %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) -> tensor<?x19xf32> {
    %k = weft.dropout_mask %seed, %step, %offset like %x p = 0.3 id = 5 : tensor<?x19xf32> -> tensor<?x19xi1>
    %z = weft.sub %x, %x : tensor<?x19xf32>
    %y = weft.select %k, %x, %z : tensor<?x19xf32>
    return %y : tensor<?x19xf32>
  })";
  checkKernel(text);
}

// The id may be a number of the dispatch, so that equal layers share a kernel.
TEST(FusedKernel, ConstantsOfTheDispatch) {
  auto text = [](const std::string &arguments, const std::string &numbers, const std::string &id) {
    return R"(func.func @f(%x: tensor<?x19xf32>, %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>)" +
           arguments + R"() -> tensor<?x19xi1> {
      %k = weft.dropout_mask %seed, %step, %offset like %x )" +
           numbers + " p = 0.3 id = " + id + R"( : tensor<?x19xf32> -> tensor<?x19xi1>
      return %k : tensor<?x19xi1>
    })";
  };
  KernelHarness fixed(text("", "", "5"));
  KernelHarness shared(text(", %other: tensor<i64> {weft.constant = 0 : i64}"
                            ", %id: tensor<i64> {weft.constant = 1 : i64}",
                            "numbers(%id)", "0"));
  ASSERT_TRUE(fixed.isValid() && shared.isValid());
  EXPECT_EQ(fixed.getInfo().constantCount, 0u);
  ASSERT_EQ(shared.getInfo().constantCount, 2u);
  auto operands = fixed.makeOperands(8, 1);
  shared.constants = {77, 5};
  auto expected = fixed.run(operands, 8, 1, 1);
  EXPECT_EQ(shared.run(operands, 8, 1, 1)[0].getInts(), expected[0].getInts());
  shared.constants = {5, 6};
  EXPECT_NE(shared.run(operands, 8, 1, 1)[0].getInts(), expected[0].getInts());
}

//===--- Indices------------------------------------------------------------===//

//===--- Contractions -------------------------------------------------------===//

TEST(ContractionKernel, LinearRelu) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x70xf32>, %w: tensor<70x53xf32>, %b: tensor<53xf32>) -> tensor<?x53xf32> {
    %h = weft.matmul %x, %w : (tensor<?x70xf32>, tensor<70x53xf32>) -> tensor<?x53xf32>
    %bb = weft.broadcast %b like %x dims = [1] : tensor<53xf32>, tensor<?x70xf32> -> tensor<?x53xf32>
    %a = weft.add %h, %bb : tensor<?x53xf32>
    %y = weft.relu %a : tensor<?x53xf32>
    return %y : tensor<?x53xf32>
  })",
      64);
}

// A weight's update in the epilogue of the contraction that makes its gradient.
TEST(ContractionKernel, GradientAndUpdate) {
  std::string text =
      R"(func.func @f(%x: tensor<?x70xf32>, %g: tensor<?x53xf32>, %w: tensor<70x53xf32>, %lr: tensor<f64>) -> tensor<70x53xf32> {
    %d = weft.matmul %x, %g {transpose_a} : (tensor<?x70xf32>, tensor<?x53xf32>) -> tensor<70x53xf32>
    %l = weft.cast %lr : tensor<f64> -> tensor<f32>
    %lb = weft.broadcast %l dims = [] : tensor<f32> -> tensor<70x53xf32>
    %s = weft.mul %d, %lb : tensor<70x53xf32>
    %y = weft.sub %w, %s : tensor<70x53xf32>
    return %y : tensor<70x53xf32>
  })";
  checkKernel(text, 64);
  KernelHarness harness(text);
  ASSERT_TRUE(harness.isValid());
  EXPECT_TRUE(llvm::is_contained(harness.getInfo().bindings.back().mayOverwrite, 2u));
}

// The whole of cross-entropy and its gradient over rows of logits that are never in memory as a
// result.
TEST(ContractionKernel, CrossEntropyEpilogue) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x40xf32>, %w: tensor<40x10xf32>, %b: tensor<10xf32>, %labels: tensor<?xi64>)
      -> (tensor<?xf32>, tensor<?x10xf32>) {
    %h = weft.matmul %x, %w : (tensor<?x40xf32>, tensor<40x10xf32>) -> tensor<?x10xf32>
    %bb = weft.broadcast %b like %x dims = [1] : tensor<10xf32>, tensor<?x40xf32> -> tensor<?x10xf32>
    %z = weft.add %h, %bb : tensor<?x10xf32>
    %m = weft.reduce_max %z dims = [1] : tensor<?x10xf32> -> tensor<?xf32>
    %mb = weft.broadcast %m dims = [0] : tensor<?xf32> -> tensor<?x10xf32>
    %d = weft.sub %z, %mb : tensor<?x10xf32>
    %e = weft.exp %d : tensor<?x10xf32>
    %s = weft.reduce_sum %e dims = [1] : tensor<?x10xf32> -> tensor<?xf32>
    %sb = weft.broadcast %s dims = [0] : tensor<?xf32> -> tensor<?x10xf32>
    %p = weft.div %e, %sb : tensor<?x10xf32>
    %i = weft.iota like %x dim = 1 : tensor<?x40xf32> -> tensor<?x10xi64>
    %lb = weft.broadcast %labels dims = [0] : tensor<?xi64> -> tensor<?x10xi64>
    %c = weft.compare eq, %i, %lb : tensor<?x10xi64>
    %o = weft.cast %c : tensor<?x10xi1> -> tensor<?x10xf32>
    %g = weft.sub %p, %o : tensor<?x10xf32>
    %t = weft.mul %d, %o : tensor<?x10xf32>
    %dl = weft.reduce_sum %t dims = [1] : tensor<?x10xf32> -> tensor<?xf32>
    %ls = weft.log %s : tensor<?xf32>
    %loss = weft.sub %ls, %dl : tensor<?xf32>
    return %loss, %g : tensor<?xf32>, tensor<?x10xf32>
  })",
      64);
}

TEST(ContractionKernel, Batched) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x3x9x20xf32>, %y: tensor<?x3x11x20xf32>) -> (tensor<?x3x9x11xf32>) {
    %h = weft.matmul %x, %y {transpose_b} : (tensor<?x3x9x20xf32>, tensor<?x3x11x20xf32>) -> tensor<?x3x9x11xf32>
    %m = weft.reduce_max %h dims = [3] keepdim : tensor<?x3x9x11xf32> -> tensor<?x3x9x1xf32>
    %b = weft.broadcast %m dims = [0, 1, 2, 3] : tensor<?x3x9x1xf32> -> tensor<?x3x9x11xf32>
    %z = weft.sub %h, %b : tensor<?x3x9x11xf32>
    return %z : tensor<?x3x9x11xf32>
  })",
      64);
}

// The slice begins where the product does, but is narrower.
TEST(ContractionKernel, SliceOfProduct) {
  checkKernel(R"(func.func @f(%x: tensor<?x20xf32>, %w: tensor<20x18xf32>) -> tensor<?x7xf32> {
    %h = weft.matmul %x, %w : (tensor<?x20xf32>, tensor<20x18xf32>) -> tensor<?x18xf32>
    %s = weft.slice %h starts = [0, 0] limits = [-1, 7] strides = [1, 1] : tensor<?x18xf32> -> tensor<?x7xf32>
    return %s : tensor<?x7xf32>
  })",
              64);
}

TEST(ContractionKernel, OperandMadeInPlace) {
  checkKernel(R"(func.func @f(%x: tensor<?x20xf32>, %w: tensor<20x18xf32>) -> tensor<?x18xf32> {
    %n = weft.relu %x : tensor<?x20xf32>
    %h = weft.matmul %n, %w : (tensor<?x20xf32>, tensor<20x18xf32>) -> tensor<?x18xf32>
    return %h : tensor<?x18xf32>
  })",
              64);
}

//===--- Other processors ---------------------------------------------------===//

TEST(KernelTargets, OlderProcessors) {
  for (const char *cpu : {"x86-64-v2", "x86-64-v3"}) {
    checkKernel(R"(func.func @f(%x: tensor<?x37xf32>) -> (tensor<?x37xf32>, tensor<?xf32>) {
      %y = weft.tanh %x : tensor<?x37xf32>
      %s = weft.reduce_sum %y dims = [1] : tensor<?x37xf32> -> tensor<?xf32>
      return %y, %s : tensor<?x37xf32>, tensor<?xf32>
    })",
                32, cpu);
    checkKernel(R"(func.func @f(%x: tensor<?x37xbf16>) -> tensor<?x37xbf16> {
      %y = weft.add %x, %x : tensor<?x37xbf16>
      return %y : tensor<?x37xbf16>
    })",
                2, cpu);
  }
}

} // namespace
