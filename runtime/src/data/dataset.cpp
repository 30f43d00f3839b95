// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a path to the files of a data set, and from each file to fields.
#include "data/dataset.h"
#include "base/file.h"
#include "data/csv.h"
#include "data/idx.h"
#include "data/npy.h"
#include "data/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <strings.h>

namespace weft::rt {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> labelWords = {"label", "labels", "target", "targets", "class", "y"};

bool isLabelName(const std::string &name) {
  return std::any_of(labelWords.begin(), labelWords.end(), [&](const std::string &word) {
    return strcasecmp(word.c_str(), name.c_str()) == 0;
  });
}

// `path`, or `path` with .gz behind it, whichever is a file; else empty.
std::string plainOrGzipped(const std::string &path) {
  return isFile(path) ? path : isFile(path + ".gz") ? path + ".gz" : "";
}

void addField(Dataset &data, std::string name, Array array, const std::string &file, bool isLabel,
              bool pixels) {
  DataField field;
  field.name = std::move(name);
  field.kind = isLabel ? DataField::Kind::labels : DataField::Kind::features;
  field.pixels = pixels && array.type == DataType::u8 && !isLabel;
  field.array = std::move(array);
  field.file = file;
  data.fields.push_back(std::move(field));
}

// A sample of two dimensions or more is an image.
bool isImage(const Array &array) { return array.shape.size() >= 3; }

// The shape that the header of a field's file gives.
struct Promise {
  std::string field, file;
  std::vector<int64_t> shape;
};

Status differingSamples(const std::string &field, const std::string &file, int64_t samples,
                        const std::string &first, const std::string &firstFile, int64_t wanted) {
  return dataLoss("%s: %s: expected as many samples as %s in %s has (%lld), found %lld",
                  file.c_str(), field.c_str(), first.c_str(), firstFile.c_str(),
                  static_cast<long long>(wanted), static_cast<long long>(samples));
}

// Before elements are read: a small compressed file may promise any number of them.
Status checkPromises(const std::vector<Promise> &all) {
  for (const Promise &one : all)
    if (!one.shape.empty() && !all[0].shape.empty() && one.shape[0] != all[0].shape[0])
      return differingSamples(one.field, one.file, one.shape[0], all[0].field, all[0].file,
                              all[0].shape[0]);
  return {};
}

// --- One format each ----------------------------------------------------------------------------

Status addIdx(Dataset &data, const std::string &images, const std::string &labels) {
  std::vector<Promise> promises(1, {"images", images, {}});
  if (!labels.empty())
    promises.push_back({"labels", labels, {}});
  for (Promise &one : promises) {
    WEFT_ASSIGN_OR_RETURN(one.shape, readIdxShape(one.file));
  }
  WEFT_RETURN_IF_ERROR(checkPromises(promises));
  WEFT_ASSIGN_OR_RETURN(Array array, readIdxFile(images));
  bool pixels = isImage(array);
  addField(data, "images", std::move(array), images, false, pixels);
  if (labels.empty())
    return {};
  WEFT_ASSIGN_OR_RETURN(Array values, readIdxFile(labels));
  addField(data, "labels", std::move(values), labels, true, false);
  return {};
}

Status addCsv(Dataset &data, const std::string &path, const DataOptions &options) {
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  CsvOptions wanted = {labelWords, options.idColumn, options.idIsValue, options.skipBadRows};
  if (!options.labelColumn.empty())
    wanted.labelNames = {options.labelColumn};
  WEFT_ASSIGN_OR_RETURN(CsvTable table, readCsvTable(std::move(source), wanted));
  if (!options.labelColumn.empty() && !table.hasLabel && options.split == Split::train)
    return invalidArgument("%s: expected a column %s, found none of that name", path.c_str(),
                           options.labelColumn.c_str());
  // Kaggle's digit files call their columns pixel0, pixel1 ...
  bool pixels =
      !table.columns.empty() &&
      std::all_of(table.columns.begin(), table.columns.end(), [](const std::string &name) {
        return strncasecmp(name.c_str(), "pixel", 5) == 0;
      });
  addField(data, "features", std::move(table.values), path, false, pixels);
  if (table.hasLabel)
    addField(data, table.labelName, std::move(table.label), path, true, false);
  data.ids = std::move(table.ids);
  data.numbers = std::move(table.numbers);
  if (table.bad.count() > 0)
    data.notice = table.bad.notice(path);
  return {};
}

// All files PREFIX_<field>.npy of a folder; false if there is none.
Result<bool> addNpyFamily(Dataset &data, const std::string &folder, const std::string &prefix) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with(prefix + "_") && (name.ends_with(".npy") || name.ends_with(".npy.gz")))
      names.push_back(name);
  }
  if (error)
    return unavailable("%s: cannot list the folder: %s", folder.c_str(), error.message().c_str());
  std::sort(names.begin(), names.end());
  std::vector<Promise> promises;
  for (const std::string &name : names) {
    size_t begin = prefix.size() + 1;
    promises.push_back({name.substr(begin, name.rfind(".npy") - begin), folder + "/" + name, {}});
    WEFT_ASSIGN_OR_RETURN(promises.back().shape, readNpyShape(promises.back().file));
  }
  WEFT_RETURN_IF_ERROR(checkPromises(promises));
  for (const auto &[field, path, shape] : promises) {
    WEFT_ASSIGN_OR_RETURN(Array array, readNpyFile(path));
    bool pixels = isImage(array);
    addField(data, field, std::move(array), path, isLabelName(field), pixels);
  }
  return !names.empty();
}

