// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random models as users have them: compiled whole, for several processors and for several lengths
// of a sequence, and trained by the runtime, step by step beside the reference interpreter.
//   WEFT_RANDOM_MODELS=N build/bin/CompiledTrainingTests     tries N models in place of a few
#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "module/session.h"
#include "weft/Module/ModuleWriter.h"
#include "weft/Pipelines/Pipelines.h"
#include "weft/Reference/EntryBinding.h"
#include "weft/Reference/RandomGraph.h"
#include "weft/Target/CPU/Kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

using namespace mlir;
using namespace weft;

namespace {

constexpr int kSteps = 4;
// Largest difference relative to the largest element: f32 through some dozen ops, and what steps
// before have made of it.
constexpr double kTolerance = 5e-4;

const DialectRegistry &getRegistry() {
  static const DialectRegistry *registry = [] {
    cpu::registerCpuTarget();
    auto *made = new DialectRegistry;
    made->insert<WeftDialect, exec::ExecDialect, func::FuncDialect>();
    cpu::registerCpuTargetDialects(*made);
    return made;
  }();
  return *registry;
}

// The vectors that the model takes become means of sequences of vectors, of any length.
void addSequence(ModelOp model) {
  auto body = model.lookupSymbol<func::FuncOp>("logits");
  auto loss = model.lookupSymbol<func::FuncOp>("loss");
  auto vectors = cast<RankedTensorType>(body.getArgumentTypes()[0]);
  auto sequences =
      RankedTensorType::get({ShapedType::kDynamic, ShapedType::kDynamic, vectors.getDimSize(1)},
                            vectors.getElementType());
  OpBuilder builder = OpBuilder::atBlockEnd(&model.getBody().front());
  builder.setInsertionPoint(body);
  auto logits = func::FuncOp::create(builder, model.getLoc(), "sequences",
                                     builder.getFunctionType(sequences, body.getResultTypes()[0]));
  builder.setInsertionPointToStart(logits.addEntryBlock());
  Value bounded = TanhOp::create(builder, model.getLoc(), logits.getArgument(0));
  Value mean = ReduceMeanOp::create(builder, model.getLoc(), bounded, ArrayRef<int64_t>{1});
  Value result = func::CallOp::create(builder, model.getLoc(), "body", body.getResultTypes(), mean)
                     .getResult(0);
  func::ReturnOp::create(builder, model.getLoc(), result);
  body.setName("body");
  body.setPrivate();
  body.removeArgAttrsAttr();
  logits.setName("logits");
  loss.getArgument(0).setType(sequences);
  loss.setType(builder.getFunctionType(loss.getBody().getArgumentTypes(), loss.getResultTypes()));
  for (func::FuncOp function : {logits, loss}) {
    function.setArgAttr(0, kInputAttr, builder.getStringAttr("x"));
    function.setArgAttr(0, kDimsAttr, builder.getStrArrayAttr({"batch", "seq"}));
  }
}

// Those of two levels that this machine can run, in an order that changes: the runtime takes the
// last.
SmallVector<std::string> chooseProcessors(unsigned seed) {
  SmallVector<std::string> processors{"x86-64-v2"};
#ifdef __x86_64__
  if (__builtin_cpu_supports("x86-64-v3"))
    processors.push_back("x86-64-v3");
  if (__builtin_cpu_supports("x86-64-v4"))
    processors.push_back("x86-64-v4");
#endif
  if (processors.size() > 2)
    processors.erase(processors.begin() + seed / 2 % 3);
  if (seed % 2)
    std::reverse(processors.begin(), processors.end());
  return processors;
}

// A tensor as the runtime holds it, and back.
std::vector<uint8_t> toBytes(const ReferenceTensor &tensor) {
  std::vector<uint8_t> bytes;
  auto append = [&](auto value) {
    const auto *data = reinterpret_cast<const uint8_t *>(&value);
    bytes.insert(bytes.end(), data, data + sizeof(value));
  };
  for (int64_t i = 0; i < tensor.getNumElements(); ++i)
    if (tensor.getElementType().isF32())
      append(static_cast<float>(tensor.getFloat(i)));
    else if (tensor.isFloat())
      append(tensor.getFloat(i));
    else if (tensor.getElementType().isInteger(64))
      append(tensor.getInt(i));
    else
      append(static_cast<int32_t>(tensor.getInt(i)));
  return bytes;
}

// The name under which the interpreter keeps what a session keeps as a variable.
std::string storageNameOf(const rt::VariableInfo &variable) {
  switch (variable.kind) {
  case schema::VariableKind::OptimizerState:
    return "state " + variable.name;
  case schema::VariableKind::GradientAccumulator:
    return "sum " + variable.name;
  default:
    return variable.name;
  }
}

void expectClose(ArrayRef<double> expected, ArrayRef<uint8_t> bytes, const std::string &what) {
  std::vector<float> actual(bytes.size() / sizeof(float));
  std::memcpy(actual.data(), bytes.data(), bytes.size());
  ASSERT_EQ(expected.size(), actual.size()) << what;
  double largest = 1e-2;
  for (double element : expected)
    largest = std::max(largest, std::fabs(element));
  for (size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(expected[i], actual[i], kTolerance * largest) << what << ", element " << i;
}

class CompiledTraining : public testing::TestWithParam<unsigned> {
protected:
  CompiledTraining() : context(getRegistry()) {}

  // The graph of the training steps, and the module made of it.
  void compile() {
    reference = ModuleOp::create(UnknownLoc::get(&context));
    RandomModelOptions random;
    random.seed = GetParam();
    random.size = 3 + GetParam() % 9;
    random.smooth = true;
    addSequence(buildRandomGraph(*reference, random));
    CompileOptions options;
    options.optimizer = GetParam() % 3 == 2 ? "adamw" : "#weft.sgd<momentum = 0.9>";
    options.clipGradients = GetParam() % 2;
    options.binds = {"batch=4", "seq=3,5"};
    options.processors = chooseProcessors(GetParam());
    PassManager passes(&context, ModuleOp::getOperationName());
    buildPhasePipeline(passes, Phase::Input, Phase::Training, options);
    ASSERT_TRUE(succeeded(passes.run(*reference)));
    OwningOpRef<ModuleOp> compiled = reference->clone();
    PassManager rest(&context, ModuleOp::getOperationName());
    buildPhasePipeline(rest, Phase::Training, Phase::Schedule, options);
    ASSERT_TRUE(succeeded(rest.run(*compiled)));
    FailureOr<std::vector<char>> file = buildModuleFile(*compiled, {});
    ASSERT_TRUE(succeeded(file));
    auto module =
        rt::Module::parse({reinterpret_cast<const uint8_t *>(file->data()), file->size()});
    ASSERT_TRUE(module.ok()) << module.status().message();
    rt::DeviceOptions deviceOptions;
    deviceOptions.threads = 2;
    rt::SessionOptions sessionOptions;
    sessionOptions.device = *rt::createDevice("cpu", deviceOptions);
    auto made = rt::Session::create(*module, sessionOptions);
    ASSERT_TRUE(made.ok()) << made.status().message();
    session = made.take();
  }

  ModelOp model() { return *reference->getOps<ModelOp>().begin(); }

  // The session begins where the interpreter does.
  void copyStorages() {
    const auto &variables = session->module().variables();
    for (size_t i = 0; i < variables.size(); ++i)
      if (const ReferenceTensor *value = interpreter.getStorage(storageNameOf(variables[i]))) {
        std::vector<uint8_t> bytes = toBytes(*value);
        ASSERT_TRUE(session->writeVariable(i, bytes.data(), bytes.size()).ok());
      }
  }

  void compareStorages() {
    const auto &variables = session->module().variables();
    for (size_t i = 0; i < variables.size(); ++i) {
      const ReferenceTensor *value = interpreter.getStorage(storageNameOf(variables[i]));
      ASSERT_TRUE(value) << variables[i].name;
      std::vector<uint8_t> bytes(variables[i].byteSize);
      ASSERT_TRUE(session->readVariable(i, bytes.data(), bytes.size()).ok());
      expectClose(value->getFloats(), bytes, variables[i].name);
    }
  }

  // One step of both on the same batch; `step` chooses its length, its rows and its numbers.
  void takeStep(int step) {
    uint32_t entry = *session->module().findEntry("train_step");
    auto bucket = static_cast<uint32_t>(step % 2);
    const schema::Bucket &signature = *session->module().entry(entry).buckets()->Get(bucket);
    auto function = model().lookupSymbol<func::FuncOp>("train_step__seq" +
                                                       std::to_string(signature.values()->Get(0)));
    ASSERT_TRUE(function);
    EntryOptions options;
    options.rows = 1 + (step * 5 + GetParam()) % 7;
    options.seed = GetParam() * 100 + step;
    SmallVector<ReferenceTensor> arguments, expected;
    ASSERT_TRUE(succeeded(bindArguments(function, interpreter, options, arguments)));
    for (ReferenceTensor &argument : arguments)
      argument.roundToElementType();
    if (step == 0)
      copyStorages();
    ASSERT_TRUE(succeeded(interpreter.evaluate(function, arguments, expected)));
    storeResults(function, interpreter, expected);
    run(function, entry, bucket, options.rows, arguments, expected);
  }

  void run(func::FuncOp function, uint32_t entry, uint32_t bucket, int64_t rows,
           ArrayRef<ReferenceTensor> arguments, ArrayRef<ReferenceTensor> expected) {
    const schema::Bucket &signature = *session->module().entry(entry).buckets()->Get(bucket);
    rt::Scalars scalars;
    std::vector<std::vector<uint8_t>> inputs, outputs;
    uint32_t next = 0;
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      if (function.getArgAttr(i, kParameterAttr) || function.getArgAttr(i, kStateAttr))
        continue;
      const schema::Input &input = *signature.inputs()->Get(next++);
      if (input.role() == schema::InputRole::Batch)
        inputs.push_back(toBytes(arguments[i]));
      else if (rt::Scalars::isInteger(input.scalar()))
        scalars.setInteger(input.scalar(), arguments[i].getInt(0));
      else
        scalars.set(input.scalar(), arguments[i].getFloat(0));
    }
    std::vector<const void *> from;
    std::vector<void *> to;
    for (const auto &input : inputs)
      from.push_back(input.data());
    for (uint32_t i = 0; i < signature.outputs()->size(); ++i)
      outputs.emplace_back(session->outputBytes(entry, bucket, i, rows));
    for (auto &output : outputs)
      to.push_back(output.data());
    rt::RunRequest request;
    request.entry = entry;
    request.bucket = bucket;
    request.rows = rows;
    request.inputs = from;
    request.outputs = to;
    request.scalars = &scalars;
    rt::Status status = session->run(request);
    ASSERT_TRUE(status.ok()) << status.message();
    ASSERT_EQ(expected.size(), outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i)
      if (expected[i].getElementType().isF32())
        expectClose(expected[i].getFloats(), outputs[i], "result " + std::to_string(i));
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> reference;
  Interpreter interpreter;
  std::unique_ptr<rt::Session> session;
};

TEST_P(CompiledTraining, FollowsTheReference) {
  ASSERT_NO_FATAL_FAILURE(compile());
  interpreter.initialize(model(), GetParam());
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    ASSERT_NO_FATAL_FAILURE(takeStep(step));
    ASSERT_NO_FATAL_FAILURE(compareStorages());
  }
}

unsigned countModels() {
  const char *wanted = std::getenv("WEFT_RANDOM_MODELS");
  int count = wanted ? std::atoi(wanted) : 0;
  return count > 0 ? static_cast<unsigned>(count) : 4;
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompiledTraining, testing::Range(0u, countModels()));

} // namespace
