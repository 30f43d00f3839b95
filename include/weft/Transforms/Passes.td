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
    left, so that fusion and code generation meet primitives only. An op that is a primitive too
    stays whole if `keep` names it: `keep=weft.attention,weft.attention_gradient`.
  }];
  let options = [ListOption<"keep", "keep", "std::string", "Primitives that are not taken apart">];
  let statistics = [Statistic<"numDecomposed", "decomposed", "Composite ops replaced">];
}

def FlattenModel : Pass<"weft-flatten-model", "::weft::ModelOp"> {
  let summary = "inline calls, and make parameters arguments and results";
  let description = [{
    Makes each public function of the model pure and self-contained. Calls are inlined (a recursive
    call is an error), and private functions that nothing needs any more are erased. What a function
    reads becomes an argument in front of its own, in the order of declaration, and what it writes becomes
    a result behind its own. Random ops are numbered in program order (their attribute `id`).

    ```mlir
    func.func @logits(%x: tensor<?x4xf32>) -> tensor<?x2xf32> {
      %w = weft.read @w : tensor<2x4xf32>
    // becomes
    func.func @logits(%w: tensor<2x4xf32> {weft.parameter = @w}, %x: tensor<?x4xf32>) -> tensor<?x2xf32> {
    ```

    A `weft.value_and_grad` then passes the storage that its callee needs as operands, and names
    what it differentiates with respect to by operand number. See test/Transforms/flatten-model.mlir.
  }];
  let statistics = [Statistic<"numInlined", "inlined", "Calls replaced by the body they call">,
                    Statistic<"numArguments", "arguments", "Parameters and buffers made arguments">,
                    Statistic<"numRandomOps", "random-ops", "Random ops numbered">];
}

def Differentiate : Pass<"weft-differentiate", "::weft::ModelOp"> {
  let summary = "expand weft.value_and_grad";
  let description = [{
    Replaces each `weft.value_and_grad` by the body of its callee and the code of its gradient, innermost
    first, so that a gradient may be differentiated again. Works before and after
    `weft-flatten-model`. See test/Transforms/differentiate.mlir.
  }];
  let statistics = [Statistic<"numExpanded", "expanded", "weft.value_and_grad ops expanded">];
}

def Specialize : Pass<"weft-specialize", "::weft::ModelOp"> {
  let summary = "bind named dimensions, one copy of each entry function per bucket";
  let description = [{
    Gives every named dimension but `batch` its sizes. A function with such dimensions is replaced by
    one copy for each tuple of sizes (a bucket): @loss becomes @loss__seq16, @loss__seq32 ..., with the
    attributes `weft.entry = "loss"` and `weft.bucket = {seq = 16}`. The types of what follows from the
    arguments are inferred again. Sizes of several dimensions make all tuples; `masked@seq=4,7` are sizes of
    `masked` that go with those of `seq` one by one.

    `batch` is never compiled in: its size is kept as `weft.tuned_batch` of the model. With
    `static-batch` it is, for models whose shapes are not a multiple of it.

    See test/Transforms/specialize.mlir.
  }];
  let options = [
    ListOption<"binds", "bind", "std::string",
               "Sizes of named dimensions: seq=16:128:16 (first, last, step), seq=16,32, batch=64">,
    Option<"staticBatch", "static-batch", "bool", "false", "Compile the batch in">];
  let statistics = [Statistic<"numCopies", "copies", "Functions made for a bucket">];
}

def VerifyRows : Pass<"weft-verify-rows", "::weft::ModelOp"> {
  let summary = "check that every dynamic size is a multiple of the batch";
  let description = [{
    Fails with an error at the first op of an entry function whose result is not a static multiple of the batch,
    or whose operands disagree. Such a model can be compiled for one batch size (`static-batch` of
    `weft-specialize`). With `show`, a remark at each op says how many rows its results have.

    See test/Transforms/verify-rows.mlir.
  }];
  let options = [Option<"show", "show", "bool", "false", "Emit a remark with the rows of each result">];
  let statistics = [Statistic<"numFunctions", "functions", "Functions checked">];
}

