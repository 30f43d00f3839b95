// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cases of test/Ops and random graphs, compiled for the CPU and run by the runtime, against
// what the cases expect and the reference interpreter.
#include "CompiledExecutor.h"
#include "TestPaths.h"
#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "weft/Pipelines/Pipelines.h"
#include "weft/Reference/EntryBinding.h"
#include "weft/Reference/Interpreter.h"
#include "weft/Reference/Passes.h"
#include "weft/Reference/RandomGraph.h"
#include "weft/Target/CPU/Kernels.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace mlir;
using namespace weft;

namespace {

// Names of the files in test/Ops.
std::vector<std::string> listCases() {
  std::vector<std::string> files;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator file(WEFT_TEST_OPS_DIR, error), end; file != end && !error;
       file.increment(error))
    if (llvm::sys::path::extension(file->path()) == ".mlir")
      files.push_back(llvm::sys::path::stem(file->path()).str());
  llvm::sort(files);
  return files;
}

const DialectRegistry &getRegistry() {
  static const DialectRegistry *registry = [] {
    cpu::registerCpuTarget();
    registerCaseExecutor("cpu", [] { return std::make_unique<CompiledExecutor>(); });
    auto *made = new DialectRegistry;
    made->insert<WeftDialect, exec::ExecDialect, func::FuncDialect>();
    cpu::registerCpuTargetDialects(*made);
    return made;
  }();
  return *registry;
}

class CompiledCases : public testing::TestWithParam<std::string> {};

TEST_P(CompiledCases, GiveTheExpectedValues) {
  MLIRContext context(getRegistry());
  std::string path = std::string(WEFT_TEST_OPS_DIR) + "/" + GetParam() + ".mlir";
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  ASSERT_TRUE(module);
  CheckOpCasesOptions options;
  options.executors.push_back("cpu");
  PassManager passes(&context, ModuleOp::getOperationName());
  passes.addPass(createCheckOpCases(options));
  EXPECT_TRUE(succeeded(passes.run(*module)));
}

INSTANTIATE_TEST_SUITE_P(Ops, CompiledCases, testing::ValuesIn(listCases()),
                         [](const auto &info) { return info.param; });

// Largest difference between compiled code and the reference, relative to the largest element: f32
// through some dozen ops.
constexpr double kTolerance = 2e-4;

void expectClose(const ReferenceTensor &expected, const ReferenceTensor &actual, unsigned result) {
  ASSERT_EQ(expected.getShape(), actual.getShape()) << "result " << result;
  double largest = 1e-3;
  for (double element : expected.getFloats())
    largest = std::max(largest, std::fabs(element));
  for (int64_t i = 0; i < expected.getNumElements(); ++i) {
    if (expected.isFloat())
      ASSERT_NEAR(expected.getFloat(i), actual.getFloat(i), kTolerance * largest)
          << "result " << result << ", element " << i;
    else
      ASSERT_EQ(expected.getInt(i), actual.getInt(i)) << "result " << result << ", element " << i;
  }
}

class CompiledRandomGraphs : public testing::TestWithParam<unsigned> {};

// The whole training step of a random model: forward, backward and update.
TEST_P(CompiledRandomGraphs, GiveWhatTheReferenceGives) {
  MLIRContext context(getRegistry());
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  RandomModelOptions random;
  random.seed = GetParam();
  random.size = 4 + GetParam() % 16;
  random.smooth = true;
  ModelOp model = buildRandomGraph(*module, random);
  PassManager passes(&context, ModuleOp::getOperationName());
  buildPhasePipeline(passes, Phase::Input, Phase::Training, {});
  ASSERT_TRUE(succeeded(passes.run(*module)));
  EntryOptions options;
  options.rows = GetParam() % 2 ? 5 : 1;
  options.seed = GetParam();
  for (auto function : model.getOps<func::FuncOp>()) {
    SCOPED_TRACE(function.getSymName().str());
    Interpreter interpreter;
    interpreter.initialize(model, GetParam());
    SmallVector<ReferenceTensor> inputs, expected, actual;
    ASSERT_TRUE(succeeded(bindArguments(function, interpreter, options, inputs)));
    for (ReferenceTensor &input : inputs)
      input.roundToElementType();
    ASSERT_TRUE(succeeded(interpreter.evaluate(function, inputs, expected)));
    ASSERT_TRUE(succeeded(CompiledExecutor().evaluate(function, inputs, actual)));
    ASSERT_EQ(expected.size(), actual.size());
    for (auto [number, value] : llvm::enumerate(expected))
      expectClose(value, actual[number], number);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompiledRandomGraphs, testing::Range(0u, 16u));

} // namespace