Status addSafetensors(Dataset &data, const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(Safetensors tensors, Safetensors::open(path));
  for (const Safetensors::Tensor &tensor : tensors.tensors()) {
    WEFT_ASSIGN_OR_RETURN(Array array, tensor.load());
    bool pixels = isImage(array);
    addField(data, tensor.name, std::move(array), path, isLabelName(tensor.name), pixels);
  }
  return {};
}

// --- Finding files
// --------------------------------------------------------------------------------

// The labels that belong to a file of images, if its name says "images".
std::string labelsBeside(const std::string &images) {
  fs::path path(images);
  std::string name = path.filename().string();
  size_t word = name.find("images");
  if (word == std::string::npos)
    return "";
  name.replace(word, 6, "labels");
  if (size_t rank = name.find("idx3"); rank != std::string::npos)
    name.replace(rank, 4, "idx1");
  if (name.ends_with(".gz"))
    name.resize(name.size() - 3);
  return plainOrGzipped((path.parent_path() / name).string());
}

Status addNpyFile(Dataset &data, const std::string &path) {
  std::string name = fs::path(path).filename().string();
  name.resize(std::min(name.size(), name.rfind(".npy")));
  if (size_t underscore = name.rfind('_'); underscore != std::string::npos && underscore > 0) {
    std::string folder = fs::path(path).parent_path().string();
    return addNpyFamily(data, folder.empty() ? "." : folder, name.substr(0, underscore))
        .takeStatus();
  }
  WEFT_ASSIGN_OR_RETURN(Array array, readNpyFile(path));
  bool pixels = isImage(array);
  addField(data, "x", std::move(array), path, false, pixels);
  return {};
}

// Tells the format by the first bytes.
Status addFile(Dataset &data, const std::string &path, const DataOptions &options) {
  uint8_t start[9] = {};
  size_t count = 0;
  {
    WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
    WEFT_ASSIGN_OR_RETURN(count, source.read(start, sizeof(start)));
  }
  if (count >= 6 && std::memcmp(start, "\x93NUMPY", 6) == 0)
    return addNpyFile(data, path);
  if (count == 9 && start[8] == '{' && start[7] == 0)
    return addSafetensors(data, path);
  if (count >= 4 && start[0] == 0 && start[1] == 0)
    return addIdx(data, path, labelsBeside(path));
  if (count > 0 && start[0] >= ' ')
    return addCsv(data, path, options);
  return dataLoss("%s: expected IDX, CSV, .npy or safetensors, found %s", path.c_str(),
                  count == 0 ? "an empty file" : "none of these");
}

