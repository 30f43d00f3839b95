// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folders of checkpoints and models: trainer_state.json, config.json, model.safetensors and
// optimizer.safetensors, into a session. Two bytes say how long the model is; the state ends at the
// first zero byte behind them, the configuration at the second; the model comes next.
#include "TemporaryFolder.h"
#include "TinySession.h"
#include "train/checkpoint.h"

#include <cstdlib>

using namespace weft::rt;
using namespace weft::rt::fuzzing;

static void explained(const Status &status) {
  if (!status.ok() && status.message().empty())
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  std::string_view rest(reinterpret_cast<const char *>(data + 2), size - 2);
  auto take = [&](size_t length, size_t gap) {
    std::string_view part = rest.substr(0, length);
    rest.remove_prefix(std::min(part.size() + gap, rest.size()));
    return part;
  };
  writeTemporary("trainer_state.json", take(rest.find('\0'), 1));
  writeTemporary("config.json", take(rest.find('\0'), 1));
  writeTemporary("model.safetensors", take(data[0] | data[1] << 8, 0));
  writeTemporary("optimizer.safetensors", rest);
  Result<TrainState> state = loadCheckpoint(session(), temporaryFolder());
  explained(state.ok() ? Status() : state.takeStatus());
  std::vector<std::string> notices;
  explained(loadModelFolder(session(), temporaryFolder(), notices));
  Result<CompanionFiles> companions = CompanionFiles::read(temporaryFolder());
  Result<LabelNames> labels = readConfigLabels(temporaryFolder());
  explained(companions.ok() ? Status() : companions.takeStatus());
  explained(labels.ok() ? Status() : labels.takeStatus());
  if (companions.ok() && labels.ok())
    explained(companions->describe(session().module(), *labels));
  return 0;
}
