// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Access to the fields of a JSON object with messages that name file, place, expectation and
// finding. The first failure sticks; values read after it are defaults.
#ifndef WEFT_LIB_MODELS_CONFIGFIELDS_H
#define WEFT_LIB_MODELS_CONFIGFIELDS_H

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>

namespace weft::models {

class ConfigFields {
public:
  ConfigFields(llvm::StringRef file, const llvm::json::Object &object)
      : file(file), object(object) {}

  // A field that is absent or null has `value`.
  int64_t getInteger(llvm::StringRef key, int64_t value, int64_t least, int64_t most);
  double getNumber(llvm::StringRef key, double value, double least, double below);
  bool getBool(llvm::StringRef key, bool value);
  std::string getString(llvm::StringRef key, llvm::StringRef value);
  // Strings of a list; none if it is absent.
  std::vector<std::string> getStrings(llvm::StringRef key);
  // The value, or null if it is absent or null itself.
  const llvm::json::Value *get(llvm::StringRef key);
  bool has(llvm::StringRef key) { return get(key) != nullptr; }
  // Whether it is there, and null.
  bool isNull(llvm::StringRef key) const {
    const llvm::json::Value *value = object.get(key);
    return value && value->kind() == llvm::json::Value::Null;
  }

  // Fields that say nothing about what is computed.
  void ignore(llvm::ArrayRef<llvm::StringLiteral> keys);
  // A field that must be absent, null or `only`: anything else would change what is computed.
  void requireBool(llvm::StringRef key, bool only);
  void requireEmpty(llvm::StringRef key);
  // Fails if a field was neither read nor ignored, is not null, and `passedOver` does not name it;
  // and if `passedOver` names one that was read.
  void rejectUnknown(llvm::ArrayRef<std::string> passedOver);

  void fail(llvm::StringRef path, const llvm::Twine &expected, const llvm::json::Value &found);
  void failWith(llvm::StringRef path, const llvm::Twine &message);
  bool failed() const { return !error.empty(); }
  const std::string &getError() const { return error; }

private:
  llvm::StringRef file;
  const llvm::json::Object &object;
  llvm::StringSet<> known, harmless;
  std::string error;
};

// Whether JSON has more levels than that. LLVM's parser calls itself for each, without a limit.
bool isNestedDeeper(llvm::StringRef text, int levels);

// A key that stands twice in one object of valid JSON, as it is written there. LLVM's parser takes
// the last.
std::optional<std::string> findRepeatedKey(llvm::StringRef text);

// Fields that never say what is computed.
llvm::ArrayRef<llvm::StringLiteral> getHarmlessFields();

// A value as it stands in messages: JSON, cut short.
std::string describeJson(const llvm::json::Value &value);

} // namespace weft::models

#endif
