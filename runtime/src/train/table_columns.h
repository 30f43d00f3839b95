// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which columns of a table hold what, and whether something stands in them.
#ifndef WEFT_RUNTIME_TRAIN_TABLE_COLUMNS_H
#define WEFT_RUNTIME_TRAIN_TABLE_COLUMNS_H

#include "data/text_table.h"

namespace weft::rt {

// "text, label".
std::string listedColumns(const std::vector<std::string> &columns);

// The column that was asked for, or the first of the usual names that the table has.
Result<std::optional<size_t>> chooseColumn(const TextTable &table, const std::string &asked,
                                           const std::vector<std::string> &usual,
                                           const char *option);

// An error if nothing, a number, a boolean, an array or an object stands where text has to.
Status checkText(const TextTable &table, int64_t row, size_t column);
// An error if no label stands there: nothing, what pandas writes for it, or, in a column
// gold_label, the "-" of SNLI and MultiNLI for a pair that its judges did not agree on.
Status checkLabel(const TextTable &table, int64_t row, size_t column);

} // namespace weft::rt

#endif
