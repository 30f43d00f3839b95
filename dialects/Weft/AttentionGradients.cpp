// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradients of the Attention family.
#include "dialects/Weft/AttentionParts.h"

using namespace mlir;
using namespace weft;

template <typename OpT>
static LogicalResult verifyNumbered(OpT op) {
  if (op.getP().isZero() || op.getIdAttr())
    return success();
  return op.emitOpError(
      "expected an id before differentiation, got none: the op is not numbered yet "
      "(weft-flatten-model does it)");
}

// Whether samples and heads share the bias. A target adds up what one of them makes of it in order:
// for each head apart, heads can be computed at once.
static bool isSharedByAll(AttentionOp op) {
  auto type = cast<RankedTensorType>(op.getBias().getType());
  int64_t heads = op.getType().getDimSize(2);
  return type.getDimSize(0) == 1 && type.getDimSize(1) == 1 && heads != 1;
}

static Value repeatForHeads(GraphBuilder &g, AttentionOp op) {
  auto type = cast<RankedTensorType>(op.getBias().getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[1] = op.getType().getDimSize(2);
  return g.build<BroadcastOp>(type.clone(shape), op.getBias(), getAllDims(4));
}

LogicalResult AttentionOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                    ArrayRef<bool> needed,
                                    SmallVectorImpl<Value> &operandCotangents) {
  if (failed(verifyNumbered(*this)))
    return failure();
  GraphBuilder g(builder, getLoc());
  unsigned biasNumber = getMask() ? 4 : 3;
  bool needsBias = getBias() && needed[biasNumber];
  bool isShared = needsBias && isSharedByAll(*this);
  Value bias = isShared ? repeatForHeads(g, *this) : getBias();
  // Without a bias that needs it, the bias's own gradient is a result that nothing uses.
  auto gradient = AttentionGradientOp::create(builder, getLoc(), getQuery(), getKey(), getValue(),
                                              cotangents[0], getMask(), bias, getSeed(), getStep(),
                                              getSampleOffset(), getNumber(), getCausalAttr(),
                                              getScaleAttr(), getPAttr(), getIdAttr());
  for (unsigned i = 0; i < 3; ++i)
    if (needed[i])
      operandCotangents[i] = gradient.getResult(i);
  if (needsBias)
    operandCotangents[biasNumber] =
        isShared ? g.build<ReduceSumOp>(gradient.getDbias(), ArrayRef<int64_t>{1}, /*keepdim=*/true)
                 : gradient.getDbias();
  return success();
}

namespace {
// The cotangents of attention_gradient's operands from those of its results, which may be null. In
// the words of the op's description: w, e, ds, and r = sum over keys of w * e. `of...` are
// cotangents.
class SecondOrder {
public:
  SecondOrder(GraphBuilder &g, AttentionGradientOp op, const AttentionSetting &setting,
              ValueRange cotangents)
      : g(g), parts(g, setting), op(op) {
    for (unsigned i = 0; i < 3; ++i)
      if (cotangents[i])
        ofResults[i] = parts.toHeads(cotangents[i]);
    dy = parts.toHeads(op.getDy());
    w = parts.weights;
    e = parts.drop(parts.product(dy, parts.value, false, true));
    centered = g.sub(e, parts.rowSums(g.mul(w, e)));
    buildOfScores(op.getDbias() ? cotangents[3] : Value());
  }

  Value buildOfQuery() {
    Value sum = scaledProduct(ofScores, parts.key, false);
    if (ofResults[1])
      sum = add(sum, scaledProduct(ds(), ofResults[1], false));
    return finish(sum, op.getQuery());
  }
  Value buildOfKey() {
    Value sum = scaledProduct(ofScores, parts.query, true);
    if (ofResults[0])
      sum = add(sum, scaledProduct(ds(), ofResults[0], true));
    return finish(sum, op.getKey());
  }
  Value buildOfValue() {
    return ofProducts ? finish(parts.product(ofProducts, dy, true), op.getValue()) : Value();
  }
  Value buildOfDy() {
    Value sum = ofProducts ? parts.product(ofProducts, parts.value) : Value();
    if (ofResults[2])
      sum = add(sum, parts.product(parts.drop(w), ofResults[2]));
    return sum ? finish(sum, op.getDy()) : Value();
  }
  Value buildOfBias() { return parts.reduceToBias(ofScores, op.getBias().getType()); }

private:
  Value add(Value a, Value b) { return a ? g.add(a, b) : b; }
  Value scaledProduct(Value a, Value b, bool transposeA) {
    return parts.scaled(parts.product(a, b, transposeA));
  }
  Value finish(Value tensor, Value operand) { return parts.fromHeads(tensor, operand.getType()); }
  Value ds() { return g.mul(w, centered); }

  // The cotangents of ds, of w, and of the scores before the softmax; of dy * value^T too.
  void buildOfScores(Value ofBias) {
    Value ofDs;
    if (ofResults[0])
      ofDs = scaledProductTransposed(ofResults[0], parts.key);
    if (ofResults[1])
      ofDs = add(ofDs, scaledProductTransposed(parts.query, ofResults[1]));
    if (ofBias)
      ofDs = add(ofDs, parts.spreadBias(ofBias));
    Value ofW;
    if (ofResults[2])
      ofW = parts.drop(parts.product(dy, ofResults[2], false, true));
    if (ofDs) {
      Value total = parts.rowSums(g.mul(ofDs, w));
      ofW = add(ofW, g.sub(g.mul(ofDs, centered), g.mul(total, e)));
      ofProducts = parts.drop(g.mul(w, g.sub(ofDs, total)));
    }
    ofScores = g.mul(w, g.sub(ofW, parts.rowSums(g.mul(w, ofW))));
  }
  Value scaledProductTransposed(Value a, Value b) {
    return parts.scaled(parts.product(a, b, false, true));
  }

  GraphBuilder &g;
  AttentionParts parts;
  AttentionGradientOp op;
  Value ofResults[3];
  Value dy, w, e, centered;
  Value ofScores, ofProducts;
};
} // namespace

LogicalResult AttentionGradientOp::buildVjp(OpBuilder &builder, ValueRange cotangents,
                                            ArrayRef<bool> needed,
                                            SmallVectorImpl<Value> &operandCotangents) {
  if (failed(verifyNumbered(*this)))
    return failure();
  GraphBuilder g(builder, getLoc());
  AttentionSetting setting = AttentionSetting::of(*this);
  SecondOrder second(g, *this, setting, cotangents);
  if (needed[0])
    operandCotangents[0] = second.buildOfQuery();
  if (needed[1])
    operandCotangents[1] = second.buildOfKey();
  if (needed[2])
    operandCotangents[2] = second.buildOfValue();
  if (needed[3])
    operandCotangents[3] = second.buildOfDy();
  unsigned bias = getMask() ? 5 : 4;
  if (getBias() && needed[bias])
    operandCotangents[bias] = second.buildOfBias();
  return success();
}
