// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the Attention family computes, one query of one head at a time.
#include "dialects/Weft/Philox.h"
#include "dialects/Weft/Weft.h"

#include <cmath>

using namespace mlir;
using namespace weft;

using Operands = ArrayRef<ReferenceTensor>;
using Results = SmallVectorImpl<ReferenceTensor>;

namespace {

// The operands by name, and what a query makes of the keys.
template <typename OpT>
class Attention {
public:
  // `next` is the first operand behind those that both ops have.
  Attention(OpT op, Operands operands, unsigned next)
      : op(op), query(operands[0]), key(operands[1]), value(operands[2]) {
    if (op.getMask())
      mask = &operands[next++];
    if (op.getBias())
      bias = &operands[next++];
    if (op.getIdAttr()) {
      seed = operands[next].getInt(0);
      step = operands[next + 1].getInt(0);
      sampleOffset = operands[next + 2].getInt(0);
      id = op.getNumber() ? operands[next + 3].getInt(0) : *op.getId();
    }
    samples = query.getDimSize(0);
    queries = query.getDimSize(1);
    heads = query.getDimSize(2);
    width = query.getDimSize(3);
    keys = key.getDimSize(1);
    scale = op.getScaleFactor();
    p = op.getP().convertToDouble();
  }

  LogicalResult verify() const {
    bool agree = key.getShape() == value.getShape() && key.getDimSize(0) == samples &&
                 (!mask || mask->getShape() == key.getShape().take_front(2));
    int64_t sizes[] = {samples, heads, queries, keys};
    for (int64_t dim = 0; bias && dim < 4; ++dim)
      agree &= bias->getDimSize(dim) == 1 || bias->getDimSize(dim) == sizes[dim];
    if (!agree)
      return op->emitOpError("expected operands that agree, got a query of shape [")
             << query.getShape() << "] and keys of shape [" << key.getShape() << "]";
    if (p > 0 && !op.getIdAttr())
      return op->emitOpError(
          "expected an id and the numbers of the step, got none: the op is not numbered yet "
          "(weft-flatten-model does it)");
    return success();
  }

  // The position of the first element of a vector of [batch, positions, heads, width].
  int64_t at(int64_t b, int64_t position, int64_t h, int64_t positions) const {
    return ((b * positions + position) * heads + h) * width;
  }
  int64_t atQuery(int64_t b, int64_t i, int64_t h) const { return at(b, i, h, queries); }
  int64_t atKey(int64_t b, int64_t j, int64_t h) const { return at(b, j, h, keys); }

  double dot(const ReferenceTensor &x, int64_t xAt, const ReferenceTensor &y, int64_t yAt) const {
    double sum = 0;
    for (int64_t d = 0; d < width; ++d)
      sum += x.getFloat(xAt + d) * y.getFloat(yAt + d);
    return sum;
  }

  int64_t biasAt(int64_t b, int64_t h, int64_t i, int64_t j) const {
    int64_t index[] = {b, h, i, j}, position = 0;
    SmallVector<int64_t> strides = bias->getStrides();
    for (int64_t dim = 0; dim < 4; ++dim)
      position += bias->getDimSize(dim) == 1 ? 0 : index[dim] * strides[dim];
    return position;
  }

  bool attends(int64_t b, int64_t i, int64_t j) const {
    return !(mask && mask->getInt(b * keys + j) == 0) && !(op.getCausal() && j > i);
  }

  // w[b, h, i, :].
  std::vector<double> weights(int64_t b, int64_t h, int64_t i) const {
    std::vector<double> w(keys, 0);
    double maximum = -HUGE_VAL, sum = 0;
    for (int64_t j = 0; j < keys; ++j) {
      w[j] = scale * dot(query, atQuery(b, i, h), key, atKey(b, j, h)) +
             (bias ? bias->getFloat(biasAt(b, h, i, j)) : 0);
      if (attends(b, i, j))
        maximum = std::fmax(maximum, w[j]);
    }
    for (int64_t j = 0; j < keys; ++j) {
      w[j] = attends(b, i, j) ? std::exp(w[j] - maximum) : 0;
      sum += w[j];
    }
    for (double &weight : w)
      weight = sum == 0 ? 0 : weight / sum;
    return w;
  }

