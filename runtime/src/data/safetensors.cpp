// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads safetensors: an 8-byte length, a JSON header, the data. Nothing of the header is believed
// before it is checked: offsets cover the data section exactly, without holes or overlaps.
#include "data/safetensors.h"
#include "base/file.h"
#include "base/json.h"
#include "data/byte_order.h"

#include <algorithm>
#include <sys/stat.h>

namespace weft::rt {

namespace {

constexpr uint64_t maxHeaderBytes = 100'000'000;

constexpr std::pair<const char *, DataType> typeCodes[] = {
    {"F32", DataType::f32},     {"BF16", DataType::bf16}, {"F16", DataType::f16},
    {"F64", DataType::f64},     {"I64", DataType::i64},   {"I32", DataType::i32},
    {"I16", DataType::i16},     {"I8", DataType::i8},     {"U64", DataType::u64},
    {"U32", DataType::u32},     {"U16", DataType::u16},   {"U8", DataType::u8},
    {"BOOL", DataType::boolean}};

Result<DataType> parseType(const Json &entry, const std::string &place) {
  WEFT_ASSIGN_OR_RETURN(std::string code, jsonString(entry, "dtype", place));
  for (auto [name, type] : typeCodes)
    if (code == name)
      return type;
  return dataLoss(
      "%s: \"dtype\": expected F32, BF16, F16, F64, I64, I32, I16, I8, U64, U32, U16, U8 "
      "or BOOL, found %s",
      place.c_str(), code.substr(0, 20).c_str());
}

// A JSON array of integers that are at least zero.
Result<std::vector<int64_t>> parseSizes(const Json &entry, const char *key,
                                        const std::string &place) {
  auto found = entry.find(key);
  if (found == entry.end() || !found->is_array())
    return dataLoss("%s: \"%s\": expected an array of integers", place.c_str(), key);
  std::vector<int64_t> sizes;
  for (const Json &value : *found) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > INT64_MAX)
      return dataLoss("%s: \"%s\": expected integers of 0 to 2^63 - 1, found %s", place.c_str(),
                      key, formatJson(value).substr(0, 40).c_str());
    sizes.push_back(static_cast<int64_t>(value.get<uint64_t>()));
  }
  return sizes;
}

struct Extent {
  int64_t begin, end;
  const std::string *name;
};

