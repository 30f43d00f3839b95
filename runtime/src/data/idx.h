// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The IDX format of MNIST and its relatives: a big-endian header, then one dense array.
#ifndef WEFT_RUNTIME_DATA_IDX_H
#define WEFT_RUNTIME_DATA_IDX_H

#include "data/array.h"
#include "data/byte_source.h"

namespace weft::rt {

// Reads the whole of an IDX file, plain or gzipped. Element types: uint8, int8, int16, int32,
// float32, float64; up to 8 dimensions.
Result<Array> readIdx(ByteSource &source);
Result<Array> readIdxFile(const std::string &path);
// What its header says, without reading on.
Result<std::vector<int64_t>> readIdxShape(const std::string &path);

} // namespace weft::rt

#endif
