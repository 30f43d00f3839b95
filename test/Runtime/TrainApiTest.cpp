// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// train.h: the checks of TrainApiTest.c, and a whole run on files.
#include "ClassifierTesting.h"
#include "ReaderTesting.h"
#include "TrainApiTesting.h"
#include "base/json.h"
#include "weft/train.h"

using namespace weft::rt;
using namespace weft::rt::testing;

namespace {

// A session of the classifier through the C API.
class TrainApi : public ::testing::Test {
protected:
  void SetUp() override {
    std::vector<uint8_t> file = writeModule(ClassifierBuilder().module);
    ASSERT_EQ(weft_module_load_memory(file.data(), file.size(), &module), WEFT_OK)
        << weft_last_error_message();
    ASSERT_EQ(weft_session_create(module, nullptr, &session), WEFT_OK) << weft_last_error_message();
    ASSERT_EQ(weft_session_initialize(session, 1), WEFT_OK);
  }
  void TearDown() override {
    weft_session_release(session);
    weft_module_release(module);
  }

  TemporaryFolder folder;
  weft_module_t *module = nullptr;
  weft_session_t *session = nullptr;
};

int32_t countEvents(void *self, int32_t event, const char *json) {
  EXPECT_TRUE(parseJson(json, "event").ok()) << json;
  ++static_cast<std::vector<int> *>(self)->at(static_cast<size_t>(event));
  return 0;
}
int32_t stopAtOnce(void *, int32_t, const char *) { return 1; }

} // namespace

TEST_F(TrainApi, trains) {
  EXPECT_STREQ(weft_test_train_loop(session, folder.path("a/checkpoint").c_str()), nullptr)
      << weft_last_error_message();
}
TEST_F(TrainApi, accumulates) {
  EXPECT_STREQ(weft_test_train_accumulation(session), nullptr) << weft_last_error_message();
}
TEST_F(TrainApi, refusesWrongUse) {
  EXPECT_STREQ(weft_test_train_errors(session), nullptr) << weft_last_error_message();
}

TEST_F(TrainApi, outlivesHandles) {
  weft_trainer_t *trainer = nullptr;
  ASSERT_EQ(weft_trainer_create(session, nullptr, &trainer), WEFT_OK);
  weft_session_release(session);
  weft_module_release(module);
  session = nullptr;
  module = nullptr;
  float x[4] = {1, 2, 3, 4}, logits[3];
  const void *inputs[] = {x};
  EXPECT_EQ(weft_trainer_predict(trainer, inputs, 1, 1, logits, sizeof(logits)), WEFT_OK);
  weft_trainer_release(trainer);
}

TEST_F(TrainApi, savesAndLoadsWeights) {
  std::string path = folder.path("w.safetensors");
  ASSERT_EQ(weft_session_save_weights(session, path.c_str()), WEFT_OK);
  std::vector<float> before(12), after(12);
  ASSERT_EQ(weft_session_read_variable(session, "fc.weight", before.data(), 48), WEFT_OK);
  ASSERT_EQ(weft_session_write_variable(session, "fc.weight", after.data(), 48), WEFT_OK);
  ASSERT_EQ(weft_session_load_weights(session, path.c_str(), 0), WEFT_OK);
  ASSERT_EQ(weft_session_read_variable(session, "fc.weight", after.data(), 48), WEFT_OK);
  EXPECT_EQ(before, after);
}

TEST_F(TrainApi, savesCheckpointsOverCheckpointsOnly) {
  weft_trainer_t *trainer = nullptr;
  ASSERT_EQ(weft_trainer_create(session, nullptr, &trainer), WEFT_OK);
  std::filesystem::create_directories(folder.path("data"));
  folder.write("data/thesis.txt", bytesOf("thesis"));
  EXPECT_EQ(weft_trainer_save_checkpoint(trainer, folder.path("data").c_str()),
            WEFT_ALREADY_EXISTS);
  EXPECT_EQ(folder.read("data/thesis.txt"), bytesOf("thesis"));
  ASSERT_EQ(weft_trainer_save_checkpoint(trainer, folder.path("c").c_str()), WEFT_OK)
      << weft_last_error_message();
  folder.write("c/notes.txt", bytesOf("mine"));
  ASSERT_EQ(weft_trainer_save_checkpoint(trainer, folder.path("c/").c_str()), WEFT_OK)
      << weft_last_error_message();
  EXPECT_EQ(folder.read("c/notes.txt"), bytesOf("mine"));
  weft_trainer_release(trainer);
}

TEST_F(TrainApi, runsOnFiles) {
  Bytes pixels, classes;
  for (int i = 0; i < 40; ++i) {
    classes.push_back(static_cast<uint8_t>(i % 3));
    for (int k = 0; k < 4; ++k)
      pixels.push_back(k == i % 3 ? 200 : static_cast<uint8_t>(i));
  }
  folder.write("train-images-idx3-ubyte", idxFile({40, 2, 2}, pixels));
  folder.write("train-labels-idx1-ubyte", idxFile({40}, classes));
  folder.write("t10k-images-idx3-ubyte", idxFile({40, 2, 2}, pixels));
  folder.write("t10k-labels-idx1-ubyte", idxFile({40}, classes));
  std::string arguments = R"({"num_train_epochs": 2, "save_strategy": "epoch", "output_dir": ")" +
                          folder.path("out") + "\"}";
  std::vector<int> events(4, 0);
  ASSERT_EQ(weft_train(session, folder.path().c_str(), folder.path().c_str(), arguments.c_str(),
                       countEvents, &events),
            WEFT_OK)
      << weft_last_error_message();
  EXPECT_EQ(events, (std::vector<int>{2, 2, 2, 0})); // summary and evaluation, epochs, saves
  EXPECT_TRUE(std::filesystem::exists(folder.path("out/checkpoint-20")));
  EXPECT_EQ(
      weft_train(session, folder.path().c_str(), nullptr, arguments.c_str(), stopAtOnce, nullptr),
      WEFT_CANCELLED);
  EXPECT_EQ(weft_train(session, folder.path("none").c_str(), nullptr, nullptr, nullptr, nullptr),
            WEFT_NOT_FOUND);
  EXPECT_EQ(weft_train(session, folder.path().c_str(), nullptr, "{", nullptr, nullptr),
            WEFT_DATA_LOSS);
}
