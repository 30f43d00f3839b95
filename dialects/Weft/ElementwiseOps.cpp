// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification and type inference of the Elementwise family.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

Type weft::getBoolTensorType(Type type) {
  return cast<RankedTensorType>(type).clone(IntegerType::get(type.getContext(), 1));
}

void CastOp::build(OpBuilder &builder, OperationState &state, Value input, Type elementType) {
  auto type = cast<RankedTensorType>(input.getType());
  build(builder, state, type.clone(elementType), input);
}

LogicalResult ClampOp::verify() {
  if (!getMinAttr() && !getMaxAttr())
    return emitOpError("expected a bound, 'min' or 'max', got none (clamp_c1)");
  return success();
}

#define GET_OP_CLASSES
#include "dialects/Weft/ElementwiseOps.cpp.inc"
