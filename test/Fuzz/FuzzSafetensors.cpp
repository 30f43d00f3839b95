// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// safetensors files; what is accepted is read to its last byte.
#include "SafetensorsMutator.h"
#include "data/safetensors.h"

#include <numeric>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<Safetensors> tensors = Safetensors::parse("input", {data, size}, nullptr);
  if (!tensors.ok())
    return 0;
  unsigned sum = 0;
  for (const Safetensors::Tensor &tensor : tensors->tensors())
    sum = std::accumulate(tensor.array.data, tensor.array.data + tensor.array.bytes(), sum);
  // Not optimized away.
  [[maybe_unused]] static volatile unsigned sink;
  sink = sum;
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  return fuzzing::mutateSafetensors(data, size, maxSize, seed);
}
