// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft explain.
#include "base/file.h"
#include "command.h"
#include "text/tokenizer.h"
#include "train/evaluation.h"
#include "train/label_names.h"
#include "train/text_model.h"

#include <cmath>
#include <cstdio>
#include <map>

namespace weft::tool {

namespace {

const char *const help =
    R"(weft explain: what each token contributes to a prediction.

Usage: weft explain MODULE.weft --checkpoint PATH --text TEXT [OPTIONS]

The module is one that weftc --explain compiled. Attributions are of word embeddings, as they are looked up.

  --checkpoint PATH     a checkpoint, a folder of checkpoints (the newest is taken), or a safetensors file
  --text TEXT           what is explained
  --pair TEXT           its second text
  --tokenizer PATH      (the checkpoint's)
  --max-seq-length N    tokens at most; longer texts are cut (the largest length of the module)
  --method NAME         gradient-x-input (default), or integrated-gradients: from a text whose word
                        embeddings are zero, by the midpoint rule
  --steps N             of integrated gradients (32)
  --target LABEL        the class whose logit is explained, by name or number (the predicted one)
  --output FILE         JSON (stdout)
  --html FILE           also a page with the tokens shaded
  --num-threads N       (WEFT_NUM_THREADS, else all cores)
)";

struct ExplainOptions : RunOptions {
  std::string checkpoint, text, pair, tokenizer, target, output = "-", html;
  std::string method = "gradient-x-input";
  int64_t steps = 32, maxLength = 0;
  bool hasPair = false;
};

// The entry @explain at the bucket that a text fits, and its results for one alpha.
class Explainer {
public:
  Explainer(rt::Session &session, uint32_t entry, const rt::Encoding &text)
      : session(session), entry(entry), text(text), scalars(session.module().defaultScalars()) {}

  Status prepare() {
    const auto &buckets = *session.module().entry(entry).buckets();
    int64_t best = 0;
    for (uint32_t i = 0; i < buckets.size(); ++i) {
      int64_t length = buckets.Get(i)->inputs()->Get(0)->shape()->Get(1)->fixed();
      if (length >= static_cast<int64_t>(text.size()) && (best == 0 || length < best)) {
        best = length;
        bucket = i;
      }
    }
    if (best == 0)
      return rt::invalidArgument("the text has %zu tokens, more than the module was compiled for",
                                 text.size());
    for (const schema::Input *input : *buckets.Get(bucket)->inputs()) {
      std::string name = input->name()->str();
      names.push_back(name);
      std::vector<int32_t> &values = integers[name];
      values.assign(static_cast<size_t>(best), 0);
      for (size_t i = 0; i < text.size(); ++i)
        values[i] = name == "input_ids"        ? text.ids[i]
                    : name == "token_type_ids" ? text.typeIds[i]
                                               : 1;
    }
    return {};
  }

