// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one place where the JSON library parses.
#include "base/json.h"
#include "base/file.h"

#include <vector>

namespace weft::rt {

namespace {

constexpr size_t maxDepth = 64;

// Builds the value from the parser's events, each in the time that its own text takes. (The
// library's own builder with a filter looks at all siblings again at the end of each object.)
class Builder {
public:
  Json root;
  std::string failure; // empty: none

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(int64_t value) { return add(value); }
  bool number_unsigned(uint64_t value) { return add(value); }
  bool number_float(double value, const std::string &) { return add(value); }
  bool string(std::string &value) { return add(std::move(value)); }
  bool binary(Json::binary_t &) { return false; } // not in text
  bool start_object(size_t) { return open(Json::value_t::object); }
  bool start_array(size_t) { return open(Json::value_t::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string &name) {
    auto [place, isNew] = containers.back()->get_ref<Json::object_t &>().try_emplace(name);
    member = &place->second;
    return isNew || fail("found the key \"" + name.substr(0, 60) + "\" twice");
  }
  bool parse_error(size_t byte, const std::string &, const Json::exception &error) {
    // The library's text carries a prefix of its own: keep what follows it.
    std::string_view reason = error.what();
    size_t prefix = reason.find(": ");
    reason.remove_prefix(prefix == std::string_view::npos ? 0 : prefix + 2);
    failure = "JSON, byte " + std::to_string(byte) + ": ";
    failure += reason;
    return false;
  }

private:
  bool fail(const std::string &reason) {
    failure = "JSON: " + reason;
    return false;
  }
  // Puts a value where the next one belongs.
  bool add(Json value) {
    if (containers.empty())
      root = std::move(value);
    else if (containers.back()->is_array())
      containers.back()->get_ref<Json::array_t &>().push_back(std::move(value));
    else
      *member = std::move(value);
    return true;
  }
  bool open(Json::value_t type) {
    if (containers.size() == maxDepth)
      return fail("expected at most 64 levels of nesting");
    add(Json(type));
    containers.push_back(containers.empty()              ? &root
                         : containers.back()->is_array() ? &containers.back()->back()
                                                         : member);
    return true;
  }
  bool close() {
    containers.pop_back();
    return true;
  }

  std::vector<Json *> containers; // that are open; a parent does not grow while they are
  Json *member = nullptr;         // of the innermost object, for the key that came last
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
  Builder builder;
  if (!Json::sax_parse(text.begin(), text.end(), &builder))
    return dataLoss("%s: %s", name.c_str(), builder.failure.c_str());
  return std::move(builder.root);
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
