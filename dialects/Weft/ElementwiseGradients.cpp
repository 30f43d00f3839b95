// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Elementwise family. In each rule g is the cotangent of the result, y the result,
// and x, or a and b, the operands.
#include "dialects/Weft/Expression.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace weft;

using Values = SmallVectorImpl<Value>;
using Predicate = ComparePredicate;

// The rule of an op of one operand: `rule(x, y, g)`.
template <typename OpTy, typename Rule>
static LogicalResult differentiateUnary(OpTy op, OpBuilder &builder, ValueRange cotangents,
                                        ArrayRef<bool> needed, Values &operandCotangents,
                                        Rule rule) {
  Location loc = op.getLoc();
  if (needed[0])
    operandCotangents[0] =
        rule(Expr(builder, loc, op.getInput()), Expr(builder, loc, op.getResult()),
             Expr(builder, loc, cotangents[0]));
  return success();
}

// The rules of an op of two operands, one for each: `rule(a, b, y, g)`.
template <typename OpTy, typename RuleA, typename RuleB>
static LogicalResult differentiateBinary(OpTy op, OpBuilder &builder, ValueRange cotangents,
                                         ArrayRef<bool> needed, Values &operandCotangents,
                                         RuleA ruleA, RuleB ruleB) {
  Location loc = op.getLoc();
  Expr a(builder, loc, op.getLhs()), b(builder, loc, op.getRhs());
  Expr y(builder, loc, op.getResult()), g(builder, loc, cotangents[0]);
  if (needed[0])
    operandCotangents[0] = ruleA(a, b, y, g);
  if (needed[1])
    operandCotangents[1] = ruleB(a, b, y, g);
  return success();
}

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

LogicalResult NegOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr, Expr, Expr g) { return -g; });
}

LogicalResult AbsOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr x, Expr, Expr g) { return g * sign(x); });
}

LogicalResult ExpOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr, Expr y, Expr g) { return g * y; });
}

LogicalResult LogOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr x, Expr, Expr g) { return g / x; });
}

LogicalResult SqrtOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr, Expr y, Expr g) { return g / (2.0 * y); });
}

LogicalResult RsqrtOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr, Expr y, Expr g) { return (-0.5 * g) * (y * y * y); });
}

LogicalResult TanhOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr, Expr y, Expr g) { return g * (1.0 - y * y); });
}

LogicalResult SigmoidOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr, Expr y, Expr g) { return g * (y * (1.0 - y)); });
}

LogicalResult ReluOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               Values &operandCotangents) {
  return differentiateUnary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr, Expr y, Expr g) { return select(compare(Predicate::GT, y, 0.0), g, 0.0); });
}

LogicalResult ErfOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateUnary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr x, Expr, Expr g) { return g * (2 * std::numbers::inv_sqrtpi * exp(-(x * x))); });
}

LogicalResult SinOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr x, Expr, Expr g) { return g * cos(x); });
}

LogicalResult CosOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr x, Expr, Expr g) { return -(g * sin(x)); });
}

LogicalResult ClampOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                Values &operandCotangents) {
  return differentiateUnary(
      *this, builder, cotangents, needed, operandCotangents, [&](Expr x, Expr, Expr g) {
        if (getMin())
          g = select(compare(Predicate::GE, x, getMin()->convertToDouble()), g, 0.0);
        if (getMax())
          g = select(compare(Predicate::LE, x, getMax()->convertToDouble()), g, 0.0);
        return g;
      });
}

LogicalResult CastOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               Values &operandCotangents) {
  return differentiateUnary(
      *this, builder, cotangents, needed, operandCotangents,
      [&](Expr, Expr, Expr g) { return g.apply<CastOp>(getInput().getType(), g); });
}

