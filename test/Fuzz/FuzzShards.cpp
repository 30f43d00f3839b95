// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// model.safetensors.index.json and the two shards that it may name, as files in a folder: the index
// ends at the first zero byte, the first shard after half of the rest.
#include "TemporaryFolder.h"
#include "data/safetensors.h"

#include <numeric>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view input(reinterpret_cast<const char *>(data), size);
  std::string_view index = input.substr(0, input.find('\0'));
  std::string_view shards = input.substr(std::min(index.size() + 1, size));
  size_t half = shards.size() / 2;
  fuzzing::writeTemporary("model.safetensors.index.json", index);
  fuzzing::writeTemporary("a.safetensors", shards.substr(0, half));
  fuzzing::writeTemporary("b.safetensors", shards.substr(half));
  Result<Safetensors> tensors = Safetensors::open(fuzzing::temporaryFolder());
  if (!tensors.ok())
    return 0;
  unsigned sum = 0;
  for (const Safetensors::Tensor &tensor : tensors->tensors())
    if (Result<Array> array = tensor.load(); array.ok())
      sum = std::accumulate(array->data, array->data + array->bytes(), sum);
  // Not optimized away.
  [[maybe_unused]] static volatile unsigned sink;
  sink = sum;
  return 0;
}
