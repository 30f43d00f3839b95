// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions from the graph dialect to MLIR's own dialects.
#ifndef WEFT_CONVERSION_PASSES_TD
#define WEFT_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertWeftToLinalg : Pass<"convert-weft-to-linalg"> {
  let summary = "convert primitives to linalg on tensors";
  let description = [{
    Each primitive becomes a `linalg.generic`, or an op of `tensor` if it only selects or joins
    elements. Composite ops must have been decomposed. Results of parallel ops are indexed by the
    loops in order.
  }];
  let options = [
    Option<"convertContractions", "convert-contractions", "bool", /*default=*/"true",
           "Convert weft.matmul too">
  ];
  let statistics = [Statistic<"numConverted", "converted", "Primitives converted">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

#endif
