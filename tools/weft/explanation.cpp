// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Explanations as JSON and as HTML. A page shows the text as it was written, each token's part of
// it shaded: green speaks for the target, red against it.
#include "explanation.h"

#include "train/evaluation.h"

#include <cmath>
#include <cstdio>

namespace weft::tool {

using rt::Json;

double Explanation::sum() const {
  double total = 0;
  for (double value : attributions)
    total += value;
  return total;
}

std::string_view partOf(std::string_view text, rt::TextRange range) {
  // Bytes that do not begin a character: 10xxxxxx.
  auto isInside = [](char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; };
  size_t places[2] = {text.size(), text.size()}, characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (isInside(text[i]))
      continue;
    if (characters == range.begin)
      places[0] = i;
    if (characters++ == range.end) {
      places[1] = i;
      break;
    }
  }
  return text.substr(places[0], places[1] - places[0]);
}

// The string that the offsets of a token count in; empty for tokens that the template added.
static std::string_view sourceOf(const Explanation &explanation, const ExplanationContext &context,
                                 size_t token) {
  const rt::Encoding &encoding = explanation.text->encoding;
  int8_t sequence = encoding.sequenceIds[token];
  if (sequence < 0)
    return {};
  int64_t index = explanation.text->index;
  if (context.texts.areWords())
    return context.texts.words(index)[static_cast<size_t>(encoding.wordIds[token])];
  return sequence == 0 ? context.texts.text(index) : context.texts.pair(index);
}

// The word that a token is a piece of.
static std::string_view wordAt(const Explanation &explanation, const ExplanationContext &context) {
  const rt::Encoding &encoding = explanation.text->encoding;
  auto place = static_cast<size_t>(explanation.position);
  std::string_view source = sourceOf(explanation, context, place);
  if (context.texts.areWords())
    return source;
  rt::TextRange range = encoding.offsets[place];
  for (size_t i = place; i < encoding.size() && encoding.wordIds[i] == encoding.wordIds[place] &&
                         encoding.sequenceIds[i] == encoding.sequenceIds[place];
       ++i)
    range.end = encoding.offsets[i].end;
  return partOf(source, range);
}

// Logits of the classes among which the target is one.
static std::span<const float> logitsOf(const Explanation &explanation,
                                       const ExplanationContext &context) {
  size_t classes = context.classNames.size();
  size_t first = context.judgesTokens ? static_cast<size_t>(explanation.position) * classes : 0;
  return std::span<const float>(explanation.text->logits).subspan(first, classes);
}

static Json predictionOf(std::span<const float> logits, const ExplanationContext &context) {
  if (context.isNumber)
    return logits[0];
  if (context.areSeveral) {
    Json list = Json::array();
    for (size_t k = 0; k < logits.size(); ++k)
      if (logits[k] > 0) // a sigmoid above one half
        list.push_back(context.classNames[k]);
    return list;
  }
  std::vector<double> values(logits.begin(), logits.end());
  auto most = rt::argmax(values.data(), static_cast<int64_t>(values.size()));
  return context.classNames[static_cast<size_t>(most)];
}

static Json tokensOf(const Explanation &explanation, const ExplanationContext &context) {
  const rt::Encoding &encoding = explanation.text->encoding;
  Json tokens = Json::array();
  for (size_t i = 0; i < encoding.size(); ++i) {
    Json token = {{"token", std::string(context.tokenizer.tokenOf(encoding.ids[i]))},
                  {"id", encoding.ids[i]},
                  {"sequence", encoding.sequenceIds[i]},
                  {"offsets", {encoding.offsets[i].begin, encoding.offsets[i].end}},
                  {"attribution", explanation.attributions[i]}};
    if (context.texts.areWords())
      token["word"] = encoding.wordIds[i];
    tokens.push_back(std::move(token));
  }
  return tokens;
}

// What the file says about the target's place.
static std::optional<std::string> labelOf(const Explanation &explanation,
                                          const ExplanationContext &context) {
  const rt::RawTexts &texts = context.texts;
  if (!texts.areLabelled())
    return std::nullopt;
  return std::string(texts.areWords() ? texts.tag(explanation.text->index, explanation.word)
                                      : texts.label(explanation.text->index));
}

