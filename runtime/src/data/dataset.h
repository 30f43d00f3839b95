// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A data set in memory: named arrays whose first dimension counts the samples. How a path becomes
// one:
//
//   a folder   the files of one split, the first of these that is there. SPLIT is train for
//   training;
//              t10k, eval, validation, valid, dev or test for evaluation and prediction.
//                SPLIT-images-idx3-ubyte, SPLIT-labels-idx1-ubyte   MNIST's names, as IDX
//                SPLIT.csv
//                SPLIT_<field>.npy ...                              one array a field
//                SPLIT.safetensors                                  one tensor a field
//   a file     whatever split is asked for. IDX: with the labels file beside it, if its name tells
//              which that is (images -> labels, idx3 -> idx1). CSV: one field of all columns, and
//              the label column. .npy: NAME_<field>.npy brings its siblings; any other name is one
//              field x. safetensors: one field a tensor.
//
// Bytes are pixels, of which a float input gets value / 255, in IDX, .npy and safetensors where a
// sample has two dimensions or more, and in CSV where all columns are called pixel<...>; other
// bytes are numbers like any.
//
// Every file may be gzipped (but for safetensors); formats are told by content. Labels may be
// absent.
#ifndef WEFT_RUNTIME_DATA_DATASET_H
#define WEFT_RUNTIME_DATA_DATASET_H

#include "data/array.h"
#include "data/masking.h"

namespace weft::rt {

struct DataField {
  enum class Kind { features, labels };

  std::string name;
  Array array;
  Kind kind = Kind::features;
  // Bytes that stand for intensities: a float input gets value / 255.
  bool pixels = false;
  std::string file;
  // Samples of unequal lengths: sample i is the elements offsets[i] to offsets[i + 1] of the first
  // dimension of `array`. Null: sample i is row i.
  std::shared_ptr<const std::vector<uint64_t>> offsets;
  // What a sample is filled up with to the length of its batch. Labels get the value that the model
  // ignores instead.
  int64_t padding = 0;

  int64_t samples() const {
    return offsets ? static_cast<int64_t>(offsets->size()) - 1 : array.rows();
  }
};

struct QuestionWindows; // of train/question_features.h

struct SentenceWords {
  std::vector<std::string> words;
  std::vector<int64_t> first; // of each sentence, and how many words there are
};

struct Dataset {
  std::string path;
  std::vector<DataField> fields;
  // Not null: labels are tokens of input_ids, which are masked as a batch is made.
  std::shared_ptr<const MaskingRules> masking;
  // Not null: samples are sentences of these words, opened without labels. What stands in the field
  // labels at the first piece of a word is then the number of the word, here.
  std::shared_ptr<const SentenceWords> words;
  // What the file calls its samples, if it has the column that was asked for; else empty.
  std::vector<std::string> ids;
  // The record of the file that a sample is, from 0; empty: its own number.
  std::vector<int64_t> numbers;
  // What should be told about what was left out; may be empty.
  std::string notice;
  // Not null: samples are windows over contexts in which questions have their answers.
  std::shared_ptr<const QuestionWindows> questions;

  int64_t samples() const { return fields.empty() ? 0 : fields[0].samples(); }
  const DataField *find(const std::string &name) const;
};

enum class Split { train, evaluation };

struct DataOptions {
  Split split = Split::train;
  // The column of a CSV file that holds the label; empty: label, labels, target, class or y.
  std::string labelColumn;
  // Of a CSV file: see CsvOptions.
  std::string idColumn = "";
  bool idIsValue = true, skipBadRows = false;
};

// Reads a data set. All fields have the same number of samples, at least one.
Result<Dataset> openDataset(const std::string &path, const DataOptions &options);

} // namespace weft::rt

#endif
