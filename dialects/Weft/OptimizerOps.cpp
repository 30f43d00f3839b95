// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification and type inference of the Optimizer family.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/OptimizerOps.cpp.inc"

LogicalResult SGDUpdateOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  results.push_back(adaptor.getParameter().getType());
  if (adaptor.getMomentumBuffer())
    results.push_back(adaptor.getMomentumBuffer().getType());
  return success();
}

LogicalResult SGDUpdateOp::verify() {
  bool hasBuffer = getMomentumBuffer() != nullptr;
  if (hasBuffer != (getMomentum() != nullptr))
    return emitOpError("expected a momentum buffer and a momentum, or neither (sgd_update_c2)");
  if ((getDampening() != nullptr) != (getStep() != nullptr))
    return emitOpError("expected a dampening and a step, or neither (sgd_update_c2)");
  if (!hasBuffer && (getDampening() || getNesterov()))
    return emitOpError() << "expected momentum with " << (getNesterov() ? "nesterov" : "dampening")
                         << ", got none (sgd_update_c2)";
  if (getNesterov() && getDampening())
    return emitOpError("expected nesterov without dampening, got both (sgd_update_c2)");
  return success();
}
