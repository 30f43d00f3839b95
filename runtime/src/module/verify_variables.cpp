// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variables: names, shapes, layouts, initializers, and their places in the persistent arena.
#include "module/verify.h"

#include "base/element_type.h"
#include "module/module.h"
#include "module/sizes.h"
#include "schema/kernel_abi.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace weft::rt {

namespace {

class VariablesVerifier {
public:
  explicit VariablesVerifier(const schema::Module &module) : module(module) {}
  Status verify();

private:
  Status verifyVariable(size_t index, const schema::Variable &variable);
  Status verifyNames(const schema::Variable &variable);
  Status verifyShape(const schema::Variable &variable);
  Status verifyLayout(const schema::Variable &variable) const;
  Status verifyInitializer(const schema::Variable &variable) const;
  Status verifyState(const schema::Variable &variable) const;
  Status verifyOverlap();

  struct Range {
    uint64_t begin, end;
    size_t variable;
  };
  const schema::Module &module;
  std::unordered_set<std::string_view> namesOf[3]; // by NameSpace
  std::vector<Range> ranges;
  uint64_t bytes = 0; // of the variable being verified
};

} // namespace

Status VariablesVerifier::verify() {
  for (flatbuffers::uoffset_t i = 0; i < module.variables()->size(); ++i)
    WEFT_RETURN_IF_ERROR(
        verifyVariable(i, *module.variables()->Get(i)).withContext(place("variables", i)));
  return verifyOverlap();
}

Status VariablesVerifier::verifyVariable(size_t index, const schema::Variable &variable) {
  WEFT_RETURN_IF_ERROR(verifyEnum("kind", variable.kind()));
  WEFT_RETURN_IF_ERROR(verifyEnum("type", variable.type()));
  WEFT_RETURN_IF_ERROR(verifyNames(variable));
  WEFT_RETURN_IF_ERROR(verifyShape(variable));
  WEFT_RETURN_IF_ERROR(verifyLayout(variable));
  WEFT_RETURN_IF_ERROR(verifyInitializer(variable).withContext("initializer"));
  WEFT_RETURN_IF_ERROR(verifyState(variable));
  uint64_t offset = variable.offset();
  if (offset % WEFT_KERNEL_ALIGNMENT != 0)
    return dataLoss("offset %llu is not a multiple of %d", static_cast<unsigned long long>(offset),
                    WEFT_KERNEL_ALIGNMENT);
  if (offset > module.persistent_bytes() || bytes > module.persistent_bytes() - offset)
    return dataLoss("%llu bytes at offset %llu exceed the persistent arena of %llu",
                    static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(offset),
                    static_cast<unsigned long long>(module.persistent_bytes()));
  if (bytes > 0)
    ranges.push_back({offset, offset + bytes, index});
  return Status();
}

Status VariablesVerifier::verifyNames(const schema::Variable &variable) {
  auto &names = namesOf[static_cast<size_t>(nameSpaceOf(variable.kind()))];
  WEFT_RETURN_IF_ERROR(verifyName("name", *variable.name()));
  if (!names.insert(variable.name()->string_view()).second)
    return dataLoss("the name '%s' is taken by another variable", variable.name()->c_str());
  if (!variable.aliases())
    return Status();
  for (const flatbuffers::String *alias : *variable.aliases()) {
    WEFT_RETURN_IF_ERROR(verifyName("alias", *alias));
    if (!names.insert(alias->string_view()).second)
      return dataLoss("the alias '%s' is taken by another variable", alias->c_str());
  }
  return Status();
}

Status VariablesVerifier::verifyShape(const schema::Variable &variable) {
  WEFT_RETURN_IF_ERROR(verifyAligned("shape", variable.shape()));
  if (variable.shape()->size() > maxRank)
    return dataLoss("rank %u: expected at most %zu", variable.shape()->size(), maxRank);
  int64_t total = static_cast<int64_t>(elementSize(static_cast<ElementType>(variable.type())));
  for (int64_t size : *variable.shape())
    if (size < 0 || __builtin_mul_overflow(total, size, &total) || total > maxFixedBytes)
      return dataLoss("the shape is negative or too large at dimension %lld",
                      static_cast<long long>(size));
  bytes = static_cast<uint64_t>(total);
  return Status();
}

Status VariablesVerifier::verifyLayout(const schema::Variable &variable) const {
  if (!variable.layout())
    return Status();
  size_t rank = variable.shape()->size();
  std::vector<bool> seen(rank);
  if (variable.layout()->size() != rank)
    return dataLoss("layout has %u entries for rank %zu", variable.layout()->size(), rank);
  for (int32_t dimension : *variable.layout()) {
    if (dimension < 0 || static_cast<size_t>(dimension) >= rank || seen[dimension])
      return dataLoss("layout is not a permutation: entry %d", dimension);
    seen[dimension] = true;
  }
  return Status();
}

Status VariablesVerifier::verifyInitializer(const schema::Variable &variable) const {
  const schema::Initializer &initializer = *variable.initializer();
  WEFT_RETURN_IF_ERROR(verifyEnum("kind", initializer.kind()));
  int64_t rows = variable.shape()->size() > 0 ? variable.shape()->Get(0) : 0;
  if (initializer.zero_row() < -1 || initializer.zero_row() >= rows)
    return dataLoss("zero_row is %lld of %lld", static_cast<long long>(initializer.zero_row()),
                    static_cast<long long>(rows));
  double a = initializer.a(), b = initializer.b();
  switch (initializer.kind()) {
  case schema::InitializerKind::Constant:
    return Status();
  case schema::InitializerKind::Uniform:
    if (!std::isfinite(a) || !std::isfinite(b) || a > b)
      return dataLoss("uniform from %g to %g", a, b);
    return Status();
  case schema::InitializerKind::Normal:
  case schema::InitializerKind::TruncatedNormal:
    if (!std::isfinite(a) || !std::isfinite(b) || b < 0)
      return dataLoss("normal with mean %g and deviation %g", a, b);
    return Status();
  case schema::InitializerKind::Dense:
    if (!initializer.values() || initializer.values()->size() != bytes)
      return dataLoss("%u bytes of values: expected %llu",
                      initializer.values() ? initializer.values()->size() : 0,
                      static_cast<unsigned long long>(bytes));
    return Status();
  }
  return Status();
}

Status VariablesVerifier::verifyState(const schema::Variable &variable) const {
  bool isState = variable.kind() == schema::VariableKind::OptimizerState ||
                 variable.kind() == schema::VariableKind::GradientAccumulator;
  int32_t owner = variable.state_of();
  if (!isState)
    return owner == -1 ? Status()
                       : dataLoss("state_of is %d for a variable that is no state", owner);
  if (owner < -1 || owner >= static_cast<int64_t>(module.variables()->size()))
    return dataLoss("state_of is %d: there are %u variables", owner, module.variables()->size());
  if (owner >= 0 && module.variables()->Get(owner)->kind() != schema::VariableKind::Parameter)
    return dataLoss("state_of is %d, which is not a parameter", owner);
  return Status();
}

Status VariablesVerifier::verifyOverlap() {
  std::sort(ranges.begin(), ranges.end(),
            [](const Range &a, const Range &b) { return a.begin < b.begin; });
  for (size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].begin < ranges[i - 1].end)
      return dataLoss("variables[%zu] and variables[%zu] overlap in the persistent arena",
                      ranges[i - 1].variable, ranges[i].variable);
  return Status();
}

Status verifyVariables(const schema::Module &module) { return VariablesVerifier(module).verify(); }

} // namespace weft::rt
