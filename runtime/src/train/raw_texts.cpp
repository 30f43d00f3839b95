// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables, sentences and lines under one surface.
#include "train/raw_texts.h"

namespace weft::rt {

RawTexts::RawTexts(std::string text, std::optional<std::string> pair, std::string place)
    : given(std::move(pair)) {
  file.path = std::move(place);
  file.lines.push_back(std::move(text));
}

int64_t RawTexts::count() const {
  return file.table       ? file.table->rows()
         : file.sentences ? file.sentences->sentences()
                          : static_cast<int64_t>(file.lines.size());
}

bool RawTexts::areLabelled() const {
  return file.sentences ? file.sentences->hasTags() : columns.label.has_value();
}

int64_t RawTexts::number(int64_t index) const {
  return file.table          ? file.table->number(index)
         : file.rows.empty() ? index
                             : file.rows[static_cast<size_t>(index)];
}

std::string_view RawTexts::text(int64_t index) const {
  return file.table ? file.table->cell(index, columns.text)
                    : std::string_view(file.lines[static_cast<size_t>(index)]);
}

std::string_view RawTexts::pair(int64_t index) const {
  return given ? std::string_view(**given) : file.table->cell(index, *columns.pair);
}

std::vector<std::string_view> RawTexts::words(int64_t index) const {
  std::vector<std::string_view> list;
  for (int64_t i = file.sentences->first(index); i < file.sentences->first(index + 1); ++i)
    list.push_back(file.sentences->word(i));
  return list;
}

Status RawTexts::encode(const Tokenizer &tokenizer, int64_t index, const EncodeOptions &options,
                        Encoding &result) const {
  if (areWords())
    return tokenizer.encodeWords(words(index), options, result);
  return arePairs() ? tokenizer.encode(text(index), pair(index), options, result)
                    : tokenizer.encode(text(index), options, result);
}

std::string RawTexts::place(int64_t index) const {
  if (file.table)
    return file.table->place(index, columns.text);
  if (given)
    return file.path;
  int64_t line = file.sentences ? file.sentences->line(file.sentences->first(index))
                                : file.numbers[static_cast<size_t>(index)];
  return file.path + ": line " + std::to_string(line);
}

} // namespace weft::rt
