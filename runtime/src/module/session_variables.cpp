// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The variables of a session: logical values in and out of physical storage.
#include "module/session.h"

#include "base/strided_copy.h"
#include "module/initializer.h"

namespace weft::rt {

static bool isIdentity(const std::vector<int32_t> &layout) {
  for (size_t i = 0; i < layout.size(); ++i)
    if (layout[i] != static_cast<int32_t>(i))
      return false;
  return true;
}

static Status checkAccess(const Module &module, size_t variable, size_t bytes) {
  if (variable >= module.variables().size())
    return outOfRange("variable %zu: the module has %zu", variable, module.variables().size());
  const VariableInfo &info = module.variables()[variable];
  if (bytes != info.byteSize)
    return invalidArgument("variable '%s' has %llu bytes, not %zu", info.name.c_str(),
                           static_cast<unsigned long long>(info.byteSize), bytes);
  return Status();
}

void *Session::variableMemory(size_t variable) const {
  return persistent.data() + shared->variables()[variable].offset;
}

Status Session::readVariable(size_t variable, void *data, size_t bytes) {
  WEFT_RETURN_IF_ERROR(checkAccess(*shared, variable, bytes));
  const VariableInfo &info = shared->variables()[variable];
  if (isIdentity(info.layout))
    return target->copyOut(data, variableMemory(variable), bytes);
  AlignedBuffer physical;
  const void *source = variableMemory(variable);
  if (!target->isHostAccessible()) {
    WEFT_ASSIGN_OR_RETURN(physical, AlignedBuffer::create(bytes));
    WEFT_RETURN_IF_ERROR(target->copyOut(physical.data(), source, bytes));
    source = physical.data();
  }
  stridedCopy(elementSize(info.type), info.shape, data, rowMajorStrides(info.shape), source,
              stridesOfLayout(info.shape, info.layout));
  return Status();
}

Status Session::writeVariable(size_t variable, const void *data, size_t bytes) {
  WEFT_RETURN_IF_ERROR(checkAccess(*shared, variable, bytes));
  const VariableInfo &info = shared->variables()[variable];
  if (isIdentity(info.layout))
    return target->copyIn(variableMemory(variable), data, bytes);
  AlignedBuffer physical;
  void *destination = variableMemory(variable);
  if (!target->isHostAccessible()) {
    WEFT_ASSIGN_OR_RETURN(physical, AlignedBuffer::create(bytes));
    destination = physical.data();
  }
  stridedCopy(elementSize(info.type), info.shape, destination,
              stridesOfLayout(info.shape, info.layout), data, rowMajorStrides(info.shape));
  if (physical.empty())
    return Status();
  return target->copyIn(variableMemory(variable), physical.data(), bytes);
}

Status Session::initializeVariable(size_t variable, uint64_t seed) {
  if (variable >= shared->variables().size())
    return outOfRange("variable %zu: the module has %zu", variable, shared->variables().size());
  const VariableInfo &info = shared->variables()[variable];
  WEFT_ASSIGN_OR_RETURN(AlignedBuffer values, AlignedBuffer::create(info.byteSize));
  const schema::Variable &spec =
      *shared->schema().variables()->Get(static_cast<uint32_t>(variable));
  fillInitialValues(info, *spec.initializer(), seed, values.data());
  return writeVariable(variable, values.data(), values.size());
}

Status Session::initialize(uint64_t seed) {
  for (size_t i = 0; i < shared->variables().size(); ++i)
    WEFT_RETURN_IF_ERROR(initializeVariable(i, seed));
  return Status();
}

} // namespace weft::rt
