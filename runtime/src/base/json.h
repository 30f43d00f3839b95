// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON from files that nobody vouches for: no exceptions, no duplicate keys, bounded depth, and
// accessors that say what was expected and what was found.
#ifndef WEFT_RUNTIME_BASE_JSON_H
#define WEFT_RUNTIME_BASE_JSON_H

#include "base/status.h"

#include <nlohmann/json.hpp>
#include <string_view>

namespace weft::rt {

using Json = nlohmann::json;

// Parses one value; `name` stands in messages, which give the byte where parsing stopped.
Result<Json> parseJson(std::string_view text, const std::string &name);
// Reads a file of at most `limit` bytes.
Result<Json> parseJsonFile(const std::string &path, size_t limit = 100u << 20);

// Text with keys in order; `indent` < 0 gives one line. Invalid UTF-8 is replaced, never an error.
std::string formatJson(const Json &value, int indent = -1);

// The member `key` of `object` as a number or a string; `place` stands in messages.
Result<double> jsonNumber(const Json &object, const char *key, const std::string &place);
Result<int64_t> jsonInteger(const Json &object, const char *key, const std::string &place);
Result<std::string> jsonString(const Json &object, const char *key, const std::string &place);

} // namespace weft::rt

#endif
