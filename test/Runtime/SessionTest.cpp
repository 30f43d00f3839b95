// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sessions over the small model of kernels.c: variables, runs, batches that grow, bad inputs.
#include "module/session.h"

#include "ModuleTesting.h"
#include "base/random.h"
#include "gtest/gtest.h"

#include <cmath>
#include <unistd.h>

using namespace weft::rt;
using namespace weft::rt::testing;
using namespace weft;

namespace {

class SessionTest : public ::testing::Test {
protected:
  std::unique_ptr<Session> open(const ModuleT &module, int threads = 2, const char *device = "cpu",
                                int64_t maxRows = 0) {
    auto loaded = Module::parse(writeModule(module));
    EXPECT_TRUE(loaded.ok()) << loaded.status().message();
    DeviceOptions forDevice;
    forDevice.threads = threads;
    SessionOptions options;
    options.device = createDevice(device, forDevice).take();
    options.maxRows = maxRows;
    auto session = Session::create(loaded.take(), options);
    EXPECT_TRUE(session.ok()) << session.status().message();
    return session.ok() ? session.take() : nullptr;
  }

  std::vector<float> read(Session &session, const char *name) {
    size_t index = *session.module().findVariable(name);
    std::vector<float> values(session.module().variables()[index].elementCount);
    EXPECT_TRUE(session.readVariable(index, values.data(), values.size() * 4).ok());
    return values;
  }

  void write(Session &session, const char *name, const std::vector<float> &values) {
    Status status = session.writeVariable(*session.module().findVariable(name), values.data(),
                                          values.size() * 4);
    EXPECT_TRUE(status.ok()) << status.message();
  }

  // One train step over rows whose elements are all `value`.
  struct Step {
    Status status;
    float lossSum = -1, lossWeight = -1;
    std::vector<float> y;
  };
  Step train(Session &session, int64_t rows, float value, const Scalars *scalars = nullptr) {
    std::vector<float> x(static_cast<size_t>(rows) * 4, value);
    std::vector<int64_t> labels(static_cast<size_t>(rows), 3);
    return train(session, rows, x.data(), labels, scalars);
  }
  Step train(Session &session, int64_t rows, const float *x, const std::vector<int64_t> &labels,
             const Scalars *scalars = nullptr) {
    Step step;
    step.y.resize(static_cast<size_t>(rows) * 4);
    const void *inputs[] = {x, labels.data()};
    void *outputs[] = {&step.lossSum, &step.lossWeight, step.y.data()};
    RunRequest request;
    request.rows = rows;
    request.inputs = inputs;
    request.scalars = scalars;
    request.outputs = outputs;
    step.status = session.run(request);
    return step;
  }
};

} // namespace

TEST_F(SessionTest, TrainsAStep) {
  auto session = open(ModuleBuilder().module);
  write(*session, "w", {10, 20, 30, 40});
  Step step = train(*session, 3, 2.0f);
  ASSERT_TRUE(step.status.ok()) << step.status.message();
  // The column sums are 6, the rate of the module 0.5.
  EXPECT_EQ(read(*session, "w"), (std::vector<float>{7, 17, 27, 37}));
  std::vector<float> row = {14, 68, 162, 296};
  float sum = 0;
  for (size_t i = 0; i < step.y.size(); ++i) {
    EXPECT_EQ(step.y[i], row[i % 4]);
    sum += row[i % 4];
  }
  EXPECT_EQ(step.lossSum, sum);
  EXPECT_EQ(step.lossWeight, 3);
}

TEST_F(SessionTest, TakesScalars) {
  auto session = open(ModuleBuilder().module);
  write(*session, "w", {0, 0, 0, 0});
  Scalars scalars = session->module().defaultScalars();
  EXPECT_EQ(scalars.get(schema::ScalarRole::LearningRate), 0.5);
  scalars.set(schema::ScalarRole::LearningRate, 0.25);
  ASSERT_TRUE(train(*session, 1, -4.0f, &scalars).status.ok());
  EXPECT_EQ(read(*session, "w"), (std::vector<float>{1, 1, 1, 1}));
}

