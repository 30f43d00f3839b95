// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one place where the JSON library's exceptions are met.
#include "base/json.h"
#include "base/file.h"

#include <cmath>
#include <set>
#include <stdexcept>

namespace weft::rt {

namespace {

constexpr int maxDepth = 64;

// Sees every event of the parser; throws on what the parser itself would let pass.
class StrictEvents {
public:
  bool operator()(int depth, Json::parse_event_t event, Json &parsed) {
    if (depth > maxDepth)
      throw std::runtime_error("expected at most 64 levels of nesting");
    if (event == Json::parse_event_t::object_start)
      keys.emplace_back();
    else if (event == Json::parse_event_t::object_end)
      keys.pop_back();
    else if (event == Json::parse_event_t::key && !keys.back().insert(std::string(parsed)).second)
      throw std::runtime_error("found the key \"" + std::string(parsed) + "\" twice");
    return true;
  }

private:
  std::vector<std::set<std::string>> keys;
};

const char *typeName(const Json &value) {
  return value.is_discarded() ? "nothing" : value.type_name();
}

Result<const Json *> member(const Json &object, const char *key, const std::string &place) {
  if (!object.is_object())
    return dataLoss("%s: expected a JSON object, found %s", place.c_str(), typeName(object));
  auto found = object.find(key);
  if (found == object.end())
    return dataLoss("%s: the key \"%s\" is missing", place.c_str(), key);
  return &*found;
}

} // namespace

Result<Json> parseJson(std::string_view text, const std::string &name) {
  try {
    auto events = std::make_shared<StrictEvents>();
    return Json::parse(text.begin(), text.end(),
                       [events](int depth, Json::parse_event_t event, Json &parsed) {
                         return (*events)(depth, event, parsed);
                       });
  } catch (const Json::parse_error &error) {
    // The library's text carries a prefix of its own: keep what follows it.
    std::string reason = error.what();
    size_t colon = reason.find(": ");
    return dataLoss("%s: JSON, byte %zu: %s", name.c_str(), error.byte,
                    colon == std::string::npos ? reason.c_str() : reason.c_str() + colon + 2);
  } catch (const std::exception &error) {
    return dataLoss("%s: JSON: %s", name.c_str(), error.what());
  }
}

Result<Json> parseJsonFile(const std::string &path, size_t limit) {
  WEFT_ASSIGN_OR_RETURN(std::string text, readFile(path, limit));
  return parseJson(text, path);
}

std::string formatJson(const Json &value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Result<double> jsonNumber(const Json &object, const char *key, const std::string &place) {
  WEFT_ASSIGN_OR_RETURN(const Json *value, member(object, key, place));
  if (!value->is_number())
    return dataLoss("%s: \"%s\": expected a number, found %s", place.c_str(), key,
                    typeName(*value));
  return value->get<double>();
}

Result<int64_t> jsonInteger(const Json &object, const char *key, const std::string &place) {
  WEFT_ASSIGN_OR_RETURN(const Json *value, member(object, key, place));
  if (value->is_number_unsigned() && value->get<uint64_t>() > INT64_MAX)
    return dataLoss("%s: \"%s\": expected an integer below 2^63, found %s", place.c_str(), key,
                    value->dump().c_str());
  if (!value->is_number_integer())
    return dataLoss("%s: \"%s\": expected an integer, found %s", place.c_str(), key,
                    value->is_number() ? value->dump().c_str() : typeName(*value));
  return value->get<int64_t>();
}

Result<std::string> jsonString(const Json &object, const char *key, const std::string &place) {
  WEFT_ASSIGN_OR_RETURN(const Json *value, member(object, key, place));
  if (!value->is_string())
    return dataLoss("%s: \"%s\": expected a string, found %s", place.c_str(), key,
                    typeName(*value));
  return value->get<std::string>();
}

} // namespace weft::rt
