// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What goes in and out of a run: inputs bound in place or copied, scalars, index checks, outputs.
#include "module/prepared_run.h"

#include "module/sizes.h"

#include <cstring>

namespace weft::rt {

static Status stage(const std::shared_ptr<Device> &device, PreparedRun::Argument &argument,
                    const void *source) {
  if (!argument.staging.data()) {
    WEFT_ASSIGN_OR_RETURN(argument.staging, DeviceBuffer::create(device, argument.bytes));
  }
  return device->copyIn(argument.staging.data(), source, argument.bytes);
}

static void bind(PreparedRun &run, PreparedRun::Argument &argument, void *memory) {
  if (argument.bound == memory)
    return;
  for (size_t position : argument.positions)
    run.list.pointers[position] = memory;
  argument.bound = memory;
}

static Status stageScalar(const std::shared_ptr<Device> &device, PreparedRun::Argument &argument,
                          schema::ScalarRole role, const Scalars &scalars) {
  if (Scalars::isInteger(role)) {
    int64_t value = scalars.getInteger(role);
    return stage(device, argument, &value);
  }
  double value = scalars.get(role);
  return stage(device, argument, &value);
}

Status bindArguments(const std::shared_ptr<Device> &device, PreparedRun &run,
                     std::span<const void *const> inputs, const Scalars &scalars) {
  size_t nextInput = 0;
  for (size_t i = 0; i < run.arguments.size(); ++i) {
    PreparedRun::Argument &argument = run.arguments[i];
    const schema::Input &input = *run.signature->inputs()->Get(static_cast<uint32_t>(i));
    if (input.role() == schema::InputRole::Scalar) {
      WEFT_RETURN_IF_ERROR(stageScalar(device, argument, input.scalar(), scalars));
      bind(run, argument, argument.staging.data());
      continue;
    }
    const void *source = inputs[nextInput++];
    bool inPlace =
        device->isHostAccessible() && reinterpret_cast<uintptr_t>(source) % bufferAlignment == 0;
    if (!inPlace)
      WEFT_RETURN_IF_ERROR(stage(device, argument, source));
    // The verifier has made sure that kernels only read arguments.
    bind(run, argument, inPlace ? const_cast<void *>(source) : argument.staging.data());
  }
  return Status();
}

// The first element outside [low, high) that is not `ignored`, or `count`.
template <typename T>
static int64_t findOutOfRange(const T *values, int64_t count, int64_t low, int64_t high,
                              const int64_t *ignored) {
  for (int64_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, values + i, sizeof(T));
    int64_t number = static_cast<int64_t>(value);
    if ((number < low || number >= high) && !(ignored && number == *ignored))
      return i;
  }
  return count;
}

// The first element from `begin` to `end` that `bounds` do not allow, or `end`.
static int64_t findBadIndex(const schema::Input &input, const IndexBounds &bounds, const void *data,
                            int64_t begin, int64_t end) {
  const int64_t *ignored = bounds.hasIgnoreIndex ? &bounds.ignoreIndex : nullptr;
  auto find = [&]<typename T>(const T *values) {
    return begin + findOutOfRange(values + begin, end - begin, bounds.low, bounds.high, ignored);
  };
  switch (elementType(input.type())) {
  case ElementType::i64:
    return find(static_cast<const int64_t *>(data));
  case ElementType::i32:
    return find(static_cast<const int32_t *>(data));
  case ElementType::i8:
    return find(static_cast<const int8_t *>(data));
  default:
    return find(static_cast<const uint8_t *>(data));
  }
}

static Status describeBadIndex(const schema::Input &input, const IndexBounds &bounds,
                               const void *data, int64_t position, int64_t count, int64_t rows) {
  int64_t fixed = input.shape()->size() > 0 ? input.shape()->Get(0)->fixed() : 1;
  int64_t sample = position / (count / (fixed > 0 ? fixed : rows));
  int64_t value = loadInteger(elementType(input.type()), data, static_cast<size_t>(position));
  std::string ignored;
  if (bounds.hasIgnoreIndex)
    ignored = " or " + std::to_string(bounds.ignoreIndex) + " (ignored)";
  return outOfRange(
      "input '%s': sample %lld of the batch has the value %lld: expected %lld to %lld%s",
      input.name()->c_str(), static_cast<long long>(sample), static_cast<long long>(value),
      static_cast<long long>(bounds.low), static_cast<long long>(bounds.high - 1), ignored.c_str());
}

std::vector<IndexBounds> indexBounds(const schema::Input &input) {
  if (!input.index_runs())
    return {{INT64_MAX, input.index_low(), input.index_high(), input.has_ignore_index(),
             input.ignore_index()}};
  std::vector<IndexBounds> runs;
  for (const schema::IndexRun *run : *input.index_runs())
    runs.push_back(
        {run->count(), run->low(), run->high(), run->has_ignore_index(), run->ignore_index()});
  return runs;
}

// A pattern of bounds begins again behind its end, which is that of a sample or a part of one.
static Status checkIndices(const schema::Input &input, const void *data, int64_t rows) {
  int64_t count = elementCount(*input.shape(), rows);
  std::vector<IndexBounds> runs = indexBounds(input);
  for (int64_t begin = 0; begin < count;)
    for (const IndexBounds &bounds : runs) {
      int64_t end = bounds.count < count - begin ? begin + bounds.count : count;
      int64_t bad = bounds.low < bounds.high ? findBadIndex(input, bounds, data, begin, end) : end;
      if (bad < end)
        return describeBadIndex(input, bounds, data, bad, count, rows);
      begin = end;
    }
  return Status();
}

Status checkIndexInputs(const schema::Bucket &signature, std::span<const void *const> inputs,
                        int64_t rows) {
  size_t nextInput = 0;
  for (const schema::Input *input : *signature.inputs()) {
    if (input->role() == schema::InputRole::Scalar)
      continue;
    const void *data = inputs[nextInput++];
    if (input->index_high() <= input->index_low() && !input->index_runs())
      continue;
    WEFT_RETURN_IF_ERROR(checkIndices(*input, data, rows));
  }
  return Status();
}

Status copyYields(Device &device, const PreparedRun &run, std::span<void *const> outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const PreparedRun::Yield &yield = run.yields[i];
    const void *source = yield.memory ? yield.memory : run.arguments[yield.argument].bound;
    if (outputs[i] && yield.bytes > 0)
      WEFT_RETURN_IF_ERROR(device.copyOut(outputs[i], source, yield.bytes));
  }
  return Status();
}

} // namespace weft::rt
