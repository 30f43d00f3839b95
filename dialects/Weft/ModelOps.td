// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Models: their parameters and buffers, access to them, and the gradient of a function.
#ifndef WEFT_DIALECT_MODELOPS_TD
#define WEFT_DIALECT_MODELOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "dialects/Weft/WeftAttrs.td"

def Weft_ModelOp : Weft_Op<"model", [Symbol, SymbolTable, NoTerminator, SingleBlock,
                                     IsolatedFromAbove]> {
  let summary = "a model: parameters and the functions that use them";
  let description = [{
    A symbol table of `weft.parameter`, `weft.buffer` and `func.func`. Functions named `@loss` and
    `@logits` are what training, evaluation and prediction are built from. `@eval_loss`, with the inputs of
    `@loss`, is the loss of evaluation where that differs (see `weft.buffer`); without it, that is
    `@loss` in evaluation mode, with what `@logits` computes in place of a value of `@loss` that differs from it only in
    what stands for buffers that `@loss` writes. `task` says what predictions mean, `architecture` by which name Hugging Face knows the model, and `argument_defaults` whose defaults the
    options of a run have: those of a plain PyTorch loop, or TrainingArguments'.

    ```mlir
    weft.model @scale attributes {optimizer = #weft.sgd<lr = 0.1>} {
      weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
      func.func @logits(%x: tensor<4xf32>) -> tensor<4xf32> {
        %w = weft.read @w : tensor<4xf32>
        %y = weft.mul %x, %w : tensor<4xf32>
        return %y : tensor<4xf32>
      }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<Weft_OptimizerAttrInterface>:$optimizer,
                       OptionalAttr<Weft_TaskAttr>:$task, OptionalAttr<StrAttr>:$architecture,
                       OptionalAttr<Weft_ArgumentDefaultsAttr>:$argument_defaults);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasRegionVerifier = 1;
}

class Weft_StorageOp<string mnemonic, list<Trait> traits = []>
    : Weft_Op<mnemonic, !listconcat([Symbol, HasParent<"ModelOp">], traits)> {
  let assemblyFormat = "$sym_name attr-dict `:` $type `=` $init";
  let hasVerifier = 1;
}

def Weft_ParameterOp : Weft_StorageOp<"parameter"> {
  let summary = "a trained tensor of the model";
  let description = [{
    Named as in PyTorch or Hugging Face, so that safetensors files load by name. `aliases` are other
    names under which files may hold it. `trainable = false` freezes it; `decay = false` takes it out
    of weight decay. The initializer is one of `#weft.kaiming_uniform`, `#weft.uniform`,
    `#weft.normal`, `#weft.truncated_normal`, `#weft.constant` or a `dense<…>` literal.

    Constraints:
      * (parameter_c1) a `zero_row` of the initializer is a row of the parameter.

    ```mlir
    weft.parameter @fc1.weight : tensor<128x784xf32> = #weft.kaiming_uniform<a = 2.2360680>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Weft_Tensor>:$type, AnyAttr:$init,
                       DefaultValuedAttr<BoolAttr, "true">:$trainable,
                       DefaultValuedAttr<BoolAttr, "true">:$decay,
                       OptionalAttr<StrArrayAttr>:$aliases);
}

def Weft_BufferOp : Weft_StorageOp<"buffer"> {
  let summary = "a tensor of the model that is kept but not trained";
  let description = [{
    State such as a running mean: read with `weft.read`, replaced with `weft.write`, saved with the
    parameters. Training sees the batch's statistics, evaluation and prediction those that were kept, so
    that their results do not depend on what shares a batch:

    ```mlir
    weft.model @normalized attributes {optimizer = #weft.sgd<lr = 0.1>} {
      weft.parameter @w : tensor<1x2xf32> = #weft.constant<1.0>
      weft.buffer @running_mean : tensor<2xf32> = #weft.constant<0.0>

      func.func private @head(%x: tensor<?x2xf32>, %mean: tensor<2xf32>) -> tensor<?x1xf32> {
        %means = weft.broadcast %mean like %x dims = [1] : tensor<2xf32>, tensor<?x2xf32> -> tensor<?x2xf32>
        %centred = weft.sub %x, %means : tensor<?x2xf32>
        %w = weft.read @w : tensor<1x2xf32>
        %y = weft.linear %centred, %w : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x1xf32>
        return %y : tensor<?x1xf32>
      }
      func.func @logits(%x: tensor<?x2xf32>) -> tensor<?x1xf32> {
        %mean = weft.read @running_mean : tensor<2xf32>
        %y = call @head(%x, %mean) : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x1xf32>
        return %y : tensor<?x1xf32>
      }
      func.func @loss(%x: tensor<?x2xf32>, %labels: tensor<?x1xf32>) -> tensor<f32> {
        %mean = weft.reduce_mean %x dims = [0] : tensor<?x2xf32> -> tensor<2xf32>
        %old = weft.read @running_mean : tensor<2xf32>
        %change = weft.sub %mean, %old : tensor<2xf32>
        %momentum = weft.constant dense<0.1> : tensor<2xf32>
        %step = weft.mul %change, %momentum : tensor<2xf32>
        %new = weft.add %old, %step : tensor<2xf32>
        weft.write @running_mean, %new : tensor<2xf32>
        %y = call @head(%x, %mean) : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<?x1xf32>
        %loss = weft.mse_loss %y, %labels : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
        return %loss : tensor<f32>
      }
      func.func @eval_loss(%x: tensor<?x2xf32>, %labels: tensor<?x1xf32>) -> tensor<f32> {
        %y = call @logits(%x) : (tensor<?x2xf32>) -> tensor<?x1xf32>
        %loss = weft.mse_loss %y, %labels : (tensor<?x1xf32>, tensor<?x1xf32>) -> tensor<f32>
        return %loss : tensor<f32>
      }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Weft_Tensor>:$type, AnyAttr:$init,
                       OptionalAttr<StrArrayAttr>:$aliases);
}

def Weft_ReadOp : Weft_Op<"read", [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
                                   MemoryEffects<[MemRead]>]> {
  let summary = "the value of a parameter or buffer";
  let description = [{
    ```mlir
    %w = weft.read @fc1.weight : tensor<128x784xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$storage);
  let results = (outs Weft_Tensor:$result);
  let assemblyFormat = "$storage attr-dict `:` type($result)";
}

def Weft_WriteOp : Weft_Op<"write", [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
                                     MemoryEffects<[MemWrite]>]> {
  let summary = "replaces the value of a buffer";
  let description = [{
    Reads later in the function see the new value.

    ```mlir
    weft.write @bn.running_mean, %mean : tensor<64xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$storage, Weft_Tensor:$value);
  let assemblyFormat = "$storage `,` $value attr-dict `:` type($value)";
}

def Weft_ValueAndGradOp : Weft_Op<"value_and_grad", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the results of a function and the gradient of its first one";
  let description = [{
    Calls `callee` and returns its results, then the gradient of its first result, a floating-point
    scalar, with respect to each entry of `wrt`: a parameter of the model, or the number of an operand.

    ```mlir
    %loss, %dw, %dx = weft.value_and_grad @loss(%x, %labels) wrt [@fc1.weight, 0]
        : (tensor<8x784xf32>, tensor<8xi64>) -> (tensor<f32>, tensor<128x784xf32>, tensor<8x784xf32>)
    ```

    `weft-differentiate` expands it, in reverse mode: d result / d v = sum over the uses u of v of
    (d result / d u) (d u / d v).
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Weft_Tensor>:$operands, ArrayAttr:$wrt);
  let results = (outs Variadic<Weft_Tensor>:$results);
  let assemblyFormat = "$callee `(` $operands `)` `wrt` $wrt attr-dict `:` functional-type($operands, $results)";
}

def Weft_DispatchOp : Weft_Op<"dispatch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>, Pure]> {
  let summary = "runs a fused region";
  let description = [{
    Calls `kernel`, a private function of primitives that becomes one kernel per target. `constants` are
    passed to the kernel as numbers, its last arguments, so that regions which differ only in them share it.
    So do regions that differ in how many rows a sample has only: the kernel's rows are `rows` times the
    batch's.

    ```mlir
    %h = weft.dispatch @dispatch_0(%x, %w, %b)
        : (tensor<?x784xf32>, tensor<784x128xf32>, tensor<128xf32>) -> tensor<?x128xf32>
    %y = weft.dispatch @dispatch_1(%h, %seed) constants [3] rows 16
        : (tensor<?x128xf32>, tensor<i64>) -> tensor<?x128xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Weft_Tensor>:$operands,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$constants,
                       DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$rows);
  let results = (outs Variadic<Weft_Tensor>:$results);
  let assemblyFormat = "$kernel `(` $operands `)` (`constants` $constants^)? (`rows` $rows^)? attr-dict `:` functional-type($operands, $results)";
}

#endif
