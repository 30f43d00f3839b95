// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What dispatch formation and code generation need to know of a primitive op: how its results' dimensions
// relate to its operands'.
#ifndef WEFT_INTERFACES_FUSABLEOPINTERFACE_TD
#define WEFT_INTERFACES_FUSABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def FusableOpInterface : OpInterface<"FusableOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    A primitive: an op that dispatch regions are made of.
  }];
  let methods = [
    InterfaceMethod<"The family of loops that computes the op.",
      "::weft::FusionKind", "getFusionKind", (ins)>,
    InterfaceMethod<[{
        How dimension `dimension` of the results is laid over operand `operand`, for an op whose results
        can be computed one slice of that dimension at a time:
        the operand's dimension that is sliced alike; `kWholeOperand` if each slice needs the whole
        operand (a broadcast operand, a weight); `kNotSliceable` if the results cannot be computed
        in slices of that dimension (a reduction's result has lost it, a concatenation along it).
      }],
      "int64_t", "mapDimension", (ins "int64_t":$dimension, "unsigned":$operand)>,
    InterfaceMethod<"Whether operand `operand` is read for its shape only, never for its elements.",
      "bool", "isShapeOperand", (ins "unsigned":$operand), "", "return false;">,
    InterfaceMethod<[{
        Floating-point operations per element of the results (for a contraction: of the whole op's
        inner loop, 2k).
      }], "double", "getFlopsPerElement", (ins), "", "return 1.0;">
  ];
}

#endif
