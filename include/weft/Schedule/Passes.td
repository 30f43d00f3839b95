// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from dispatches to kernels and programs.
#ifndef WEFT_SCHEDULE_PASSES_TD
#define WEFT_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def BuildKernels : Pass<"weft-build-kernels", "::mlir::ModuleOp"> {
  let summary = "make a kernel of each dispatch function, once per processor";
  let description = [{
    Adds one module of kernels per processor of `mcpu`, named after the model and the processor. All hold
    the same kernels in the same order; their tiles and scratch may differ.
  }];
  let options = [
    Option<"target", "target", "std::string", "\"cpu\"", "Kind of target: cpu">,
    ListOption<"cpus", "mcpu", "std::string", "Processors to compile for">,
    Option<"tunedRows", "tuned-rows", "int64_t", "64", "Batch size that code is tuned for">
  ];
  let statistics = [Statistic<"numKernels", "kernels", "Kernels built">];
}

def BuildSchedule : Pass<"weft-build-schedule", "::mlir::ModuleOp"> {
  let summary = "turn each entry function into a program over a planned arena";
  let description = [{
    Orders dispatches in levels with barriers between them, gives every tensor a slot (persistent for
    parameters and state, shared by lifetime for the rest), and updates parameters in place where the
    kernel allows it; otherwise the new value is made elsewhere and copied at the end.
  }];
  let statistics = [
    Statistic<"numCopies", "copies", "Copies because an update could not be in place">,
    Statistic<"numBarriers", "barriers", "Barriers">
  ];
  let dependentDialects = ["::weft::exec::ExecDialect"];
}

#endif
