// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// model.safetensors and optimizer.safetensors of a checkpoint into the variables of a session; the
// first byte chooses. What does not fit changes nothing.
#include "SafetensorsMutator.h"
#include "TinySession.h"
#include "train/weights.h"

#include <cstdlib>

using namespace weft::rt;
using namespace weft::rt::fuzzing;

static std::vector<std::vector<uint8_t>> readAll() {
  std::vector<std::vector<uint8_t>> values;
  for (size_t i = 0; i < session().module().variables().size(); ++i) {
    values.emplace_back(session().module().variables()[i].byteSize);
    if (!session().readVariable(i, values.back().data(), values.back().size()).ok())
      std::abort();
  }
  return values;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  Result<Safetensors> file = Safetensors::parse("input", {data + 1, size - 1}, nullptr);
  if (!file.ok())
    return 0;
  std::vector<std::vector<uint8_t>> before = readAll();
  WeightSet set = data[0] & 1 ? WeightSet::optimizer : WeightSet::model;
  if (!loadWeights(session(), *file, set).ok() && readAll() != before)
    std::abort();
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  return fuzzing::mutateSafetensors(data, size, maxSize, seed, 1);
}
