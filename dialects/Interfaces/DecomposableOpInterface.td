// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a composite op says which simpler ops it stands for.
#ifndef WEFT_INTERFACES_DECOMPOSABLEOPINTERFACE_TD
#define WEFT_INTERFACES_DECOMPOSABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def DecomposableOpInterface : OpInterface<"DecomposableOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    An op that is defined by simpler `weft` ops. `weft-decompose` replaces it by them, so that fusion
    and code generation meet primitives only.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the simpler ops at the builder's insertion point and appends one value per result.
        Fails, having built nothing, if this op stays as it is.
      }],
      "::llvm::LogicalResult", "decompose",
      (ins "::mlir::OpBuilder &":$builder, "::llvm::SmallVectorImpl<::mlir::Value> &":$results)>
  ];
}

#endif
