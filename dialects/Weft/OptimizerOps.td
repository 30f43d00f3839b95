// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a parameter and its optimizer state follow a gradient: one step each, by PyTorch's formulas.
#ifndef WEFT_DIALECT_OPTIMIZEROPS_TD
#define WEFT_DIALECT_OPTIMIZEROPS_TD

include "dialects/Weft/WeftAttrs.td"

// Numbers of the step. Arithmetic among them is in double precision, as that of Python's numbers in
// PyTorch; only what meets the parameter is rounded to its type.
def Weft_F64Scalar : Type<0DTensorOf<[F64]>.predicate, "tensor<f64>", "::mlir::RankedTensorType">,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getF64Type())">;

class Weft_UpdateOp<string mnemonic, list<Trait> traits = []>
    : Weft_CompositeOp<mnemonic, !listconcat([NoGradient], traits)>;

def Weft_SGDUpdateOp : Weft_UpdateOp<"sgd_update", [AttrSizedOperandSegments, InferTypeOpAdaptor,
    AllTypesMatch<["parameter", "gradient"]>,
    OptionalTypesMatchWith<"momentum buffer has the parameter's type", "parameter",
                           "momentum_buffer", "$_self">]> {
  let summary = "a step of stochastic gradient descent, as torch.optim.SGD";
  let description = [{
    With parameter `w`, gradient `g`, momentum buffer `b`, learning rate `lr`, weight decay `wd`,
    momentum `mu` and dampening `d`:

        g' = g + wd * w                        (without weight_decay: g)
        b' = mu * b + (1 - d) * g'             (b' = mu * b + g' in step 1, and without dampening)
        u  = g' + mu * b' if nesterov, else b' (without momentum: g')
        w' = w - lr * u

    The buffer is zero before the first step, so that step 1 sets it to the gradient, as PyTorch does.
    `step` counts from 1. Results are `w'` and, with momentum, `b'`.

    Gradient: none.

    Constraints:
      * (sgd_update_c1) gradient and momentum buffer have the parameter's type.
      * (sgd_update_c2) `nesterov` and dampening need a momentum, and exclude each other.

    ```mlir
    func.func @example(%w: tensor<128xf32>, %g: tensor<128xf32>, %b: tensor<128xf32>,
                       %lr: tensor<f64>, %wd: tensor<f64>, %mu: tensor<f64>)
        -> (tensor<128xf32>, tensor<128xf32>) {
      %w1, %b1 = weft.sgd_update %w, %g lr(%lr) weight_decay(%wd) momentum(%b, %mu) : tensor<128xf32>
      return %w1, %b1 : tensor<128xf32>, tensor<128xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$parameter, Weft_FloatTensor:$gradient,
                       Weft_F64Scalar:$learning_rate, Optional<Weft_F64Scalar>:$weight_decay,
                       Optional<Weft_FloatTensor>:$momentum_buffer,
                       Optional<Weft_F64Scalar>:$momentum, Optional<Weft_F64Scalar>:$dampening,
                       Optional<Weft_I64Scalar>:$step, UnitAttr:$nesterov);
  let results = (outs Weft_FloatTensor:$new_parameter,
                      Optional<Weft_FloatTensor>:$new_momentum_buffer);
  let assemblyFormat = [{
    $parameter `,` $gradient `lr` `(` $learning_rate `)` (`weight_decay` `(` $weight_decay^ `)`)?
    (`momentum` `(` $momentum_buffer^ `,` $momentum `)`)? (`dampening` `(` $dampening^ `,` $step `)`)?
    (`nesterov` $nesterov^)? attr-dict `:` type($parameter)
  }];
  let hasVerifier = 1;
}

class Weft_AdamLikeUpdateOp<string mnemonic> : Weft_UpdateOp<mnemonic, [
    AllTypesMatch<["parameter", "gradient", "exp_avg", "exp_avg_sq", "new_parameter", "new_exp_avg",
                   "new_exp_avg_sq"]>]> {
  let arguments = (ins Weft_FloatTensor:$parameter, Weft_FloatTensor:$gradient,
                       Weft_FloatTensor:$exp_avg, Weft_FloatTensor:$exp_avg_sq,
                       Weft_F64Scalar:$learning_rate, Weft_F64Scalar:$beta1, Weft_F64Scalar:$beta2,
                       Weft_F64Scalar:$epsilon, Weft_F64Scalar:$bias_correction1,
                       Weft_F64Scalar:$bias_correction2, Optional<Weft_F64Scalar>:$weight_decay);
  let results = (outs Weft_FloatTensor:$new_parameter, Weft_FloatTensor:$new_exp_avg,
                      Weft_FloatTensor:$new_exp_avg_sq);
  let assemblyFormat = [{
    $parameter `,` $gradient `,` $exp_avg `,` $exp_avg_sq `lr` `(` $learning_rate `)`
    `betas` `(` $beta1 `,` $beta2 `)` `eps` `(` $epsilon `)`
    `bias_corrections` `(` $bias_correction1 `,` $bias_correction2 `)`
    (`weight_decay` `(` $weight_decay^ `)`)? attr-dict `:` type($parameter)
  }];
}

def Weft_AdamUpdateOp : Weft_AdamLikeUpdateOp<"adam_update"> {
  let summary = "a step of Adam, as torch.optim.Adam";
  let description = [{
    With parameter `w`, gradient `g`, running averages `m` and `v`, and bias corrections
    `c1 = 1 - beta1^step`, `c2 = 1 - beta2^step` (`step` counts from 1):

        g' = g + wd * w                  (without weight_decay: g)
        m' = m + (1 - beta1) * (g' - m)
        v' = beta2 * v + (1 - beta2) * g' * g'
        w' = w - lr / c1 * m' / (sqrt(v') / sqrt(c2) + eps)

    Results are `w'`, `m'` and `v'`.

    Gradient: none.

    ```mlir
    func.func @example(%w: tensor<128xf32>, %g: tensor<128xf32>, %m: tensor<128xf32>,
                       %v: tensor<128xf32>, %lr: tensor<f64>, %beta1: tensor<f64>,
                       %beta2: tensor<f64>, %eps: tensor<f64>, %c1: tensor<f64>, %c2: tensor<f64>)
        -> tensor<128xf32> {
      %w1, %m1, %v1 = weft.adam_update %w, %g, %m, %v lr(%lr) betas(%beta1, %beta2) eps(%eps)
          bias_corrections(%c1, %c2) : tensor<128xf32>
      return %w1 : tensor<128xf32>
    }
    ```
  }];
}

