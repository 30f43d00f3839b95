// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variables to and from safetensors files: names, aliases, types, shapes.
#include "train/weights.h"
#include "ClassifierTesting.h"
#include "ReaderTesting.h"

using namespace weft::rt;
using namespace weft::rt::testing;
namespace schema = weft::schema;

static std::unique_ptr<Session> newSession(uint64_t seed = 7) {
  Result<std::unique_ptr<Session>> session = ClassifierBuilder().session();
  EXPECT_TRUE(session.ok()) << session.status().message();
  EXPECT_TRUE((*session)->initialize(seed).ok());
  return session.take();
}
static std::vector<float> weightsOf(Session &session, const char *name = "fc.weight") {
  std::vector<float> values(12);
  EXPECT_TRUE(session.readVariable(*session.module().findVariable(name), values.data(), 48).ok());
  return values;
}
// A file with one tensor of zeros.
static std::string writeTensor(const TemporaryFolder &folder, const std::string &name,
                               std::vector<int64_t> shape, DataType type = DataType::f32) {
  std::string path = folder.path(name + ".safetensors");
  Status status = writeSafetensors(path, {{name, type, std::move(shape)}}, {},
                                   [](const TensorSpec &, uint8_t *) { return Status(); });
  EXPECT_TRUE(status.ok()) << status.message();
  return path;
}

TEST(Weights, roundTrip) {
  TemporaryFolder folder;
  auto first = newSession(1), second = newSession(2);
  ASSERT_NE(weightsOf(*first), weightsOf(*second));
  std::string path = folder.path("w.safetensors");
  ASSERT_TRUE(saveWeights(*first, path, WeightSet::model).ok());
  ASSERT_TRUE(loadAllWeights(*second, path, WeightSet::model).ok());
  EXPECT_EQ(weightsOf(*first), weightsOf(*second));
  Result<Safetensors> file = Safetensors::open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->tensors().size(), 1u); // neither state nor accumulators
}

// A parameter may be named like the state of another one: files of both say what they always said.
TEST(Weights, tellsParametersFromStateOfTheirName) {
  TemporaryFolder folder;
  ClassifierBuilder builder;
  auto parameter = std::make_unique<schema::VariableT>();
  parameter->name = "fc.weight.momentum_buffer";
  parameter->shape = {3, 4};
  parameter->offset = 320;
  parameter->initializer = std::make_unique<schema::InitializerT>();
  parameter->initializer->a = 2;
  builder.module.variables.push_back(std::move(parameter));
  builder.module.persistent_bytes = 384;
  auto session = builder.session().take();
  ASSERT_TRUE(session->initialize(1).ok());
  std::vector<float> state(12, 3);
  ASSERT_TRUE(session->writeVariable(1, state.data(), 48).ok());
  std::string model = folder.path("model"), optimizer = folder.path("optimizer");
  ASSERT_TRUE(saveWeights(*session, model, WeightSet::model).ok());
  ASSERT_TRUE(saveWeights(*session, optimizer, WeightSet::optimizer).ok());
  auto other = builder.session().take();
  ASSERT_TRUE(loadAllWeights(*other, optimizer, WeightSet::optimizer).ok());
  ASSERT_TRUE(loadAllWeights(*other, model, WeightSet::model).ok());
  EXPECT_EQ(weightsOf(*other, "fc.weight.momentum_buffer"), std::vector<float>(12, 2));
  std::vector<float> found(12);
  ASSERT_TRUE(other->readVariable(1, found.data(), 48).ok());
  EXPECT_EQ(found, state);
}

TEST(Weights, takesAliasesAndOtherFloats) {
  TemporaryFolder folder;
  auto session = newSession();
  Status status =
      loadSomeWeights(*session, writeTensor(folder, "linear.weight", {3, 4}, DataType::bf16));
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(weightsOf(*session), std::vector<float>(12, 0));
}

TEST(Weights, namesWhatDoesNotFit) {
  TemporaryFolder folder;
  auto session = newSession();
  std::vector<float> before = weightsOf(*session);
  std::string other = writeTensor(folder, "head.weight", {3, 4});
  EXPECT_EQ(loadSomeWeights(*session, other).message(),
            other + ": the model has no parameter named head.weight");
  std::string shape = writeTensor(folder, "fc.weight", {4, 3});
  EXPECT_EQ(loadSomeWeights(*session, shape).message(),
            shape + ": tensor fc.weight: expected shape [3, 4] for fc.weight of the model, found "
                    "[4, 3]");
  std::string type = writeTensor(folder, "fc.weight", {3, 4}, DataType::i32);
  EXPECT_EQ(loadSomeWeights(*session, type).message(),
            type + ": tensor fc.weight: expected float32 for fc.weight of the model, found int32");
  // Optimizer state is not a weight, and accumulators are nobody's.
  EXPECT_FALSE(
      loadSomeWeights(*session, writeTensor(folder, "fc.weight.momentum_buffer", {3, 4})).ok());
  EXPECT_EQ(weightsOf(*session), before);
}

TEST(Weights, wantsAllOfACheckpoint) {
  TemporaryFolder folder;
  auto session = newSession();
  std::string path = folder.path("none.safetensors");
  ASSERT_TRUE(writeSafetensors(path, {}, {}, nullptr).ok());
  EXPECT_EQ(loadAllWeights(*session, path, WeightSet::model).message(),
            path + ": expected tensors for all of the model, missing: fc.weight");
  EXPECT_TRUE(loadSomeWeights(*session, path).ok());
}
