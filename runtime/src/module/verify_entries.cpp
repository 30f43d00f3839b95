// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entry points: signatures, roles, buckets, and programs that agree with them.
#include "module/verify.h"

#include "base/element_type.h"
#include "module/module.h"
#include "module/sizes.h"

#include <set>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace weft::rt {

namespace {

class BucketVerifier {
public:
  BucketVerifier(const schema::Module &module, const schema::Entry &entry,
                 const schema::Bucket &bucket)
      : module(module), entry(entry), bucket(bucket) {}
  Status verify();

private:
  Status verifyInput(const schema::Input &input);
  Status verifyScalar(const schema::Input &input) const;
  Status verifyIndexRange(const schema::Input &input) const;
  Status verifyOutput(const schema::Output &output);
  Status verifyRole() const;
  Status verifyProgram(uint32_t index);
  Status verifyProgramSlots(const schema::Program &program) const;

  const schema::Module &module;
  const schema::Entry &entry;
  const schema::Bucket &bucket;
  std::unordered_set<std::string_view> names;
  std::vector<Linear> inputBytes, outputBytes;
  std::set<schema::TargetKind> targets;
};

} // namespace

Status BucketVerifier::verify() {
  WEFT_RETURN_IF_ERROR(verifyAligned("values", bucket.values()));
  size_t values = bucket.values() ? bucket.values()->size() : 0;
  size_t dimensions = module.bucket_dimensions() ? module.bucket_dimensions()->size() : 0;
  // An entry that sees no batch (apply_step) depends on none of them.
  if (values != dimensions && values != 0)
    return dataLoss("%zu values for %zu bucket dimensions", values, dimensions);
  for (flatbuffers::uoffset_t i = 0; i < bucket.inputs()->size(); ++i)
    WEFT_RETURN_IF_ERROR(verifyInput(*bucket.inputs()->Get(i)).withContext(place("inputs", i)));
  names.clear();
  for (flatbuffers::uoffset_t i = 0; i < bucket.outputs()->size(); ++i)
    WEFT_RETURN_IF_ERROR(verifyOutput(*bucket.outputs()->Get(i)).withContext(place("outputs", i)));
  WEFT_RETURN_IF_ERROR(verifyRole());
  if (bucket.programs()->size() == 0)
    return dataLoss("no program");
  for (flatbuffers::uoffset_t i = 0; i < bucket.programs()->size(); ++i)
    WEFT_RETURN_IF_ERROR(
        verifyProgram(bucket.programs()->Get(i)).withContext(place("programs", i)));
  return Status();
}

// Name, type and shape of an input or output; the size is appended to `sizes`.
template <typename Tensor>
static Status verifyTensor(const Tensor &tensor, std::unordered_set<std::string_view> &names,
                           std::vector<Linear> &sizes) {
  WEFT_RETURN_IF_ERROR(verifyName("name", *tensor.name()));
  WEFT_RETURN_IF_ERROR(verifyEnum("role", tensor.role()));
  WEFT_RETURN_IF_ERROR(verifyEnum("type", tensor.type()));
  if (!names.insert(tensor.name()->string_view()).second)
    return dataLoss("the name '%s' is taken", tensor.name()->c_str());
  if (tensor.shape()->size() > maxRank)
    return dataLoss("rank %u: expected at most %zu", tensor.shape()->size(), maxRank);
  WEFT_RETURN_IF_ERROR(verifyAligned("shape", *tensor.shape()));
  std::optional<Linear> bytes = tensorBytes(*tensor.shape(), tensor.type());
  if (!bytes)
    return dataLoss("the shape of '%s' is not allowed: only dimension 0 may depend on the rows, "
                    "none may be negative, and the size is limited",
                    tensor.name()->c_str());
  sizes.push_back(*bytes);
  return Status();
}

Status BucketVerifier::verifyInput(const schema::Input &input) {
  WEFT_RETURN_IF_ERROR(verifyTensor(input, names, inputBytes));
  WEFT_RETURN_IF_ERROR(verifyEnum("scalar", input.scalar()));
  WEFT_RETURN_IF_ERROR(verifyIndexRange(input));
  if (input.dimensions() && input.dimensions()->size() != input.shape()->size())
    return dataLoss("'%s' has names for %u dimensions, but rank %u", input.name()->c_str(),
                    input.dimensions()->size(), input.shape()->size());
  if (input.role() == schema::InputRole::Scalar)
    return verifyScalar(input);
  if (input.scalar() != schema::ScalarRole::None)
    return dataLoss("'%s' has a scalar role but is no scalar", input.name()->c_str());
  return Status();
}

Status BucketVerifier::verifyScalar(const schema::Input &input) const {
  if (input.scalar() == schema::ScalarRole::None)
    return dataLoss("scalar '%s' has no role", input.name()->c_str());
  bool isInteger = Scalars::isInteger(input.scalar());
  schema::ElementType expected = isInteger ? schema::ElementType::I64 : schema::ElementType::F64;
  if (input.shape()->size() != 0 || input.type() != expected)
    return dataLoss("scalar '%s': expected a tensor of rank 0 of %s, found rank %u of %s",
                    input.name()->c_str(), isInteger ? "i64" : "f64", input.shape()->size(),
                    elementTypeName(static_cast<ElementType>(input.type())));
  return Status();
}

