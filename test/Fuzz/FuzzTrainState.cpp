// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trainer_state.json of a checkpoint; what is accepted is written and read again.
#include "train/train_state.h"

#include <cstdlib>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<Json> json = parseJson({reinterpret_cast<const char *>(data), size}, "input");
  if (!json.ok())
    return 0;
  Result<TrainState> state = TrainState::fromJson(*json, "input");
  if (state.ok() && !TrainState::fromJson(state->toJson(), "input").ok())
    std::abort();
  return 0;
}
