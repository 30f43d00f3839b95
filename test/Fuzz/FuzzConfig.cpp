// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// config.json of a model folder, which the compiler reads: any bytes become a configuration within
// its bounds or an error that says why not.
#include "weft/Models/EncoderConfig.h"

#include <cstdint>
#include <cstdlib>

using namespace weft::models;

namespace {

void resolveHeads(const EncoderConfig &config) {
  for (HeadTask task : {HeadTask::SequenceClassification, HeadTask::TokenClassification,
                        HeadTask::MaskedLm, HeadTask::Pretraining, HeadTask::QuestionAnswering}) {
    std::string error;
    if (llvm::failed(resolveHead(config, {task, {}, {}, {}}, error)) && error.empty())
      std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::string error;
  llvm::FailureOr<EncoderConfig> config = parseEncoderConfig(text, "config.json", error);
  if (llvm::failed(config)) {
    if (error.empty())
      std::abort();
    return 0;
  }
  // What the graph's shapes are made of.
  if (config->hiddenSize < 1 || config->numHeads < 1 || config->hiddenSize % config->numHeads != 0)
    std::abort();
  resolveHeads(*config);
  return 0;
}