  // What dropout multiplies w[b, h, i, j] with.
  double keep(int64_t b, int64_t h, int64_t i, int64_t j) const {
    if (p == 0)
      return 1;
    RandomPlace place = getRandomPlace({b, h, i, j}, {samples, heads, queries, keys}, sampleOffset);
    bool isKept = getRandomWord(seed, id, step, place) >= getDropThreshold(p);
    return isKept ? 1 / (1 - p) : 0;
  }

  template <typename Visit>
  void forEachQuery(Visit visit) const {
    for (int64_t b = 0; b < samples; ++b)
      for (int64_t h = 0; h < heads; ++h)
        for (int64_t i = 0; i < queries; ++i)
          visit(b, h, i);
  }

  mutable OpT op; // accessors of ops are not const
  const ReferenceTensor &query, &key, &value;
  const ReferenceTensor *mask = nullptr, *bias = nullptr;
  uint64_t seed = 0, step = 0, id = 0;
  int64_t sampleOffset = 0;
  int64_t samples, queries, heads, width, keys;
  double scale, p;
};

// to[toAt + d] += factor * from[fromAt + d].
void addVector(ReferenceTensor &to, int64_t toAt, double factor, const ReferenceTensor &from,
               int64_t fromAt, int64_t width) {
  for (int64_t d = 0; d < width; ++d)
    to.setFloat(toAt + d, to.getFloat(toAt + d) + factor * from.getFloat(fromAt + d));
}

} // namespace

LogicalResult AttentionOp::evaluate(Operands operands, Results &results) {
  Attention<AttentionOp> attention(*this, operands, 3);
  if (failed(attention.verify()))
    return failure();
  ReferenceTensor y(getType().getElementType(), attention.query.getShape());
  attention.forEachQuery([&](int64_t b, int64_t h, int64_t i) {
    std::vector<double> w = attention.weights(b, h, i);
    for (int64_t j = 0; j < attention.keys; ++j)
      addVector(y, attention.atQuery(b, i, h), attention.keep(b, h, i, j) * w[j], attention.value,
                attention.atKey(b, j, h), attention.width);
  });
  results.push_back(std::move(y));
  return success();
}

LogicalResult AttentionGradientOp::evaluate(Operands operands, Results &results) {
  Attention<AttentionGradientOp> attention(*this, operands, 4);
  const ReferenceTensor &dy = operands[3];
  if (failed(attention.verify()))
    return failure();
  Type element = getDquery().getType().getElementType();
  ReferenceTensor dquery(element, attention.query.getShape());
  ReferenceTensor dkey(element, attention.key.getShape()), dvalue = dkey, dbias;
  if (attention.bias)
    dbias = ReferenceTensor(element, attention.bias->getShape());
  int64_t keys = attention.keys, width = attention.width;
  attention.forEachQuery([&](int64_t b, int64_t h, int64_t i) {
    std::vector<double> w = attention.weights(b, h, i), e(keys);
    int64_t atQuery = attention.atQuery(b, i, h);
    double total = 0;
    for (int64_t j = 0; j < keys; ++j) {
      int64_t atKey = attention.atKey(b, j, h);
      double kept = attention.keep(b, h, i, j);
      e[j] = kept * attention.dot(dy, atQuery, attention.value, atKey);
      total += w[j] * e[j];
      addVector(dvalue, atKey, kept * w[j], dy, atQuery, width);
    }
    for (int64_t j = 0; j < keys; ++j) {
      int64_t atKey = attention.atKey(b, j, h);
      double ds = w[j] * (e[j] - total);
      addVector(dquery, atQuery, attention.scale * ds, attention.key, atKey, width);
      addVector(dkey, atKey, attention.scale * ds, attention.query, atQuery, width);
      if (attention.bias) {
        int64_t at = attention.biasAt(b, h, i, j);
        dbias.setFloat(at, dbias.getFloat(at) + ds);
      }
    }
  });
  results.append({std::move(dquery), std::move(dkey), std::move(dvalue)});
  if (attention.bias)
    results.push_back(std::move(dbias));
  return success();
}
