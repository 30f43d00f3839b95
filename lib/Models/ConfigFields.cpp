// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Typed access to the fields of a configuration.
#include "ConfigFields.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace weft::models {

bool isNestedDeeper(StringRef text, int levels) {
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      inString = !inString;
    else if (inString && text[i] == '\\')
      ++i;
    else if (!inString && (text[i] == '{' || text[i] == '['))
      ++depth;
    else if (!inString && (text[i] == '}' || text[i] == ']'))
      --depth;
    if (depth > levels)
      return true;
  }
  return false;
}

std::optional<std::string> findRepeatedKey(StringRef text) {
  SmallVector<StringSet<>> objects; // the keys so far of each that is open; of arrays: none
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[')
      objects.emplace_back();
    else if (text[i] == '}' || text[i] == ']')
      objects.pop_back();
    if (text[i] != '"')
      continue;
    size_t begin = ++i;
    while (text[i] != '"')
      i += text[i] == '\\' ? 2 : 1;
    StringRef word = text.slice(begin, i);
    if (text.drop_front(i + 1).ltrim(" \t\r\n").starts_with(":") &&
        !objects.back().insert(word).second)
      return word.str();
  }
  return std::nullopt;
}

std::string describeJson(const json::Value &value) {
  constexpr size_t longest = 60;
  std::string text;
  raw_string_ostream(text) << value;
  if (text.size() <= longest)
    return text;
  text.resize(longest);
  return json::fixUTF8(text) + "...";
}

void ConfigFields::failWith(StringRef path, const Twine &message) {
  if (error.empty())
    error = (file + ": $." + path + ": " + message).str();
}

void ConfigFields::fail(StringRef path, const Twine &expected, const json::Value &found) {
  failWith(path, "expected " + expected + ", found " + describeJson(found));
}

const json::Value *ConfigFields::get(StringRef key) {
  known.insert(key);
  const json::Value *value = object.get(key);
  return value && value->kind() != json::Value::Null ? value : nullptr;
}

int64_t ConfigFields::getInteger(StringRef key, int64_t value, int64_t least, int64_t most) {
  const json::Value *found = get(key);
  if (!found)
    return value;
  std::optional<int64_t> number = found->getAsInteger();
  if (!number || *number < least || *number > most) {
    fail(key, "an integer from " + Twine(least) + " to " + Twine(most), *found);
    return value;
  }
  return *number;
}

static std::string formatNumber(double value) {
  std::string text;
  raw_string_ostream(text) << json::Value(value);
  return text;
}

double ConfigFields::getNumber(StringRef key, double value, double least, double below) {
  const json::Value *found = get(key);
  if (!found)
    return value;
  std::optional<double> number = found->getAsNumber();
  if (!number || !(*number >= least && *number < below)) {
    fail(key, "a number from " + formatNumber(least) + " to below " + formatNumber(below), *found);
    return value;
  }
  return *number;
}

bool ConfigFields::getBool(StringRef key, bool value) {
  const json::Value *found = get(key);
  if (!found)
    return value;
  std::optional<bool> flag = found->getAsBoolean();
  if (!flag)
    fail(key, "true or false", *found);
  return flag.value_or(value);
}

std::string ConfigFields::getString(StringRef key, StringRef value) {
  const json::Value *found = get(key);
  if (!found)
    return value.str();
  std::optional<StringRef> text = found->getAsString();
  if (!text)
    fail(key, "a string", *found);
  return text.value_or(value).str();
}

std::vector<std::string> ConfigFields::getStrings(StringRef key) {
  std::vector<std::string> texts;
  const json::Value *found = get(key);
  if (!found)
    return texts;
  const json::Array *list = found->getAsArray();
  if (!list) {
    fail(key, "a list of strings", *found);
    return texts;
  }
  for (auto [i, item] : enumerate(*list)) {
    std::optional<StringRef> text = item.getAsString();
    if (!text)
      fail((key + "[" + Twine(i) + "]").str(), "a string", item);
    texts.push_back(text.value_or("").str());
  }
  return texts;
}

void ConfigFields::ignore(ArrayRef<StringLiteral> keys) {
  for (StringLiteral key : keys)
    harmless.insert(key);
}

void ConfigFields::requireBool(StringRef key, bool only) {
  const json::Value *found = get(key);
  if (found && found->getAsBoolean() != only)
    fail(key, (only ? "true" : "false") + Twine(", all that is supported"), *found);
}

void ConfigFields::requireEmpty(StringRef key) {
  const json::Value *found = get(key);
  if (!found)
    return;
  bool isEmpty = (found->getAsObject() && found->getAsObject()->empty()) ||
                 (found->getAsArray() && found->getAsArray()->empty());
  if (!isEmpty)
    fail(key, "null or nothing in it, all that is supported", *found);
}

void ConfigFields::rejectUnknown(ArrayRef<std::string> passedOver) {
  for (const std::string &key : passedOver)
    if (known.contains(key))
      failWith(key, "this field says what the model is; --ignore-config-field passes over unknown "
                    "fields only");
  std::vector<std::string> unknown;
  for (const auto &[key, value] : object)
    if (value.kind() != json::Value::Null && !known.contains(key) && !harmless.contains(key) &&
        !is_contained(passedOver, StringRef(key)))
      unknown.push_back(StringRef(key).str());
  if (unknown.empty())
    return;
  llvm::sort(unknown);
  failWith(
      unknown[0],
      "unknown field, which may change what the model computes; expected a field that "
      "this model is known to have, found " +
          describeJson(*object.get(unknown[0])) +
          "; what changes nothing is passed over with --ignore-config-field=" + join(unknown, ","));
}

} // namespace weft::models
