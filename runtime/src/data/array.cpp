// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element types, shapes and memory of arrays.
#include "data/array.h"
#include "base/element_type.h"

#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace weft::rt {

size_t dataTypeSize(DataType type) {
  switch (type) {
  case DataType::f64:
  case DataType::i64:
  case DataType::u64:
    return 8;
  case DataType::f32:
  case DataType::i32:
  case DataType::u32:
    return 4;
  case DataType::bf16:
  case DataType::f16:
  case DataType::i16:
  case DataType::u16:
    return 2;
  case DataType::i8:
  case DataType::u8:
  case DataType::boolean:
    return 1;
  }
  return 1;
}

const char *dataTypeName(DataType type) {
  static const char *const names[] = {"float32", "bfloat16", "float16", "float64", "int64",
                                      "int32",   "int16",    "int8",    "uint64",  "uint32",
                                      "uint16",  "uint8",    "bool"};
  return names[static_cast<size_t>(type)];
}

bool isFloat(DataType type) {
  return type == DataType::f32 || type == DataType::bf16 || type == DataType::f16 ||
         type == DataType::f64;
}

std::string formatShape(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::optional<int64_t> checkedElementCount(const std::vector<int64_t> &shape, size_t elementSize) {
  int64_t count = 1, bytes = 0;
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return std::nullopt;
    if (size == 0) {
      empty = true;
      continue;
    }
    if (__builtin_mul_overflow(count, size, &count))
      return std::nullopt;
  }
  if (__builtin_mul_overflow(count, static_cast<int64_t>(elementSize), &bytes))
    return std::nullopt;
  return empty ? 0 : count;
}

int64_t Array::rowElements() const {
  int64_t count = 1;
  for (size_t i = 1; i < shape.size(); ++i)
    count *= shape[i];
  return count;
}

int64_t Array::elements() const { return shape.empty() ? 1 : shape[0] * rowElements(); }

std::shared_ptr<uint8_t> allocateAligned(size_t bytes) {
  constexpr size_t alignment = 64;
  // Pages of zeros that the system gives are not touched before they are used.
  void *memory = bytes > SIZE_MAX - 2 * alignment ? nullptr : std::calloc(1, bytes + alignment);
  auto address = reinterpret_cast<uintptr_t>(memory);
  uintptr_t aligned = memory ? (address + alignment - 1) / alignment * alignment : 0;
  return std::shared_ptr<uint8_t>(reinterpret_cast<uint8_t *>(aligned),
                                  [memory](uint8_t *) { std::free(memory); });
}

Result<Array> Array::allocate(DataType type, std::vector<int64_t> shape, uint8_t **target) {
  std::optional<int64_t> count = checkedElementCount(shape, dataTypeSize(type));
  if (!count)
    return invalidArgument("an array of shape %s is too large", formatShape(shape).c_str());
  size_t bytes = static_cast<size_t>(*count) * dataTypeSize(type);
  // The system may promise more than there is; it ends the process when that is used.
  auto pages = ::sysconf(_SC_PHYS_PAGES), pageSize = ::sysconf(_SC_PAGE_SIZE);
  bool isTooMuch = pages > 0 && pageSize > 0 &&
                   bytes / static_cast<size_t>(pageSize) >= static_cast<size_t>(pages);
  std::shared_ptr<uint8_t> memory = isTooMuch ? nullptr : allocateAligned(bytes);
  if (!memory)
    return resourceExhausted("no memory for %zu bytes", bytes);
  *target = memory.get();
  Array array;
  array.type = type;
  array.shape = std::move(shape);
  array.data = memory.get();
  array.owner = std::move(memory);
  return array;
}

template <typename T>
static T load(const Array &array, int64_t index) {
  T value;
  std::memcpy(&value, array.data + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

int64_t elementAsInteger(const Array &array, int64_t index) {
  switch (array.type) {
  case DataType::i64:
    return load<int64_t>(array, index);
  case DataType::i32:
    return load<int32_t>(array, index);
  case DataType::i16:
    return load<int16_t>(array, index);
  case DataType::i8:
    return load<int8_t>(array, index);
  case DataType::u64:
    return static_cast<int64_t>(load<uint64_t>(array, index));
  case DataType::u32:
    return load<uint32_t>(array, index);
  case DataType::u16:
    return load<uint16_t>(array, index);
  case DataType::u8:
    return array.data[index];
  case DataType::boolean:
    return array.data[index] != 0;
  default:
    return static_cast<int64_t>(elementAsDouble(array, index));
  }
}

double elementAsDouble(const Array &array, int64_t index) {
  switch (array.type) {
  case DataType::f32:
    return load<float>(array, index);
  case DataType::f64:
    return load<double>(array, index);
  case DataType::bf16:
    return floatFromBf16(load<uint16_t>(array, index));
  case DataType::f16:
    return floatFromF16(load<uint16_t>(array, index));
  case DataType::u64:
    return static_cast<double>(load<uint64_t>(array, index));
  default:
    return static_cast<double>(elementAsInteger(array, index));
  }
}

} // namespace weft::rt
