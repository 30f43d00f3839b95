// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// safetensors files: named arrays, read and written one at a time.
#ifndef WEFT_RUNTIME_DATA_SAFETENSORS_H
#define WEFT_RUNTIME_DATA_SAFETENSORS_H

#include "base/file.h"
#include "data/array.h"

#include <functional>
#include <map>
#include <span>

namespace weft::rt {

// One or several files opened for reading; several when an index names shards.
class Safetensors {
public:
  struct Tensor {
    std::string name;
    // Its type and shape; without data until it is loaded, if it comes from a file.
    Array array;
    std::string file; // which of the files holds it
    std::shared_ptr<const InputFile> input;
    uint64_t offset = 0; // in `input`

    // The array with its data. A file that has become shorter is a dataLoss error.
    Result<Array> load() const;
  };

  // Opens FILE.safetensors, FILE.safetensors.index.json, or a folder that holds
  // model.safetensors or model.safetensors.index.json.
  static Result<Safetensors> open(const std::string &path);
  // Reads `bytes` in place; `owner` keeps them alive. `name` stands in messages.
  static Result<Safetensors> parse(const std::string &name, std::span<const uint8_t> bytes,
                                   std::shared_ptr<const void> owner);

  // In the order of their names.
  const std::vector<Tensor> &tensors() const { return entries; }
  // Null if there is no such tensor.
  const Tensor *find(const std::string &name) const;
  const std::map<std::string, std::string> &metadata() const { return notes; }
  const std::string &name() const { return label; }

private:
  static Result<Safetensors> openFile(const std::string &path);
  static Result<Safetensors> parseHeader(const std::string &name, std::string_view text,
                                         uint64_t dataSize);
  static Result<Safetensors> openIndex(const std::string &path);
  std::string label;
  std::vector<Tensor> entries;
  std::map<std::string, std::string> notes;
};

struct TensorSpec {
  std::string name;
  DataType type = DataType::f32;
  std::vector<int64_t> shape;
};

// Writes the bytes of a tensor, in host order, to `target`.
using TensorFill = std::function<Status(const TensorSpec &tensor, uint8_t *target)>;

// Writes a file that appears at `path` only when it is whole and on the disk. Tensors are asked for
// one at a time, in the order in which they stand in the file (element size descending, then name).
Status writeSafetensors(const std::string &path, std::vector<TensorSpec> tensors,
                        const std::map<std::string, std::string> &metadata, const TensorFill &fill);

} // namespace weft::rt

#endif
