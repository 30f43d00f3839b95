// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per kind of initializer, all over one loop.
#include "module/initializer.h"

#include "base/random.h"

#include <cstring>

namespace weft::rt {

// Stores valueOf(word i) as element i.
template <typename Function>
static void fillFromWords(const VariableInfo &variable, uint64_t seed, void *data,
                          Function valueOf) {
  uint64_t stream = streamOfName(variable.name);
  PhiloxBlock block{};
  for (uint64_t i = 0; i < variable.elementCount; ++i) {
    if (i % 4 == 0)
      block = randomBlock(seed, stream, i / 4);
    storeElement(variable.type, data, i, valueOf(block[i % 4]));
  }
}

void fillInitialValues(const VariableInfo &variable, const schema::Initializer &initializer,
                       uint64_t seed, void *data) {
  double a = initializer.a(), b = initializer.b();
  switch (initializer.kind()) {
  case schema::InitializerKind::Constant:
    for (uint64_t i = 0; i < variable.elementCount; ++i)
      storeElement(variable.type, data, i, a);
    break;
  case schema::InitializerKind::Uniform:
    fillFromWords(variable, seed, data,
                  [=](uint32_t word) { return a + (b - a) * uniformFromWord(word); });
    break;
  case schema::InitializerKind::Normal:
    fillFromWords(variable, seed, data,
                  [=](uint32_t word) { return a + b * normalFromWord(word); });
    break;
  case schema::InitializerKind::TruncatedNormal:
    fillFromWords(variable, seed, data,
                  [=](uint32_t word) { return a + b * truncatedNormalFromWord(word); });
    break;
  case schema::InitializerKind::Dense:
    if (variable.byteSize > 0)
      std::memcpy(data, initializer.values()->data(), variable.byteSize);
    break;
  }
  if (int64_t row = initializer.zero_row(); row >= 0) {
    size_t bytes = variable.byteSize / static_cast<size_t>(variable.shape[0]);
    std::memset(static_cast<uint8_t *>(data) + static_cast<size_t>(row) * bytes, 0, bytes);
  }
}

} // namespace weft::rt
