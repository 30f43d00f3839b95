// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the ops of the Random family compute.
#include "dialects/Weft/Philox.h"
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

namespace {
// The numbers of the step and the id, from which a mask follows.
struct Draw {
  uint64_t id, seed, step;
  int64_t sampleOffset;
  double p;
  int64_t rowsPerSample = 0; // not flattened
};
} // namespace

// Calls `use` with each element's position and whether it is kept.
static void forEachElement(const Draw &draw, ArrayRef<int64_t> shape,
                           function_ref<void(int64_t, bool)> use) {
  uint32_t threshold = getDropThreshold(draw.p);
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0, e = ShapedType::getNumElements(shape); i < e; ++i) {
    RandomPlace place =
        draw.rowsPerSample
            ? getFlattenedPlace(index[0], index[1], draw.rowsPerSample, draw.sampleOffset)
            : getRandomPlace(index, shape, draw.sampleOffset);
    use(i, getRandomWord(draw.seed, draw.id, draw.step, place) >= threshold);
    nextIndex(index, shape);
  }
}

LogicalResult DropoutOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                  SmallVectorImpl<ReferenceTensor> &results) {
  if (!isNumbered())
    return emitOpError(
        "expected an id and the numbers of the step, got none: the op is not numbered yet "
        "(weft-flatten-model does it)");
  double p = getP().convertToDouble();
  Draw draw = {*getId(), static_cast<uint64_t>(operands[1].getInt(0)),
               static_cast<uint64_t>(operands[2].getInt(0)), operands[3].getInt(0), p};
  ReferenceTensor result = operands[0];
  forEachElement(draw, result.getShape(), [&](int64_t i, bool isKept) {
    result.setFloat(i, isKept ? result.getFloat(i) / (1 - p) : 0);
  });
  results.push_back(std::move(result));
  return success();
}

LogicalResult DropoutMaskOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                      SmallVectorImpl<ReferenceTensor> &results) {
  SmallVector<int64_t> shape(getType().getShape());
  for (int64_t dim : getDynamicDims(getType()))
    shape[dim] = operands[3].getDimSize(dim);
  Draw draw = {getId(),
               static_cast<uint64_t>(operands[0].getInt(0)),
               static_cast<uint64_t>(operands[1].getInt(0)),
               operands[2].getInt(0),
               getP().convertToDouble(),
               static_cast<int64_t>(getRowsPerSample().value_or(0))};
  if (unsigned count = getNumbers().size()) {
    unsigned first = operands.size() - count;
    draw.id = operands[first].getInt(0);
    if (count > 1)
      draw.rowsPerSample = operands[first + 1].getInt(0);
    if (draw.rowsPerSample < (count > 1 ? 1 : 0))
      return emitOpError("expected at least one row per sample, got ") << draw.rowsPerSample;
  }
  ReferenceTensor result(getType().getElementType(), shape);
  forEachElement(draw, shape, [&](int64_t i, bool isKept) { result.setInt(i, isKept); });
  results.push_back(std::move(result));
  return success();
}