// g (P + x P'), where y = x P(x).
static Expr differentiateGelu(GeluApproximation approximate, Expr x, Expr g) {
  if (approximate == GeluApproximation::None) {
    Expr p = 0.5 * (1.0 + erf(std::numbers::sqrt2 / 2 * x));
    Expr slope = std::numbers::inv_sqrtpi / std::numbers::sqrt2 * exp(-0.5 * (x * x));
    return g * (p + x * slope);
  }
  double scale = std::sqrt(2 / std::numbers::pi);
  Expr square = x * x;
  Expr t = tanh(scale * (x * (1.0 + 0.044715 * square)));
  Expr p = 0.5 * (1.0 + t);
  Expr slope = (0.5 * (1.0 - t * t)) * (scale * (1.0 + 3 * 0.044715 * square));
  return g * (p + x * slope);
}

LogicalResult GeluOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               Values &operandCotangents) {
  return differentiateUnary(
      *this, builder, cotangents, needed, operandCotangents,
      [&](Expr x, Expr, Expr g) { return differentiateGelu(getApproximate(), x, g); });
}

LogicalResult SiluOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                               Values &operandCotangents) {
  return differentiateUnary(*this, builder, cotangents, needed, operandCotangents,
                            [](Expr x, Expr, Expr g) {
                              Expr s = sigmoid(x);
                              return g * (s * (1.0 + x * (1.0 - s)));
                            });
}

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

LogicalResult AddOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  auto rule = [](Expr, Expr, Expr, Expr g) { return g; };
  return differentiateBinary(*this, builder, cotangents, needed, operandCotangents, rule, rule);
}

LogicalResult SubOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateBinary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr, Expr, Expr, Expr g) { return g; }, [](Expr, Expr, Expr, Expr g) { return -g; });
}

LogicalResult MulOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateBinary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr, Expr b, Expr, Expr g) { return g * b; },
      [](Expr a, Expr, Expr, Expr g) { return g * a; });
}

LogicalResult DivOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateBinary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr, Expr b, Expr, Expr g) { return g / b; },
      [](Expr, Expr b, Expr y, Expr g) { return -(g * (y / b)); });
}

LogicalResult PowOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                              Values &operandCotangents) {
  return differentiateBinary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr a, Expr b, Expr, Expr g) {
        return select(compare(Predicate::EQ, b, 0.0), 0.0, g * (b * pow(a, b - 1.0)));
      },
      [](Expr a, Expr b, Expr y, Expr g) {
        Expr isZero = compare(Predicate::EQ, a, 0.0) & compare(Predicate::GE, b, 0.0);
        return g * select(isZero, 0.0, y * log(a));
      });
}

// g, half of it where a = b, and nothing where the operand is `loses` than the other.
static Expr differentiateExtremum(Predicate loses, Expr self, Expr other, Expr g) {
  Expr shared = select(compare(Predicate::EQ, self, other), 0.5 * g, g);
  return select(compare(loses, self, other), 0.0, shared);
}

LogicalResult MaximumOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  Values &operandCotangents) {
  return differentiateBinary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr a, Expr b, Expr, Expr g) { return differentiateExtremum(Predicate::LT, a, b, g); },
      [](Expr a, Expr b, Expr, Expr g) { return differentiateExtremum(Predicate::LT, b, a, g); });
}

LogicalResult MinimumOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                  Values &operandCotangents) {
  return differentiateBinary(
      *this, builder, cotangents, needed, operandCotangents,
      [](Expr a, Expr b, Expr, Expr g) { return differentiateExtremum(Predicate::GT, a, b, g); },
      [](Expr a, Expr b, Expr, Expr g) { return differentiateExtremum(Predicate::GT, b, a, g); });
}

LogicalResult SelectOp::buildVjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needed,
                                 Values &operandCotangents) {
  Expr condition(builder, getLoc(), getCondition()), g(builder, getLoc(), cotangents[0]);
  if (needed[1])
    operandCotangents[1] = select(condition, g, 0.0);
  if (needed[2])
    operandCotangents[2] = select(condition, 0.0, g);
  return success();
}
