// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of text; the first byte chooses the format.
#include "data/text_table.h"

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  constexpr TextTable::Format formats[] = {TextTable::Format::csv, TextTable::Format::tsv,
                                           TextTable::Format::jsonLines};
  Result<ByteSource> source = ByteSource::fromMemory("input", {data + 1, size - 1});
  if (!source.ok())
    return 0;
  Result<TextTable> table = TextTable::read(source.take(), formats[data[0] % 3]);
  size_t bytes = 0;
  for (int64_t row = 0; table.ok() && row < table->rows(); ++row)
    for (size_t column = 0; column < table->columns().size(); ++column)
      bytes += table->cell(row, column).size();
  return bytes == SIZE_MAX; // cells must have been looked at
}
