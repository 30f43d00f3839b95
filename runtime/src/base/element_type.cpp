// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes, names and conversions of element types.
#include "base/element_type.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace weft::rt {

namespace {
struct TypeRow {
  const char *name;
  size_t size;
};
} // namespace

static constexpr TypeRow typeTable[elementTypeCount] = {{"f32", 4}, {"bf16", 2}, {"f16", 2},
                                                        {"f64", 8}, {"i64", 8},  {"i32", 4},
                                                        {"i8", 1},  {"u8", 1},   {"i1", 1}};

size_t elementSize(ElementType type) { return typeTable[static_cast<size_t>(type)].size; }

const char *elementTypeName(ElementType type) { return typeTable[static_cast<size_t>(type)].name; }

std::optional<ElementType> parseElementType(std::string_view name) {
  for (int i = 0; i < elementTypeCount; ++i)
    if (name == typeTable[i].name)
      return static_cast<ElementType>(i);
  return std::nullopt;
}

bool isFloat(ElementType type) { return type <= ElementType::f64; }

uint16_t bf16FromFloat(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000)
    return static_cast<uint16_t>((bits >> 16) | 0x0040);
  return static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

float floatFromBf16(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

uint16_t f16FromFloat(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  uint16_t sign = static_cast<uint16_t>((bits >> 16) & 0x8000);
  uint32_t magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000)
    return static_cast<uint16_t>(sign | 0x7E00 | ((magnitude >> 13) & 0x1FF));
  if (magnitude >= 0x477FF000) // 65520 and more round to infinity
    return static_cast<uint16_t>(sign | 0x7C00);
  if (magnitude < 0x38800000) {
    // Subnormal in f16: adding 0.5 shifts the value's last place to 2^-24, rounded to nearest even.
    float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - 0x3F000000));
  }
  uint32_t rounded = magnitude + 0xFFF + ((magnitude >> 13) & 1);
  return static_cast<uint16_t>(sign | ((rounded - 0x38000000) >> 13));
}

float floatFromF16(uint16_t bits) {
  uint32_t sign = uint32_t{bits & 0x8000u} << 16;
  uint32_t exponent = (bits >> 10) & 0x1F;
  uint32_t mantissa = bits & 0x3FF;
  if (exponent == 0x1F)
    return std::bit_cast<float>(sign | 0x7F800000 | (mantissa << 13));
  if (exponent != 0)
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

template <typename T>
static void storeAs(void *array, size_t index, T value) {
  std::memcpy(static_cast<char *>(array) + index * sizeof(T), &value, sizeof(T));
}

template <typename T>
static T loadAs(const void *array, size_t index) {
  T value;
  std::memcpy(&value, static_cast<const char *>(array) + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
static T saturate(double value) {
  if (std::isnan(value))
    return 0;
  // The bounds as doubles may be one above the type's own: compare before converting.
  if (value <= static_cast<double>(std::numeric_limits<T>::min()))
    return std::numeric_limits<T>::min();
  if (value >= static_cast<double>(std::numeric_limits<T>::max()))
    return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

void storeElement(ElementType type, void *array, size_t index, double value) {
  switch (type) {
  case ElementType::f32:
    return storeAs(array, index, static_cast<float>(value));
  case ElementType::bf16:
    return storeAs(array, index, bf16FromFloat(static_cast<float>(value)));
  case ElementType::f16:
    return storeAs(array, index, f16FromFloat(static_cast<float>(value)));
  case ElementType::f64:
    return storeAs(array, index, value);
  case ElementType::i64:
    return storeAs(array, index, saturate<int64_t>(value));
  case ElementType::i32:
    return storeAs(array, index, saturate<int32_t>(value));
  case ElementType::i8:
    return storeAs(array, index, saturate<int8_t>(value));
  case ElementType::u8:
    return storeAs(array, index, saturate<uint8_t>(value));
  case ElementType::i1:
    return storeAs(array, index, static_cast<uint8_t>(value != 0));
  }
}

double loadElement(ElementType type, const void *array, size_t index) {
  switch (type) {
  case ElementType::f32:
    return loadAs<float>(array, index);
  case ElementType::bf16:
    return floatFromBf16(loadAs<uint16_t>(array, index));
  case ElementType::f16:
    return floatFromF16(loadAs<uint16_t>(array, index));
  case ElementType::f64:
    return loadAs<double>(array, index);
  default:
    return static_cast<double>(loadInteger(type, array, index));
  }
}

int64_t loadInteger(ElementType type, const void *array, size_t index) {
  switch (type) {
  case ElementType::i64:
    return loadAs<int64_t>(array, index);
  case ElementType::i32:
    return loadAs<int32_t>(array, index);
  case ElementType::i8:
    return loadAs<int8_t>(array, index);
  case ElementType::u8:
  case ElementType::i1:
    return loadAs<uint8_t>(array, index);
  default:
    return saturate<int64_t>(loadElement(type, array, index));
  }
}

} // namespace weft::rt
