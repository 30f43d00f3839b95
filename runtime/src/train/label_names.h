// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of classes: from files that list them, from config.json, or from the data.
#ifndef WEFT_RUNTIME_TRAIN_LABEL_NAMES_H
#define WEFT_RUNTIME_TRAIN_LABEL_NAMES_H

#include "base/status.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::rt {

class Module;

// The name of each class by its number; empty: classes are numbers.
struct LabelNames {
  std::vector<std::string> names;

  bool empty() const { return names.empty(); }
  // The number of a name.
  std::optional<int64_t> find(std::string_view name) const;
  // "negative, positive", cut after a dozen.
  std::string listed() const;
  // What stands for a class: its name or its number.
  std::string of(int64_t index) const;

  // LABEL_0, LABEL_1 ...: what Hugging Face writes when nobody named the classes.
  bool isGeneric() const;
  // The number of a class by its name, or by that number, unless the names are numbers themselves.
  std::optional<int64_t> classOf(std::string_view text) const;
  bool anyInteger() const;
};

// A JSON array of strings, or a name a line.
Result<LabelNames> readLabelsFile(const std::string &path);
// id2label of a folder's config.json; none if the folder, the file or the key is missing, or if the
// names are generic or the numbers of their classes.
Result<LabelNames> readConfigLabels(const std::string &folder);
// The names that the module was compiled with.
LabelNames moduleLabels(const Module &module);

// The number that all of a text is, if it is an integer.
std::optional<int64_t> integerOf(std::string_view text);
std::optional<double> numberOf(std::string_view text);

// Different values of a label column in their order (of bytes): what Hugging Face's run_glue and
// run_ner number classes by. None if all are integers, which stand for themselves.
LabelNames namesOfValues(std::vector<std::string> values);

} // namespace weft::rt

#endif
