// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Philox streams and the tensors made of them.
#include "weft/Reference/RandomValues.h"

#include "dialects/Weft/Weft.h"
#include "weft/Reference/Interpreter.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace weft {

uint32_t WordStream::next() {
  uint64_t number = position / 4;
  if (position % 4 == 0)
    block = philox(seed, {static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32),
                          static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32)});
  return block[position++ % 4];
}

uint64_t streamOfName(StringRef name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char character : name) {
    hash ^= static_cast<uint8_t>(character);
    hash *= 0x100000001b3;
  }
  return hash;
}

//===----------------------------------------------------------------------===//
// Initial values
//===----------------------------------------------------------------------===//

// The inverse of the normal distribution function: a guess (Abramowitz and Stegun 26.2.23, absolute
// error below 5e-4), made exact by Halley's method on erfc.
static double inverseNormal(double p) {
  double q = p < 0.5 ? p : 1 - p;
  double t = std::sqrt(-2 * std::log(q));
  double guess = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                         (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  double x = -guess; // of q, in the lower half
  for (int i = 0; i < 3; ++i) {
    double error = 0.5 * std::erfc(-x / std::sqrt(2.0)) - q;
    double step = error * std::sqrt(2 * M_PI) * std::exp(x * x / 2);
    x -= step / (1 + x * step / 2);
  }
  return p < 0.5 ? x : -x;
}

static double draw(const Distribution &distribution, uint32_t word) {
  double open = (word + 0.5) * 0x1p-32;          // never 0 or 1
  constexpr double below = 0.022750131948179207; // the normal distribution function at -2
  switch (distribution.kind) {
  case Distribution::Kind::Constant:
    return distribution.a;
  case Distribution::Kind::Uniform:
    return distribution.a + (distribution.b - distribution.a) * ((word >> 8) * 0x1p-24);
  case Distribution::Kind::Normal:
    return distribution.a + distribution.b * inverseNormal(open);
  case Distribution::Kind::TruncatedNormal:
    return distribution.a + distribution.b * inverseNormal(below + open * (1 - 2 * below));
  }
  llvm_unreachable("a kind of distribution");
}

void fillFrom(const Distribution &distribution, WordStream stream, ReferenceTensor &tensor) {
  for (double &element : tensor.getFloats())
    element = draw(distribution, stream.next());
  for (int64_t &element : tensor.getInts())
    element = static_cast<int64_t>(draw(distribution, stream.next()));
  tensor.roundToElementType();
}

static void clearRow(int64_t row, ReferenceTensor &tensor) {
  if (row < 0)
    return;
  auto clear = [&](auto &elements) {
    int64_t width = elements.size() / tensor.getShape()[0];
    std::fill_n(elements.begin() + row * width, width, 0);
  };
  if (!tensor.getFloats().empty())
    clear(tensor.getFloats());
  if (!tensor.getInts().empty())
    clear(tensor.getInts());
}

void Interpreter::initialize(ModelOp model, uint64_t seed) {
  auto initializeOne = [&](StringRef name, Type type, Attribute init) {
    if (auto values = dyn_cast<DenseElementsAttr>(init))
      return setStorage(name, ReferenceTensor::fromAttribute(values));
    auto tensorType = cast<RankedTensorType>(type);
    ReferenceTensor tensor(tensorType.getElementType(), tensorType.getShape());
    Distribution distribution =
        cast<InitializerAttrInterface>(init).getDistribution(tensorType.getShape());
    fillFrom(distribution, WordStream(seed, streamOfName(name)), tensor);
    clearRow(distribution.zeroRow, tensor);
    setStorage(name, std::move(tensor));
  };
  for (Operation &op : model.getBody().front()) {
    if (auto parameter = dyn_cast<ParameterOp>(op))
      initializeOne(parameter.getSymName(), parameter.getType(), parameter.getInit());
    else if (auto buffer = dyn_cast<BufferOp>(op))
      initializeOne(buffer.getSymName(), buffer.getType(), buffer.getInit());
  }
}

//===----------------------------------------------------------------------===//
// Seeded tensors
//===----------------------------------------------------------------------===//

// A random order of 0 .. size-1 (Fisher and Yates).
static SmallVector<int64_t> makePermutation(int64_t size, WordStream &words) {
  SmallVector<int64_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  for (int64_t i = size - 1; i > 0; --i)
    std::swap(order[i], order[words.nextBelow(i + 1)]);
  return order;
}

SmallVector<ReferenceTensor> makeSeededTensors(ArrayRef<SeededSpec> specs, uint64_t seed) {
  SmallVector<ReferenceTensor> tensors;
  int64_t numFloats = 0;
  for (const SeededSpec &spec : specs) {
    SmallVector<int64_t> shape(spec.type.getShape());
    for (int64_t &size : shape)
      size = ShapedType::isDynamic(size) ? spec.dynamicSize : size;
    tensors.emplace_back(spec.type.getElementType(), shape);
    numFloats += tensors.back().getFloats().size();
  }
  // The range is cut in as many cells as there are elements (an even number, so that its middle is
  // a border), and each element gets a place near the middle of a cell of its own.
  WordStream words(seed, streamOfName("seeded tensors"));
  int64_t numCells = numFloats + numFloats % 2;
  SmallVector<int64_t> cells = makePermutation(numCells, words);
  int64_t nextCell = 0;
  for (auto [spec, tensor] : llvm::zip(specs, tensors)) {
    for (double &element : tensor.getFloats()) {
      double place = (cells[nextCell++] + 0.3 + 0.4 * words.nextUniform()) / numCells;
      element = spec.low + (spec.high - spec.low) * place;
    }
    for (int64_t &element : tensor.getInts())
      element = spec.intLow + words.nextBelow(spec.intHigh - spec.intLow);
    tensor.roundToElementType();
  }
  return tensors;
}

} // namespace weft
