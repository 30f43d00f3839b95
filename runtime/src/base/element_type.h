// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The element types of tensors (numbered as in module.fbs) and the conversions that the runtime
// itself needs: initializers and readers make values in double and store them in any type.
#ifndef WEFT_RUNTIME_BASE_ELEMENT_TYPE_H
#define WEFT_RUNTIME_BASE_ELEMENT_TYPE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weft::rt {

enum class ElementType : uint8_t {
  f32 = 0,
  bf16 = 1,
  f16 = 2,
  f64 = 3,
  i64 = 4,
  i32 = 5,
  i8 = 6,
  u8 = 7,
  i1 = 8, // one byte per element, 0 or 1
};
inline constexpr int elementTypeCount = 9;

// Bytes of one element.
size_t elementSize(ElementType type);
// "f32", "bf16", ...
const char *elementTypeName(ElementType type);
std::optional<ElementType> parseElementType(std::string_view name);
bool isFloat(ElementType type);

// Round to nearest even; NaN stays NaN, overflow becomes infinity.
uint16_t bf16FromFloat(float value);
uint16_t f16FromFloat(float value);
float floatFromBf16(uint16_t bits);
float floatFromF16(uint16_t bits);

// Stores `value` as element `index` of an array of `type`. Integers saturate; i1 is value != 0.
void storeElement(ElementType type, void *array, size_t index, double value);
// Reads element `index` as a double (i64 beyond 2^53 rounds).
double loadElement(ElementType type, const void *array, size_t index);
// Reads element `index` of an integer array exactly; floats truncate toward zero.
int64_t loadInteger(ElementType type, const void *array, size_t index);

} // namespace weft::rt

#endif
