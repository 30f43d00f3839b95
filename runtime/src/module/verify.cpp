// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The semantic verifier: order of its parts, and what belongs to none of them.
#include "module/verify.h"

#include "module/sizes.h"
#include "schema/file_header.h"
#include "schema/kernel_abi.h"

#include <cmath>
#include <unordered_set>

namespace weft::rt {

Status verifyName(const char *field, const flatbuffers::String &name) {
  constexpr size_t maxLength = 4096;
  std::string_view text = name.string_view();
  if (text.empty() || text.size() > maxLength)
    return dataLoss("%s has %zu characters: expected 1 to %zu", field, text.size(), maxLength);
  for (char character : text)
    if (static_cast<unsigned char>(character) < 0x20)
      return dataLoss("%s has a control character", field);
  return Status();
}

static Status verifyVersions(const schema::Module &module) {
  if (module.version() == 0 || module.version() > WEFT_SCHEMA_VERSION)
    return unimplemented("version %u of the module's schema: this runtime reads versions 1 to %u",
                         module.version(), WEFT_SCHEMA_VERSION);
  if (module.abi_version() == 0 || module.abi_version() > WEFT_KERNEL_ABI_VERSION)
    return unimplemented("version %u of the kernel ABI: this runtime calls versions 1 to %u",
                         module.abi_version(), WEFT_KERNEL_ABI_VERSION);
  return Status();
}

static Status verifyConstants(const schema::Module &module) {
  if (!module.constants() || module.constants()->size() == 0)
    return Status();
  if (reinterpret_cast<uintptr_t>(module.constants()->data()) % WEFT_KERNEL_ALIGNMENT != 0)
    return dataLoss("constants are not aligned to %d bytes", WEFT_KERNEL_ALIGNMENT);
  return Status();
}

static Status verifyDefaults(const schema::Module &module) {
  if (!module.defaults())
    return Status();
  std::unordered_set<int> seen;
  for (flatbuffers::uoffset_t i = 0; i < module.defaults()->size(); ++i) {
    const schema::Default &entry = *module.defaults()->Get(i);
    std::string where = place("defaults", i);
    WEFT_RETURN_IF_ERROR(verifyEnum("role", entry.role()).withContext(where));
    if (entry.role() == schema::ScalarRole::None)
      return dataLoss("%s: no role", where.c_str());
    if (!seen.insert(static_cast<int>(entry.role())).second)
      return dataLoss("%s: a second default for the same role", where.c_str());
    constexpr double exact = 0x1p53; // integers up to here convert without loss
    if (!std::isfinite(entry.value()) || std::fabs(entry.value()) > exact)
      return dataLoss("%s: the value %g is not allowed", where.c_str(), entry.value());
  }
  return Status();
}

static Status verifyScalars(const schema::Module &module) {
  WEFT_RETURN_IF_ERROR(verifyName("name", *module.name()));
  WEFT_RETURN_IF_ERROR(verifyEnum("task", module.task()));
  WEFT_RETURN_IF_ERROR(verifyEnum("argument_defaults", module.argument_defaults()));
  if (module.architecture())
    WEFT_RETURN_IF_ERROR(verifyName("architecture", *module.architecture()));
  if (module.labels())
    for (const flatbuffers::String *name : *module.labels())
      WEFT_RETURN_IF_ERROR(verifyName("labels", *name));
  if (module.persistent_bytes() > static_cast<uint64_t>(maxFixedBytes))
    return dataLoss("persistent_bytes is %llu: expected at most %lld",
                    static_cast<unsigned long long>(module.persistent_bytes()),
                    static_cast<long long>(maxFixedBytes));
  if (module.tuned_batch() < 0 || module.tuned_batch() > maxRows)
    return dataLoss("tuned_batch is %lld: expected 0 to %lld",
                    static_cast<long long>(module.tuned_batch()), static_cast<long long>(maxRows));
  if (module.bucket_dimensions())
    for (const flatbuffers::String *name : *module.bucket_dimensions())
      WEFT_RETURN_IF_ERROR(verifyName("bucket_dimensions", *name));
  return Status();
}

Status verifyModule(const schema::Module &module) {
  WEFT_RETURN_IF_ERROR(verifyVersions(module));
  WEFT_RETURN_IF_ERROR(verifyScalars(module));
  WEFT_RETURN_IF_ERROR(verifyConstants(module));
  WEFT_RETURN_IF_ERROR(verifyDefaults(module));
  WEFT_RETURN_IF_ERROR(verifyVariables(module));
  WEFT_RETURN_IF_ERROR(verifyExecutables(module));
  WEFT_RETURN_IF_ERROR(verifyPrograms(module));
  return verifyEntries(module);
}

} // namespace weft::rt