Status BucketVerifier::verifyIndexRange(const schema::Input &input) const {
  bool isBounded = input.index_high() > input.index_low() || input.index_runs();
  if (isBounded && isFloat(elementType(input.type())))
    return dataLoss("'%s' has an index range but is of type %s", input.name()->c_str(),
                    elementTypeName(static_cast<ElementType>(input.type())));
  if (!input.index_runs())
    return Status();
  WEFT_RETURN_IF_ERROR(verifyAligned("index_runs", *input.index_runs()));
  if (input.index_runs()->size() == 0)
    return dataLoss("'%s' has no index runs", input.name()->c_str());
  for (const schema::IndexRun *run : *input.index_runs())
    if (run->count() < 1)
      return dataLoss("'%s' has an index run of %lld elements", input.name()->c_str(),
                      static_cast<long long>(run->count()));
  return Status();
}

Status BucketVerifier::verifyOutput(const schema::Output &output) {
  return verifyTensor(output, names, outputBytes);
}

// What the trainer relies on: a step that computes a loss yields its sum and its weight as numbers.
Status BucketVerifier::verifyRole() const {
  if (entry.role() != schema::EntryRole::TrainStep && entry.role() != schema::EntryRole::EvalStep &&
      entry.role() != schema::EntryRole::AccumulateStep)
    return Status();
  int sums = 0, weights = 0;
  for (const schema::Output *output : *bucket.outputs()) {
    bool isSum = output->role() == schema::OutputRole::LossSum;
    bool isWeight = output->role() == schema::OutputRole::LossWeight;
    sums += isSum;
    weights += isWeight;
    bool isNumber = output->shape()->size() == 0 && isFloat(elementType(output->type()));
    if ((isSum || isWeight) && !isNumber)
      return dataLoss("output '%s' must be a floating-point number of rank 0",
                      output->name()->c_str());
  }
  if (sums != 1 || weights != 1)
    return dataLoss("a step with a loss yields one loss sum and one loss weight, found %d and %d",
                    sums, weights);
  return Status();
}

Status BucketVerifier::verifyProgram(uint32_t index) {
  if (index >= module.programs()->size())
    return dataLoss("program %u: there are %u", index, module.programs()->size());
  const schema::Program &program = *module.programs()->Get(index);
  if (!targets.insert(program.target()).second)
    return dataLoss("program %u: a second one for the same target", index);
  if (program.inputs()->size() != bucket.inputs()->size())
    return dataLoss("program %u has %u inputs, the entry %u", index, program.inputs()->size(),
                    bucket.inputs()->size());
  if (program.outputs()->size() != bucket.outputs()->size())
    return dataLoss("program %u has %u outputs, the entry %u", index, program.outputs()->size(),
                    bucket.outputs()->size());
  return verifyProgramSlots(program);
}

Status BucketVerifier::verifyProgramSlots(const schema::Program &program) const {
  for (flatbuffers::uoffset_t i = 0; i < program.slots()->size(); ++i) {
    const schema::Slot &slot = *program.slots()->Get(i);
    if (slot.space() == schema::SlotSpace::Argument &&
        !linear(slot.size()).fitsIn(inputBytes[slot.offset()]))
      return dataLoss("slot %u is larger than input %llu", i,
                      static_cast<unsigned long long>(slot.offset()));
  }
  for (flatbuffers::uoffset_t i = 0; i < program.outputs()->size(); ++i)
    if (!outputBytes[i].fitsIn(linear(program.slots()->Get(program.outputs()->Get(i))->size())))
      return dataLoss("output %u is larger than its slot %u", i, program.outputs()->Get(i));
  return Status();
}

static Status verifyEntry(const schema::Module &module, const schema::Entry &entry) {
  WEFT_RETURN_IF_ERROR(verifyName("name", *entry.name()));
  WEFT_RETURN_IF_ERROR(verifyEnum("role", entry.role()));
  if (entry.buckets()->size() == 0)
    return dataLoss("no bucket");
  std::set<std::vector<int64_t>> tuples;
  for (flatbuffers::uoffset_t i = 0; i < entry.buckets()->size(); ++i) {
    const schema::Bucket &bucket = *entry.buckets()->Get(i);
    WEFT_RETURN_IF_ERROR(
        BucketVerifier(module, entry, bucket).verify().withContext(place("buckets", i)));
    std::vector<int64_t> tuple;
    if (bucket.values())
      tuple.assign(bucket.values()->begin(), bucket.values()->end());
    if (!tuples.insert(tuple).second)
      return dataLoss("buckets[%u] has the values of another bucket", i);
  }
  return Status();
}

Status verifyEntries(const schema::Module &module) {
  std::unordered_set<std::string_view> names;
  std::set<schema::EntryRole> roles;
  for (flatbuffers::uoffset_t i = 0; i < module.entries()->size(); ++i) {
    const schema::Entry &entry = *module.entries()->Get(i);
    std::string where = place("entries", i);
    WEFT_RETURN_IF_ERROR(verifyEntry(module, entry).withContext(where));
    if (!names.insert(entry.name()->string_view()).second)
      return dataLoss("%s: the name '%s' is taken", where.c_str(), entry.name()->c_str());
    if (entry.role() != schema::EntryRole::Other && !roles.insert(entry.role()).second)
      return dataLoss("%s: another entry has the same role", where.c_str());
  }
  return Status();
}

} // namespace weft::rt
