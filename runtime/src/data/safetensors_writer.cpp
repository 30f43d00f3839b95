// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes safetensors as the reference implementation does: header padded with spaces to 8 bytes,
// tensors by element size descending, then by name.
#include "base/file.h"
#include "base/json.h"
#include "data/safetensors.h"

#include <algorithm>

namespace weft::rt {

static const char *typeCode(DataType type) {
  static const char *const codes[] = {"F32", "BF16", "F16", "F64", "I64", "I32", "I16",
                                      "I8",  "U64",  "U32", "U16", "U8",  "BOOL"};
  return codes[static_cast<size_t>(type)];
}

static Result<std::string> formatHeader(const std::vector<TensorSpec> &tensors,
                                        const std::map<std::string, std::string> &metadata,
                                        const std::string &path) {
  // Written by hand so that entries stand in the order of their data.
  std::string text = "{";
  if (!metadata.empty())
    text += "\"__metadata__\":" + formatJson(metadata) + (tensors.empty() ? "" : ",");
  int64_t offset = 0;
  for (const TensorSpec &tensor : tensors) {
    std::optional<int64_t> count = checkedElementCount(tensor.shape, dataTypeSize(tensor.type));
    int64_t end = 0;
    if (!count || __builtin_add_overflow(
                      offset, *count * static_cast<int64_t>(dataTypeSize(tensor.type)), &end))
      return invalidArgument("%s: tensor %s of shape %s is too large", path.c_str(),
                             tensor.name.c_str(), formatShape(tensor.shape).c_str());
    Json entry = {{"dtype", typeCode(tensor.type)},
                  {"shape", tensor.shape},
                  {"data_offsets", std::vector<int64_t>{offset, end}}};
    text += (offset || &tensor != tensors.data() ? "," : "") + formatJson(tensor.name) + ":" +
            formatJson(entry);
    offset = end;
  }
  text += "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

Status writeSafetensors(const std::string &path, std::vector<TensorSpec> tensors,
                        const std::map<std::string, std::string> &metadata,
                        const TensorFill &fill) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorSpec &a, const TensorSpec &b) {
    size_t sizeA = dataTypeSize(a.type), sizeB = dataTypeSize(b.type);
    return sizeA != sizeB ? sizeA > sizeB : a.name < b.name;
  });
  for (size_t i = 1; i < tensors.size(); ++i)
    if (tensors[i].name == tensors[i - 1].name)
      return invalidArgument("%s: two tensors are called %s", path.c_str(),
                             tensors[i].name.c_str());
  WEFT_ASSIGN_OR_RETURN(std::string header, formatHeader(tensors, metadata, path));
  WEFT_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::create(path));
  uint64_t length = header.size();
  WEFT_RETURN_IF_ERROR(file.write(&length, sizeof(length)));
  WEFT_RETURN_IF_ERROR(file.write(header));
  for (const TensorSpec &tensor : tensors) {
    uint8_t *target = nullptr;
    WEFT_ASSIGN_OR_RETURN(Array array, Array::allocate(tensor.type, tensor.shape, &target));
    WEFT_RETURN_IF_ERROR(fill(tensor, target));
    WEFT_RETURN_IF_ERROR(file.write(target, array.bytes()));
  }
  return file.commit();
}

} // namespace weft::rt
