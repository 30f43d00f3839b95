// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of options and the parsing of their values.
#include "train/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace weft::rt {

namespace {

// "expected a number of 0 or more, found 'x'".
Status unexpected(const std::string &wanted, const std::string &text) {
  return invalidArgument("expected %s, found '%s'", wanted.c_str(), text.substr(0, 60).c_str());
}

Status parseReal(const std::string &text, double low, double high, double &target) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= low) ||
      !(value <= high)) {
    char wanted[96];
    std::snprintf(wanted, sizeof(wanted),
                  std::isinf(high) ? "a number of at least %g" : "a number of %g to %g", low, high);
    return unexpected(wanted, text);
  }
  target = value;
  return {};
}

Status parseInteger(const std::string &text, int64_t low, int64_t &target) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low)
    return unexpected("an integer of at least " + std::to_string(low), text);
  target = value;
  return {};
}

Status parseBool(const std::string &text, bool &target) {
  if (text != "true" && text != "false" && text != "True" && text != "False")
    return unexpected("true or false", text);
  target = text[0] == 't' || text[0] == 'T';
  return {};
}

// A word of a list, whose place is the value of the enumeration.
template <typename Enum>
Status parseWord(const std::string &text, std::initializer_list<const char *> words, Enum &target) {
  int place = 0;
  std::string all;
  for (const char *word : words) {
    if (text == word) {
      target = static_cast<Enum>(place);
      return {};
    }
    all += (place++ ? ", " : "") + std::string(word);
  }
  return unexpected("one of " + all, text);
}

using Args = TrainingArguments;
using Text = const std::string;

// Parsers by member: what a row of the table needs.
template <auto member, int low>
Status integer(Args &arguments, Text &text) {
  return parseInteger(text, low, arguments.*member);
}
template <auto member>
Status positive(Args &arguments, Text &text) {
  return parseReal(text, 0, HUGE_VAL, arguments.*member);
}
template <auto member>
Status fraction(Args &arguments, Text &text) {
  return parseReal(text, 0, 1, arguments.*member);
}
template <auto member>
Status boolean(Args &arguments, Text &text) {
  return parseBool(text, arguments.*member);
}
template <auto member>
Status string(Args &arguments, Text &text) {
  arguments.*member = text;
  return {};
}
template <auto member>
Status dataString(Args &arguments, Text &text) {
  arguments.data.*member = text;
  return {};
}
template <auto member>
Status dataBoolean(Args &arguments, Text &text) {
  return parseBool(text, arguments.data.*member);
}
Status maxLength(Args &arguments, Text &text) {
  return parseInteger(text, 1, arguments.data.maxLength);
}
Status docStride(Args &arguments, Text &text) {
  return parseInteger(text, 0, arguments.data.docStride);
}
Status version2(Args &arguments, Text &text) {
  return parseBool(text, arguments.data.answers.version2);
}
Status bestSize(Args &arguments, Text &text) {
  int64_t count = 0;
  if (!parseInteger(text, 1, count).ok() || count > 1000)
    return unexpected("an integer of 1 to 1000", text);
  arguments.data.answers.nBest = count;
  return {};
}
Status answerLength(Args &arguments, Text &text) {
  return parseInteger(text, 1, arguments.data.answers.maxLength);
}
Status nullThreshold(Args &arguments, Text &text) {
  return parseReal(text, -1e30, 1e30, arguments.data.answers.nullThreshold);
}
Status maskProbability(Args &arguments, Text &text) {
  return parseReal(text, 0, 1, arguments.data.maskProbability);
}
Status truncation(Args &arguments, Text &text) {
  return parseWord(text, {"do_not_truncate", "longest_first", "only_first", "only_second"},
                   arguments.data.truncation);
}
Status dataFormat(Args &arguments, Text &text) {
  int ignored;
  WEFT_RETURN_IF_ERROR(parseWord(text, {"csv", "tsv", "jsonl", "conll", "text"}, ignored));
  arguments.data.format = text;
  return {};
}
template <auto member>
Status interval(Args &arguments, Text &text) {
  return parseWord(text, {"no", "steps", "epoch"}, arguments.*member);
}
Status maxSteps(Args &arguments, Text &text) {
  WEFT_RETURN_IF_ERROR(parseInteger(text, -1, arguments.maxSteps));
  return {};
}
Status scheduler(Args &arguments, Text &text) {
  return parseWord(text, {"constant", "linear", "cosine", "polynomial", "constant_with_warmup"},
                   arguments.scheduler);
}
Status sampling(Args &arguments, Text &text) {
  return parseWord(text, {"random", "sequential", "group_by_length"}, arguments.sampling);
}
// The older spelling of a sampling strategy.
Status groupByLength(Args &arguments, Text &text) {
  bool value = false;
  WEFT_RETURN_IF_ERROR(parseBool(text, value));
  return value ? sampling(arguments, "group_by_length") : Status();
}
Status reportTo(Args &arguments, Text &text) {
  int ignored;
  WEFT_RETURN_IF_ERROR(parseWord(text, {"tensorboard", "none"}, ignored));
  arguments.reportTo = text;
  return {};
}
Status greaterIsBetter(Args &arguments, Text &text) {
  bool value;
  WEFT_RETURN_IF_ERROR(parseBool(text, value));
  arguments.greaterIsBetter = value ? "true" : "false";
  return {};
}

