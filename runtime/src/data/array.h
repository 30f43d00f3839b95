// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arrays as files hold them: what every reader of a data format returns. Values stay in their
// stored type, so that a set of images costs one byte a pixel until a batch is made.
#ifndef WEFT_RUNTIME_DATA_ARRAY_H
#define WEFT_RUNTIME_DATA_ARRAY_H

#include "base/status.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft::rt {

enum class DataType : uint8_t {
  f32,
  bf16,
  f16,
  f64,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean
};

// Bytes of one element.
size_t dataTypeSize(DataType type);
// "float32", "uint8" ..., as NumPy says it.
const char *dataTypeName(DataType type);
bool isFloat(DataType type);

// "[60000, 28, 28]".
std::string formatShape(const std::vector<int64_t> &shape);

// The number of elements of `shape`, or nothing when a size is negative or the product times
// `elementSize` does not fit in 63 bits.
std::optional<int64_t> checkedElementCount(const std::vector<int64_t> &shape, size_t elementSize);

// A dense row-major array in host byte order. Copies share the memory.
struct Array {
  DataType type = DataType::u8;
  std::vector<int64_t> shape;
  const uint8_t *data = nullptr;
  std::shared_ptr<const void> owner;

  int64_t rows() const { return shape.empty() ? 1 : shape[0]; }
  // Elements of one row: the product of all sizes but the first.
  int64_t rowElements() const;
  int64_t elements() const;
  size_t bytes() const { return static_cast<size_t>(elements()) * dataTypeSize(type); }

  // An array of zeros to be filled through `*target`; fails when this machine has no
  // such memory. A large one is
  // not touched: a file that promises more than it holds costs no more than what it holds.
  static Result<Array> allocate(DataType type, std::vector<int64_t> shape, uint8_t **target);
};

// Zeros aligned to 64 bytes, or null.
std::shared_ptr<uint8_t> allocateAligned(size_t bytes);

// Element `index` as a double. The caller has checked the index.
double elementAsDouble(const Array &array, int64_t index);
// Element `index` of an integer or boolean array.
int64_t elementAsInteger(const Array &array, int64_t index);

} // namespace weft::rt

#endif
