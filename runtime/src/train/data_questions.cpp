// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions and their contexts as a data set.
#include "train/data_files.h"
#include "train/question_features.h"

#include <algorithm>

namespace weft::rt {

Result<Dataset> DataOpener::openQuestions(const std::string &path, bool withLabels,
                                          bool withRanges) {
  WEFT_RETURN_IF_ERROR(loadTokenizer());
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  WEFT_ASSIGN_OR_RETURN(QuestionSet set, QuestionSet::read(std::move(source)));
  if (withLabels && set.misplaced() > 0)
    notices.push_back(set.place(set.firstMisplaced()) +
                      ": the context has other text than the answer at answer_start; there are " +
                      std::to_string(set.misplaced()) + " such answers in the file");
  QuestionRequest request;
  WEFT_ASSIGN_OR_RETURN(request.maxLength, tokenLimit(384));
  request.stride = arguments.docStride;
  if (arguments.truncation == Truncation::none)
    request.truncation = Truncation::none;
  request.rules = arguments.answers;
  request.withLabels = withLabels;
  request.withRanges = withRanges;
  WEFT_ASSIGN_OR_RETURN(QuestionFeatures features,
                        makeQuestionFeatures(pool, *loaded, std::move(set), request));
  if (features.lost > 0)
    notices.push_back(path + ": the answers of " + std::to_string(features.lost) +
                      " questions lie in no window as a whole; these count as questions without "
                      "an answer");
  Dataset data;
  data.path = path;
  TokenizedTexts &texts = features.texts;
  data.fields.push_back(
      sampleField("input_ids", DataType::i32, std::move(texts.ids), texts.offsets, path));
  data.fields.back().padding = std::max(0, loaded->special().pad);
  if (model->hasTypeIds)
    data.fields.push_back(
        sampleField("token_type_ids", DataType::i8, std::move(texts.types), texts.offsets, path));
  if (withLabels)
    for (auto [name, values] : {std::pair{"start_positions", &features.starts},
                                std::pair{"end_positions", &features.ends}}) {
      data.fields.push_back(sampleField(name, DataType::i32, std::move(*values), nullptr, path));
      data.fields.back().kind = DataField::Kind::labels;
    }
  if (withRanges)
    data.questions = std::move(features.windows);
  return data;
}

} // namespace weft::rt
