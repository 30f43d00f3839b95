// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Changes a FlatBuffer where its schema says that something stands, so that the structure around it
// stays whole: what a reader has to check is then the meaning.
#ifndef WEFT_TEST_FUZZ_MODULE_MUTATOR_H
#define WEFT_TEST_FUZZ_MODULE_MUTATOR_H

#include "flatbuffers/reflection_generated.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace weft::rt::fuzzing {

// All that can be changed in place. The buffer must have passed its verifier.
class FlatBufferPlaces {
public:
  struct Place {
    uint8_t *at;
    size_t size;
  };

  FlatBufferPlaces(const reflection::Schema &schema, uint8_t *buffer) : schema(schema) {
    visitTable(*schema.root_table(), flatbuffers::GetMutableRoot<flatbuffers::Table>(buffer));
  }

  // Numbers, enumerators and flags of 1 to 8 bytes.
  std::vector<Place> numbers;
  // Strings and vectors of bytes.
  std::vector<Place> texts;
  // The 32-bit lengths of vectors. Only less is safe.
  std::vector<uint8_t *> lengths;
  // Vectors of tables and strings: their elements are distances from where they stand.
  std::vector<Place> references;

private:
  using Object = reflection::Object;
  using BaseType = reflection::BaseType;

  void visitTable(const Object &object, flatbuffers::Table *table) {
    for (const reflection::Field *field : *object.fields())
      if (flatbuffers::voffset_t offset = table->GetOptionalFieldOffset(field->offset()))
        visitField(*field, table, reinterpret_cast<uint8_t *>(table) + offset);
  }

  void visitStruct(const Object &object, uint8_t *data) {
    for (const reflection::Field *field : *object.fields())
      if (field->type()->base_type() == BaseType::Obj)
        visitStruct(objectOf(*field->type()), data + field->offset());
      else
        numbers.push_back({data + field->offset(), sizeOf(field->type()->base_type())});
  }

  void visitField(const reflection::Field &field, flatbuffers::Table *table, uint8_t *data) {
    const reflection::Type &type = *field.type();
    if (type.base_type() == BaseType::Obj && objectOf(type).is_struct())
      visitStruct(objectOf(type), data);
    else if (type.base_type() == BaseType::Obj)
      visitTable(objectOf(type), follow<flatbuffers::Table>(data));
    else if (type.base_type() == BaseType::String)
      visitText(follow<uint8_t>(data));
    else if (type.base_type() == BaseType::Vector)
      visitVector(type, follow<uint8_t>(data));
    else if (type.base_type() == BaseType::Union)
      visitUnion(field, table, data);
    else
      numbers.push_back({data, sizeOf(type.base_type())});
  }

  // The field before a union says which of its tables it holds.
  void visitUnion(const reflection::Field &field, flatbuffers::Table *table, uint8_t *data) {
    auto chosen = table->GetField<uint8_t>(field.offset() - sizeof(flatbuffers::voffset_t), 0);
    const reflection::Enum &choices = *schema.enums()->Get(field.type()->index());
    for (const reflection::EnumVal *choice : *choices.values())
      if (choice->value() == chosen && chosen)
        visitTable(*schema.objects()->Get(choice->union_type()->index()),
                   follow<flatbuffers::Table>(data));
  }

  void visitText(uint8_t *text) {
    if (uint32_t size = flatbuffers::ReadScalar<uint32_t>(text))
      texts.push_back({text + sizeof(size), size});
  }