const char *const intervals = "no|steps|epoch";
const ArgumentSpec specs[] = {
    {"text_column", nullptr, "text_column_name", "NAME", "(text, sentence ...)",
     dataString<&DataArguments::textColumn>, true},
    {"text_pair_column", nullptr, nullptr, "NAME", "of the second text",
     dataString<&DataArguments::pairColumn>, true},
    {"label_column", nullptr, "label_column_name", "NAME", "(label, labels, target ...)",
     dataString<&DataArguments::labelColumn>, true},
    {"labels_file", nullptr, nullptr, "FILE", "names of classes, in order",
     dataString<&DataArguments::labelsFile>, true},
    {"skip_bad_rows", nullptr, nullptr, "BOOL", "leave out rows that lack something",
     dataBoolean<&DataArguments::skipBadRows>, true},
    {"data_format", nullptr, nullptr, "F", "csv|tsv|jsonl|conll|text", dataFormat, true},
    {"tokenizer", nullptr, "tokenizer_name", "PATH", "(in --model)",
     dataString<&DataArguments::tokenizer>, true},
    {"max_seq_length", nullptr, "max_length", "N", "tokens of a sample (largest bucket)", maxLength,
     true},
    {"doc_stride", nullptr, nullptr, "N", "tokens that windows share (128)", docStride, true},
    {"truncation", nullptr, nullptr, "T", "longest_first|only_first|only_second|do_not_truncate",
     truncation, true},
    {"version_2_with_negative", nullptr, nullptr, "BOOL", "as in SQuAD 2.0", version2, true},
    {"n_best_size", nullptr, nullptr, "N", "answers to choose from (20)", bestSize, true},
    {"max_answer_length", nullptr, nullptr, "N", "tokens of an answer (30)", answerLength, true},
    {"null_score_diff_threshold", nullptr, nullptr, "X", "no answer above it (0)", nullThreshold,
     true},
    {"mlm_probability", nullptr, nullptr, "X", "tokens to mask (0.15)", maskProbability, true},
    {"whole_word_mask", nullptr, nullptr, "BOOL", "", dataBoolean<&DataArguments::wholeWordMask>,
     true},
    {"line_by_line", nullptr, nullptr, "BOOL", "a sample a line",
     dataBoolean<&DataArguments::lineByLine>, true},
    {"output_dir", nullptr, nullptr, "DIR", "checkpoints, logs and the final model",
     string<&Args::outputDir>},
    {"num_train_epochs", "epochs", nullptr, "X", "passes over the data (3)",
     positive<&Args::epochs>},
    {"max_steps", nullptr, nullptr, "N", "steps in all, instead of epochs", maxSteps},
    {"per_device_train_batch_size", "batch-size", nullptr, "N",
     "(the module's tuned batch, else 8)", integer<&Args::trainBatchSize, 1>},
    {"per_device_eval_batch_size", nullptr, nullptr, "N", "(the training batch)",
     integer<&Args::evalBatchSize, 1>},
    {"gradient_accumulation_steps", nullptr, nullptr, "N", "batches per step (1)",
     integer<&Args::accumulationSteps, 1>},
    {"learning_rate", "lr", nullptr, "X", "(the optimizer's)", positive<&Args::learningRate>},
    {"lr_scheduler_type", nullptr, nullptr, "TYPE",
     "constant|linear|cosine|polynomial|constant_with_warmup", scheduler},
    {"warmup_steps", nullptr, nullptr, "X", "steps, or a share below 1",
     positive<&Args::warmupSteps>},
    {"warmup_ratio", nullptr, nullptr, "X", "share of all steps", fraction<&Args::warmupRatio>},
    {"weight_decay", nullptr, nullptr, "X", "(the optimizer's)", positive<&Args::weightDecay>},
    {"momentum", nullptr, nullptr, "X", "of SGD", positive<&Args::momentum>},
    {"adam_beta1", nullptr, nullptr, "X", "", fraction<&Args::adamBeta1>},
    {"adam_beta2", nullptr, nullptr, "X", "", fraction<&Args::adamBeta2>},
    {"adam_epsilon", nullptr, nullptr, "X", "", positive<&Args::adamEpsilon>},
    {"max_grad_norm", nullptr, nullptr, "X", "clip the global norm; 0: do not",
     positive<&Args::maxGradNorm>},
    {"label_smoothing_factor", nullptr, nullptr, "X", "", fraction<&Args::labelSmoothing>},
    {"train_sampling_strategy", nullptr, nullptr, "S", "random|sequential|group_by_length",
     sampling},
    {"seed", nullptr, nullptr, "N", "of weights, order, dropout (42)", integer<&Args::seed, 0>},
    {"logging_strategy", nullptr, nullptr, intervals, "(steps)", interval<&Args::loggingStrategy>},
    {"logging_steps", nullptr, nullptr, "X", "(500)", positive<&Args::loggingSteps>},
    {"logging_first_step", nullptr, nullptr, "BOOL", "", boolean<&Args::loggingFirstStep>},
    {"eval_strategy", nullptr, "evaluation_strategy", intervals, "(no: once, at the end)",
     interval<&Args::evalStrategy>},
    {"eval_steps", nullptr, nullptr, "X", "(logging_steps)", positive<&Args::evalSteps>},
    {"save_strategy", nullptr, nullptr, intervals, "(steps)", interval<&Args::saveStrategy>},
    {"save_steps", nullptr, nullptr, "X", "(500)", positive<&Args::saveSteps>},
    {"save_total_limit", nullptr, nullptr, "N", "checkpoints to keep (all)",
     integer<&Args::saveTotalLimit, 1>},
    {"load_best_model_at_end", nullptr, nullptr, "BOOL", "", boolean<&Args::loadBestModelAtEnd>},
    {"metric_for_best_model", nullptr, nullptr, "M", "loss|accuracy|f1 ... (loss)",
     string<&Args::bestMetric>},
    {"greater_is_better", nullptr, nullptr, "BOOL", "(unless it is a loss)", greaterIsBetter},
    {"early_stopping_patience", nullptr, nullptr, "N", "evaluations without improvement",
     integer<&Args::earlyStoppingPatience, 1>},
    {"early_stopping_threshold", nullptr, nullptr, "X", "",
     positive<&Args::earlyStoppingThreshold>},
    {"resume_from_checkpoint", nullptr, nullptr, "PATH", "a checkpoint, or the folder of them",
     string<&Args::resumeFrom>},
    {"optim", nullptr, "optimizer", "NAME", "that the module must have", string<&Args::optim>},
    {"bf16", nullptr, nullptr, "BOOL", "", boolean<&Args::bf16>},
    {"gradient_checkpointing", nullptr, nullptr, "BOOL", "", boolean<&Args::gradientCheckpointing>},
    {"group_by_length", nullptr, nullptr, "BOOL", "", groupByLength},
    {"logging_dir", nullptr, nullptr, "DIR", "TensorBoard (output_dir/runs/...)",
     string<&Args::loggingDir>},
    {"report_to", nullptr, nullptr, "X", "tensorboard|none", reportTo},
};

