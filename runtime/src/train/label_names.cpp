// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and ordering names of classes.
#include "train/label_names.h"
#include "base/file.h"
#include "base/json.h"
#include "data/line_reader.h"
#include "module/module.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <set>

namespace weft::rt {

std::optional<int64_t> LabelNames::find(std::string_view name) const {
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    return std::nullopt;
  return found - names.begin();
}

std::string LabelNames::listed() const {
  std::string text;
  for (size_t i = 0; i < names.size() && i < 12; ++i)
    text += (i ? ", " : "") + names[i];
  return names.size() > 12 ? text + " and " + std::to_string(names.size() - 12) + " more" : text;
}

std::string LabelNames::of(int64_t index) const {
  return index >= 0 && index < static_cast<int64_t>(names.size())
             ? names[static_cast<size_t>(index)]
             : std::to_string(index);
}

bool LabelNames::anyInteger() const {
  return std::any_of(names.begin(), names.end(),
                     [](const std::string &name) { return integerOf(name).has_value(); });
}

std::optional<int64_t> LabelNames::classOf(std::string_view text) const {
  std::optional<int64_t> found = find(text);
  if (!found && !anyInteger())
    found = integerOf(text);
  return found;
}

bool LabelNames::isGeneric() const {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] != "LABEL_" + std::to_string(i))
      return false;
  return true;
}

static Status checkNames(const LabelNames &labels, const std::string &place) {
  if (labels.empty())
    return dataLoss("%s: expected names of classes, found none", place.c_str());
  std::set<std::string_view> seen;
  for (const std::string &name : labels.names)
    if (!seen.insert(name).second)
      return dataLoss("%s: found the class %s twice", place.c_str(), name.c_str());
  return {};
}

static Result<LabelNames> namesOfJson(const Json &list, const std::string &path) {
  LabelNames labels;
  for (const Json &name : list) {
    if (!name.is_string())
      return dataLoss("%s: expected an array of strings, found %s in it", path.c_str(),
                      name.type_name());
    labels.names.push_back(name.get<std::string>());
  }
  return labels;
}

Result<LabelNames> readLabelsFile(const std::string &path) {
  constexpr size_t limit = size_t{64} << 20;
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  LineReader reader(std::move(source));
  LabelNames labels;
  while (true) {
    WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
    if (!found)
      break;
    if (labels.empty() && reader.text().starts_with("[")) {
      WEFT_ASSIGN_OR_RETURN(Json list, parseJsonFile(path, limit));
      WEFT_ASSIGN_OR_RETURN(labels, namesOfJson(list, path));
      break;
    }
    if (!reader.text().empty())
      labels.names.emplace_back(reader.text());
  }
  WEFT_RETURN_IF_ERROR(checkNames(labels, path));
  if (labels.find(""))
    return dataLoss("%s: expected a name for class %lld, found nothing", path.c_str(),
                    static_cast<long long>(*labels.find("")));
  return labels;
}

Result<LabelNames> readConfigLabels(const std::string &folder) {
  LabelNames labels;
  std::string path = folder + "/config.json";
  if (folder.empty() || !isFile(path))
    return labels;
  WEFT_ASSIGN_OR_RETURN(Json config, parseJsonFile(path));
  auto map = config.is_object() ? config.find("id2label") : config.end();
  if (!config.is_object() || map == config.end() || map->is_null())
    return labels;
  if (!map->is_object())
    return dataLoss("%s: id2label: expected an object, found %s", path.c_str(), map->type_name());
  labels.names.resize(map->size());
  for (auto item = map->begin(); item != map->end(); ++item) {
    std::optional<int64_t> index = integerOf(item.key());
    if (!index || *index < 0 || *index >= static_cast<int64_t>(map->size()))
      return dataLoss("%s: id2label: expected the keys 0 to %zu, found '%s'", path.c_str(),
                      map->size() - 1, item.key().substr(0, 40).c_str());
    labels.names[static_cast<size_t>(*index)] =
        item.value().is_string() ? item.value().get<std::string>() : formatJson(item.value());
  }
  bool areNumbers = true;
  for (size_t i = 0; i < labels.names.size(); ++i)
    areNumbers = areNumbers && integerOf(labels.names[i]) == static_cast<int64_t>(i);
  if (labels.isGeneric() || areNumbers)
    return LabelNames();
  WEFT_RETURN_IF_ERROR(checkNames(labels, path + ": id2label"));
  return labels;
}

LabelNames moduleLabels(const Module &module) {
  LabelNames labels;
  if (module.schema().labels())
    for (const flatbuffers::String *name : *module.schema().labels())
      labels.names.push_back(name->str());
  return labels.isGeneric() ? LabelNames() : labels;
}

std::optional<int64_t> integerOf(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<double> numberOf(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

LabelNames namesOfValues(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (std::all_of(values.begin(), values.end(),
                  [](const std::string &value) { return integerOf(value).has_value(); }))
    return {};
  return {std::move(values)};
}

} // namespace weft::rt