Status addFolder(Dataset &data, const std::string &folder, const DataOptions &options) {
  std::vector<std::string> splits = {"train"};
  if (options.split == Split::evaluation)
    splits = {"t10k", "eval", "validation", "valid", "dev", "test"};
  for (const std::string &split : splits) {
    std::string base = folder + "/" + split;
    if (std::string images = plainOrGzipped(base + "-images-idx3-ubyte"); !images.empty())
      return addIdx(data, images, plainOrGzipped(base + "-labels-idx1-ubyte"));
    if (std::string table = plainOrGzipped(base + ".csv"); !table.empty())
      return addCsv(data, table, options);
    WEFT_ASSIGN_OR_RETURN(bool found, addNpyFamily(data, folder, split));
    if (found)
      return {};
    if (isFile(base + ".safetensors"))
      return addSafetensors(data, base + ".safetensors");
  }
  std::string names = splits[0];
  for (size_t i = 1; i < splits.size(); ++i)
    names += "|" + splits[i];
  return notFound("%s: expected one of %s-images-idx3-ubyte[.gz], %s.csv, %s_<field>.npy, "
                  "%s.safetensors, found none",
                  folder.c_str(), names.c_str(), splits[0].c_str(), splits[0].c_str(),
                  splits[0].c_str());
}

// A label that is no number makes every weight none.
Status checkFinite(const DataField &labels) {
  if (!isFloat(labels.array.type))
    return {};
  int64_t elements = labels.array.elements(), each = labels.array.rowElements();
  for (int64_t i = 0; i < elements; ++i)
    if (double value = elementAsDouble(labels.array, i); !std::isfinite(value))
      return dataLoss("%s: %s, sample %lld: expected a number as label, found %g",
                      labels.file.c_str(), labels.name.c_str(), static_cast<long long>(i / each),
                      value);
  return {};
}

Status checkSamples(const Dataset &data) {
  if (data.fields.empty())
    return dataLoss("%s: expected at least one array", data.path.c_str());
  const DataField &first = data.fields[0];
  for (const DataField &field : data.fields) {
    if (field.array.shape.empty())
      return dataLoss(
          "%s: %s: expected an array whose first dimension counts samples, found a scalar",
          field.file.c_str(), field.name.c_str());
    if (field.samples() != first.samples())
      return differingSamples(field.name, field.file, field.samples(), first.name, first.file,
                              first.samples());
  }
  if (data.samples() == 0)
    return dataLoss("%s: expected at least one sample, found none", first.file.c_str());
  for (const DataField &field : data.fields)
    if (field.kind == DataField::Kind::labels)
      WEFT_RETURN_IF_ERROR(checkFinite(field));
  if (data.samples() > UINT32_MAX)
    return unimplemented("%s: expected fewer than 2^32 samples, found %lld", first.file.c_str(),
                         static_cast<long long>(data.samples()));
  return {};
}

} // namespace

const DataField *Dataset::find(const std::string &name) const {
  for (const DataField &field : fields)
    if (field.name == name)
      return &field;
  return nullptr;
}

Result<Dataset> openDataset(const std::string &path, const DataOptions &options) {
  Dataset data;
  data.path = path;
  std::error_code ignored;
  WEFT_RETURN_IF_ERROR(fs::is_directory(path, ignored) ? addFolder(data, path, options)
                                                       : addFile(data, path, options));
  WEFT_RETURN_IF_ERROR(checkSamples(data));
  return data;
}

} // namespace weft::rt
