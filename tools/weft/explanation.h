// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `weft explain` found out about a prediction, and how it is shown: a line of JSON, a part of
// a page.
#ifndef WEFT_TOOLS_WEFT_EXPLANATION_H
#define WEFT_TOOLS_WEFT_EXPLANATION_H

#include "base/json.h"
#include "train/raw_texts.h"

namespace weft::tool {

// A text of a file with its tokens.
struct ExplainedText {
  int64_t index = 0; // in the file
  rt::Encoding encoding;
  size_t cut = 0; // tokens that were left out
  // Its own: a row for each token if the model judges tokens.
  std::vector<float> logits;
};

// One logit, and what each token contributes to it.
struct Explanation {
  const ExplainedText *text = nullptr;
  int32_t target = 0;
  // Of a model that judges tokens: the place of the token, and the word that it begins.
  int32_t position = 0;
  int64_t word = -1;
  double score = 0, baselineScore = 0;
  std::vector<double> attributions;

  double sum() const;
};

// What all explanations of a run share.
struct ExplanationContext {
  ExplanationContext(const rt::RawTexts &texts, const rt::Tokenizer &tokenizer)
      : texts(texts), tokenizer(tokenizer) {}

  const rt::RawTexts &texts;
  const rt::Tokenizer &tokenizer;
  std::string method;
  int64_t steps = 0;                   // of integrated gradients; 0: another method
  std::vector<std::string> classNames; // of targets
  bool judgesTokens = false;
  bool areSeveral = false; // a text has any number of labels
  bool isNumber = false;   // the one output is no class
  bool isAnswer = false;   // classes are the start and the end of one
};

// The part [begin, end) of a text, in characters.
std::string_view partOf(std::string_view text, rt::TextRange range);

rt::Json toJson(const Explanation &explanation, const ExplanationContext &context);

// Begin, part and end of a page: any number of explanations need no more memory than one.
std::string pageBegin(const ExplanationContext &context);
std::string pagePart(const Explanation &explanation, const ExplanationContext &context);
std::string pageEnd();

} // namespace weft::tool

#endif
