// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of ops: the interface that a differentiable op implements, and the trait of one that is
// not.
#ifndef WEFT_INTERFACES_DIFFERENTIABLEOPINTERFACE_H
#define WEFT_INTERFACES_DIFFERENTIABLEOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace weft {
template <typename ConcreteOp>
class NoGradient : public mlir::OpTrait::TraitBase<ConcreteOp, NoGradient> {};
} // namespace weft

#include "dialects/Interfaces/DifferentiableOpInterface.h.inc"

#endif
