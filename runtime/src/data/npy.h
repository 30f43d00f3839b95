// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NumPy's .npy format, versions 1 to 3.
#ifndef WEFT_RUNTIME_DATA_NPY_H
#define WEFT_RUNTIME_DATA_NPY_H

#include "data/array.h"
#include "data/byte_source.h"

namespace weft::rt {

// Reads the whole of a .npy file: C or Fortran order, either byte order, element types bool, int8
// to int64, uint8 to uint64, float16, float32 and float64. An array of records with a number in
// each field, as pandas' to_records() makes it, becomes [rows, fields] (or [rows], of one field):
// of the fields' type, or int64 if they are different integers, else float64. A first field "index"
// that counts the rows from 0 is left out.
Result<Array> readNpy(ByteSource &source);
Result<Array> readNpyFile(const std::string &path);
// What its header says, without reading on.
Result<std::vector<int64_t>> readNpyShape(const std::string &path);

} // namespace weft::rt

#endif
