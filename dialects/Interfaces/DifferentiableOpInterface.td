// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How an op says what its gradient is. The reverse-mode engine knows ops only through this.
#ifndef WEFT_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
#define WEFT_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    An op with a vector-Jacobian product. The rule is built from `weft` ops, so that it can be
    differentiated again. An op that has no gradient carries the trait `NoGradient` instead.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds, at the builder's insertion point, the cotangent of each operand from the cotangents
        of the results. `cotangents` has one entry per result; null stands for zero, and at least
        one entry is not null. `operandCotangents` comes with one null entry per operand; the rule
        fills in those for which `needed` is true, leaving null where the cotangent is zero. A
        cotangent has its operand's type. Fails, having emitted an error at the op, if there is no
        rule for this case.
      }],
      "::llvm::LogicalResult", "buildVjp",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$cotangents,
           "::llvm::ArrayRef<bool>":$needed,
           "::llvm::SmallVectorImpl<::mlir::Value> &":$operandCotangents)>,
    InterfaceMethod<[{
        Whether a gradient can flow to operand `index`: floating-point data does, indices, masks and
        operands that are read for their shape only do not.
      }],
      "bool", "isDifferentiableOperand", (ins "unsigned":$index), "", [{
        auto type = ::llvm::dyn_cast<::mlir::RankedTensorType>($_op->getOperand(index).getType());
        return type && ::llvm::isa<::mlir::FloatType>(type.getElementType());
      }]>
  ];
}

// The op's results do not depend smoothly on its operands (or at all): no gradient flows through it.
def NoGradient : NativeOpTrait<"NoGradient"> {
  let cppNamespace = "::weft";
}

#endif
