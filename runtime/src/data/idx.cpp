// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads IDX: bytes 0 0 TYPE RANK, RANK big-endian 32-bit sizes, big-endian elements in row-major
// order.
#include "data/idx.h"
#include "data/byte_order.h"

namespace weft::rt {

static std::optional<DataType> idxElementType(uint8_t code) {
  switch (code) {
  case 0x08:
    return DataType::u8;
  case 0x09:
    return DataType::i8;
  case 0x0B:
    return DataType::i16;
  case 0x0C:
    return DataType::i32;
  case 0x0D:
    return DataType::f32;
  case 0x0E:
    return DataType::f64;
  default:
    return std::nullopt;
  }
}

namespace {
struct IdxHeader {
  DataType type = DataType::u8;
  std::vector<int64_t> shape;
};
} // namespace

static Result<IdxHeader> readHeader(ByteSource &source) {
  const char *name = source.name().c_str();
  uint8_t magic[4];
  WEFT_RETURN_IF_ERROR(source.readExactly(magic, sizeof(magic), "IDX magic number"));
  if (magic[0] != 0 || magic[1] != 0)
    return dataLoss(
        "%s: expected an IDX file, which begins with two zero bytes; found 0x%02x 0x%02x", name,
        magic[0], magic[1]);
  std::optional<DataType> type = idxElementType(magic[2]);
  if (!type)
    return dataLoss(
        "%s: IDX element type at byte 2: expected 0x08 (uint8), 0x09, 0x0b, 0x0c, 0x0d or "
        "0x0e; found 0x%02x",
        name, magic[2]);
  if (magic[3] == 0 || magic[3] > 8)
    return dataLoss("%s: IDX number of dimensions at byte 3: expected 1 to 8, found %u", name,
                    magic[3]);
  IdxHeader header{*type, {}};
  for (int i = 0; i < magic[3]; ++i) {
    uint8_t size[4];
    WEFT_RETURN_IF_ERROR(source.readExactly(size, sizeof(size), "IDX size of a dimension"));
    header.shape.push_back(loadBigEndian32(size));
  }
  return header;
}

Result<Array> readIdx(ByteSource &source) {
  const char *name = source.name().c_str();
  WEFT_ASSIGN_OR_RETURN(IdxHeader header, readHeader(source));
  auto &[type, shape] = header;
  std::optional<int64_t> count = checkedElementCount(shape, dataTypeSize(type));
  size_t bytes = count ? static_cast<size_t>(*count) * dataTypeSize(type) : 0;
  if (!count || bytes > source.remainingAtMost())
    return dataLoss("%s: IDX header promises %s elements of %s, but at most %llu bytes follow",
                    name, formatShape(shape).c_str(), dataTypeName(type),
                    static_cast<unsigned long long>(source.remainingAtMost()));
  uint8_t *target = nullptr;
  Result<Array> array = Array::allocate(type, std::move(shape), &target);
  if (!array.ok())
    return array.takeStatus().withContext(source.name());
  WEFT_RETURN_IF_ERROR(source.readExactly(target, bytes, "IDX elements"));
  WEFT_RETURN_IF_ERROR(source.expectEnd());
  swapBytes(target, static_cast<size_t>(*count), dataTypeSize(type));
  return array;
}

Result<std::vector<int64_t>> readIdxShape(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  WEFT_ASSIGN_OR_RETURN(IdxHeader header, readHeader(source));
  return std::move(header.shape);
}

Result<Array> readIdxFile(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  return readIdx(source);
}

} // namespace weft::rt
