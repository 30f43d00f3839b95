// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folds and canonicalizations of the Elementwise family. Results keep their bits, but for the sign
// of a zero that another zero is added to. Constants are folded by the dialect
// (ConstantFolding.cpp).
#include "dialects/Weft/Expression.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace weft;

static bool isSplat(Value value, double number) { return getSplatValue(value) == number; }

//===----------------------------------------------------------------------===//
// Neutral elements
//===----------------------------------------------------------------------===//

OpFoldResult AddOp::fold(FoldAdaptor) {
  if (isSplat(getRhs(), 0))
    return getLhs();
  return isSplat(getLhs(), 0) ? OpFoldResult(getRhs()) : OpFoldResult();
}

OpFoldResult SubOp::fold(FoldAdaptor) {
  return isSplat(getRhs(), 0) ? OpFoldResult(getLhs()) : OpFoldResult();
}

OpFoldResult MulOp::fold(FoldAdaptor) {
  if (isSplat(getRhs(), 1))
    return getLhs();
  return isSplat(getLhs(), 1) ? OpFoldResult(getRhs()) : OpFoldResult();
}

OpFoldResult DivOp::fold(FoldAdaptor) {
  return isSplat(getRhs(), 1) ? OpFoldResult(getLhs()) : OpFoldResult();
}

OpFoldResult PowOp::fold(FoldAdaptor) {
  return isSplat(getRhs(), 1) ? OpFoldResult(getLhs()) : OpFoldResult();
}

// `a` if `b` is neutral, `b` if it decides alone.
static OpFoldResult foldTruth(Value a, Value b, double neutral) {
  std::optional<double> splat = getSplatValue(b);
  if (!splat)
    return {};
  return *splat == neutral ? a : b;
}

OpFoldResult AndOp::fold(FoldAdaptor) {
  if (OpFoldResult result = foldTruth(getLhs(), getRhs(), 1))
    return result;
  return foldTruth(getRhs(), getLhs(), 1);
}

OpFoldResult OrOp::fold(FoldAdaptor) {
  if (OpFoldResult result = foldTruth(getLhs(), getRhs(), 0))
    return result;
  return foldTruth(getRhs(), getLhs(), 0);
}

OpFoldResult SelectOp::fold(FoldAdaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  std::optional<double> condition = getSplatValue(getCondition());
  if (!condition)
    return {};
  return *condition != 0 ? getLhs() : getRhs();
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

// The bits of a number's significand: it holds every integer of that many bits.
static unsigned getPrecision(Type type) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return APFloat::semanticsPrecision(floatType.getFloatSemantics());
  // One bit of a signed integer is its sign; an i1 has none.
  unsigned width = type.getIntOrFloatBitWidth();
  return width == 1 ? 1 : width - 1;
}

// Whether every value of `from` is one of `to`.
static bool isLossless(Type from, Type to) {
  if (from == to)
    return true;
  if (!isa<FloatType>(from))
    return getPrecision(from) <= getPrecision(to);
  if (!isa<FloatType>(to))
    return false;
  const llvm::fltSemantics &narrow = cast<FloatType>(from).getFloatSemantics();
  return APFloat::isRepresentableBy(narrow, cast<FloatType>(to).getFloatSemantics());
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  // cast(cast(x)), the inner one without loss: a cast of x.
  auto inner = getInput().getDefiningOp<CastOp>();
  if (!inner ||
      !isLossless(inner.getInput().getType().getElementType(), inner.getType().getElementType()))
    return {};
  if (inner.getInput().getType() == getType())
    return inner.getInput();
  getInputMutable().assign(inner.getInput());
  return getResult();
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

// a + (-b) -> a - b, (-a) + b -> b - a.
static LogicalResult addOfNegated(AddOp op, PatternRewriter &rewriter) {
  if (auto negated = op.getRhs().getDefiningOp<NegOp>()) {
    rewriter.replaceOpWithNewOp<SubOp>(op, op.getLhs(), negated.getInput());
    return success();
  }
  if (auto negated = op.getLhs().getDefiningOp<NegOp>()) {
    rewriter.replaceOpWithNewOp<SubOp>(op, op.getRhs(), negated.getInput());
    return success();
  }
  return rewriter.notifyMatchFailure(op, "no operand is negated");
}

// a - (-b) -> a + b.
static LogicalResult subOfNegated(SubOp op, PatternRewriter &rewriter) {
  auto negated = op.getRhs().getDefiningOp<NegOp>();
  if (!negated)
    return rewriter.notifyMatchFailure(op, "the subtrahend is not negated");
  rewriter.replaceOpWithNewOp<AddOp>(op, op.getLhs(), negated.getInput());
  return success();
}

// (-a) (-b) -> a b; a (-1) -> -a.
static LogicalResult mulOfNegated(MulOp op, PatternRewriter &rewriter) {
  auto a = op.getLhs().getDefiningOp<NegOp>(), b = op.getRhs().getDefiningOp<NegOp>();
  if (a && b) {
    rewriter.replaceOpWithNewOp<MulOp>(op, a.getInput(), b.getInput());
    return success();
  }
  if (isSplat(op.getRhs(), -1) || isSplat(op.getLhs(), -1)) {
    rewriter.replaceOpWithNewOp<NegOp>(op, isSplat(op.getRhs(), -1) ? op.getLhs() : op.getRhs());
    return success();
  }
  return rewriter.notifyMatchFailure(op, "not two negated operands, and neither is -1");
}

// x^2 -> x x, x^0 -> 1.
static LogicalResult powOfSmallExponent(PowOp op, PatternRewriter &rewriter) {
  Value x = op.getLhs();
  if (isSplat(op.getRhs(), 2)) {
    rewriter.replaceOpWithNewOp<MulOp>(op, x, x);
    return success();
  }
  if (isSplat(op.getRhs(), 0)) {
    rewriter.replaceOp(op, createSplat(rewriter, op.getLoc(), x, 1));
    return success();
  }
  return rewriter.notifyMatchFailure(op, "the exponent is neither 0 nor 2");
}

// select(not c, a, b) -> select(c, b, a).
static LogicalResult selectOfNot(SelectOp op, PatternRewriter &rewriter) {
  auto opposite = op.getCondition().getDefiningOp<NotOp>();
  if (!opposite)
    return rewriter.notifyMatchFailure(op, "the condition is no 'not'");
  rewriter.replaceOpWithNewOp<SelectOp>(op, opposite.getInput(), op.getRhs(), op.getLhs());
  return success();
}

void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(addOfNegated);
}
void SubOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(subOfNegated);
}
void MulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(mulOfNegated);
}
void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(powOfSmallExponent);
}
void SelectOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(selectOfNot);
}