def BuildTrainStep : Pass<"weft-build-train-step", "::weft::ModelOp"> {
  let summary = "make @train_step, @eval_step and @predict from @loss and @logits";
  let description = [{
    From the flat functions @loss and @logits:

      * @train_step (parameters, buffers, optimizer state, batch, numbers of the step) -> (their new values,
        loss sum, loss weight, gradient norm if gradients are clipped);
      * @accumulate_step and @apply_step, the same in two halves, if gradients are accumulated: the first adds
        gradients, loss sum and weight to accumulators, the second updates and clears them;
      * @eval_step -> (loss sum, loss weight, logits), and @predict -> logits, in evaluation mode.

    What @loss returns is divided once: if an op with LossOpInterface makes it by a mean, its sum and its
    weight are kept apart, the gradient is that of the sum, and it is divided by the weight in the update.
    Any other loss (a sum of several means, say) is a sum with the weight 1: exact for each batch,
    but batches that are accumulated then count alike whatever their size.

    Clipping follows torch.nn.utils.clip_grad_norm_: gradients of the mean are scaled by
    min(1, max_grad_norm / (norm + 1e-6)).

    See test/Transforms/build-train-step.mlir.
  }];
  let options = [
    Option<"optimizer", "optimizer", "std::string", "",
           "Optimizer in place of the model's: sgd, adam, adamw or an attribute">,
    Option<"clipGradients", "clip-gradients", "bool", "false", "Clip gradients by their global norm">,
    Option<"accumulateGradients", "accumulate-gradients", "bool", "false",
           "Also build @accumulate_step and @apply_step">];
  let statistics = [Statistic<"numSteps", "steps", "Functions built">,
                    Statistic<"numUpdates", "updates", "Parameters updated by @train_step">];
}

def SimplifyGraph : Pass<"weft-simplify-graph"> {
  let summary = "simplify what decomposition and differentiation leave behind";
  let description = [{
    Canonicalizations that look at more than one op's folds do:

      * an operand that is read for its shape only is replaced by what gave that shape, so that nothing is
        computed for its shape alone and equal ops become the same;
      * a choice between 1 and 0 is a cast of its condition.

    See test/Transforms/simplify-graph.mlir.
  }];
  let statistics = [Statistic<"numShapeOperands", "shape-operands", "Operands replaced by another of the same rows">,
                    Statistic<"numCasts", "casts", "Choices between 1 and 0 made casts">];
}

def FlattenRows : Pass<"weft-flatten-rows"> {
  let summary = "treat positions of a sample as rows of their own";
  let description = [{
    Elementwise ops and reductions on dynamic tensors of rank 3 and more are done on matrices, all dimensions but the
    last flattened to rows, and on vectors where their operands are made of vectors. Matrix products, which are
    flat already, then meet them without a reshape in between. Rows of a table are picked by a vector of indices;
    rows that are the same for each sample (of a table of positions) by the number of the row in its sample.
    What else tells positions apart (a slice, say) stays as it is.

    ```mlir
    %a = weft.reshape %y : tensor<?x32xf32> -> tensor<?x16x32xf32>
    %b = weft.relu %a : tensor<?x16x32xf32>
    // becomes
    %a = weft.relu %y : tensor<?x32xf32>
    %b = weft.reshape %a : tensor<?x32xf32> -> tensor<?x16x32xf32>
    ```

    See test/Transforms/flatten-rows.mlir.
  }];
  let statistics = [Statistic<"numElementwise", "elementwise", "Elementwise ops flattened">,
                    Statistic<"numReductions", "reductions", "Reductions flattened">,
                    Statistic<"numEmbeddings", "embeddings", "Embeddings and their gradients flattened">];
}

