// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that draw random numbers, and ops that do something else in evaluation than in training.
#ifndef WEFT_INTERFACES_RANDOMOPINTERFACE_TD
#define WEFT_INTERFACES_RANDOMOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def RandomOpInterface : OpInterface<"RandomOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    An op that draws random numbers. A model does not say from where; `weft-flatten-model` numbers the
    op and gives it the numbers of the step that, with this id, determine what it draws.
  }];
  let methods = [
    InterfaceMethod<"Whether the op has its id and the numbers of the step.", "bool", "isNumbered", (ins)>,
    InterfaceMethod<"Gives the op its id and the numbers of the step, each a tensor<i64>.",
      "void", "setNumber", (ins "int64_t":$id, "::mlir::Value":$seed, "::mlir::Value":$step,
                                "::mlir::Value":$sampleOffset)>
  ];
}

def TrainingModeOpInterface : OpInterface<"TrainingModeOpInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    An op that trains in one way and evaluates in another, as dropout and batch normalization do. The op
    itself is its training mode; evaluation functions hold its other form.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the evaluation form at the builder's insertion point and appends one value per result.
      }],
      "void", "buildEvaluation",
      (ins "::mlir::OpBuilder &":$builder, "::llvm::SmallVectorImpl<::mlir::Value> &":$results)>
  ];
}

#endif