TEST_F(SessionTest, PredictsInTheOtherEntry) {
  auto session = open(ModuleBuilder().module);
  write(*session, "w", {1, 1, 1, 1});
  std::vector<float> x = {1, 1, 1, 1, 2, 2, 2, 2}, logits(8);
  const void *inputs[] = {x.data()};
  void *outputs[] = {logits.data()};
  RunRequest request;
  request.entry = *session->module().findEntry(schema::EntryRole::Predict);
  request.rows = 2;
  request.inputs = inputs;
  request.outputs = outputs;
  ASSERT_TRUE(session->run(request).ok());
  EXPECT_EQ(logits, (std::vector<float>{6, 7, 8, 9, 7, 9, 11, 13}));
  EXPECT_EQ(session->outputBytes(request.entry, 0, 0, 2), 32u);
  EXPECT_EQ(session->inputBytes(request.entry, 0, 0, 2), 32u);
}

TEST_F(SessionTest, AnyBatchAfterAnyOther) {
  auto session = open(ModuleBuilder().module, 2, "cpu", 4);
  EXPECT_EQ(session->memoryUse().rows, 4u * 128);
  for (int64_t rows : {4, 1, 100, 7, 100, 3}) {
    write(*session, "w", {1, 1, 1, 1});
    Scalars still = session->module().defaultScalars();
    still.set(schema::ScalarRole::LearningRate, 0);
    Step step = train(*session, rows, 1.0f, &still);
    ASSERT_TRUE(step.status.ok()) << step.status.message();
    EXPECT_EQ(step.lossSum, static_cast<float>(rows) * 10);
    EXPECT_EQ(step.lossWeight, static_cast<float>(rows));
  }
  EXPECT_EQ(session->memoryUse().rows, 100u * 128);
  for (int64_t rows = 1; rows <= 200; ++rows)
    ASSERT_TRUE(train(*session, rows, 0.0f).status.ok());
}

TEST_F(SessionTest, SameBitsOnAnyNumberOfThreads) {
  constexpr int64_t rows = 53;
  std::vector<float> x(rows * 4);
  RandomStream stream(3, 4);
  for (float &value : x)
    value = static_cast<float>(normalFromWord(stream.nextWord()));
  std::vector<float> first;
  for (int threads : {1, 2, 5}) {
    auto session = open(ModuleBuilder().module, threads);
    write(*session, "w", {0.1f, 0.2f, 0.3f, 0.4f});
    for (int step = 0; step < 10; ++step)
      ASSERT_TRUE(train(*session, rows, x.data(), std::vector<int64_t>(rows)).status.ok());
    std::vector<float> w = read(*session, "w");
    if (first.empty())
      first = w;
    EXPECT_EQ(0, std::memcmp(first.data(), w.data(), 16)) << threads;
  }
}

TEST_F(SessionTest, InputsOfAnyAlignment) {
  auto session = open(ModuleBuilder().module);
  alignas(64) float storage[64];
  for (size_t shift : {0u, 1u, 5u, 16u}) {
    write(*session, "w", {0, 0, 0, 0});
    for (int i = 0; i < 8; ++i)
      storage[shift + i] = static_cast<float>(-2 * (i % 4));
    ASSERT_TRUE(train(*session, 2, storage + shift, {0, 1}).status.ok());
    EXPECT_EQ(read(*session, "w"), (std::vector<float>{0, 2, 4, 6})) << shift;
  }
}

