// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folders of checkpoints and models: trainer_state.json, config.json, model.safetensors and
// optimizer.safetensors, into a session. Two bytes say how long the model is; the state ends at the
// first zero byte behind them, the configuration at the second; the model comes next.
#include "../Runtime/ModuleTesting.h"
#include "TemporaryFolder.h"
#include "train/checkpoint.h"

#include <cstdlib>

using namespace weft::rt;
using namespace weft::rt::fuzzing;

static Session &session() {
  static const std::unique_ptr<Session> made = [] {
    Result<std::shared_ptr<const Module>> module =
        Module::parse(testing::writeModule(testing::ModuleBuilder(/*tiny=*/true).module));
    DeviceOptions deviceOptions;
    deviceOptions.threads = 1;
    SessionOptions options;
    if (!module.ok() || !(options.device = *createDevice("null", deviceOptions)))
      std::abort();
    return Session::create(*module, options).take();
  }();
  return *made;
}

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
