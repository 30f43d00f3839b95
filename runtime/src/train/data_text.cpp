// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables, sentences and plain text as samples of tokens.
#include "train/data_files.h"
#include "train/pair_samples.h"
#include "train/table_columns.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <set>

namespace weft::rt {

namespace {

const std::vector<std::string> textNames = {"text",      "sentence",  "sentence1",
                                            "question",  "question1", "premise",
                                            "#1 String", "content",   "review"};
const std::vector<std::string> pairNames = {"sentence2", "question2", "hypothesis", "#2 String",
                                            "text_pair"};

} // namespace

// Fields that every data set of texts has; the notice about what was cut.
struct DataOpener::Texts {
  static Dataset fields(DataOpener &opener, const std::string &file, TokenizedTexts &texts,
                        int64_t limit) {
    Dataset data;
    data.path = file;
    data.fields.push_back(
        sampleField("input_ids", DataType::i32, std::move(texts.ids), texts.offsets, file));
    data.fields.back().padding = std::max(0, opener.loaded->special().pad);
    if (opener.model->hasTypeIds)
      data.fields.push_back(
          sampleField("token_type_ids", DataType::i8, std::move(texts.types), texts.offsets, file));
    if (texts.cut > 0)
      opener.notices.push_back(file + ": " + std::to_string(texts.cut) + " of " +
                               std::to_string(texts.samples()) + " texts were cut to " +
                               std::to_string(limit) + " tokens");
    return data;
  }
  static Status expectSamples(int64_t samples, const std::string &file) {
    return samples > 0 ? Status()
                       : dataLoss("%s: expected at least one sample, found none", file.c_str());
  }
};

Result<int64_t> DataOpener::tokenLimit(int64_t usual) const {
  if (arguments.maxLength > model->length)
    return invalidArgument("max_seq_length: expected at most %lld, the largest length that the "
                           "module was compiled for, found %lld",
                           static_cast<long long>(model->length),
                           static_cast<long long>(arguments.maxLength));
  int64_t limit = arguments.maxLength > 0 ? arguments.maxLength : std::min(model->length, usual);
  // As run_glue and its like have it, never more than the tokenizer's own.
  if (loaded && loaded->modelMaxLength())
    limit = std::min(limit, static_cast<int64_t>(*loaded->modelMaxLength()));
  return limit;
}

// --- Tables -------------------------------------------------------------------------------------

Result<TextColumns> DataOpener::textColumns(const TextTable &table) const {
  WEFT_ASSIGN_OR_RETURN(std::optional<size_t> text,
                        chooseColumn(table, arguments.textColumn, textNames, "--text-column"));
  if (!text)
    return invalidArgument("%s: line 1: expected a column of text with a usual name (%s) or "
                           "--text-column, found %s",
                           table.file().c_str(), listedColumns(textNames).c_str(),
                           listedColumns(table.columns()).c_str());
  TextColumns columns;
  columns.text = *text;
  WEFT_ASSIGN_OR_RETURN(
      columns.pair,
      chooseColumn(table, arguments.pairColumn,
                   arguments.textColumn.empty() ? pairNames : std::vector<std::string>(),
                   "--text-pair-column"));
  // QNLI: a question and a sentence.
  if (!columns.pair && arguments.textColumn.empty() && table.columns()[*text] == "question")
    columns.pair = table.find("sentence");
  return columns;
}

// Leaves out rows without text.
Status DataOpener::checkTexts(TextTable &table, const TextColumns &columns) {
  return table.filter([&](int64_t row) -> Status {
    WEFT_RETURN_IF_ERROR(checkText(table, row, columns.text));
    return columns.pair ? checkText(table, row, *columns.pair) : Status();
  });
}

void DataOpener::noteBadRows(TextTable &table) {
  if (table.bad().count() > 0)
    notices.push_back(table.bad().notice(table.file()));
}

// How the file calls a row.
Status DataOpener::addId(const TextTable &table, int64_t row, std::vector<std::string> &ids,
                         std::vector<int64_t> &numbers) const {
  std::optional<size_t> column = table.find(arguments.idColumn);
  if (column && !arguments.idColumn.empty()) {
    if (table.cell(row, *column).empty())
      return invalidArgument("%s: expected an id, found nothing",
                             table.place(row, *column).c_str());
    ids.emplace_back(table.cell(row, *column));
  }
  numbers.push_back(table.number(row));
  return {};
}

Result<Dataset> DataOpener::openTable(TextTable &table, bool withLabels) {
  WEFT_ASSIGN_OR_RETURN(TextColumns columns, textColumns(table));
  std::optional<size_t> pair = columns.pair;
  size_t text = columns.text;
  if (model->task.task == schema::Task::Pretraining)
    return invalidArgument("%s: expected plain text (--data-format text): a sentence a line, and "
                           "empty lines between documents; found a table",
                           table.file().c_str());
  if (model->task.task == schema::Task::MaskedLanguageModeling)
    columns.pair.reset();
  WEFT_RETURN_IF_ERROR(checkTexts(table, columns));
  if (model->task.task == schema::Task::MaskedLanguageModeling) {
    noteBadRows(table);
    std::vector<std::string_view> lines;
    std::vector<int64_t> numbers;
    for (int64_t row = 0; row < table.rows(); ++row) {
      lines.push_back(table.cell(row, text));
      numbers.push_back(table.line(row));
    }
    return openCorpus(table.file(), lines, numbers);
  }
  std::optional<DataField> labels;
  if (withLabels) {
    WEFT_ASSIGN_OR_RETURN(labels, tableLabels(table));
  }
  noteBadRows(table);
  WEFT_RETURN_IF_ERROR(Texts::expectSamples(table.rows(), table.file()));
  WEFT_ASSIGN_OR_RETURN(int64_t limit, tokenLimit());
  TokenizeRequest request;
  request.count = table.rows();
  request.maxLength = limit;
  request.truncation = arguments.truncation;
  request.side = loaded->truncationSide();
  request.encode = [&](int64_t row, const EncodeOptions &options, Encoding &result) {
    return pair ? loaded->encode(table.cell(row, text), table.cell(row, *pair), options, result)
                : loaded->encode(table.cell(row, text), options, result);
  };
  request.place = [&](int64_t row) { return table.place(row, text); };
  WEFT_ASSIGN_OR_RETURN(TokenizedTexts texts, tokenizeTexts(pool, request));
  Dataset data = Texts::fields(*this, table.file(), texts, limit);
  if (labels)
    data.fields.push_back(std::move(*labels));
  for (int64_t row = 0; !withLabels && row < table.rows(); ++row)
    WEFT_RETURN_IF_ERROR(addId(table, row, data.ids, data.numbers));
  return data;
}

Result<RawTexts> DataOpener::openRaw(const std::string &path, Split split) {
  WEFT_RETURN_IF_ERROR(prepareText());
  WEFT_ASSIGN_OR_RETURN(std::string found, findText(path, split));
  WEFT_ASSIGN_OR_RETURN(TextFile file, readText(found, arguments.format, /*withTags=*/true));
  TextColumns columns;
  if (file.table) {
    WEFT_ASSIGN_OR_RETURN(columns, textColumns(*file.table));
    if (!arguments.labelColumn.empty()) {
      WEFT_ASSIGN_OR_RETURN(columns.label,
                            chooseColumn(*file.table, arguments.labelColumn, {}, "--label-column"));
    }
    WEFT_RETURN_IF_ERROR(checkTexts(*file.table, columns));
    noteBadRows(*file.table);
  }
  RawTexts texts(std::move(file), columns);
  WEFT_RETURN_IF_ERROR(Texts::expectSamples(texts.count(), found));
  return texts;
}

// --- Sentences of tagged words ------------------------------------------------------------------

Result<Dataset> DataOpener::openSentences(TextFile &file, bool withLabels) {
  const TaggedSentences &sentences = *file.sentences;
  WEFT_RETURN_IF_ERROR(Texts::expectSamples(sentences.sentences(), sentences.file()));
  if (withLabels && !sentences.hasTags())
    return invalidArgument("%s: expected a token and a tag on each line, found tokens alone",
                           sentences.file().c_str());
  int64_t words = sentences.first(sentences.sentences());
  std::vector<int32_t> tags(static_cast<size_t>(words), 0);
  if (withLabels) {
    std::set<std::string> seen;
    for (int64_t i = 0; i < words; ++i)
      seen.emplace(sentences.tag(i));
    WEFT_RETURN_IF_ERROR(learnNames({seen.begin(), seen.end()}, sentences.file()));
    bool areNumbers = labelsAreNumbers(seen);
    if (areNumbers && !names.empty())
      noteNumbers(sentences.file());
    for (int64_t i = 0; i < words; ++i) {
      std::optional<int64_t> value = classOf(sentences.tag(i), areNumbers);
      if (!value)
        return invalidArgument("%s: line %lld: expected a tag of %s, found '%s'",
                               sentences.file().c_str(), static_cast<long long>(sentences.line(i)),
                               names.empty()
                                   ? ("0 to " + std::to_string(model->task.classes - 1)).c_str()
                                   : names.listed().c_str(),
                               shownText(sentences.tag(i)).c_str());
      tags[static_cast<size_t>(i)] = static_cast<int32_t>(*value);
    }
  } else {
    std::iota(tags.begin(), tags.end(), 0);
  }
  WEFT_ASSIGN_OR_RETURN(int64_t limit, tokenLimit());
  TokenizeRequest request;
  request.count = sentences.sentences();
  request.maxLength = limit;
  request.truncation = arguments.truncation;
  request.side = loaded->truncationSide();
  request.encode = [&](int64_t index, const EncodeOptions &options, Encoding &result) {
    std::vector<std::string_view> list;
    for (int64_t i = sentences.first(index); i < sentences.first(index + 1); ++i)
      list.push_back(sentences.word(i));
    return loaded->encodeWords(list, options, result);
  };
  request.place = [&](int64_t index) {
    return sentences.file() + ": line " + std::to_string(sentences.line(sentences.first(index)));
  };
  // The first piece of a word has its label, the rest and what the template added none.
  request.label = [&](int64_t index, const Encoding &encoding, std::vector<int32_t> &labels) {
    int32_t last = -1;
    for (int32_t word : encoding.wordIds) {
      bool first = word >= 0 && word != last;
      labels.push_back(first ? tags[static_cast<size_t>(sentences.first(index) + word)] : -100);
      last = word;
    }
  };
  WEFT_ASSIGN_OR_RETURN(TokenizedTexts texts, tokenizeTexts(pool, request));
  Dataset data = Texts::fields(*this, sentences.file(), texts, limit);
  data.fields.push_back(sampleField("labels", DataType::i32, std::move(texts.labels), texts.offsets,
                                    sentences.file()));
  if (!withLabels) {
    auto list = std::make_shared<SentenceWords>();
    for (int64_t i = 0; i < words; ++i)
      list->words.emplace_back(sentences.word(i));
    for (int64_t i = 0; i <= sentences.sentences(); ++i)
      list->first.push_back(sentences.first(i));
    data.words = std::move(list);
    data.ids = std::move(file.ids);
    data.numbers = std::move(file.rows);
  }
  return data;
}

// --- Plain text for masked language models ------------------------------------------------------

// Cuts one long row of tokens into samples of `length`; what is left over is dropped, unless it is
// all there is.
static std::shared_ptr<const std::vector<uint64_t>> cutIntoPieces(TokenizedTexts &texts,
                                                                  int64_t length) {
  auto size = static_cast<uint64_t>(length);
  auto offsets = std::make_shared<std::vector<uint64_t>>(1, 0);
  while (offsets->back() + size <= texts.ids.size())
    offsets->push_back(offsets->back() + size);
  if (offsets->size() == 1 && !texts.ids.empty())
    offsets->push_back(texts.ids.size());
  texts.ids.resize(offsets->back());
  texts.types.assign(offsets->back(), 0);
  return offsets;
}

std::shared_ptr<const MaskingRules> DataOpener::maskingRules() const {
  auto rules = std::make_shared<MaskingRules>();
  rules->probability = arguments.maskProbability;
  rules->wholeWords = arguments.wholeWordMask;
  rules->maskToken = loaded->special().mask;
  rules->seed = seed;
  rules->flags.resize(loaded->vocabularySize());
  for (size_t i = 0; i < rules->flags.size(); ++i) {
    auto id = static_cast<int32_t>(i);
    rules->flags[i] =
        static_cast<uint8_t>((loaded->isSpecial(id) ? MaskingRules::special : 0) |
                             (loaded->isContinuation(id) ? MaskingRules::continuation : 0));
  }
  return rules;
}

// More tokens than the model has places for are not masked, whatever was asked for.
void DataOpener::noteMaskedPositions(const std::string &path, int64_t limit) {
  int64_t places = model->maskedPositions(limit);
  double wanted = arguments.maskProbability * static_cast<double>(limit);
  if (places == 0 || wanted <= static_cast<double>(places))
    return;
  char text[200];
  std::snprintf(text, sizeof(text),
                ": mlm_probability: %g of %lld tokens are more than the %lld masked positions that "
                "the module was compiled for; the surplus is not masked",
                arguments.maskProbability, static_cast<long long>(limit),
                static_cast<long long>(places));
  notices.push_back(path + text);
}

Result<Dataset> DataOpener::openCorpus(const std::string &path,
                                       const std::vector<std::string_view> &lines,
                                       const std::vector<int64_t> &numbers) {
  bool inPairs = model->task.task == schema::Task::Pretraining;
  if (!inPairs && model->task.task != schema::Task::MaskedLanguageModeling)
    return invalidArgument("%s: expected a table with text and labels (--data-format csv, tsv or "
                           "jsonl): plain text has no labels",
                           path.c_str());
  if (loaded->special().mask < 0)
    return invalidArgument(
        "%s: masked language models need a tokenizer with a mask token, this one "
        "has none",
        path.c_str());
  WEFT_RETURN_IF_ERROR(Texts::expectSamples(static_cast<int64_t>(lines.size()), path));
  WEFT_ASSIGN_OR_RETURN(int64_t limit, tokenLimit());
  noteMaskedPositions(path, limit);
  TokenizeRequest request;
  request.count = static_cast<int64_t>(lines.size());
  request.encode = [&](int64_t index, const EncodeOptions &options, Encoding &result) {
    return loaded->encode(lines[static_cast<size_t>(index)], options, result);
  };
  request.place = [&](int64_t index) {
    return path + ": line " + std::to_string(numbers[static_cast<size_t>(index)]);
  };
  request.truncation = arguments.truncation;
  request.side = loaded->truncationSide();
  if (inPairs)
    return openPairs(path, lines, numbers, request);
  bool strung = !arguments.lineByLine;
  // Lines that are strung together may be of any length.
  request.maxLength = strung ? INT64_MAX : limit;
  WEFT_ASSIGN_OR_RETURN(TokenizedTexts texts, tokenizeTexts(pool, request));
  if (strung)
    texts.offsets = cutIntoPieces(texts, limit);
  Dataset data = Texts::fields(*this, path, texts, limit);
  data.masking = maskingRules();
  return data;
}

// Documents end where lines were left out between two.
static std::vector<size_t> numberDocuments(const std::vector<int64_t> &numbers) {
  std::vector<size_t> documentOf(numbers.size(), 0);
  for (size_t i = 1; i < numbers.size(); ++i)
    documentOf[i] = documentOf[i - 1] + (numbers[i] != numbers[i - 1] + 1);
  return documentOf;
}

Result<Dataset> DataOpener::openPairs(const std::string &path,
                                      const std::vector<std::string_view> &lines,
                                      const std::vector<int64_t> &numbers,
                                      TokenizeRequest &request) {
  WEFT_ASSIGN_OR_RETURN(int64_t limit, tokenLimit());
  SentencePairRules rules;
  auto added = static_cast<int64_t>(loaded->addedTokens(/*pair=*/true));
  if (limit < added + 2)
    return invalidArgument("max_seq_length: expected at least %lld for a pair of sentences, found "
                           "%lld",
                           static_cast<long long>(added + 2), static_cast<long long>(limit));
  rules.maxTokens = static_cast<uint64_t>(limit - added);
  rules.single = arguments.lineByLine;
  rules.seed = seed;
  request.addSpecialTokens = false;
  request.maxLength = limit - added;
  if (request.truncation != Truncation::none)
    request.truncation = Truncation::longestFirst;
  WEFT_ASSIGN_OR_RETURN(TokenizedTexts sentences, tokenizeTexts(pool, request));
  if (sentences.cut > 0)
    notices.push_back(path + ": " + std::to_string(sentences.cut) + " of " +
                      std::to_string(lines.size()) + " lines were cut to " +
                      std::to_string(request.maxLength) + " tokens");
  Encoding example;
  EncodeOptions options;
  options.truncation = Truncation::longestFirst;
  options.maxLength = static_cast<size_t>(limit);
  WEFT_RETURN_IF_ERROR(loaded->encode("a", "a", options, example));
  WEFT_ASSIGN_OR_RETURN(PairSamples pairs,
                        makePairSamples(sentences, numberDocuments(numbers), example, rules, path));
  Dataset data = Texts::fields(*this, path, pairs.texts, limit);
  data.fields.push_back(
      sampleField("next_sentence_label", DataType::i64, std::move(pairs.isRandom), nullptr, path));
  data.fields.back().kind = DataField::Kind::labels;
  data.masking = maskingRules();
  return data;
}

} // namespace weft::rt
