// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op computes: its evaluation in double precision.
#ifndef WEFT_INTERFACES_REFERENCEOPINTERFACE_TD
#define WEFT_INTERFACES_REFERENCEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def ReferenceOpInterface : OpInterface<"ReferenceOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    An op that the reference interpreter evaluates. This is the op's meaning; every other
    implementation is tested against it.
  }];
  let methods = [
    InterfaceMethod<[{
        Appends one tensor per result. Operands are as the types say, dynamic dimensions having taken
        the size of the data. Floating-point results are in double precision and are not rounded to
        their type (the interpreter does that when asked to). Fails, having emitted an error at the op, on
        operands that have no result (an index out of range, shapes that do not agree).
      }],
      "::llvm::LogicalResult", "evaluate",
      (ins "::llvm::ArrayRef<::weft::ReferenceTensor>":$operands,
           "::llvm::SmallVectorImpl<::weft::ReferenceTensor> &":$results)>
  ];
}

#endif
