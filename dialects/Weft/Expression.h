// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic that builds elementwise ops, so that gradients and decompositions read like their
// formulas.
#ifndef WEFT_DIALECT_EXPRESSION_H
#define WEFT_DIALECT_EXPRESSION_H

#include "dialects/Weft/Weft.h"

namespace weft {

// A value of an expression. Operators and functions build the op at the builder's insertion point;
// a number stands for a tensor of the other operand's type.
class Expr {
public:
  Expr(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value)
      : builder(&builder), loc(loc), value(value) {}
  operator mlir::Value() const { return value; }

  // The result of an op of one operand, or of one and a number.
  template <typename OpTy, typename... Args>
  Expr apply(Args &&...args) const {
    return {*builder, loc, OpTy::create(*builder, loc, std::forward<Args>(args)...)};
  }
  // A tensor of this one's type, all elements equal to `number`.
  Expr splat(double number) const {
    return {*builder, loc, createSplat(*builder, loc, value, number)};
  }

  friend Expr operator+(Expr a, Expr b) { return a.apply<AddOp>(a, b); }
  friend Expr operator+(double a, Expr b) { return b.splat(a) + b; }
  friend Expr operator-(Expr a, Expr b) { return a.apply<SubOp>(a, b); }
  friend Expr operator-(Expr a, double b) { return a - a.splat(b); }
  friend Expr operator-(double a, Expr b) { return b.splat(a) - b; }
  friend Expr operator-(Expr a) { return a.apply<NegOp>(a); }
  friend Expr operator*(Expr a, Expr b) { return a.apply<MulOp>(a, b); }
  friend Expr operator*(double a, Expr b) { return b.splat(a) * b; }
  friend Expr operator/(Expr a, Expr b) { return a.apply<DivOp>(a, b); }
  friend Expr exp(Expr a) { return a.apply<ExpOp>(a); }
  friend Expr log(Expr a) { return a.apply<LogOp>(a); }
  friend Expr sin(Expr a) { return a.apply<SinOp>(a); }
  friend Expr cos(Expr a) { return a.apply<CosOp>(a); }
  friend Expr erf(Expr a) { return a.apply<ErfOp>(a); }
  friend Expr tanh(Expr a) { return a.apply<TanhOp>(a); }
  friend Expr sign(Expr a) { return a.apply<SignOp>(a); }
  friend Expr sigmoid(Expr a) { return a.apply<SigmoidOp>(a); }
  friend Expr pow(Expr a, Expr b) { return a.apply<PowOp>(a, b); }
  friend Expr compare(ComparePredicate predicate, Expr a, Expr b) {
    return a.apply<CompareOp>(predicate, a, b);
  }
  friend Expr compare(ComparePredicate predicate, Expr a, double b) {
    return compare(predicate, a, a.splat(b));
  }
  friend Expr operator&(Expr a, Expr b) { return a.apply<AndOp>(a, b); }
  friend Expr select(Expr condition, Expr a, Expr b) { return a.apply<SelectOp>(condition, a, b); }
  friend Expr select(Expr condition, Expr a, double b) { return select(condition, a, a.splat(b)); }
  friend Expr select(Expr condition, double a, Expr b) { return select(condition, b.splat(a), b); }

private:
  mlir::OpBuilder *builder;
  mlir::Location loc;
  mlir::Value value;
};

} // namespace weft

#endif
