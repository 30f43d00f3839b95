// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise ops: one element of the result from the same element of each operand. Operands have the
// same shape; nothing broadcasts. In formulas, g is the cotangent of the result.
#ifndef WEFT_DIALECT_ELEMENTWISEOPS_TD
#define WEFT_DIALECT_ELEMENTWISEOPS_TD

include "dialects/Weft/WeftAttrs.td"

def Weft_NumericTensor : RankedTensorOf<[F32, F64, BF16, F16, I64, I32, I8]>;

//===----------------------------------------------------------------------===//
// Base classes
//===----------------------------------------------------------------------===//

// A primitive whose loops are those of its result. `flops` is the price of one element, in additions.
class Weft_ElementwiseOp<string mnemonic, string flops, list<Trait> traits = []>
    : Weft_PrimitiveOp<mnemonic, traits> {
  let extraClassDeclaration = "double getFlopsPerElement() { return " # flops # "; }";
  let extraClassDefinition = [{
    ::weft::FusionKind $cppClass::getFusionKind() { return ::weft::FusionKind::Elementwise; }
    int64_t $cppClass::mapDimension(int64_t dimension, unsigned) { return dimension; }
  }];
}

class Weft_UnaryOp<string mnemonic, string flops, Trait gradient = Weft_Differentiable,
                   TypeConstraint type = Weft_FloatTensor, list<Trait> traits = []>
    : Weft_ElementwiseOp<mnemonic, flops,
                         !listconcat([SameOperandsAndResultType, gradient], traits)> {
  let arguments = (ins type:$input);
  let results = (outs type:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

class Weft_BinaryOp<string mnemonic, string flops, Trait gradient = Weft_Differentiable,
                    TypeConstraint type = Weft_NumericTensor, list<Trait> traits = []>
    : Weft_ElementwiseOp<mnemonic, flops,
                         !listconcat([SameOperandsAndResultType, gradient], traits)> {
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

//===----------------------------------------------------------------------===//
// Unary primitives
//===----------------------------------------------------------------------===//

def Weft_NegOp : Weft_UnaryOp<"neg", "1.0", Weft_Differentiable, Weft_NumericTensor, [Involution]> {
  let summary = "-x";
  let description = [{
    y = -x. Gradient: dx = -g.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.neg %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_AbsOp : Weft_UnaryOp<"abs", "1.0", Weft_Differentiable, Weft_NumericTensor, [Idempotent]> {
  let summary = "|x|";
  let description = [{
    y = |x|. Gradient: dx = g sign(x), which is 0 at 0, as in PyTorch.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.abs %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_SignOp : Weft_UnaryOp<"sign", "2.0", NoGradient, Weft_NumericTensor, [Idempotent]> {
  let summary = "-1, 0 or 1";
  let description = [{
    y = (x > 0) - (x < 0), and 0 for NaN. Its derivative is 0 wherever it has one: no gradient flows.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.sign %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_ExpOp : Weft_UnaryOp<"exp", "12.0"> {
  let summary = "e to the x";
  let description = [{
    y = exp(x). Gradient: dx = g y.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.exp %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_LogOp : Weft_UnaryOp<"log", "12.0"> {
  let summary = "natural logarithm";
  let description = [{
    y = ln(x): -inf at 0, NaN below. Gradient: dx = g / x.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.log %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_SqrtOp : Weft_UnaryOp<"sqrt", "4.0"> {
  let summary = "square root";
  let description = [{
    y = sqrt(x), NaN below 0. Gradient: dx = g / (2 y).

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.sqrt %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_RsqrtOp : Weft_UnaryOp<"rsqrt", "5.0"> {
  let summary = "reciprocal square root";
  let description = [{
    y = 1 / sqrt(x): inf at 0, NaN below. Gradient: dx = -g y^3 / 2.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.rsqrt %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_TanhOp : Weft_UnaryOp<"tanh", "16.0"> {
  let summary = "hyperbolic tangent";
  let description = [{
    y = tanh(x). Gradient: dx = g (1 - y^2).

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.tanh %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_SigmoidOp : Weft_UnaryOp<"sigmoid", "16.0"> {
  let summary = "logistic function";
  let description = [{
    y = 1 / (1 + exp(-x)). Gradient: dx = g y (1 - y).

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.sigmoid %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_ReluOp : Weft_UnaryOp<"relu", "1.0", Weft_Differentiable, Weft_FloatTensor, [Idempotent]> {
  let summary = "the positive part";
  let description = [{
    y = max(x, 0); NaN stays NaN. Gradient: dx = g where y > 0, else 0.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.relu %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_ErfOp : Weft_UnaryOp<"erf", "16.0"> {
  let summary = "error function";
  let description = [{
    y = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. Gradient:
    dx = g (2 / sqrt(pi)) exp(-x^2).

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.erf %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_SinOp : Weft_UnaryOp<"sin", "16.0"> {
  let summary = "sine";
  let description = [{
    y = sin(x), x in radians. Gradient: dx = g cos(x).

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.sin %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_CosOp : Weft_UnaryOp<"cos", "16.0"> {
  let summary = "cosine";
  let description = [{
    y = cos(x), x in radians. Gradient: dx = -g sin(x).

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.cos %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Binary primitives
//===----------------------------------------------------------------------===//

def Weft_AddOp : Weft_BinaryOp<"add", "1.0", Weft_Differentiable, Weft_NumericTensor, [Commutative]> {
  let summary = "a + b";
  let description = [{
    y = a + b; integers wrap. Gradient: da = g, db = g.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.add %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_SubOp : Weft_BinaryOp<"sub", "1.0"> {
  let summary = "a - b";
  let description = [{
    y = a - b; integers wrap. Gradient: da = g, db = -g.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.sub %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_MulOp : Weft_BinaryOp<"mul", "1.0", Weft_Differentiable, Weft_NumericTensor, [Commutative]> {
  let summary = "a b";
  let description = [{
    y = a b; integers wrap. Gradient: da = g b, db = g a.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.mul %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_DivOp : Weft_BinaryOp<"div", "4.0"> {
  let summary = "a / b";
  let description = [{
    y = a / b. Integers are truncated towards zero, as `torch.div(rounding_mode="trunc")`; what an
    integer divided by 0 gives is undefined, and an error of the reference interpreter. Gradient:
    da = g / b, db = -g y / b.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.div %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Weft_PowOp : Weft_BinaryOp<"pow", "30.0", Weft_Differentiable, Weft_FloatTensor> {
  let summary = "a to the power of b";
  let description = [{
    y = a^b, as C's `pow`: NaN for a negative base and an exponent that is not an integer. Gradient, with
    PyTorch's conventions at 0: da = g b a^(b - 1), and 0 where b = 0; db = g y ln(a), and 0 where
    a = 0 and b >= 0.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.pow %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Weft_MaximumOp : Weft_BinaryOp<"maximum", "1.0", Weft_Differentiable, Weft_NumericTensor,
                                   [Commutative, Idempotent]> {
  let summary = "the larger of a and b";
  let description = [{
    y = max(a, b); NaN if either is NaN. Gradient: g goes to the larger operand; where they are equal,
    half of it to each.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.maximum %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def Weft_MinimumOp : Weft_BinaryOp<"minimum", "1.0", Weft_Differentiable, Weft_NumericTensor,
                                   [Commutative, Idempotent]> {
  let summary = "the smaller of a and b";
  let description = [{
    y = min(a, b); NaN if either is NaN. Gradient: g goes to the smaller operand; where they are equal,
    half of it to each.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.minimum %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Truth values
//===----------------------------------------------------------------------===//

def Weft_AndOp : Weft_BinaryOp<"and", "1.0", NoGradient, Weft_BoolTensor, [Commutative, Idempotent]> {
  let summary = "both";
  let description = [{
    y = a and b. No gradient.

    ```mlir
    func.func @example(%a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<4xi1> {
      %y = weft.and %a, %b : tensor<4xi1>
      return %y : tensor<4xi1>
    }
    ```
  }];
  let hasFolder = 1;
}

def Weft_OrOp : Weft_BinaryOp<"or", "1.0", NoGradient, Weft_BoolTensor, [Commutative, Idempotent]> {
  let summary = "either or both";
  let description = [{
    y = a or b. No gradient.

    ```mlir
    func.func @example(%a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<4xi1> {
      %y = weft.or %a, %b : tensor<4xi1>
      return %y : tensor<4xi1>
    }
    ```
  }];
  let hasFolder = 1;
}

def Weft_NotOp : Weft_UnaryOp<"not", "1.0", NoGradient, Weft_BoolTensor, [Involution]> {
  let summary = "the opposite";
  let description = [{
    y = not a. No gradient.

    ```mlir
    func.func @example(%a: tensor<4xi1>) -> tensor<4xi1> {
      %y = weft.not %a : tensor<4xi1>
      return %y : tensor<4xi1>
    }
    ```
  }];
}

def Weft_CompareOp : Weft_ElementwiseOp<"compare", "1.0", [
    NoGradient, AllTypesMatch<["lhs", "rhs"]>,
    TypesMatchWith<"the result is the i1 tensor of the operands' shape", "lhs", "result",
                   "::weft::getBoolTensorType($_self)">]> {
  let summary = "whether a relation holds";
  let description = [{
    y = (a ~ b), with ~ one of `eq`, `ne`, `lt`, `le`, `gt`, `ge`. With a NaN all are false but `ne`, which
    is true. Integers compare as signed, and false < true. No gradient.

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xi1> {
      %y = weft.compare gt, %a, %b : tensor<4xf32>
      return %y : tensor<4xi1>
    }
    ```
  }];
  let arguments = (ins Weft_ComparePredicateAttr:$predicate, Weft_Tensor:$lhs, Weft_Tensor:$rhs);
  let results = (outs Weft_BoolTensor:$result);
  let assemblyFormat = "`` $predicate `,` $lhs `,` $rhs attr-dict `:` type($lhs)";
}

def Weft_SelectOp : Weft_ElementwiseOp<"select", "1.0", [
    Weft_Differentiable, AllTypesMatch<["lhs", "rhs", "result"]>,
    TypesMatchWith<"the condition is the i1 tensor of the result's shape", "result", "condition",
                   "::weft::getBoolTensorType($_self)">]> {
  let summary = "a where the condition holds, b elsewhere";
  let description = [{
    y = c ? a : b, as `torch.where`. Gradient: da = c ? g : 0, db = c ? 0 : g.

    ```mlir
    func.func @example(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.select %c, %a, %b : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Weft_BoolTensor:$condition, Weft_Tensor:$lhs, Weft_Tensor:$rhs);
  let results = (outs Weft_Tensor:$result);
  let assemblyFormat = "$condition `,` $lhs `,` $rhs attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

//===----------------------------------------------------------------------===//
// Other primitives
//===----------------------------------------------------------------------===//

def Weft_CastOp : Weft_ElementwiseOp<"cast", "1.0", [Weft_Differentiable, SameOperandsAndResultShape]> {
  let summary = "the same numbers in another element type";
  let description = [{
    To a floating-point type: rounded to nearest, ties to even. From floating point to an integer:
    truncated towards zero; what does not fit saturates in the reference interpreter and is undefined
    elsewhere. To a narrower integer: wrapped. To i1: whether the element is not 0 (NaN is not 0); from
    i1: 0 or 1. Gradient, between floating-point types: dx = g, cast back.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xbf16> {
      %y = weft.cast %x : tensor<4xf32> -> tensor<4xbf16>
      return %y : tensor<4xbf16>
    }
    ```
  }];
  let arguments = (ins Weft_Tensor:$input);
  let results = (outs Weft_Tensor:$result);
  let builders = [
    // To the tensor type of the operand's shape with this element type.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Type":$elementType)>
  ];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Weft_ClampOp : Weft_UnaryOp<"clamp", "2.0"> {
  let summary = "x, moved into an interval";
  let description = [{
    y = min(max(x, min), max), as `torch.clamp`: each bound may be absent, not both; NaN stays NaN. Where
    `min` > `max`, y = `max`. Gradient: dx = g where min <= x <= max, else 0.

    Constraints:
      * (clamp_c1) there is a bound.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.clamp %x min = 0.0 max = 6.0 : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$input, OptionalAttr<F64Attr>:$min, OptionalAttr<F64Attr>:$max);
  let assemblyFormat = "$input (`min` `=` $min^)? (`max` `=` $max^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Composites
//===----------------------------------------------------------------------===//

class Weft_ActivationOp<string mnemonic>
    : Weft_CompositeOp<mnemonic, [SameOperandsAndResultType, Weft_Differentiable]> {
  let arguments = (ins Weft_FloatTensor:$input);
  let results = (outs Weft_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Weft_GeluOp : Weft_ActivationOp<"gelu"> {
  let summary = "Gaussian error linear unit";
  let description = [{
    Exact: y = x P(x), P(x) = (1 + erf(x / sqrt(2))) / 2. With `approximate = tanh`:
    P(x) = (1 + tanh(u)) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3). Gradient: dx = g (P(x) + x P'(x)),
    where exactly P'(x) = exp(-x^2 / 2) / sqrt(2 pi), and for tanh
    P'(x) = (1 - tanh(u)^2) sqrt(2 / pi) (1 + 0.134145 x^2) / 2.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
      %y = weft.gelu %x : tensor<4xf32>
      %z = weft.gelu %x approximate = tanh : tensor<4xf32>
      return %y, %z : tensor<4xf32>, tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Weft_FloatTensor:$input,
                       DefaultValuedAttr<Weft_GeluApproximationAttr,
                                         "::weft::GeluApproximation::None">:$approximate);
  let assemblyFormat = "$input (`approximate` `=` `` $approximate^)? attr-dict `:` type($result)";
}

def Weft_SiluOp : Weft_ActivationOp<"silu"> {
  let summary = "sigmoid linear unit";
  let description = [{
    y = x s, s = sigmoid(x). Gradient: dx = g s (1 + x (1 - s)).

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = weft.silu %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

#endif
