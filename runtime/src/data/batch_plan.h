// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which field of a data set feeds which input of a model, and the conversion on the way: bytes
// become pixel / 255, integer labels become one-hot rows, numbers change their type. The work on
// the data is done when a batch is made, so that a data set stays as small in memory as it is on
// the disk.
#ifndef WEFT_RUNTIME_DATA_BATCH_PLAN_H
#define WEFT_RUNTIME_DATA_BATCH_PLAN_H

#include "base/element_type.h"
#include "data/dataset.h"

#include <span>

namespace weft::rt {

// An input of an entry point, as far as data is concerned.
struct InputSpec {
  std::string name;
  ElementType type = ElementType::f32;
  std::vector<int64_t> sampleShape; // without the batch dimension
  bool isLabel = false;             // prediction does not take it
  // Values must lie in [low, high) or equal ignoreIndex; no bound if low == high.
  int64_t low = 0, high = 0;
  bool hasIgnoreIndex = false;
  int64_t ignoreIndex = 0;

  int64_t sampleElements() const;
  size_t sampleBytes() const { return static_cast<size_t>(sampleElements()) * elementSize(type); }
};

// Immutable once made; several threads may fill batches at the same time. Shares the arrays of the
// data set.
class BatchPlan {
public:
  // Maps fields to inputs: by name; else the label field to the label input and the other fields to
  // the other inputs in order. All values that index something are checked here, once.
  static Result<BatchPlan> create(const Dataset &data, std::vector<InputSpec> inputs);

  int64_t samples() const { return sampleCount; }
  const std::vector<InputSpec> &inputs() const { return specs; }
  // True if integer classes become one-hot rows for this input, or the data holds such rows.
  bool isOneHot(size_t input) const;
  // Writes the given samples to `targets`, one block per input, from row `firstRow` of each on.
  void fill(std::span<const uint32_t> samples, std::span<void *const> targets,
            int64_t firstRow = 0) const;

private:
  enum class Conversion { copy, pixels, cast, oneHot };
  struct Source {
    Array array;
    Conversion conversion = Conversion::copy;
    int64_t sourceElements = 0; // of one sample
  };
  static Result<Source> chooseConversion(const DataField &field, const InputSpec &input);

  std::vector<InputSpec> specs;
  std::vector<Source> sources;
  int64_t sampleCount = 0;
};

} // namespace weft::rt

#endif
