// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader of configurations: what files of others have beside the model, and damaged files, each
// of which is read, or refused with a message.
#include "weft/Models/EncoderConfig.h"

#include <gtest/gtest.h>

#include <random>

using namespace weft::models;

namespace {

constexpr llvm::StringLiteral kConfig = R"({
  "model_type": "bert", "architectures": ["BertForTokenClassification"], "vocab_size": 99,
  "hidden_size": 8, "num_attention_heads": 2, "hidden_act": "gelu", "classifier_dropout": null,
  "layer_norm_eps": 1e-12, "id2label": {"0": "O", "1": "B-\u00e9"}, "pad_token_id": 3})";

// Whatever the text, there is a configuration that a head fits, or a message that begins with the
// file.
bool isHandled(llvm::StringRef text) {
  std::string error;
  llvm::FailureOr<EncoderConfig> config = parseEncoderConfig(text, "config.json", error);
  if (failed(config))
    return llvm::StringRef(error).starts_with("config.json: ");
  return error.empty() && config->hiddenSize % config->numHeads == 0 && !config->labels.empty();
}

TEST(EncoderConfig, ReadsWhatIsThere) {
  std::string error;
  llvm::FailureOr<EncoderConfig> config = parseEncoderConfig(kConfig, "config.json", error);
  ASSERT_TRUE(succeeded(config)) << error;
  EXPECT_EQ(config->vocabSize, 99);
  EXPECT_EQ(config->labels, (std::vector<std::string>{"O", "B-\xc3\xa9"}));
  EXPECT_EQ(config->padTokenId, 3);
  EXPECT_EQ(config->sequenceDropout, config->hiddenDropout);
}

// kConfig with more fields, where its last was.
std::string configWith(llvm::StringRef fields) {
  return (kConfig.drop_back(1) + ", " + fields + "}").str();
}

TEST(EncoderConfig, PassesOverWhatChangesNothing) {
  for (llvm::StringRef fields : {
           R"("_num_labels": 5, "output_past": true, "xla_device": true)",
           R"("emb_size": 312, "transformers_version": "4.5.0.dev0")",
           R"("auto_map": {"AutoModel": "modeling.Model"}, "_commit_hash": null)",
           R"("sentence_transformers": {"activation_fn": "torch.nn.modules.linear.Identity"})",
           R"("cell": {}, "pre_trained": "", "structure": [], "training": "")",
           R"("max_length": 64, "padding": "max_length", "language": "unk")",
           R"("quantization_config": null, "anything_at_all": null)",
           R"("pooler_fc_size": 768, "directionality": "bidi", "summary_type": "first")",
           R"("pruned_heads": {}, "is_decoder": false, "position_embedding_type": null)",
           R"("num_hidden_layers": null, "hidden_dropout_prob": null, "num_labels": null)",
           R"("label2id": {"O": "zero"}, "use_return_dict": true, "top_h": null)",
       }) {
    std::string error;
    EXPECT_TRUE(succeeded(parseEncoderConfig(configWith(fields), "config.json", error))) << error;
  }
}

TEST(EncoderConfig, LearnsTheFamilyFromTheClass) {
  for (auto [architecture, family] :
       {std::pair("BertModel", Family::Bert), std::pair("BertForMaskedLM", Family::Bert),
        std::pair("DistilBertForMaskedLM", Family::DistilBert)}) {
    std::string text = std::string(R"({"architectures": [")") + architecture + R"("]})", error;
    llvm::FailureOr<EncoderConfig> config = parseEncoderConfig(text, "config.json", error);
    ASSERT_TRUE(succeeded(config)) << error;
    EXPECT_EQ(config->family, family);
  }
}

TEST(EncoderConfig, TakesNumbersForNames) {
  std::string error;
  llvm::FailureOr<EncoderConfig> config =
      parseEncoderConfig(R"({"model_type": "bert", "id2label": {"0": 1, "1": -2.5, "2": true}})",
                         "config.json", error);
  ASSERT_TRUE(succeeded(config)) << error;
  EXPECT_EQ(config->labels, (std::vector<std::string>{"1", "-2.5", "true"}));
  config = parseEncoderConfig(R"({"model_type": "bert", "id2label": {}, "num_labels": 3})",
                              "config.json", error);
  ASSERT_TRUE(succeeded(config)) << error;
  EXPECT_EQ(config->labels, (std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2"}));
}

TEST(EncoderConfig, SurvivesCuts) {
  for (size_t size = 0; size < kConfig.size(); ++size)
    EXPECT_TRUE(isHandled(kConfig.take_front(size))) << size;
}

TEST(EncoderConfig, SurvivesFlippedBits) {
  for (size_t i = 0; i < kConfig.size() * 8; ++i) {
    std::string text = kConfig.str();
    text[i / 8] = static_cast<char>(text[i / 8] ^ (1 << i % 8));
    EXPECT_TRUE(isHandled(text)) << i;
  }
}

TEST(EncoderConfig, SurvivesPiecesInAnyOrder) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text = "{";
    for (int piece = 0; piece < 6; ++piece)
      text += kConfig.substr(random() % kConfig.size(), random() % 40);
    EXPECT_TRUE(isHandled(text)) << text;
  }
}

// Which of the two is meant, nobody knows.
TEST(EncoderConfig, RefusesAKeyTwice) {
  std::string error;
  EXPECT_TRUE(failed(parseEncoderConfig(configWith(R"("hidden_size": 16)"), "config.json", error)));
  EXPECT_EQ(error, "config.json: expected each key once, found 'hidden_size' twice");
  EXPECT_TRUE(failed(parseEncoderConfig(
      R"({"model_type": "bert", "id2label": {"0": "[", "0" : 1}})", "config.json", error)));
  EXPECT_EQ(error, "config.json: expected each key once, found '0' twice");
  EXPECT_TRUE(succeeded(parseEncoderConfig(
      R"({"model_type": "bert", "label2id": {"model_type": 0, "\\": 1, "\"": 2}, "auto_map": [{"a": "a"}, {"a": 1}]})",
      "config.json", error)));
}

TEST(EncoderConfig, RefusesDeepNesting) {
  EXPECT_TRUE(isHandled(std::string(1000000, '[')));
  EXPECT_TRUE(isHandled("{\"a\": " + std::string(1000000, '{')));
}

} // namespace