TEST_F(SessionTest, RefusesIndicesOutOfRange) {
  auto session = open(ModuleBuilder().module);
  write(*session, "w", {1, 2, 3, 4});
  std::vector<float> x(12, 1.0f);
  for (int64_t bad : {int64_t{4}, int64_t{-2}, INT64_MAX, INT64_MIN}) {
    Status status = train(*session, 3, x.data(), {0, bad, 1}).status;
    EXPECT_EQ(status.code(), StatusCode::outOfRange);
    EXPECT_EQ(status.message(), "input 'labels': sample 1 of the batch has the value " +
                                    std::to_string(bad) + ": expected 0 to 3 or -1 (ignored)");
  }
  EXPECT_EQ(read(*session, "w"), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_TRUE(train(*session, 3, x.data(), {-1, 3, 0}).status.ok());
}

TEST_F(SessionTest, ChecksRunsOfIndicesByThemselves) {
  // Of three labels, the first and third have other bounds than the second.
  ModuleBuilder builder;
  builder.module.entries[0]->buckets[0]->inputs[1]->index_runs = {
      schema::IndexRun(1, 0, 4, -1, true), schema::IndexRun(1, 0, 2, 0, false)};
  auto session = open(builder.module);
  std::vector<float> x(12, 1.0f);
  EXPECT_TRUE(train(*session, 3, x.data(), {3, 1, -1}).status.ok());
  EXPECT_EQ(train(*session, 3, x.data(), {3, 2, -1}).status.message(),
            "input 'labels': sample 1 of the batch has the value 2: expected 0 to 1");
  EXPECT_EQ(
      train(*session, 3, x.data(), {3, 1, 4}).status.message(),
      "input 'labels': sample 2 of the batch has the value 4: expected 0 to 3 or -1 (ignored)");
}

TEST_F(SessionTest, FindsStateBehindTheParameterOfItsName) {
  ModuleBuilder builder;
  auto parameter = std::make_unique<schema::VariableT>();
  parameter->name = "w.momentum_buffer";
  parameter->shape = {4};
  parameter->offset = 192;
  parameter->initializer = std::make_unique<schema::InitializerT>();
  builder.module.variables.push_back(std::move(parameter));
  auto session = open(builder.module);
  EXPECT_EQ(session->module().findVariable("w.momentum_buffer"), 3u);
  EXPECT_EQ(session->module().findVariable("w.momentum_buffer", NameSpace::optimizer), 2u);
  EXPECT_FALSE(session->module().findVariable("w", NameSpace::optimizer).has_value());
}

TEST_F(SessionTest, ReportsTheErrorWordOfAKernel) {
  auto session = open(ModuleBuilder().module);
  write(*session, "w", {1000, 0, 0, 0});
  Status status = train(*session, 2, 5.0f).status;
  EXPECT_EQ(status.code(), StatusCode::outOfRange);
  EXPECT_NE(status.message().find("'train_step' met a value out of range (code 7)"),
            std::string::npos);
  write(*session, "w", {0, 0, 0, 0});
  EXPECT_TRUE(train(*session, 2, 5.0f).status.ok());
}

TEST_F(SessionTest, RefusesWrongRequests) {
  auto session = open(ModuleBuilder().module);
  float x[4] = {};
  int64_t label = 0;
  const void *inputs[] = {x, &label};
  void *outputs[] = {nullptr, nullptr, nullptr};
  RunRequest good;
  good.inputs = inputs;
  good.outputs = outputs;
  ASSERT_TRUE(session->run(good).ok());
  auto message = [&](auto change) {
    RunRequest request = good;
    change(request);
    Status status = session->run(request);
    EXPECT_EQ(status.code(), StatusCode::invalidArgument);
    return status.message();
  };
  EXPECT_EQ(message([](RunRequest &r) { r.entry = 2; }), "entry 2: the module has 2");
  EXPECT_EQ(message([](RunRequest &r) { r.bucket = 1; }), "bucket 1: entry 'train_step' has 1");
  EXPECT_EQ(message([](RunRequest &r) { r.rows = 0; }),
            "a batch of 0 rows: expected 1 to 67108864");
  EXPECT_EQ(message([](RunRequest &r) { r.rows = INT64_MAX; }).substr(0, 10), "a batch of");
  EXPECT_EQ(message([](RunRequest &r) { r.inputs = r.inputs.first(1); }),
            "1 inputs for 'train_step': expected 2");
  EXPECT_EQ(message([](RunRequest &r) { r.outputs = r.outputs.first(2); }),
            "2 outputs for 'train_step': expected 3 or none");
  const void *missing[] = {x, nullptr};
  EXPECT_EQ(message([&](RunRequest &r) { r.inputs = missing; }),
            "input 'labels' of 'train_step' is null");
  good.outputs = {};
  EXPECT_TRUE(session->run(good).ok());
}

TEST_F(SessionTest, VariablesKeepTheirLogicalOrder) {
  auto session = open(ModuleBuilder().module);
  write(*session, "m", {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(read(*session, "m"), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  // Stored with the last dimension first: 3x2.
  auto *stored = static_cast<float *>(session->variableMemory(1));
  EXPECT_EQ(std::vector<float>(stored, stored + 6), (std::vector<float>{1, 4, 2, 5, 3, 6}));
  float value = 0;
  Status status = session->readVariable(1, &value, 4);
  EXPECT_EQ(status.message(), "variable 'm' has 24 bytes, not 4");
  EXPECT_EQ(session->writeVariable(9, &value, 4).code(), StatusCode::outOfRange);
}

TEST_F(SessionTest, Initializes) {
  ModuleBuilder builder;
  auto &variables = builder.module.variables;
  auto set = [&](size_t index, schema::InitializerKind kind, double a, double b) {
    variables[index]->initializer->kind = kind;
    variables[index]->initializer->a = a;
    variables[index]->initializer->b = b;
  };
  set(0, schema::InitializerKind::Uniform, -2, -1);
  set(1, schema::InitializerKind::Normal, 100, 1);
  set(2, schema::InitializerKind::Constant, 0.25, 0);
  auto session = open(builder.module);
  ASSERT_TRUE(session->initialize(42).ok());
  std::vector<float> w = read(*session, "w"), m = read(*session, "m");
  for (float value : w)
    EXPECT_TRUE(value >= -2 && value < -1);
  for (size_t i = 0; i < m.size(); ++i) {
    // Element i in logical order is made of word i of the stream of the name.
    uint32_t word = randomBlock(42, streamOfName("m"), i / 4)[i % 4];
    EXPECT_EQ(m[i], static_cast<float>(100 + normalFromWord(word)));
  }
  EXPECT_EQ(read(*session, "w.momentum_buffer"), std::vector<float>(4, 0.25f));

  ASSERT_TRUE(session->initialize(43).ok());
  EXPECT_NE(read(*session, "w"), w);
  ASSERT_TRUE(session->initializeVariable(0, 42).ok());
  EXPECT_EQ(read(*session, "w"), w);

  // A row that is zero takes nothing from the others.
  variables[1]->initializer->zero_row = 1;
  auto embedding = open(builder.module);
  ASSERT_TRUE(embedding->initialize(42).ok());
  std::vector<float> rows = read(*embedding, "m");
  size_t width = rows.size() / static_cast<size_t>(variables[1]->shape[0]);
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i], i / width == 1 ? 0 : m[i]);
  variables[1]->initializer->zero_row = -1;

  set(0, schema::InitializerKind::TruncatedNormal, 0, 1);
  set(1, schema::InitializerKind::Dense, 0, 0);
  float dense[6] = {6, 5, 4, 3, 2, 1};
  variables[1]->initializer->values.assign(reinterpret_cast<uint8_t *>(dense),
                                           reinterpret_cast<uint8_t *>(dense) + 24);
  auto other = open(builder.module);
  ASSERT_TRUE(other->initialize(1).ok());
  for (float value : read(*other, "w"))
    EXPECT_LE(std::fabs(value), 2);
  EXPECT_EQ(read(*other, "m"), std::vector<float>(dense, dense + 6));
}

TEST_F(SessionTest, ChoosesTheLastExecutableThatRuns) {
  ModuleBuilder builder;
  auto &executables = builder.module.executables;
  auto add = [&](const char *cpu, std::vector<std::string> features) {
    executables.push_back(std::make_unique<schema::ExecutableT>(*executables[0]));
    executables.back()->cpu = cpu;
    executables.back()->features = std::move(features);
  };
  add("second", {});
  add("future", {"sse9", "sse10"});
  auto session = open(builder.module);
  EXPECT_EQ(session->executableIndex(), 1u);
  write(*session, "w", {1, 1, 1, 1});
  EXPECT_TRUE(train(*session, 2, 1.0f).status.ok());
}

TEST_F(SessionTest, SaysWhatTheProcessorLacks) {
  ModuleBuilder builder;
  builder.module.executables[0]->features = {"sse9", "sse10"};
  auto module = Module::parse(writeModule(builder.module));
  ASSERT_TRUE(module.ok());
  Status status = Session::create(*module, SessionOptions()).status();
  EXPECT_EQ(status.code(), StatusCode::failedPrecondition);
  EXPECT_EQ(status.message(), "module 'small' has no code for this machine: code for generic needs "
                              "what this processor lacks: sse9, sse10");
}

TEST_F(SessionTest, RefusesWhatMemoryCannotHold) {
  auto module = Module::parse(writeModule(ModuleBuilder().module));
  DeviceOptions forDevice;
  forDevice.allocator.allocate = [](void *, size_t size, size_t alignment) -> void * {
    return size > (1 << 20) ? nullptr : std::aligned_alloc(alignment, size);
  };
  SessionOptions options;
  options.device = createDevice("cpu", forDevice).take();
  auto session = Session::create(*module, options).take();
  // Nothing of the batch is read before memory for it is there.
  float x[4] = {};
  int64_t label = 0;
  const void *inputs[] = {x, &label};
  RunRequest request;
  request.rows = 1 << 20;
  request.inputs = inputs;
  Status status = session->run(request);
  EXPECT_EQ(status.code(), StatusCode::resourceExhausted);
  EXPECT_EQ(status.message(),
            "memory for a batch of 1048576: out of memory: 134217728 bytes were asked for");
  EXPECT_EQ(session->memoryUse().rows, 0u);
  request.rows = 1;
  EXPECT_TRUE(session->run(request).ok());
}

TEST_F(SessionTest, NullDeviceRunsWithoutEffect) {
  auto session = open(ModuleBuilder().module, 1, "null");
  write(*session, "w", {1, 2, 3, 4});
  Step step = train(*session, 2, 1.0f);
  EXPECT_TRUE(step.status.ok());
  EXPECT_EQ(step.lossSum, 0);
  EXPECT_EQ(read(*session, "w"), (std::vector<float>{1, 2, 3, 4}));
}

TEST(Module, FindsNames) {
  ModuleBuilder builder;
  builder.module.variables[0]->aliases = {"weight"};
  auto loaded = Module::parse(writeModule(builder.module));
  ASSERT_TRUE(loaded.ok());
  const Module &module = **loaded;
  EXPECT_EQ(module.name(), "small");
  EXPECT_EQ(module.findVariable("w"), 0u);
  EXPECT_EQ(module.findVariable("weight"), 0u);
  EXPECT_FALSE(module.findVariable("v").has_value());
  EXPECT_EQ(module.findEntry("predict"), 1u);
  EXPECT_FALSE(module.findEntry("fit").has_value());
  EXPECT_FALSE(module.findEntry(schema::EntryRole::EvalStep).has_value());
  EXPECT_EQ(module.hash().size(), 32u);
  EXPECT_EQ(module.moduleDefault(schema::ScalarRole::LearningRate), 0.5);
  EXPECT_FALSE(module.moduleDefault(schema::ScalarRole::Momentum).has_value());
  EXPECT_EQ(module.defaultScalars().get(schema::ScalarRole::Beta2), 0.999);
  EXPECT_EQ(module.variables()[2].stateOf, 0);
  EXPECT_EQ(module.variables()[2].slot, "momentum_buffer");
}

TEST(Module, LoadsFilesAndNamesThem) {
  std::string path = "/tmp/weft-module-test-" + std::to_string(::getpid()) + ".weft";
  std::vector<uint8_t> file = writeModule(ModuleBuilder().module);
  ASSERT_TRUE(
      writeFileAtomically(path, {reinterpret_cast<const char *>(file.data()), file.size()}).ok());
  auto module = Module::load(path);
  EXPECT_TRUE(module.ok()) << module.status().message();
  EXPECT_EQ((*module)->fileSize(), file.size());
  file.back() ^= 1;
  ASSERT_TRUE(
      writeFileAtomically(path, {reinterpret_cast<const char *>(file.data()), file.size()}).ok());
  Status status = Module::load(path).status();
  EXPECT_EQ(status.code(), StatusCode::dataLoss);
  EXPECT_EQ(status.message(), path + ": the hash is wrong: the file was edited or damaged");
  ::unlink(path.c_str());
  EXPECT_EQ(Module::load(path).status().code(), StatusCode::notFound);
}