// Flag names use '-', keys '_'.
std::string asKey(std::string_view name) {
  std::string key(name);
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

} // namespace

std::span<const ArgumentSpec> argumentSpecs() { return specs; }

const ArgumentSpec *findArgument(std::string_view name) {
  std::string key = asKey(name);
  for (const ArgumentSpec &spec : specs)
    if (key == spec.key || (spec.alias && key == spec.alias) ||
        (spec.shortForm && key == asKey(spec.shortForm)))
      return &spec;
  return nullptr;
}

Status setArgument(TrainingArguments &arguments, const std::string &key, const std::string &text,
                   const std::string &place) {
  const ArgumentSpec *spec = findArgument(key);
  if (!spec)
    return invalidArgument("%s: there is no training option '%s'", place.c_str(), key.c_str());
  if (Status status = spec->parse(arguments, text); !status.ok())
    return std::move(status).withContext(place + ": " + key);
  arguments.given.insert(spec->key);
  return {};
}

Status setArguments(TrainingArguments &arguments, const Json &object, const std::string &place) {
  if (!object.is_object())
    return invalidArgument("%s: expected a JSON object of training options", place.c_str());
  for (auto item = object.begin(); item != object.end(); ++item) {
    const Json &value = item.value();
    if (value.is_null())
      continue;
    // Hugging Face writes report_to as a list.
    const Json &single = value.is_array() && value.size() == 1 ? value[0] : value;
    if (single.is_structured())
      return invalidArgument("%s: %s: expected a number, a string or a boolean", place.c_str(),
                             item.key().c_str());
    std::string text = single.is_string() ? single.get<std::string>() : formatJson(single);
    WEFT_RETURN_IF_ERROR(setArgument(arguments, item.key(), text, place));
  }
  return {};
}

Status readArgumentsFile(TrainingArguments &arguments, const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(Json object, parseJsonFile(path, 1u << 20));
  return setArguments(arguments, object, path);
}

const char *schedulerName(SchedulerType type) {
  static const char *const names[] = {"constant", "linear", "cosine", "polynomial",
                                      "constant_with_warmup"};
  return names[static_cast<size_t>(type)];
}

} // namespace weft::rt
