// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What training makes small. Each loss combines its elements by `reduction`: their mean (the default),
// their sum, or not at all.
#ifndef WEFT_DIALECT_LOSSOPS_TD
#define WEFT_DIALECT_LOSSOPS_TD

include "dialects/Weft/WeftAttrs.td"

class Weft_LossOp<string mnemonic, list<Trait> traits = []>
    : Weft_CompositeOp<mnemonic, !listconcat([Weft_Differentiable,
        DeclareOpInterfaceMethods<LossOpInterface>, InferTypeOpAdaptor], traits)>;

def Weft_CrossEntropyOp : Weft_LossOp<"cross_entropy", [
    DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let summary = "cross entropy of class indices, as torch.nn.functional.cross_entropy";
  let description = [{
    Classes are the last dimension of `logits`, `C` of them; each of the other positions is a sample
    and has a label. With `p = log_softmax(logits)`, `s` the label smoothing (a number, or the operand
    `smoothing`, a number of the step that has no gradient) and `y` the label,
    a sample's loss is `-(1 - s) * p[y] - s / C * sum over classes of p`, or 0 if `y` is
    `ignore_index`. The mean divides the sum by the number of samples that are not ignored; of none it is
    0, with a gradient of 0 (PyTorch: NaN), so that a batch without labels changes nothing.
    `reduction = none` has a result per sample.

    Gradient, for a sample that is not ignored and has cotangent `g`:
    `dlogits = g * (softmax(logits) - (1 - s) * onehot(y) - s / C)`.

    Constraints:
      * (cross_entropy_c1) `logits` has rank at least 1; the classes are not the batch, a dynamic dimension 0.
      * (cross_entropy_c2) `labels` has the shape of `logits` without its last dimension.
      * (cross_entropy_c3) `label_smoothing` is in [0, 1].
      * (cross_entropy_c4) a label is in [0, C), or `ignore_index`; checked when the op runs.
      * (cross_entropy_c5) `label_smoothing` is 0 if there is an operand `smoothing`.

    ```mlir
    func.func @example(%logits: tensor<?x10xf32>, %labels: tensor<?xi64>) -> tensor<f32> {
      %loss = weft.cross_entropy %logits, %labels label_smoothing = 0.1
          : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
      return %loss : tensor<f32>
    }
    func.func @smoothed(%logits: tensor<?x10xf32>, %labels: tensor<?xi64>, %s: tensor<f64>) -> tensor<f32> {
      %loss = weft.cross_entropy %logits, %labels smoothing %s
          : (tensor<?x10xf32>, tensor<?xi64>, tensor<f64>) -> tensor<f32>
      return %loss : tensor<f32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$logits, RankedTensorOf<[I64, I32]>:$labels,
                       Optional<0DTensorOf<[F64]>>:$smoothing,
                       DefaultValuedAttr<Weft_LossReductionAttr, "::weft::LossReduction::Mean">:$reduction,
                       DefaultValuedAttr<I64Attr, "-100">:$ignore_index,
                       DefaultValuedAttr<F64Attr, "0.0">:$label_smoothing);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $logits `,` $labels (`smoothing` $smoothing^)? (`reduction` `=` $reduction^)? (`ignore_index` `=` $ignore_index^)?
    (`label_smoothing` `=` $label_smoothing^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

// A loss of two tensors of one type, element by element.
class Weft_PairwiseLossOp<string mnemonic> : Weft_LossOp<mnemonic, [SameTypeOperands]> {
  let arguments = (ins Weft_FloatTensor:$input, Weft_FloatTensor:$target,
                       DefaultValuedAttr<Weft_LossReductionAttr, "::weft::LossReduction::Mean">:$reduction);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $target (`reduction` `=` $reduction^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Weft_MseLossOp : Weft_PairwiseLossOp<"mse_loss"> {
  let summary = "squared error, as torch.nn.functional.mse_loss";
  let description = [{
    `(input - target)^2` per element; the mean is over all elements.

    Gradient, `g` the cotangent of an element: `dinput = 2 * (input - target) * g`,
    `dtarget = -dinput`.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<f32> {
      %loss = weft.mse_loss %x, %t : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
      return %loss : tensor<f32>
    }
    ```
  }];
}

def Weft_L1LossOp : Weft_PairwiseLossOp<"l1_loss"> {
  let summary = "absolute error, as torch.nn.functional.l1_loss";
  let description = [{
    `|input - target|` per element; the mean is over all elements.

    Gradient, `g` the cotangent of an element: `dinput = sign(input - target) * g` (0 where they are
    equal), `dtarget = -dinput`.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<f32> {
      %loss = weft.l1_loss %x, %t reduction = sum : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
      return %loss : tensor<f32>
    }
    ```
  }];
}

def Weft_BinaryCrossEntropyOp : Weft_PairwiseLossOp<"binary_cross_entropy"> {
  let summary = "binary cross entropy of probabilities, as torch.nn.functional.binary_cross_entropy";
  let description = [{
    `-t * max(log(p), -100) - (1 - t) * max(log(1 - p), -100)` per element, with `p` the input; the mean is over
    all elements. From logits, `weft.binary_cross_entropy_with_logits` loses no digits.

    Gradient, `g` the cotangent of an element: `dp = (p - t) / max(p * (1 - p), 1e-12) * g`,
    `dt = (max(log(1 - p), -100) - max(log(p), -100)) * g`.

    ```mlir
    func.func @example(%p: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<f32> {
      %loss = weft.binary_cross_entropy %p, %t : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<f32>
      return %loss : tensor<f32>
    }
    ```
  }];
}

def Weft_BinaryCrossEntropyWithLogitsOp : Weft_PairwiseLossOp<"binary_cross_entropy_with_logits"> {
  let summary = "binary cross entropy, as torch.nn.functional.binary_cross_entropy_with_logits";
  let description = [{
    `max(x, 0) - x * t + log(1 + exp(-|x|))` per element, which is
    `-t * log(sigmoid(x)) - (1 - t) * log(1 - sigmoid(x))` without overflow; the mean is over all
    elements.

    Gradient, `g` the cotangent of an element: `dx = (sigmoid(x) - t) * g`, `dt = -x * g`.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>, %t: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %loss = weft.binary_cross_entropy_with_logits %x, %t reduction = none
          : (tensor<?x10xf32>, tensor<?x10xf32>) -> tensor<?x10xf32>
      return %loss : tensor<?x10xf32>
    }
    ```
  }];
}

#endif
