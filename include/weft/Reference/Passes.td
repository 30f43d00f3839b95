// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes over the reference interpreter. They are tools for tests and for people: each prints or checks
// numbers.
#ifndef WEFT_REFERENCE_PASSES_TD
#define WEFT_REFERENCE_PASSES_TD

include "mlir/Pass/PassBase.td"

def Evaluate : Pass<"weft-evaluate", "::mlir::ModuleOp"> {
  let summary = "evaluate functions with the reference interpreter and print their results";
  let description = [{
    Evaluates each function named by `function`, or all that take no arguments, and prints one line per
    result to stdout:

    ```
    @main#0: tensor<2x2xf32> = [[1, 2.5], [0, -3]]
    ```

    Arguments have the value of their attribute `case.value`, or are drawn from `seed`; a dynamic
    dimension has `rows` elements. Parameters and buffers have their initial values for `seed`. Labels and
    other indices are drawn from their valid range. See test/Reference/evaluate.mlir.
  }];
  let options = [
    ListOption<"functions", "function", "std::string", "Names of the functions to evaluate">,
    Option<"rows", "rows", "int64_t", "2", "Size of dynamic dimensions">,
    Option<"seed", "seed", "uint64_t", "0", "Seed of parameters and arguments">,
    Option<"precision", "precision", "unsigned", "6", "Significant digits">,
    Option<"typed", "typed", "bool", "false",
           "Round the results of each op to their element type, instead of computing in double precision">
  ];
  let statistics = [Statistic<"numEvaluated", "evaluated", "Functions evaluated">];
}

def CheckOpCases : Pass<"weft-check-op-cases", "::mlir::ModuleOp"> {
  let summary = "compare functions with the values that their attributes expect";
  let description = [{
    Runs each function that has a result attribute `case.expect`, on every executor, and compares. With the
    reference interpreter the function is run as it is, after its composite ops were decomposed, and
    with its arguments made constants and folded. test/Ops/README.md describes the attributes. Fails if
    there is no case.
  }];
  let options = [
    ListOption<"executors", "executors", "std::string", "Executors to run (default: all that the tool has)">
  ];
  let statistics = [Statistic<"numChecked", "checked", "Cases checked">];
}

def CheckGradients : Pass<"weft-check-gradients", "::mlir::ModuleOp"> {
  let summary = "compare gradients with central differences";
  let description = [{
    For each function with the attribute `case.gradient`: the gradient of a random combination of its
    results, built by the gradient rules of its ops, is compared with central differences (extrapolated
    by Richardson's method) of the reference interpreter, f32 having been made f64. An error is reported if
    an element is off by more than `tolerance`, relative to the largest element of that gradient, or if
    the differences do not converge, which is what they do at a kink. Fails if there is no such function.
  }];
  let options = [
    Option<"tolerance", "tolerance", "double", "1e-7", "Relative tolerance">,
    Option<"seed", "seed", "uint64_t", "0", "Seed of arguments and cotangents">
  ];
  let statistics = [Statistic<"numChecked", "checked", "Gradients checked, one per argument">];
}

def CheckEquivalent : Pass<"weft-check-equivalent", "::mlir::ModuleOp"> {
  let summary = "check that a pipeline keeps what the functions compute";
  let description = [{
    Makes f32 f64 in a copy of the module, runs `pipeline` on a copy of that, and compares the results of
    each function that is there before and after, for seeded arguments. An argument or result that stands for a parameter
    (`weft.parameter`), for optimizer state or for a number of the step is bound to the value of that
    name, so functions can be compared across `flat` and over changes of layout.

    ```
    weft-opt model.mlir --weft-check-equivalent="pipeline=canonicalize,weft-decompose"
    ```
  }];
  let options = [
    Option<"pipeline", "pipeline", "std::string", "", "The passes to check">,
    ListOption<"functions", "function", "std::string", "Names of the functions to compare (default: all public ones)">,
    Option<"rows", "rows", "int64_t", "3", "Size of dynamic dimensions">,
    Option<"seed", "seed", "uint64_t", "0", "Seed of parameters and arguments">,
    Option<"tolerance", "tolerance", "double", "1e-12", "Relative tolerance">
  ];
  let statistics = [Statistic<"numCompared", "compared", "Functions compared">];
}

def RandomGraph : Pass<"weft-random-graph", "::mlir::ModuleOp"> {
  let summary = "add a random valid model to the module";
  let description = [{
    Adds a model of random ops and shapes, with a dynamic batch: parameters, `@logits` and `@loss`. The same
    options give the same model, and its values stay of moderate size, so it can be evaluated, differentiated
    and compiled. With `max-elements`, dimensions are up to a million, and the model is `@loss` alone.

    ```
    echo | weft-opt --weft-random-graph="seed=7 size=20" --weft-check-equivalent="pipeline=canonicalize"
    ```
  }];
  let dependentDialects = ["::weft::WeftDialect"];
  let options = [
    Option<"seed", "seed", "uint64_t", "0", "Seed of the model">,
    Option<"size", "size", "unsigned", "12", "Number of random steps, each of one op or a few">,
    Option<"smooth", "smooth", "bool", "false",
           "Only functions whose derivatives exist everywhere, as central differences need them">,
    Option<"gradient", "gradient", "bool", "false", "Mark the functions for --weft-check-gradients">,
    Option<"maxElements", "max-elements", "int64_t", "0",
           "Let dimensions be up to a million, in tensors of at most so many elements (0: small ones)">,
    Option<"batch", "batch", "int64_t", "64", "The batch for which `max-elements` holds">
  ];
  let statistics = [Statistic<"numOps", "ops", "Ops of the model">];
}

#endif