def Weft_AdamWUpdateOp : Weft_AdamLikeUpdateOp<"adamw_update"> {
  let summary = "a step of Adam with decoupled weight decay, as torch.optim.AdamW";
  let description = [{
    With parameter `w`, gradient `g`, running averages `m` and `v`, and bias corrections
    `c1 = 1 - beta1^step`, `c2 = 1 - beta2^step` (`step` counts from 1):

        w0 = (1 - lr * wd) * w           (without weight_decay: w)
        m' = m + (1 - beta1) * (g - m)
        v' = beta2 * v + (1 - beta2) * g * g
        w' = w0 - lr / c1 * m' / (sqrt(v') / sqrt(c2) + eps)

    Results are `w'`, `m'` and `v'`.

    Gradient: none.

    ```mlir
    func.func @example(%w: tensor<128xf32>, %g: tensor<128xf32>, %m: tensor<128xf32>,
                       %v: tensor<128xf32>, %lr: tensor<f64>, %beta1: tensor<f64>,
                       %beta2: tensor<f64>, %eps: tensor<f64>, %c1: tensor<f64>, %c2: tensor<f64>,
                       %wd: tensor<f64>) -> tensor<128xf32> {
      %w1, %m1, %v1 = weft.adamw_update %w, %g, %m, %v lr(%lr) betas(%beta1, %beta2) eps(%eps)
          bias_corrections(%c1, %c2) weight_decay(%wd) : tensor<128xf32>
      return %w1 : tensor<128xf32>
    }
    ```
  }];
}

#endif
