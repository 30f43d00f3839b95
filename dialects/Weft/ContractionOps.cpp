// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification, type inference and loop structure of the Contraction family.
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/ContractionOps.cpp.inc"

//===----------------------------------------------------------------------===//
// matmul
//===----------------------------------------------------------------------===//

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  auto a = cast<RankedTensorType>(adaptor.getA().getType());
  auto b = cast<RankedTensorType>(adaptor.getB().getType());
  int64_t rank = a.getRank();
  if (rank < 2 || b.getRank() != rank || a.getElementType() != b.getElementType())
    return error() << "expected operands of one element type and one rank, at least 2, got " << a
                   << " and " << b << " (matmul_c1)";
  bool transposeA = adaptor.getTransposeA(), transposeB = adaptor.getTransposeB();
  int64_t rows = a.getDimSize(transposeA ? rank - 1 : rank - 2);
  int64_t contractedA = a.getDimSize(transposeA ? rank - 2 : rank - 1);
  int64_t contractedB = b.getDimSize(transposeB ? rank - 1 : rank - 2);
  int64_t columns = b.getDimSize(transposeB ? rank - 2 : rank - 1);
  if (contractedA != contractedB)
    return error() << "expected equal contracted dimensions, got " << DimText(contractedA)
                   << " and " << DimText(contractedB) << " (matmul_c2)";
  if (a.getShape().drop_back(2) != b.getShape().drop_back(2))
    return error() << "expected equal batch dimensions, got " << a << " and " << b
                   << " (matmul_c3)";

  SmallVector<int64_t> shape(a.getShape().drop_back(2));
  shape.append({rows, columns});
  // Rows of `b` would become columns.
  if (rank == 2 && ShapedType::isDynamic(columns) && transposeB)
    return error() << "expected only dimension 0 of the result to be dynamic, got "
                   << RankedTensorType::get(shape, a.getElementType()) << " (matmul_c4)";
  results.push_back(RankedTensorType::get(shape, a.getElementType()));
  return success();
}

int64_t MatmulOp::getContractedDimOfA() {
  return getA().getType().getRank() - (getTransposeA() ? 2 : 1);
}
int64_t MatmulOp::getContractedDimOfB() {
  return getB().getType().getRank() - (getTransposeB() ? 1 : 2);
}
int64_t MatmulOp::getRowDimOfA() { return getA().getType().getRank() - (getTransposeA() ? 1 : 2); }
int64_t MatmulOp::getColumnDimOfB() {
  return getB().getType().getRank() - (getTransposeB() ? 2 : 1);
}

FusionKind MatmulOp::getFusionKind() { return FusionKind::Contraction; }

int64_t MatmulOp::mapDimension(int64_t dimension, unsigned operand) {
  int64_t rank = getType().getRank();
  if (dimension < rank - 2)
    return dimension;
  if (dimension == rank - 2)
    return operand == 0 ? getRowDimOfA() : kWholeOperand;
  return operand == 0 ? kWholeOperand : getColumnDimOfB();
}

double MatmulOp::getFlopsPerElement() {
  // A contracted dimension that is dynamic is the rows of a batch; this is a typical number of
  // them.
  constexpr int64_t kTypicalRows = 64;
  int64_t contracted = getA().getType().getDimSize(getContractedDimOfA());
  return 2.0 * static_cast<double>(ShapedType::isDynamic(contracted) ? kTypicalRows : contracted);
}

//===----------------------------------------------------------------------===//
// linear
//===----------------------------------------------------------------------===//

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &results) {
  InferenceError error(location, getOperationName());
  auto x = cast<RankedTensorType>(adaptor.getX().getType());
  auto weight = cast<RankedTensorType>(adaptor.getWeight().getType());
  auto bias = adaptor.getBias() ? cast<RankedTensorType>(adaptor.getBias().getType()) : nullptr;
  bool areRanksValid = x.getRank() >= 1 && weight.getRank() == 2 && (!bias || bias.getRank() == 1);
  bool areElementsEqual = x.getElementType() == weight.getElementType() &&
                          (!bias || x.getElementType() == bias.getElementType());
  if (!areRanksValid || !areElementsEqual) {
    auto diagnostic =
        error() << "expected x of rank at least 1, weight of rank 2 and bias of rank 1, "
                   "all of one element type, got "
                << x << ", " << weight;
    if (bias)
      diagnostic << ", " << bias;
    return diagnostic << " (linear_c1)";
  }
  int64_t in = x.getShape().back();
  if (in != weight.getDimSize(1) || ShapedType::isDynamic(in))
    return error() << "expected the last dimension of x to be dimension 1 of weight, got "
                   << DimText(in) << " and " << DimText(weight.getDimSize(1)) << " (linear_c2)";
  int64_t out = weight.getDimSize(0);
  if (bias && bias.getDimSize(0) != out)
    return error() << "expected weight with a static number of outputs and bias with as many, got "
                   << weight << " and " << bias << " (linear_c3)";
  if (ShapedType::isDynamic(out))
    return error() << "expected weight with a static number of outputs, got " << weight
                   << " (linear_c3)";

  SmallVector<int64_t> shape(x.getShape());
  shape.back() = out;
  results.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}