def ChooseLayouts : Pass<"weft-choose-layouts", "::weft::ModelOp"> {
  let summary = "store parameters in the layout that their readers prefer";
  let description = [{
    A parameter that is mostly read as a matrix product's transposed operand is stored transposed, in
    every entry: its argument and new value, its optimizer state and the gradient take the physical type, and
    the arguments and results carry `weft.layout = array<i64: 1, 0>`. Products absorb the change; where a
    permutation would be left, the parameter keeps its logical layout.

    See test/Transforms/choose-layouts.mlir.
  }];
  let statistics = [Statistic<"numTransposed", "transposed", "Parameters stored transposed">,
                    Statistic<"numKept", "kept", "Parameters that stay logical, though readers prefer otherwise">];
}

def CheckIndices : Pass<"weft-check-indices", "::weft::ModelOp"> {
  let summary = "find computed indices that are out of range";
  let description = [{
    Puts a `weft.check_index` in front of each operand of indices that is not known to be in range: it is, if
    it is an input, which the runtime checks before a step (`weft.index_range`), or if its elements are
    those of an iota, an argmax, the places of a top_k, constants, or computed from such by moving, choosing, adding,
    multiplying, comparing, so that an interval holds them. What is in range costs nothing.

    ```mlir
    %j = weft.add %i, %one : tensor<?x3xi64>
    %y = weft.gather %x, %j dim = 1 : (tensor<?x8xf32>, tensor<?x3xi64>) -> tensor<?x3xf32>
    // becomes
    %j = weft.add %i, %one : tensor<?x3xi64>
    %k = weft.check_index %j low = 0 high = 8 user = "weft.gather" : tensor<?x3xi64>
    %y = weft.gather %x, %k dim = 1 : (tensor<?x8xf32>, tensor<?x3xi64>) -> tensor<?x3xf32>
    ```

    See test/Transforms/check-indices.mlir.
  }];
  let statistics = [
    Statistic<"numChecked", "checked", "Operands that are checked when the op runs">,
    Statistic<"numProven", "proven", "Operands that are known to be in range">
  ];
}

def SplitReductions : Pass<"weft-split-reductions", "::weft::ModelOp"> {
  let summary = "reduce inner dimensions first, then the outermost";
  let description = [{
    A reduction over dimension 0 and others has no dimension along which it could be cut in tiles. In two steps, the
    first, which is nearly all of the work, is cut along dimension 0 and fused with what makes its
    operand (a loss over all elements, the norm of a gradient).

    ```mlir
    %y = weft.reduce_sum %x dims = [0, 1] : tensor<?x10xf32> -> tensor<f32>
    // becomes
    %rows = weft.reduce_sum %x dims = [1] : tensor<?x10xf32> -> tensor<?xf32>
    %y = weft.reduce_sum %rows dims = [0] : tensor<?xf32> -> tensor<f32>
    ```

    See test/Transforms/split-reductions.mlir.
  }];
  let statistics = [Statistic<"numSplit", "split", "Reductions split">];
}

def FormDispatches : Pass<"weft-form-dispatches", "::weft::ModelOp"> {
  let summary = "group the primitives of each entry function into dispatches";
  let description = [{
    Fuses each contraction with the elementwise and row-wise ops behind it, and all other ops with one
    another, as far as the target can compute them in one part of a kernel; independent parts of one level
    are merged into one dispatch, unless they occur several times and share a kernel. A dispatch is a call
    (`weft.dispatch`) of a private function of primitives; equal functions are shared, also by buckets: sizes that are
    multiples of the same number of rows are counted in that, and numbers of random ops are passed as constants.
    Reshapes, which move no data, stay between dispatches.
  }];
  let options = [
    Option<"target", "target", "std::string", "\"cpu\"", "Kind of target: cpu">,
    Option<"cpu", "mcpu", "std::string", "\"native\"", "Processor to compile for">,
    Option<"tunedRows", "tuned-rows", "int64_t", "64", "Batch size that code is tuned for">
  ];
  let statistics = [
    Statistic<"numDispatches", "dispatches", "Dispatches formed">,
    Statistic<"numKernels", "kernels", "Different dispatch functions">,
    Statistic<"numQuestions", "questions", "Different regions that the target was asked about">
  ];
  let dependentDialects = ["::weft::WeftDialect"];
}

#endif
