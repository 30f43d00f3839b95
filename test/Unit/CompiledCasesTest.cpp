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
#include <cstdlib>

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

void expectClose(const ReferenceTensor &expected, const ReferenceTensor &actual, unsigned result,
                 double tolerance) {
  ASSERT_EQ(expected.getShape(), actual.getShape()) << "result " << result;
  double largest = 1e-3;
  for (double element : expected.getFloats())
    largest = std::max(largest, std::fabs(element));
  for (int64_t i = 0; i < expected.getNumElements(); ++i) {
    if (expected.isFloat())
      ASSERT_NEAR(expected.getFloat(i), actual.getFloat(i), tolerance * largest)
          << "result " << result << ", element " << i;
    else
      ASSERT_EQ(expected.getInt(i), actual.getInt(i)) << "result " << result << ", element " << i;
  }
}

class CompiledRandomGraphs : public testing::TestWithParam<unsigned> {};

// All functions of a model in its training phase, compiled and by the reference.
void expectWhatTheReferenceGives(ModelOp model, const EntryOptions &options, double tolerance) {
  for (auto function : model.getOps<func::FuncOp>()) {
    SCOPED_TRACE(function.getSymName().str());
    Interpreter interpreter;
    interpreter.initialize(model, options.seed);
    SmallVector<ReferenceTensor> inputs, expected, actual;
    ASSERT_TRUE(succeeded(bindArguments(function, interpreter, options, inputs)));
    for (ReferenceTensor &input : inputs)
      input.roundToElementType();
    ASSERT_TRUE(succeeded(interpreter.evaluate(function, inputs, expected)));
    ASSERT_TRUE(succeeded(CompiledExecutor().evaluate(function, inputs, actual)));
    ASSERT_EQ(expected.size(), actual.size());
    for (auto [number, value] : llvm::enumerate(expected))
      ASSERT_NO_FATAL_FAILURE(expectClose(value, actual[number], number, tolerance));
  }
}

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
  expectWhatTheReferenceGives(model, options, kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompiledRandomGraphs, testing::Range(0u, 16u));

//===--- Wide graphs --------------------------------------------------------===//

// Graphs with dimensions from 1 to a million. WEFT_WIDE_GRAPHS=5000 tries more than the suite has
// time for.
unsigned numWideGraphs(unsigned usual) {
  const char *wanted = std::getenv("WEFT_WIDE_GRAPHS");
  return wanted ? std::max(1, std::atoi(wanted)) : usual;
}

// Batches of all sizes, that the code is tuned for.
RandomModelOptions wideOptions(unsigned seed, int64_t maxElements) {
  static constexpr int64_t kBatches[] = {1, 2, 64, 64, 3000, 120001, 350000, 1000000};
  RandomModelOptions options;
  options.seed = seed;
  options.size = seed % 11;
  options.maxElements = maxElements;
  options.batch = std::min(maxElements, kBatches[seed * 7 % std::size(kBatches)]);
  return options;
}

bool hasLongDimension(ModelOp model, int64_t batch) {
  constexpr int64_t kLong = 100000;
  return batch > kLong ||
         model
             .walk([&](Operation *op) {
               for (Type type : op->getResultTypes())
                 if (auto tensor = dyn_cast<RankedTensorType>(type))
                   if (llvm::any_of(tensor.getShape(), [&](int64_t size) { return size > kLong; }))
                     return WalkResult::interrupt();
               return WalkResult::advance();
             })
             .wasInterrupted();
}

// Every graph that verifies has kernels and a schedule, whatever its sizes.
TEST(WideRandomGraphs, HaveKernels) {
  static constexpr const char *kProcessors[] = {"x86-64-v2", "x86-64-v3", "x86-64-v4"};
  MLIRContext context(getRegistry());
  unsigned count = numWideGraphs(40), numLong = 0;
  for (unsigned seed = 0; seed < count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    RandomModelOptions random = wideOptions(seed, int64_t(1) << (18 + seed % 4 * 2));
    numLong += hasLongDimension(buildRandomGraph(*module, random), random.batch);
    std::string batch = "batch=" + std::to_string(random.batch);
    CompileOptions options;
    options.binds = {batch};
    options.processors = {kProcessors[seed % std::size(kProcessors)]};
    options.clipGradients = seed % 3 == 0;
    options.accumulateGradients = seed % 4 == 0;
    PassManager passes(&context, ModuleOp::getOperationName());
    buildPhasePipeline(passes, Phase::Input, Phase::Schedule, options);
    EXPECT_TRUE(succeeded(passes.run(*module)));
  }
  EXPECT_GE(numLong * 10, count * 3) << "of " << count;
}

// Some of them as numbers. What is left of long sums in f32 depends on their order.
TEST(WideRandomGraphs, GiveWhatTheReferenceGives) {
  MLIRContext context(getRegistry());
  unsigned count = numWideGraphs(5);
  for (unsigned seed = 0; seed < count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    RandomModelOptions random = wideOptions(seed, 1 << 17);
    random.size %= 4;
    random.smooth = true;
    ModelOp model = buildRandomGraph(*module, random);
    PassManager passes(&context, ModuleOp::getOperationName());
    buildPhasePipeline(passes, Phase::Input, Phase::Training, {});
    ASSERT_TRUE(succeeded(passes.run(*module)));
    EntryOptions options;
    options.rows = random.batch;
    options.seed = seed;
    constexpr double kLongSums = 5e-3;
    ASSERT_NO_FATAL_FAILURE(expectWhatTheReferenceGives(model, options, kLongSums));
  }
}

} // namespace
