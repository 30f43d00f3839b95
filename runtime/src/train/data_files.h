// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a path to the samples of a model: arrays as they are, texts through a tokenizer.
#ifndef WEFT_RUNTIME_TRAIN_DATA_FILES_H
#define WEFT_RUNTIME_TRAIN_DATA_FILES_H

#include "data/dataset.h"
#include "device/thread_pool.h"
#include "train/arguments.h"
#include "train/label_names.h"
#include "train/raw_texts.h"
#include "train/text_model.h"
#include "train/text_samples.h"

#include <set>
#include <utility>

namespace weft::rt {

// Opens the data sets of a run, which share a tokenizer and names of classes. A module with an
// input input_ids reads text:
//
//   a table (CSV, TSV, JSON)        a text column, perhaps a second one, a label column. Labels
//                                   that are words are numbered in the order of their bytes,
//                                   integers stand for themselves, unless --labels-file, the
//                                   module or config.json name the classes: a label is then a
//                                   name, or, where no name is a number and all labels of the file
//                                   are, the number of a class. Several label columns a,b,c are
//                                   the classes of a multi-label model. A row without text or
//                                   label, and one of JSON whose text is no string, is an error,
//                                   or left out (--skip-bad-rows).
//   CoNLL                           tokens and tags; the first piece of a token gets its label
//   JSON lines of arrays            the same as CoNLL: tokens and tags of a sentence in a line
//   SQuAD                           questions, whose contexts are cut into windows: see
//                                   question_features.h
//   plain text                      for masked language models: lines are tokenized, strung
//                                   together and cut into pieces of the full length, the rest left
//                                   out; or line by line. Empty lines are left out. Models that
//                                   also tell whether one sentence follows another get pairs of
//                                   segments (data/sentence_pairs.h) of a sentence a line, or, line
//                                   by line, of one sentence each; empty lines divide documents.
//
// and arrays (safetensors, .npy) with input_ids and labels as they are. A folder holds GLUE's names
// or the like: train.tsv, dev.tsv, dev_matched.tsv ... with the extensions of these formats.
class DataOpener {
public:
  // `folder`: of the model or checkpoint, for its tokenizer and config.json; may be empty. `seed`:
  // of masks.
  DataOpener(const Module &module, ThreadPool &pool, DataArguments arguments, std::string folder,
             int64_t seed);

  // `withLabels` false: labels are not needed and not looked at. The first data set that is opened
  // with labels names the classes, if nothing else does.
  Result<Dataset> open(const std::string &path, Split split, bool withLabels = true);

  // The texts of a file that `open` would tokenize, as they stand there. `withLabels`: with the
  // column of labels that was asked for.
  Result<RawTexts> openRaw(const std::string &path, Split split);
  // Loads the tokenizer and the names of classes, if that is still to be done.
  Status prepareText();
  // Tokens of a text at most: --max-seq-length, within the largest bucket, or `usual` without it,
  // if that is less; never more than the tokenizer's model_max_length.
  Result<int64_t> tokenLimit(int64_t usual = INT64_MAX) const;

  const LabelNames &labels() const { return names; }
  // What should be told: how many samples were cut, for one. Empties the list.
  std::vector<std::string> takeNotices() { return std::exchange(notices, {}); }
  // Null before the first text was opened.
  const Tokenizer *tokenizer() const { return loaded ? &*loaded : nullptr; }

private:
  struct Texts;
  std::shared_ptr<const MaskingRules> maskingRules() const;
  Result<Dataset> openText(const std::string &path, const std::string &format, bool withLabels);
  Result<std::string> findText(const std::string &path, Split split) const;
  Result<TextFile> readText(const std::string &path, const std::string &asked, bool withTags);
  Result<TextColumns> textColumns(const TextTable &table) const;
  Status checkTexts(TextTable &table, const TextColumns &columns);
  void noteBadRows(TextTable &table);
  Status addId(const TextTable &table, int64_t row, std::vector<std::string> &ids,
               std::vector<int64_t> &numbers) const;
  Result<Dataset> openTable(TextTable &table, bool withLabels);
  Result<Dataset> openSentences(TextFile &file, bool withLabels);
  Status readSentences(TextTable &table, TextFile &file, bool withTags) const;
  Result<Dataset> openCorpus(const std::string &path, const std::vector<std::string_view> &lines,
                             const std::vector<int64_t> &numbers);
  Result<Dataset> openPairs(const std::string &path, const std::vector<std::string_view> &lines,
                            const std::vector<int64_t> &numbers, TokenizeRequest &request);
  void noteMaskedPositions(const std::string &path, int64_t limit);
  Result<Dataset> openQuestions(const std::string &path, bool withLabels, bool withRanges);
  Status loadTokenizer();
  Status loadNames();
  Result<DataField> tableLabels(TextTable &table);
  Result<DataField> classLabels(TextTable &table, size_t column);
  Result<DataField> numberLabels(TextTable &table, const std::vector<size_t> &columns);
  // Labels of these values are numbers of classes rather than names.
  bool labelsAreNumbers(const std::set<std::string> &values) const;
  std::optional<int64_t> classOf(std::string_view label, bool areNumbers) const;
  std::string expectedClasses(bool areNumbers) const;
  void noteNumbers(const std::string &file);
  Status learnNames(std::vector<std::string> values, const std::string &file);
  Status checkCount(const std::string &file) const;

  const Module &module;
  ThreadPool &pool;
  DataArguments arguments;
  std::string folder;
  uint64_t seed;
  std::optional<TextModel> model;
  std::optional<Tokenizer> loaded;
  LabelNames names;
  bool namesAreFixed = false; // by a file or by the first data set
  bool namesAreLoaded = false;
  std::vector<std::string> notices;
};

} // namespace weft::rt

#endif
