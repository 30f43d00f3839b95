// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader of configurations on damaged files: each is read, or refused with a message.
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

TEST(EncoderConfig, RefusesDeepNesting) {
  EXPECT_TRUE(isHandled(std::string(1000000, '[')));
  EXPECT_TRUE(isHandled("{\"a\": " + std::string(1000000, '{')));
}

} // namespace