  Status run(float alpha, int32_t target, std::vector<double> &logits,
             std::vector<double> &attributions) {
    std::vector<const void *> inputs;
    for (const std::string &name : names)
      inputs.push_back(name == "alpha"    ? static_cast<const void *>(&alpha)
                       : name == "target" ? static_cast<const void *>(&target)
                                          : integers[name].data());
    const auto &outputs = *session.module().entry(entry).buckets()->Get(bucket)->outputs();
    std::vector<std::vector<float>> memory(outputs.size());
    std::vector<void *> pointers;
    for (uint32_t i = 0; i < outputs.size(); ++i) {
      memory[i].resize(session.outputBytes(entry, bucket, i, 1) / sizeof(float));
      pointers.push_back(memory[i].data());
    }
    rt::RunRequest request;
    request.entry = entry;
    request.bucket = bucket;
    request.inputs = inputs;
    request.scalars = &scalars;
    request.outputs = pointers;
    WEFT_RETURN_IF_ERROR(session.run(request));
    logits.assign(memory[0].begin(), memory[0].end());
    attributions.assign(memory[1].begin(), memory[1].begin() + static_cast<long>(text.size()));
    return {};
  }

private:
  rt::Session &session;
  uint32_t entry, bucket = 0;
  const rt::Encoding &text;
  rt::Scalars scalars;
  std::vector<std::string> names;
  std::map<std::string, std::vector<int32_t>> integers;
};

std::string escaped(std::string_view text) {
  std::string result;
  for (char character : text)
    result += character == '<'   ? "&lt;"
              : character == '>' ? "&gt;"
              : character == '&' ? "&amp;"
              : character == '"' ? "&quot;"
                                 : std::string(1, character);
  return result;
}

// Tokens for the target are green, those against it red.
std::string page(const Json &result) {
  double most = 1e-30;
  for (const Json &token : result["tokens"])
    most = std::max(most, std::fabs(token["attribution"].get<double>()));
  std::string text =
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>weft explain</title>\n"
      "<style>body{font-family:sans-serif;margin:2em}span{padding:2px 4px;margin:1px;"
      "border-radius:3px;display:inline-block}</style></head>\n<body>\n<p>target <b>" +
      escaped(result["target"].get<std::string>()) + "</b>, predicted <b>" +
      escaped(result["predicted"].get<std::string>()) + "</b>, " +
      result["method"].get<std::string>() + "</p>\n<p>\n";
  for (const Json &token : result["tokens"]) {
    double value = token["attribution"].get<double>();
    char style[160];
    std::snprintf(style, sizeof(style), "<span style=\"background:rgba(%s,%.3f)\" title=\"%.6g\">",
                  value >= 0 ? "0,150,70" : "210,40,40", std::fabs(value) / most, value);
    text += style + escaped(token["token"].get<std::string>()) + "</span>\n";
  }
  return text + "</p>\n</body></html>\n";
}

Status explain(const ExplainOptions &options, Explainer &explainer, const rt::LabelNames &names,
               const rt::Tokenizer &tokenizer, const rt::Encoding &text, Json &result) {
  std::vector<double> logits, attributions, ignored;
  WEFT_RETURN_IF_ERROR(explainer.run(1, 0, logits, attributions));
  auto classes = static_cast<int64_t>(logits.size());
  int64_t predicted = rt::argmax(logits.data(), classes), target = predicted;
  if (!options.target.empty()) {
    std::optional<int64_t> found = names.find(options.target);
    if (!found)
      found = rt::integerOf(options.target);
    if (!found || *found < 0 || *found >= classes)
      return rt::invalidArgument("--target: expected %s, got '%s'",
                                 names.empty()
                                     ? ("a class of 0 to " + std::to_string(classes - 1)).c_str()
                                     : ("one of " + names.listed()).c_str(),
                                 options.target.c_str());
    target = *found;
  }
  auto number = static_cast<int32_t>(target);
  bool integrates = options.method == "integrated-gradients";
  if (!integrates) {
    WEFT_RETURN_IF_ERROR(explainer.run(1, number, ignored, attributions));
  } else {
    std::vector<double> part;
    std::fill(attributions.begin(), attributions.end(), 0.0);
    for (int64_t k = 0; k < options.steps; ++k) {
      double alpha = (static_cast<double>(k) + 0.5) / static_cast<double>(options.steps);
      WEFT_RETURN_IF_ERROR(explainer.run(static_cast<float>(alpha), number, ignored, part));
      for (size_t i = 0; i < part.size(); ++i)
        attributions[i] += part[i] / static_cast<double>(options.steps);
    }
  }
  double sum = 0;
  Json tokens = Json::array();
  for (size_t i = 0; i < text.size(); ++i) {
    sum += attributions[i];
    tokens.push_back({{"token", std::string(tokenizer.tokenOf(text.ids[i]))},
                      {"id", text.ids[i]},
                      {"text", text.sequenceIds[i]},
                      {"offsets", {text.offsets[i].begin, text.offsets[i].end}},
                      {"attribution", attributions[i]}});
  }
  double score = logits[static_cast<size_t>(target)];
  result = {{"method", options.method},
            {"predicted", names.of(predicted)},
            {"target", names.of(target)},
            {"score", score},
            {"logits", logits},
            {"tokens", tokens},
            {"sum", sum}};
  if (integrates) {
    std::vector<double> baseline;
    WEFT_RETURN_IF_ERROR(explainer.run(0, number, baseline, ignored));
    double base = baseline[static_cast<size_t>(target)];
    result["steps"] = options.steps;
    result["baseline_score"] = base;
    result["completeness_gap"] = sum - (score - base);
  }
  return {};
}

Status runExplain(const ExplainOptions &options) {
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<rt::Session> session, openSession(options, 1));
  std::optional<uint32_t> entry = session->module().findEntry("explain");
  std::optional<rt::TextModel> model = rt::describeTextModel(session->module());
  if (!entry || !model)
    return rt::failedPrecondition("%s: the module has no entry explain; compile the model's folder "
                                  "with weftc --explain",
                                  options.module.c_str());
  WEFT_ASSIGN_OR_RETURN(std::string folder, loadCheckpointWeights(*session, options.checkpoint));
  if (folder.empty() && options.tokenizer.empty())
    return rt::invalidArgument("text needs a tokenizer: expected --tokenizer with a folder that "
                               "has tokenizer.json or vocab.txt");
  WEFT_ASSIGN_OR_RETURN(
      rt::Tokenizer tokenizer,
      rt::Tokenizer::load(options.tokenizer.empty() ? folder : options.tokenizer));
  if (model->vocabulary > 0 && tokenizer.vocabularySize() > static_cast<size_t>(model->vocabulary))
    return rt::invalidArgument("expected a vocabulary of at most %lld tokens, found %zu",
                               static_cast<long long>(model->vocabulary),
                               tokenizer.vocabularySize());
  if (options.maxLength > model->length)
    return rt::invalidArgument("--max-seq-length: expected at most %lld, the largest length that "
                               "the module was compiled for, got %lld",
                               static_cast<long long>(model->length),
                               static_cast<long long>(options.maxLength));
  rt::LabelNames names = rt::moduleLabels(session->module());
  if (names.empty()) {
    WEFT_ASSIGN_OR_RETURN(names, rt::readConfigLabels(folder));
  }
  rt::EncodeOptions encode;
  encode.truncation = rt::Truncation::longestFirst;
  encode.maxLength = static_cast<size_t>(options.maxLength ? options.maxLength : model->length);
  rt::Encoding text;
  WEFT_RETURN_IF_ERROR(options.hasPair ? tokenizer.encode(options.text, options.pair, encode, text)
                                       : tokenizer.encode(options.text, encode, text));
  Explainer explainer(*session, *entry, text);
  WEFT_RETURN_IF_ERROR(explainer.prepare());
  Json result;
  WEFT_RETURN_IF_ERROR(explain(options, explainer, names, tokenizer, text, result));
  if (!options.html.empty())
    WEFT_RETURN_IF_ERROR(rt::writeFileAtomically(options.html, page(result)));
  std::string json = rt::formatJson(result, 1) + "\n";
  if (options.output != "-")
    return rt::writeFileAtomically(options.output, json);
  std::fputs(json.c_str(), stdout);
  return {};
}

} // namespace

Command addExplain(CLI::App &parent) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App *app =
      addSubcommand(parent, "explain", "what each token contributes to a prediction", help);
  options->add(*app);
  app->add_option("--checkpoint", options->checkpoint)->required();
  app->add_option("--text", options->text)->required();
  CLI::Option *pair = app->add_option("--pair", options->pair);
  app->add_option("--tokenizer", options->tokenizer);
  app->add_option("--max-seq-length", options->maxLength)->check(CLI::PositiveNumber);
  app->add_option("--method", options->method)
      ->check(CLI::IsMember({"gradient-x-input", "integrated-gradients"}));
  app->add_option("--steps", options->steps)->check(CLI::Range(int64_t{1}, int64_t{100000}));
  app->add_option("--target", options->target);
  app->add_option("--output,-o", options->output);
  app->add_option("--html", options->html);
  return {app, [options, pair] {
            options->hasPair = pair->count() > 0;
            return runExplain(*options);
          }};
}

} // namespace weft::tool
