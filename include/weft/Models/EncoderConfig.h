// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the `config.json` of a Hugging Face BERT or DistilBERT folder says, and what a user asks for
// on top of it.
#ifndef WEFT_MODELS_ENCODERCONFIG_H
#define WEFT_MODELS_ENCODERCONFIG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weft::models {

enum class Family { Bert, DistilBert };

// Hugging Face's activations, as far as ops of the graph dialect compute them. `Gelu` is exact,
// `GeluTanh` the approximation that several names stand for.
enum class Activation { Gelu, GeluTanh, Relu, Relu6, Silu, Tanh, Sigmoid, Linear };

// The heads of BertFor... and DistilBertFor...
enum class HeadTask {
  SequenceClassification,
  TokenClassification,
  MaskedLm,
  Pretraining,
  QuestionAnswering
};

enum class ProblemType { SingleLabel, MultiLabel, Regression };

/// Names as users write them: sequence-classification, token-classification ...
llvm::StringRef getTaskName(HeadTask task);
std::optional<HeadTask> parseTask(llvm::StringRef name);
/// All of them, for messages.
std::string listTasks();
/// single_label_classification, multi_label_classification, regression.
std::optional<ProblemType> parseProblemType(llvm::StringRef name);

/// An encoder and its head. Fields that the two families call differently have BERT's names here.
struct EncoderConfig {
  /// The file, for messages and locations.
  std::string file;
  Family family = Family::Bert;
  int64_t vocabSize = 30522;
  int64_t hiddenSize = 768;
  int64_t numLayers = 12;
  int64_t numHeads = 12;
  int64_t intermediateSize = 3072;
  int64_t maxPositions = 512;
  /// 0: no token types (DistilBERT).
  int64_t typeVocabSize = 2;
  std::optional<int64_t> padTokenId = 0;
  Activation activation = Activation::Gelu;
  double layerNormEps = 1e-12;
  double initializerRange = 0.02;
  double hiddenDropout = 0.1;
  double attentionDropout = 0.1;
  /// Before the classifier of sequences, of tokens, and before the spans of an answer.
  double sequenceDropout = 0.1;
  double tokenDropout = 0.1;
  double answerDropout = 0;
  /// Whether the decoder of masked tokens is the table of word embeddings.
  bool tieWordEmbeddings = true;
  /// BertForSequenceClassification ...; what the file was saved from.
  std::vector<std::string> architectures;
  /// By index; from id2label, or LABEL_0 ...
  std::vector<std::string> labels;
  std::optional<ProblemType> problemType;
};

/// Reads `folder`/config.json. On failure `error` names the file, the place in it, what was
/// expected and what was found. Fields that would change what the model computes are failures, and
/// so are fields that are not known, unless they are null or `passedOver` names them.
llvm::FailureOr<EncoderConfig> readEncoderConfig(llvm::StringRef folder, std::string &error,
                                                 llvm::ArrayRef<std::string> passedOver = {});
/// The same for text that `file` names.
llvm::FailureOr<EncoderConfig> parseEncoderConfig(llvm::StringRef text, llvm::StringRef file,
                                                  std::string &error,
                                                  llvm::ArrayRef<std::string> passedOver = {});

/// What a user asks for; absent: what the folder says.
struct HeadOptions {
  std::optional<HeadTask> task;
  std::optional<int64_t> numLabels;
  std::vector<std::string> labels;
  std::optional<ProblemType> problemType;
};

/// A head with all its choices made.
struct Head {
  HeadTask task = HeadTask::SequenceClassification;
  ProblemType problemType = ProblemType::SingleLabel;
  /// One per class; empty where there are none.
  std::vector<std::string> labels;
};

/// Combines the two as Hugging Face's from_pretrained does.
llvm::FailureOr<Head> resolveHead(const EncoderConfig &config, const HeadOptions &options,
                                  std::string &error);

/// BertForSequenceClassification ...
std::string getArchitecture(Family family, HeadTask task);

} // namespace weft::models

#endif
