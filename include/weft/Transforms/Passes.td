// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from the graph dialect to itself. One pass `FooBar` stands in lib/Transforms/FooBar.cpp, is
// called `--weft-foo-bar` and is tested in test/Transforms/foo-bar.mlir.
#ifndef WEFT_TRANSFORMS_PASSES_TD
#define WEFT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def Decompose : Pass<"weft-decompose"> {
  let summary = "replace composite ops by primitives";
  let description = [{
    Replaces each op that implements DecomposableOpInterface by the ops it stands for, until none is
    left, so that fusion and code generation meet primitives only.
  }];
  let statistics = [Statistic<"numDecomposed", "decomposed", "Composite ops replaced">];
}

#endif