  void visitVector(const reflection::Type &type, uint8_t *vector) {
    auto length = flatbuffers::ReadScalar<uint32_t>(vector);
    uint8_t *data = vector + sizeof(length);
    BaseType element = type.element();
    if (length == 0)
      return;
    lengths.push_back(vector);
    if (element == BaseType::UByte)
      return visitText(vector);
    bool isStruct = element == BaseType::Obj && objectOf(type).is_struct();
    bool isReference = (element == BaseType::Obj && !isStruct) || element == BaseType::String;
    if (isReference)
      references.push_back({data, length});
    for (uint32_t i = 0; i < length; ++i) {
      if (isStruct)
        visitStruct(objectOf(type), data + i * static_cast<size_t>(objectOf(type).bytesize()));
      else if (element == BaseType::String)
        visitText(follow<uint8_t>(data + i * size_t{4}));
      else if (element == BaseType::Obj)
        visitTable(objectOf(type), follow<flatbuffers::Table>(data + i * size_t{4}));
      else
        numbers.push_back({data + i * sizeOf(element), sizeOf(element)});
    }
  }

  const Object &objectOf(const reflection::Type &type) const {
    return *schema.objects()->Get(type.index());
  }

  template <typename T>
  static T *follow(uint8_t *reference) {
    return reinterpret_cast<T *>(reference + flatbuffers::ReadScalar<uint32_t>(reference));
  }

  static size_t sizeOf(BaseType type) {
    switch (type) {
    case BaseType::Short:
    case BaseType::UShort:
      return 2;
    case BaseType::Int:
    case BaseType::UInt:
    case BaseType::Float:
      return 4;
    case BaseType::Long:
    case BaseType::ULong:
    case BaseType::Double:
      return 8;
    default:
      return 1;
    }
  }

  const reflection::Schema &schema;
};

// Numbers at which arithmetic goes wrong, one of the buffer's own, or one beside it.
inline uint64_t nextNumber(std::minstd_rand &random, const FlatBufferPlaces &places,
                           uint64_t current) {
  auto below = [&](uint64_t bound) { return random() % bound; };
  switch (below(6)) {
  case 0:
    return below(9);
  case 1:
    return current + below(17) - 8;
  case 2:
    return (uint64_t{1} << below(64)) - below(3);
  case 3:
    return ~uint64_t{0} >> below(3) << below(2);
  case 4:
    return current << below(8) ^ (uint64_t{1} << below(64));
  default:
    uint64_t other = 0;
    const FlatBufferPlaces::Place &place = places.numbers[below(places.numbers.size())];
    std::memcpy(&other, place.at, place.size);
    return other;
  }
}

// One element becomes another of the vector, where a distance forward says so.
inline void repeatReference(std::minstd_rand &random, const FlatBufferPlaces::Place &vector) {
  uint8_t *to = vector.at + random() % vector.size * 4,
          *from = vector.at + random() % vector.size * 4;
  const uint8_t *target = from + flatbuffers::ReadScalar<uint32_t>(from);
  if (target > to)
    flatbuffers::WriteScalar(to, static_cast<uint32_t>(target - to));
}

// One change of a buffer that has passed its verifier.
inline void changeFlatBuffer(std::minstd_rand &random, const FlatBufferPlaces &places) {
  auto below = [&](size_t bound) { return random() % bound; };
  size_t kind = below(16);
  if (kind == 0 && !places.lengths.empty()) {
    uint8_t *length = places.lengths[below(places.lengths.size())];
    auto size = flatbuffers::ReadScalar<uint32_t>(length);
    if (size)
      flatbuffers::WriteScalar(length, static_cast<uint32_t>(below(2) ? size - 1 : below(size)));
  } else if (kind == 1 && !places.references.empty()) {
    repeatReference(random, places.references[below(places.references.size())]);
  } else if (kind < 4 && !places.texts.empty()) {
    // The first bytes of native code are its tables.
    const FlatBufferPlaces::Place &text = places.texts[below(places.texts.size())];
    size_t range = below(2) ? text.size : std::min<size_t>(text.size, 1024);
    text.at[below(range)] = static_cast<uint8_t>(below(256));
  } else if (!places.numbers.empty()) {
    const FlatBufferPlaces::Place &number = places.numbers[below(places.numbers.size())];
    uint64_t value = 0;
    std::memcpy(&value, number.at, number.size);
    value = nextNumber(random, places, value);
    std::memcpy(number.at, &value, number.size);
  }
}

} // namespace weft::rt::fuzzing

#endif