Status checkCover(std::vector<Extent> extents, int64_t size, const std::string &file) {
  std::sort(extents.begin(), extents.end(), [](const Extent &a, const Extent &b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  int64_t place = 0;
  for (const Extent &extent : extents) {
    if (extent.begin != place)
      return dataLoss("%s: tensor %s: expected its data to begin at byte %lld of the data section, "
                      "found %lld: %s",
                      file.c_str(), extent.name->c_str(), static_cast<long long>(place),
                      static_cast<long long>(extent.begin),
                      extent.begin > place ? "there is a hole before it" : "it overlaps another");
    place = extent.end;
  }
  if (place != size)
    return dataLoss("%s: the header describes %lld bytes of data, found %lld", file.c_str(),
                    static_cast<long long>(place), static_cast<long long>(size));
  return {};
}

Result<Array> parseTensor(const Json &entry, const std::string &place, uint64_t dataSize,
                          Extent &extent) {
  if (!entry.is_object())
    return dataLoss("%s: expected a JSON object", place.c_str());
  for (auto item = entry.begin(); item != entry.end(); ++item)
    if (item.key() != "dtype" && item.key() != "shape" && item.key() != "data_offsets")
      return dataLoss("%s: expected dtype, shape and data_offsets, found \"%s\"", place.c_str(),
                      item.key().substr(0, 40).c_str());
  Array array;
  WEFT_ASSIGN_OR_RETURN(array.type, parseType(entry, place));
  WEFT_ASSIGN_OR_RETURN(array.shape, parseSizes(entry, "shape", place));
  WEFT_ASSIGN_OR_RETURN(std::vector<int64_t> offsets, parseSizes(entry, "data_offsets", place));
  if (offsets.size() != 2 || offsets[0] > offsets[1] ||
      static_cast<uint64_t>(offsets[1]) > dataSize)
    return dataLoss("%s: \"data_offsets\": expected a begin and an end within %llu bytes of data, "
                    "found %s",
                    place.c_str(), static_cast<unsigned long long>(dataSize),
                    formatShape(offsets).c_str());
  std::optional<int64_t> count = checkedElementCount(array.shape, dataTypeSize(array.type));
  auto size = static_cast<int64_t>(dataTypeSize(array.type));
  if (!count || *count * size != offsets[1] - offsets[0])
    return dataLoss("%s: %s of shape %s does not take the %lld bytes that \"data_offsets\" give",
                    place.c_str(), dataTypeName(array.type), formatShape(array.shape).c_str(),
                    static_cast<long long>(offsets[1] - offsets[0]));
  extent.begin = offsets[0];
  extent.end = offsets[1];
  return array;
}

Status parseMetadata(const Json &entry, std::map<std::string, std::string> &notes,
                     const std::string &file) {
  if (!entry.is_object())
    return dataLoss("%s: __metadata__: expected a JSON object", file.c_str());
  for (auto item = entry.begin(); item != entry.end(); ++item) {
    if (!item.value().is_string())
      return dataLoss("%s: __metadata__: \"%s\": expected a string, found %s", file.c_str(),
                      item.key().substr(0, 40).c_str(), item.value().type_name());
    notes[item.key()] = item.value().get<std::string>();
  }
  return {};
}

bool endsWith(const std::string &text, const char *suffix) {
  return std::string_view(text).ends_with(suffix);
}

bool exists(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

} // namespace

// The length of the header of a file of `size` bytes, which begins with `start`.
static Result<uint64_t> headerLength(const std::string &name, const uint8_t *start, uint64_t size) {
  if (size < 8)
    return dataLoss("%s: expected a safetensors file, which begins with the 8-byte length of its "
                    "header; found %llu bytes",
                    name.c_str(), static_cast<unsigned long long>(size));
  auto length = loadLittleEndian<uint64_t>(start);
  if (length > maxHeaderBytes || length > size - 8)
    return dataLoss("%s: safetensors header at byte 8: expected a length of at most %llu, found "
                    "%llu",
                    name.c_str(),
                    static_cast<unsigned long long>(std::min<uint64_t>(maxHeaderBytes, size - 8)),
                    static_cast<unsigned long long>(length));
  return length;
}

Result<Safetensors> Safetensors::parseHeader(const std::string &name, std::string_view text,
                                             uint64_t dataSize) {
  if (text.size() < 2 || text[0] != '{')
    return dataLoss("%s: safetensors header at byte 8: expected a JSON object that begins with '{'",
                    name.c_str());
  WEFT_ASSIGN_OR_RETURN(Json header, parseJson(text, name + ": safetensors header"));
  Safetensors result;
  result.label = name;
  std::vector<Extent> extents;
  for (auto item = header.begin(); item != header.end(); ++item) {
    if (item.key() == "__metadata__") {
      WEFT_RETURN_IF_ERROR(parseMetadata(item.value(), result.notes, name));
      continue;
    }
    Extent extent = {0, 0, &item.key()};
    std::string place = name + ": tensor " + item.key().substr(0, 200);
    WEFT_ASSIGN_OR_RETURN(Array array, parseTensor(item.value(), place, dataSize, extent));
    extents.push_back(extent);
    result.entries.push_back({item.key(), std::move(array), name, nullptr,
                              8 + text.size() + static_cast<uint64_t>(extent.begin)});
  }
  WEFT_RETURN_IF_ERROR(checkCover(std::move(extents), static_cast<int64_t>(dataSize), name));
  return result;
}

Result<Safetensors> Safetensors::parse(const std::string &name, std::span<const uint8_t> bytes,
                                       std::shared_ptr<const void> owner) {
  WEFT_ASSIGN_OR_RETURN(uint64_t length, headerLength(name, bytes.data(), bytes.size()));
  std::string_view text(reinterpret_cast<const char *>(bytes.data()) + 8, length);
  WEFT_ASSIGN_OR_RETURN(Safetensors result, parseHeader(name, text, bytes.size() - 8 - length));
  for (Tensor &tensor : result.entries) {
    tensor.array.data = bytes.data() + tensor.offset;
    tensor.array.owner = owner;
  }
  return result;
}

Result<Safetensors> Safetensors::openFile(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(InputFile opened, InputFile::open(path));
  auto input = std::make_shared<const InputFile>(std::move(opened));
  uint8_t start[8] = {};
  WEFT_RETURN_IF_ERROR(input->read(0, start, std::min<uint64_t>(8, input->size())));
  WEFT_ASSIGN_OR_RETURN(uint64_t length, headerLength(path, start, input->size()));
  std::string text(length, '\0');
  WEFT_RETURN_IF_ERROR(input->read(8, text.data(), length));
  WEFT_ASSIGN_OR_RETURN(Safetensors result, parseHeader(path, text, input->size() - 8 - length));
  for (Tensor &tensor : result.entries)
    tensor.input = input;
  return result;
}

Result<Array> Safetensors::Tensor::load() const {
  if (!input)
    return array;
  uint8_t *target = nullptr;
  WEFT_ASSIGN_OR_RETURN(Array loaded, Array::allocate(array.type, array.shape, &target));
  WEFT_RETURN_IF_ERROR(input->read(offset, target, loaded.bytes()));
  return loaded;
}

Result<Safetensors> Safetensors::openIndex(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(Json index, parseJsonFile(path));
  auto map = index.is_object() ? index.find("weight_map") : index.end();
  if (!index.is_object() || map == index.end() || !map->is_object())
    return dataLoss("%s: expected a JSON object with an object \"weight_map\"", path.c_str());
  std::string folder = folderOf(path) + "/";
  Safetensors result;
  result.label = path;
  std::map<std::string, Safetensors> shards;
  for (auto item = map->begin(); item != map->end(); ++item) {
    if (!item.value().is_string())
      return dataLoss("%s: weight_map: %s: expected a file name", path.c_str(), item.key().c_str());
    auto file = item.value().get<std::string>();
    if (file.empty() || file.find('/') != std::string::npos || file == ".." || file == ".")
      return dataLoss("%s: weight_map: %s: expected the name of a file in the same folder, found "
                      "'%s'",
                      path.c_str(), item.key().c_str(), file.c_str());
    auto shard = shards.find(file);
    if (shard == shards.end()) {
      WEFT_ASSIGN_OR_RETURN(Safetensors opened, openFile(folder + file));
      shard = shards.emplace(file, std::move(opened)).first;
    }
    const Tensor *tensor = shard->second.find(item.key());
    if (!tensor)
      return dataLoss("%s: weight_map: expected the tensor %s in %s, which does not hold it",
                      path.c_str(), item.key().c_str(), file.c_str());
    result.entries.push_back(*tensor);
  }
  return result;
}

Result<Safetensors> Safetensors::open(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    std::string whole = path + "/model.safetensors", index = whole + ".index.json";
    if (exists(whole) || !exists(index))
      return open(whole);
    return openIndex(index);
  }
  if (endsWith(path, ".index.json"))
    return openIndex(path);
  return openFile(path);
}

const Safetensors::Tensor *Safetensors::find(const std::string &name) const {
  auto place = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const Tensor &tensor, const std::string &wanted) { return tensor.name < wanted; });
  return place != entries.end() && place->name == name ? &*place : nullptr;
}

} // namespace weft::rt
