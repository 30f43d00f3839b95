// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// config.json to models: each head that a configuration has is built and must pass its verifiers,
// and small ones go through differentiation. What is refused must be explained.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "weft/Models/Encoder.h"
#include "weft/Pipelines/Pipelines.h"

#include <cstdlib>

using namespace mlir;
using namespace weft;
using namespace weft::models;

static void expect(bool condition, const char *what, const std::string &error = "") {
  if (condition)
    return;
  llvm::errs() << what << ": " << error << "\n";
  std::abort();
}

// Through the phases where the graph is rewritten as a whole. No length is longer than the table of
// positions.
static void differentiate(ModuleOp module, const EncoderConfig &config, HeadTask task) {
  CompileOptions options;
  options.binds = {"seq=" + std::to_string(std::min<int64_t>(config.maxPositions, 4))};
  if (task == HeadTask::MaskedLm || task == HeadTask::Pretraining)
    options.binds.push_back("masked=2");
  PassManager passes(module.getContext(), ModuleOp::getOperationName());
  buildPhasePipeline(passes, Phase::Input, Phase::Training, options);
  expect(succeeded(passes.run(module)), "a model of a configuration was refused");
}

static void build(const EncoderConfig &config, HeadTask task) {
  std::string error;
  FailureOr<Head> head = resolveHead(config, {task, {}, {}, {}}, error);
  if (failed(head))
    return expect(!error.empty(), "refused without an error");
  DialectRegistry registry;
  registry.insert<WeftDialect, func::FuncDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module = buildEncoder(context, config, *head, canExplain(task));
  expect(module && succeeded(verify(*module)), "a model of a configuration is not valid");
  if (config.numLayers <= 2)
    differentiate(*module, config, task);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string error;
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  FailureOr<EncoderConfig> config = parseEncoderConfig(text, "config.json", error);
  if (failed(config)) {
    expect(!error.empty(), "refused without an error");
    return 0;
  }
  for (HeadTask task : {HeadTask::SequenceClassification, HeadTask::TokenClassification,
                        HeadTask::MaskedLm, HeadTask::Pretraining, HeadTask::QuestionAnswering})
    build(*config, task);
  return 0;
}
