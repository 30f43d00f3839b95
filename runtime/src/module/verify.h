// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The semantic verifier: what the FlatBuffers verifier cannot know. After it, no index, offset,
// size or shape of a module needs another check, at any batch size up to maxRows.
#ifndef WEFT_RUNTIME_MODULE_VERIFY_H
#define WEFT_RUNTIME_MODULE_VERIFY_H

#include "base/status.h"
#include "schema/module_generated.h"

#include <string>

namespace weft::rt {

// dataLoss that names the place ("programs[2].commands[7]: ..."); unimplemented for newer versions.
Status verifyModule(const schema::Module &module);

// The parts of it, one file each. Later ones rely on earlier ones having succeeded.
Status verifyVariables(const schema::Module &module);
Status verifyExecutables(const schema::Module &module);
Status verifyPrograms(const schema::Module &module);
Status verifyEntries(const schema::Module &module);

// Fails if an enumerator from a file is not one that this runtime knows.
template <typename Enum>
Status verifyEnum(const char *field, Enum value) {
  if (value < Enum::MIN || value > Enum::MAX)
    return dataLoss("%s has the unknown value %d", field, static_cast<int>(value));
  return Status();
}

// Fails if a name is empty, very long, or has control characters.
Status verifyName(const char *field, const flatbuffers::String &name);

// Fails if a struct, or a vector of structs, is not aligned as its type: the FlatBuffers verifier
// looks at scalars only.
template <typename Struct>
Status verifyAligned(const char *field, const Struct *value) {
  if (reinterpret_cast<uintptr_t>(value) % alignof(Struct) != 0)
    return dataLoss("%s is not aligned", field);
  return Status();
}
template <typename Struct>
Status verifyAligned(const char *field, const flatbuffers::Vector<const Struct *> &vector) {
  bool isEmpty = vector.size() == 0;
  return verifyAligned(field, isEmpty ? nullptr : reinterpret_cast<const Struct *>(vector.Data()));
}
inline Status verifyAligned(const char *field, const flatbuffers::Vector<int64_t> *vector) {
  bool isEmpty = !vector || vector->size() == 0;
  return verifyAligned(field,
                       isEmpty ? nullptr : reinterpret_cast<const int64_t *>(vector->Data()));
}

// "programs[2]"
inline std::string place(const char *list, size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

} // namespace weft::rt

#endif
