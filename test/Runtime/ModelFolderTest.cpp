// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folders that others wrote: weights by name and alias, what is told, what config.json says
// afterwards.
#include "ClassifierTesting.h"
#include "ReaderTesting.h"
#include "train/model_folder.h"

using namespace weft::rt;
using namespace weft::rt::testing;

namespace {

const char *const goodHeader =
    R"({"linear.weight": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]},)"
    R"( "pooler.bias": {"dtype": "F32", "shape": [], "data_offsets": [48, 52]}})";

Json describedConfig(const std::string &config, const LabelNames &names,
                     const char *architecture = nullptr) {
  ClassifierBuilder builder;
  if (architecture)
    builder.module.architecture = architecture;
  auto session = builder.session().take();
  CompanionFiles companions;
  companions.files = {{"vocab.txt", "x"}, {"config.json", config}};
  Status status = companions.describe(session->module(), names);
  EXPECT_TRUE(status.ok()) << status.message();
  return parseJson(companions.files[1].content, "test").take();
}

} // namespace

TEST(ModelFolder, loadsByAliasAndTellsTheRest) {
  TemporaryFolder folder;
  folder.write("model.safetensors", safetensorsFile(goodHeader, Bytes(52, 0)));
  auto session = ClassifierBuilder().session().take();
  std::vector<std::string> notices;
  Status status = loadModelFolder(*session, folder.path(), notices);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(notices,
            std::vector<std::string>{folder.path() + ": not used by this model: pooler.bias"});
}

TEST(ModelFolder, takesShards) {
  TemporaryFolder folder;
  folder.write("a.safetensors", safetensorsFile(goodHeader, Bytes(52, 0)));
  folder.write("model.safetensors.index.json",
               bytesOf(R"({"weight_map": {"linear.weight": "a.safetensors"}})"));
  auto session = ClassifierBuilder().session().take();
  std::vector<std::string> notices;
  ASSERT_TRUE(loadModelFolder(*session, folder.path(), notices).ok());
  EXPECT_TRUE(notices.empty());
}

TEST(ModelFolder, namesWhatDoesNotFit) {
  TemporaryFolder folder;
  auto session = ClassifierBuilder().session().take();
  std::vector<std::string> notices;
  EXPECT_NE(loadModelFolder(*session, folder.path(), notices).message().find("cannot open"),
            std::string::npos);
  folder.write("pytorch_model.bin", {});
  EXPECT_NE(loadModelFolder(*session, folder.path(), notices)
                .message()
                .find("expected model.safetensors, found pytorch_model.bin"),
            std::string::npos);
  std::filesystem::remove(folder.path("pytorch_model.bin"));
  folder.write("config.json", bytesOf("{}"));
  ASSERT_TRUE(loadModelFolder(*session, folder.path(), notices).ok());
  EXPECT_EQ(notices.back(),
            folder.path() + ": no weights there: all of the model is newly initialized");
  folder.write("model.safetensors",
               safetensorsFile(
                   R"({"fc.weight": {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]}})",
                   Bytes(32, 0)));
  EXPECT_EQ(loadModelFolder(*session, folder.path(), notices).message(),
            folder.path("model.safetensors") +
                ": tensor fc.weight: expected shape [3, 4] for fc.weight of the model, found "
                "[2, 4]");
}

TEST(ModelFolder, configSaysWhatTheModelHasBecome) {
  Json config =
      describedConfig(R"({"architectures": ["BertModel"], "hidden": 4, "dtype": "float16"})",
                      {{"bad", "so-so", "good"}}, "BertForSequenceClassification");
  EXPECT_EQ(config["architectures"], Json::array({"BertForSequenceClassification"}));
  EXPECT_EQ(config["hidden"], 4);
  EXPECT_EQ(config["dtype"], "float32");
  EXPECT_EQ(config["id2label"], Json({{"0", "bad"}, {"1", "so-so"}, {"2", "good"}}));
  EXPECT_EQ(config["label2id"]["good"], 2);
  EXPECT_EQ(config["problem_type"], "single_label_classification");
  // Names nobody gave are Hugging Face's.
  config = describedConfig(R"({"architectures": ["BertModel"]})", {});
  EXPECT_EQ(config["architectures"], Json::array({"BertModel"}));
  EXPECT_EQ(config["id2label"]["2"], "LABEL_2");
  ClassifierBuilder builder;
  auto session = builder.session().take();
  CompanionFiles wrong;
  wrong.files = {{"config.json", "[]"}};
  EXPECT_EQ(wrong.describe(session->module(), {}).message(),
            "config.json: expected a JSON object, found array");
}

// What goes into checkpoints is given away: files of others stay out of it.
TEST(ModelFolder, copiesNothingFromElsewhere) {
  TemporaryFolder folder;
  folder.write("secret.json", bytesOf("{}"));
  std::filesystem::create_directories(folder.path("model"));
  std::string link = folder.path("model/config.json");
  std::filesystem::create_symlink("../secret.json", link);
  Status status = CompanionFiles::read(folder.path("model")).takeStatus();
  EXPECT_EQ(status.message(), link + ": expected a file, or a link that stays in " +
                                  std::filesystem::canonical(folder.path("model")).string() +
                                  "/, found one to " +
                                  std::filesystem::canonical(folder.path("secret.json")).string() +
                                  "; copy the file to use it");
  std::filesystem::remove(link);
  std::filesystem::create_symlink("nothing", link);
  EXPECT_EQ(CompanionFiles::read(folder.path("model")).status().message(),
            link + ": cannot follow the link: No such file or directory");
  std::filesystem::remove(link);
  folder.write("model/tokenizer_config.json", bytesOf("root:x:0:0"));
  EXPECT_EQ(CompanionFiles::read(folder.path("model"))
                .status()
                .message()
                .find(folder.path("model/tokenizer_config.json") + ": JSON, byte 1"),
            0u);
}

TEST(ModelFolder, followsLinksOfTheFolderAndOfTheHub) {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("cache/blobs"));
  std::filesystem::create_directories(folder.path("cache/snapshots/main"));
  folder.write("cache/blobs/0a", bytesOf("{}"));
  folder.write("cache/snapshots/main/words", bytesOf("[PAD]\n"));
  std::filesystem::create_symlink("../../blobs/0a",
                                  folder.path("cache/snapshots/main/config.json"));
  std::filesystem::create_symlink("words", folder.path("cache/snapshots/main/vocab.txt"));
  std::filesystem::permissions(folder.path("cache/blobs/0a"), std::filesystem::perms{0600});
  Result<CompanionFiles> files = CompanionFiles::read(folder.path("cache/snapshots/main"));
  ASSERT_TRUE(files.ok()) << files.status().message();
  ASSERT_EQ(files->files.size(), 2u);
  std::filesystem::create_directories(folder.path("out"));
  ASSERT_TRUE(files->writeTo(folder.path("out")).ok());
  EXPECT_EQ(folder.read("out/vocab.txt"), bytesOf("[PAD]\n"));
  // A folder of that name alone opens nothing.
  folder.write("cache/secret.json", bytesOf("{}"));
  std::filesystem::create_symlink("../../secret.json",
                                  folder.path("cache/snapshots/main/added_tokens.json"));
  EXPECT_EQ(CompanionFiles::read(folder.path("cache/snapshots/main")).status().code(),
            StatusCode::invalidArgument);
  // What was private stays so.
  EXPECT_EQ(std::filesystem::status(folder.path("out/config.json")).permissions(),
            std::filesystem::perms{0600});
}
