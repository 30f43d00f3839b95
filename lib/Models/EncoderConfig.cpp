// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a configuration and what they mean.
#include "weft/Models/EncoderConfig.h"
#include "ConfigFields.h"
#include "weft/Models/Files.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <limits>

using namespace llvm;

namespace weft::models {

// Limits far beyond any model; sizes that pass them are mistakes, and products of two fit int64.
constexpr int64_t kMaxRows = 1 << 24;
constexpr int64_t kMaxWidth = 1 << 16;
constexpr int64_t kMaxLayers = 1024;
constexpr size_t kMaxFileBytes = 16 << 20;
constexpr int kMaxDepth = 64;

static constexpr std::pair<StringLiteral, Activation> kActivations[] = {
    {"gelu", Activation::Gelu},
    {"gelu_python", Activation::Gelu},
    {"gelu_new", Activation::GeluTanh},
    {"gelu_fast", Activation::GeluTanh},
    {"gelu_accurate", Activation::GeluTanh},
    {"gelu_pytorch_tanh", Activation::GeluTanh},
    {"gelu_python_tanh", Activation::GeluTanh},
    {"relu", Activation::Relu},
    {"relu6", Activation::Relu6},
    {"silu", Activation::Silu},
    {"swish", Activation::Silu},
    {"tanh", Activation::Tanh},
    {"sigmoid", Activation::Sigmoid},
    {"linear", Activation::Linear},
};

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

static constexpr std::pair<StringLiteral, HeadTask> kTasks[] = {
    {"sequence-classification", HeadTask::SequenceClassification},
    {"token-classification", HeadTask::TokenClassification},
    {"masked-lm", HeadTask::MaskedLm},
    {"pretraining", HeadTask::Pretraining},
    {"question-answering", HeadTask::QuestionAnswering},
};

StringRef getTaskName(HeadTask task) {
  for (auto [name, value] : kTasks)
    if (value == task)
      return name;
  llvm_unreachable("a task without a name");
}

std::optional<HeadTask> parseTask(StringRef name) {
  for (auto [taskName, task] : kTasks)
    if (taskName == name)
      return task;
  return std::nullopt;
}

std::string listTasks() {
  return join(map_range(kTasks, [](auto &task) { return task.first.str(); }), ", ");
}

static constexpr std::pair<StringLiteral, ProblemType> kProblems[] = {
    {"single_label_classification", ProblemType::SingleLabel},
    {"multi_label_classification", ProblemType::MultiLabel},
    {"regression", ProblemType::Regression},
};

std::optional<ProblemType> parseProblemType(StringRef name) {
  for (auto [problemName, problem] : kProblems)
    if (problemName == name)
      return problem;
  return std::nullopt;
}

std::string getArchitecture(Family family, HeadTask task) {
  std::string prefix = family == Family::Bert ? "BertFor" : "DistilBertFor";
  switch (task) {
  case HeadTask::SequenceClassification:
    return prefix + "SequenceClassification";
  case HeadTask::TokenClassification:
    return prefix + "TokenClassification";
  case HeadTask::MaskedLm:
    return prefix + "MaskedLM";
  case HeadTask::Pretraining:
    return prefix + "PreTraining";
  case HeadTask::QuestionAnswering:
    return prefix + "QuestionAnswering";
  }
  llvm_unreachable("a task without an architecture");
}

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

static Activation getActivation(ConfigFields &fields, StringRef key) {
  std::string name = fields.getString(key, "gelu");
  for (auto [activationName, activation] : kActivations)
    if (activationName == name)
      return activation;
  fields.fail(
      key,
      "one of " +
          join(map_range(kActivations, [](auto &entry) { return entry.first.str(); }), ", "),
      json::Value(name));
  return Activation::Gelu;
}

// The name of a class: text, or a number that stands for itself. Empty if it is neither.
static std::string getLabel(const json::Value *name) {
  if (!name || name->kind() == json::Value::Null || name->getAsObject() || name->getAsArray())
    return "";
  std::optional<StringRef> text = name->getAsString();
  std::string label = text ? text->str() : describeJson(*name);
  return any_of(label, [](unsigned char c) { return c < 0x20; }) ? "" : label;
}

// id2label: an object with a name for each of "0", "1" ...
static std::vector<std::string> getLabels(ConfigFields &fields) {
  std::vector<std::string> labels;
  int64_t count = fields.getInteger("num_labels", 2, 1, kMaxRows);
  const json::Value *value = fields.get("id2label");
  const json::Object *names = value ? value->getAsObject() : nullptr;
  if (value && !names) {
    fields.fail("id2label", "an object with a name for each of \"0\", \"1\" ...", *value);
    return labels;
  }
  if (!names || names->empty()) {
    for (int64_t i = 0; i < count && !fields.failed(); ++i)
      labels.push_back("LABEL_" + std::to_string(i));
    return labels;
  }
  if (fields.has("num_labels") && count != static_cast<int64_t>(names->size()))
    fields.failWith("id2label", "expected " + Twine(count) + " names, as num_labels says, found " +
                                    Twine(names->size()));
  for (size_t i = 0; i < names->size() && !fields.failed(); ++i) {
    std::string key = std::to_string(i);
    const json::Value *name = names->get(key);
    labels.push_back(getLabel(name));
    if (labels.back().empty())
      fields.fail("id2label." + key, "a name of printable characters",
                  name ? *name : json::Value(nullptr));
  }
  return labels;
}

static void readCommon(ConfigFields &fields, EncoderConfig &config) {
  config.architectures = fields.getStrings("architectures");
  config.labels = getLabels(fields);
  std::string problem = fields.getString("problem_type", "");
  config.problemType = parseProblemType(problem);
  if (!problem.empty() && !config.problemType)
    fields.fail("problem_type",
                "single_label_classification, multi_label_classification or regression",
                json::Value(problem));
  config.vocabSize = fields.getInteger("vocab_size", 30522, 1, kMaxRows);
  config.maxPositions = fields.getInteger("max_position_embeddings", 512, 1, kMaxWidth);
  config.initializerRange = fields.getNumber("initializer_range", 0.02, 0, 1e6);
  config.tieWordEmbeddings = fields.getBool("tie_word_embeddings", true);
  int64_t pad = fields.getInteger("pad_token_id", 0, 0, config.vocabSize - 1);
  if (fields.isNull("pad_token_id"))
    config.padTokenId = std::nullopt;
  else
    config.padTokenId = pad;
  // Files in half precision are read as f32, which all is computed in.
  for (StringRef key : {"torch_dtype", "dtype"}) {
    std::string type = fields.getString(key, "float32");
    if (!is_contained({"float32", "float16", "bfloat16", "float64", "auto"}, StringRef(type)))
      fields.fail(key, "float32, float16, bfloat16 or float64", json::Value(type));
  }
  std::string positions = fields.getString("position_embedding_type", "absolute");
  if (positions != "absolute")
    fields.fail("position_embedding_type", "\"absolute\", all that is supported",
                json::Value(positions));
  fields.requireBool("is_decoder", false);
  fields.requireBool("is_encoder_decoder", false);
  fields.requireBool("add_cross_attention", false);
  fields.requireBool("tie_encoder_decoder", false);
  fields.requireBool("use_bfloat16", false);
  fields.requireEmpty("pruned_heads");
  fields.requireEmpty("cross_attention_hidden_size");
  fields.ignore(getHarmlessFields());
}

static void readBert(ConfigFields &fields, EncoderConfig &config) {
  config.family = Family::Bert;
  config.hiddenSize = fields.getInteger("hidden_size", 768, 1, kMaxWidth);
  config.numLayers = fields.getInteger("num_hidden_layers", 12, 0, kMaxLayers);
  config.numHeads = fields.getInteger("num_attention_heads", 12, 1, kMaxWidth);
  config.intermediateSize = fields.getInteger("intermediate_size", 3072, 1, kMaxWidth);
  config.typeVocabSize = fields.getInteger("type_vocab_size", 2, 1, kMaxWidth);
  config.activation = getActivation(fields, "hidden_act");
  config.layerNormEps = fields.getNumber("layer_norm_eps", 1e-12, 0, 1);
  config.hiddenDropout = fields.getNumber("hidden_dropout_prob", 0.1, 0, 1);
  config.attentionDropout = fields.getNumber("attention_probs_dropout_prob", 0.1, 0, 1);
  config.sequenceDropout = fields.getNumber("classifier_dropout", config.hiddenDropout, 0, 1);
  config.tokenDropout = config.sequenceDropout;
  config.answerDropout = 0;
  if (config.hiddenSize % config.numHeads != 0)
    fields.failWith("num_attention_heads", "expected a divisor of hidden_size, " +
                                               Twine(config.hiddenSize) + ", found " +
                                               Twine(config.numHeads));
}

static void readDistilBert(ConfigFields &fields, EncoderConfig &config) {
  config.family = Family::DistilBert;
  config.hiddenSize = fields.getInteger("dim", 768, 1, kMaxWidth);
  config.numLayers = fields.getInteger("n_layers", 6, 0, kMaxLayers);
  config.numHeads = fields.getInteger("n_heads", 12, 1, kMaxWidth);
  config.intermediateSize = fields.getInteger("hidden_dim", 3072, 1, kMaxWidth);
  config.typeVocabSize = 0;
  config.activation = getActivation(fields, "activation");
  config.layerNormEps = 1e-12;
  config.hiddenDropout = fields.getNumber("dropout", 0.1, 0, 1);
  config.attentionDropout = fields.getNumber("attention_dropout", 0.1, 0, 1);
  config.sequenceDropout = fields.getNumber("seq_classif_dropout", 0.2, 0, 1);
  config.tokenDropout = config.hiddenDropout;
  config.answerDropout = fields.getNumber("qa_dropout", 0.1, 0, 1);
  // It would fill the table of positions with sines where no file brings one.
  fields.requireBool("sinusoidal_pos_embds", false);
  if (config.hiddenSize % config.numHeads != 0)
    fields.failWith("n_heads", "expected a divisor of dim, " + Twine(config.hiddenSize) +
                                   ", found " + Twine(config.numHeads));
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

// The class that the model was saved from tells its family where the file does not name it.
static std::string getModelType(ConfigFields &fields) {
  std::string type = fields.getString("model_type", "");
  if (!type.empty())
    return type;
  for (StringRef architecture : fields.getStrings("architectures")) {
    StringRef head = architecture;
    bool isDistilled = head.consume_front("Distil");
    if (head.consume_front("Bert") && (head == "Model" || head.starts_with("For")))
      return isDistilled ? "distilbert" : "bert";
  }
  return "";
}

static void checkModelType(ConfigFields &fields, StringRef type) {
  if (type.empty())
    fields.failWith("model_type", "expected \"bert\" or \"distilbert\", or $.architectures that "
                                  "tells which, such as [\"BertForSequenceClassification\"]; found "
                                  "neither: add it to the file");
  else if (type != "bert" && type != "distilbert")
    fields.fail("model_type", "\"bert\" or \"distilbert\"", json::Value(type));
}

FailureOr<EncoderConfig> parseEncoderConfig(StringRef text, StringRef file, std::string &error,
                                            ArrayRef<std::string> passedOver) {
  auto fail = [&](const Twine &message) {
    error = (file + ": " + message).str();
    return failure();
  };
  if (isNestedDeeper(text, kMaxDepth))
    return fail("expected at most " + Twine(kMaxDepth) + " levels of nesting, found more");
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return fail("expected JSON, found an error at " + toString(value.takeError()));
  if (std::optional<std::string> key = findRepeatedKey(text))
    return fail("expected each key once, found '" + *key + "' twice");
  const json::Object *object = value->getAsObject();
  if (!object)
    return fail("expected a JSON object, found " + describeJson(*value));
  ConfigFields fields(file, *object);
  EncoderConfig config;
  config.file = file.str();
  std::string type = getModelType(fields);
  checkModelType(fields, type);
  if (!fields.failed()) {
    readCommon(fields, config);
    (type == "bert" ? readBert : readDistilBert)(fields, config);
    fields.rejectUnknown(passedOver);
  }
  if (fields.failed()) {
    error = fields.getError();
    return failure();
  }
  return config;
}

FailureOr<EncoderConfig> readEncoderConfig(StringRef folder, std::string &error,
                                           ArrayRef<std::string> passedOver) {
  SmallString<128> path(folder);
  sys::path::append(path, "config.json");
  Expected<std::unique_ptr<MemoryBuffer>> file = readInputFile(path, kMaxFileBytes);
  if (!file) {
    error = ("cannot read '" + path + "': " + toString(file.takeError())).str();
    return failure();
  }
  return parseEncoderConfig((*file)->getBuffer(), path, error, passedOver);
}

//===----------------------------------------------------------------------===//
// Heads
//===----------------------------------------------------------------------===//

static std::optional<HeadTask> getSavedTask(const EncoderConfig &config) {
  for (const std::string &architecture : config.architectures)
    for (auto [name, task] : kTasks)
      if (architecture == getArchitecture(config.family, task))
        return task;
  return std::nullopt;
}

FailureOr<Head> resolveHead(const EncoderConfig &config, const HeadOptions &options,
                            std::string &error) {
  auto fail = [&](const Twine &message) {
    error = message.str();
    return failure();
  };
  std::optional<HeadTask> task = options.task ? options.task : getSavedTask(config);
  if (!task)
    return fail(config.file + ": $.architectures: expected a model with a head, such as " +
                getArchitecture(config.family, HeadTask::SequenceClassification) + ", found " +
                (config.architectures.empty() ? "none" : join(config.architectures, ", ")) +
                "; name one with --task: " + listTasks());
  if (config.family == Family::DistilBert && *task == HeadTask::Pretraining)
    return fail("--task: expected a task that DistilBERT has, such as masked-lm, got pretraining");
  Head head;
  head.task = *task;
  if (*task == HeadTask::MaskedLm || *task == HeadTask::Pretraining)
    return head;
  if (*task == HeadTask::QuestionAnswering) {
    if (options.numLabels.value_or(2) != 2 || !options.labels.empty())
      return fail("--num-labels: expected none, because an answer has a start and an end");
    return head;
  }
  head.labels = options.labels.empty() ? config.labels : options.labels;
  if (options.numLabels && !options.labels.empty() &&
      *options.numLabels != static_cast<int64_t>(options.labels.size()))
    return fail("--num-labels: expected " + Twine(options.labels.size()) +
                ", as many as the labels, got " + Twine(*options.numLabels));
  if (options.numLabels && *options.numLabels != static_cast<int64_t>(head.labels.size())) {
    head.labels.clear();
    for (int64_t i = 0; i < *options.numLabels; ++i)
      head.labels.push_back("LABEL_" + std::to_string(i));
  }
  if (*task == HeadTask::TokenClassification)
    return head;
  bool isSingle = head.labels.size() == 1;
  std::optional<ProblemType> problem =
      options.problemType ? options.problemType : config.problemType;
  head.problemType =
      problem.value_or(isSingle ? ProblemType::Regression : ProblemType::SingleLabel);
  if (isSingle && head.problemType == ProblemType::SingleLabel)
    return fail(
        "expected two labels or more for single_label_classification, got one; for a number, "
        "the problem type is regression");
  return head;
}

} // namespace weft::models
