// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Losses that are a sum divided by a weight, and operands that hold indices.
#ifndef WEFT_INTERFACES_LOSSOPINTERFACE_TD
#define WEFT_INTERFACES_LOSSOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def LossOpInterface : OpInterface<"LossOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    A loss op whose mean is a sum over samples divided by a weight (a count). The train step keeps
    both apart and divides once, after accumulation and all-reduce, so that unequal micro-batches
    are exact.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the sum and the weight of the loss, both tensor<f32>, or tensor<f64> for a loss of
        f64. No gradient flows through the weight. Fails, having built nothing, if the op's reduction is not the mean.
      }],
      "::llvm::LogicalResult", "buildSumAndWeight",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Value &":$sum, "::mlir::Value &":$weight)>
  ];
}

def IndexOperandOpInterface : OpInterface<"IndexOperandOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    An op some of whose operands hold indices that must lie in a range. When such an operand is an
    input of the model, the runtime checks it before the step.
  }];
  let methods = [
    InterfaceMethod<"The range of operand `operand`, or nothing if it holds no indices.",
      "::std::optional<::weft::IndexRange>", "getIndexRange", (ins "unsigned":$operand)>
  ];
}

#endif
