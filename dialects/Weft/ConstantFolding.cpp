// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants folded through the reference evaluation: what a primitive of any family makes of
// constants.
#include "dialects/Weft/Weft.h"
#include "mlir/Interfaces/FoldInterfaces.h"

using namespace mlir;
using namespace weft;

// Larger constants stay ops: they would only make the IR and the module grow.
static constexpr int64_t kMaxFoldedElements = 1024;

// An integer divided by zero has no value, and its evaluation would emit an error.
static bool hasNoValue(Operation *op, ArrayRef<ReferenceTensor> operands) {
  return isa<DivOp>(op) && !operands[1].isFloat() && llvm::is_contained(operands[1].getInts(), 0);
}

static FailureOr<ReferenceTensor> evaluate(Operation *op, ArrayRef<ReferenceTensor> operands) {
  SmallVector<ReferenceTensor> results;
  if (hasNoValue(op, operands) ||
      failed(cast<ReferenceOpInterface>(op).evaluate(operands, results)))
    return failure();
  return results.front();
}

// An elementwise op of tensors each of whose elements are all the same: one element tells.
static OpFoldResult foldSplats(Operation *op, ArrayRef<DenseElementsAttr> constants,
                               ShapedType type) {
  SmallVector<ReferenceTensor> operands;
  for (DenseElementsAttr constant : constants)
    operands.push_back(ReferenceTensor::fromAttribute(
        constant.resizeSplat(RankedTensorType::get({1}, constant.getElementType()))));
  FailureOr<ReferenceTensor> result = evaluate(op, operands);
  if (failed(result))
    return {};
  return result->toAttribute().resizeSplat(type);
}

static OpFoldResult foldConstants(Operation *op, ArrayRef<DenseElementsAttr> constants) {
  auto type = cast<ShapedType>(op->getResult(0).getType());
  bool isElementwise = cast<FusableOpInterface>(op).getFusionKind() == FusionKind::Elementwise;
  if (isElementwise && llvm::all_of(constants, [](auto constant) { return constant.isSplat(); }))
    return foldSplats(op, constants, type);
  int64_t largest = type.getNumElements();
  for (DenseElementsAttr constant : constants)
    largest = std::max(largest, constant.getNumElements());
  if (largest > kMaxFoldedElements)
    return {};
  FailureOr<ReferenceTensor> result =
      evaluate(op, llvm::map_to_vector(constants, ReferenceTensor::fromAttribute));
  if (failed(result))
    return {};
  return result->toAttribute();
}

namespace {
// Asked for every op of the dialect whose own fold finds nothing.
struct ConstantFolding : DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;

  LogicalResult fold(Operation *op, ArrayRef<Attribute> operands,
                     SmallVectorImpl<OpFoldResult> &results) const final {
    // Random masks are made where they are used.
    if (!isa<FusableOpInterface>(op) || isa<DropoutMaskOp>(op) || operands.empty() ||
        op->getNumResults() != 1 || !cast<ShapedType>(op->getResult(0).getType()).hasStaticShape())
      return failure();
    SmallVector<DenseElementsAttr> constants;
    for (Attribute operand : operands) {
      auto constant = dyn_cast_if_present<DenseElementsAttr>(operand);
      if (!constant)
        return failure();
      constants.push_back(constant);
    }
    OpFoldResult result = foldConstants(op, constants);
    if (!result)
      return failure();
    results.push_back(result);
    return success();
  }
};
} // namespace

void WeftDialect::registerConstantFolding() { addInterfaces<ConstantFolding>(); }