Json toJson(const Explanation &explanation, const ExplanationContext &context) {
  const rt::RawTexts &texts = context.texts;
  int64_t index = explanation.text->index;
  std::span<const float> logits = logitsOf(explanation, context);
  Json result = {{"index", texts.number(index)},
                 {"method", context.method},
                 {"target", context.classNames[static_cast<size_t>(explanation.target)]},
                 {"score", explanation.score},
                 {"logits", std::vector<float>(logits.begin(), logits.end())},
                 {"tokens", tokensOf(explanation, context)},
                 {"sum", explanation.sum()}};
  if (texts.areWords()) {
    for (std::string_view word : texts.words(index))
      result["words"].push_back(std::string(word));
  } else {
    result["text"] = std::string(texts.text(index));
    if (texts.arePairs())
      result["pair"] = std::string(texts.pair(index));
  }
  if (std::optional<std::string> label = labelOf(explanation, context))
    result["label"] = *label;
  if (context.judgesTokens) {
    result["position"] = explanation.position;
    result["word"] = explanation.word;
    result["piece_of"] = std::string(wordAt(explanation, context));
  }
  if (!context.isAnswer)
    result["predicted"] = predictionOf(logits, context);
  if (explanation.text->cut > 0)
    result["tokens_cut"] = explanation.text->cut;
  if (context.steps > 0) {
    result["steps"] = context.steps;
    result["baseline_score"] = explanation.baselineScore;
    result["completeness_gap"] =
        explanation.sum() - (explanation.score - explanation.baselineScore);
  }
  return result;
}

// --- HTML ---------------------------------------------------------------------------------------

static std::string escaped(std::string_view text) {
  std::string result;
  for (char character : text)
    result += character == '<'   ? "&lt;"
              : character == '>' ? "&gt;"
              : character == '&' ? "&amp;"
              : character == '"' ? "&quot;"
                                 : std::string(1, character);
  return result;
}

std::string pageBegin(const ExplanationContext &context) {
  return "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>weft explain</title>\n"
         "<style>body{font-family:sans-serif;margin:2em;line-height:1.7}"
         "span{padding:2px 1px;border-radius:3px}.added{font-size:70%;color:#555}"
         ".asked{outline:2px solid #222}section{margin:1em 0}"
         "small{display:block;color:#555}</style></head>\n<body>\n<p>What each token contributes "
         "to "
         "the target's output, by " +
         context.method +
         ": green speaks for it, red against it. Shades are relative to the strongest of a "
         "text.</p>\n";
}

std::string pageEnd() { return "</body></html>\n"; }

static std::string heading(const Explanation &explanation, const ExplanationContext &context) {
  std::string text =
      "<small>" + std::to_string(context.texts.number(explanation.text->index)) + ": ";
  if (context.judgesTokens)
    text += "<i>" + escaped(wordAt(explanation, context)) + "</i>, ";
  auto target = static_cast<size_t>(explanation.target);
  text += "target <b>" + escaped(context.classNames[target]) + "</b>";
  if (!context.isAnswer) {
    Json predicted = predictionOf(logitsOf(explanation, context), context);
    text +=
        ", predicted <b>" +
        escaped(predicted.is_string() ? predicted.get<std::string>() : rt::formatJson(predicted)) +
        "</b>";
  }
  if (std::optional<std::string> label = labelOf(explanation, context))
    text += ", label <b>" + escaped(*label) + "</b>";
  char numbers[80];
  std::snprintf(numbers, sizeof(numbers), ", output %.4g, sum %.4g", explanation.score,
                explanation.sum());
  text += numbers;
  if (explanation.text->cut > 0)
    text += ", " + std::to_string(explanation.text->cut) + " tokens cut";
  return text + "</small>\n";
}

std::string pagePart(const Explanation &explanation, const ExplanationContext &context) {
  const rt::Encoding &encoding = explanation.text->encoding;
  double most = 1e-30;
  for (double value : explanation.attributions)
    most = std::max(most, std::fabs(value));
  std::string text = "<section>" + heading(explanation, context);
  uint32_t shown[2] = {0, 0}; // characters of each text that stand there already
  for (size_t i = 0; i < encoding.size(); ++i) {
    std::string_view source = sourceOf(explanation, context, i);
    rt::TextRange range = encoding.offsets[i];
    bool isAdded = encoding.sequenceIds[i] < 0;
    if (context.texts.areWords() || isAdded) {
      bool begins = isAdded || i == 0 || encoding.wordIds[i] != encoding.wordIds[i - 1];
      text += begins && i > 0 ? " " : "";
    } else {
      // What lies between tokens is nobody's.
      uint32_t &end = shown[encoding.sequenceIds[i]];
      if (end == 0 && i > 0)
        text += " ";
      if (range.begin > end)
        text += escaped(partOf(source, {end, range.begin}));
      end = std::max(end, range.end);
    }
    double value = explanation.attributions[i];
    bool isAsked = context.judgesTokens && static_cast<int32_t>(i) == explanation.position;
    char style[200];
    std::snprintf(style, sizeof(style),
                  "<span%s style=\"background:rgba(%s,%.3f)\" title=\"%.6g\">",
                  isAsked   ? " class=\"asked\""
                  : isAdded ? " class=\"added\""
                            : "",
                  value >= 0 ? "0,150,70" : "210,40,40", std::fabs(value) / most, value);
    std::string_view own =
        isAdded ? context.tokenizer.tokenOf(encoding.ids[i]) : partOf(source, range);
    text += style + escaped(own) + "</span>";
  }
  return text + "</section>\n";
}

} // namespace weft::tool
