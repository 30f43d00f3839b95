// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which field of a data set feeds which input of a model, and the conversion on the way: bytes
// become pixel / 255, integer labels become one-hot rows, numbers change their type, sequences are
// filled up to the length of a bucket. The work on the data is done when a batch is made, so that a
// data set stays as small in memory as it is on the disk.
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
  std::string dimension;            // the name of its first one, "seq"; empty: none
  bool isLabel = false;             // prediction does not take it
  // Values must lie in [low, high) or equal ignoreIndex; no bound if low == high.
  struct Bounds {
    int64_t count = 1, low = 0, high = 0;
    bool hasIgnoreIndex = false;
    int64_t ignoreIndex = 0;
  };
  // Of all elements, and where those of a sample differ: of the first `count`, the next ..., from
  // the beginning again behind the last.
  int64_t low = 0, high = 0;
  bool hasIgnoreIndex = false;
  int64_t ignoreIndex = 0;
  std::vector<Bounds> runs;
  Bounds boundsAt(int64_t elementOfSample) const;

  int64_t sampleElements() const;
  size_t sampleBytes() const { return static_cast<size_t>(sampleElements()) * elementSize(type); }
};

// The inputs of an entry at one tuple of bound sizes. All buckets of an entry have the same inputs;
// those whose first size has a name, or differs from bucket to bucket, are sequences.
struct BucketSpec {
  uint32_t index = 0; // in the module's entry
  std::vector<InputSpec> inputs;
};

// What a batch is made of.
struct BatchContent {
  std::span<const uint32_t> samples;
  size_t bucket = 0; // of the plan
  int64_t epoch = 0; // whose masks it gets
};

// Immutable once made; several threads may fill batches at the same time. Shares the arrays of the
// data set.
class BatchPlan {
public:
  // Maps fields to inputs: by name; else the label field to the label input and the other fields to
  // the other inputs in order. A sequence input attention_mask that the data lacks is 1 where
  // there is data, token_type_ids is 0; masked_positions are the places that have a label, and
  // labels are then those of these places. All values that index something are checked here, once,
  // and so are lengths. Buckets that the data does not fit are left out; there must be one that
  // every sample fits.
  static Result<BatchPlan> create(const Dataset &data, std::vector<BucketSpec> buckets);
  static Result<BatchPlan> create(const Dataset &data, std::vector<InputSpec> inputs);

  int64_t samples() const { return sampleCount; }
  // What the samples are windows of, or null.
  const std::shared_ptr<const QuestionWindows> &questions() const { return windows; }
  // Buckets that the data fits, by size; all of them have the same inputs.
  size_t bucketCount() const { return buckets.size(); }
  const BucketSpec &bucket(size_t number) const { return buckets[number]; }
  // The smallest bucket that fits every one of these samples.
  size_t bucketFor(std::span<const uint32_t> samples) const;
  // The same for all samples: no batch needs a larger one.
  size_t largestBucket() const { return largest; }
  // The inputs at that bucket.
  const std::vector<InputSpec> &inputs() const { return buckets[largest].inputs; }
  // The length of the longest sequence of a sample; 1 if the data has none.
  int64_t sampleLength(uint32_t sample) const;
  bool hasLengths() const;
  // The number of places of a sample that an input has, without padding; -1 if it is no sequence.
  int64_t lengthOf(uint32_t sample, size_t input) const;

  // True if integer classes become one-hot rows for this input, or the data holds such rows.
  bool isOneHot(size_t input) const;
  // Writes samples to `targets`, one block per input, from row `firstRow` of each on.
  void fill(const BatchContent &content, std::span<void *const> targets,
            int64_t firstRow = 0) const;

private:
  enum class Conversion { copy, pixels, cast, oneHot, presence, zeros, masked };
  struct Source {
    Array array;
    Conversion conversion = Conversion::copy;
    int64_t sourceElements = 0; // of one sample, or of one place of a sequence
    // A sequence: of so many places, or of those between offsets.
    bool isSequence = false;
    int64_t length = 0;
    std::shared_ptr<const std::vector<uint64_t>> offsets;
    double padding = 0;
    std::string file, field;

    int64_t lengthOf(uint32_t sample) const {
      return offsets ? static_cast<int64_t>((*offsets)[sample + 1] - (*offsets)[sample]) : length;
    }
    int64_t firstElement(uint32_t sample) const {
      return (offsets ? static_cast<int64_t>((*offsets)[sample]) : sample * length) *
             sourceElements;
    }
  };
  // Inputs of a masked language model, which are made together.
  struct Masked {
    size_t ids = none, labels = none, positions = none; // numbers of inputs
    Source tokens, given; // given: labels of the data, if there are no rules
    std::shared_ptr<const MaskingRules> rules;
    std::vector<uint32_t> counts; // of given labels, by sample
    static constexpr size_t none = ~size_t{0};
  };
  static Result<Source> chooseConversion(const DataField &field, const InputSpec &input,
                                         bool varies);
  static Result<Source> chooseSequence(const DataField &field, const InputSpec &input);
  Status addSources(const Dataset &data, const BucketSpec &bucket, const std::vector<bool> &varies);
  Status findMasked(const Dataset &data, const BucketSpec &bucket);
  Status countLabels(const InputSpec &labels);
  void dropFewerPositions(std::vector<BucketSpec> &buckets) const;
  void maskSample(uint32_t sample, int64_t epoch, int64_t ignored, std::vector<int32_t> &tokens,
                  std::vector<int64_t> &labels) const;
  void fillMasked(const BatchContent &content, std::span<void *const> targets,
                  int64_t firstRow) const;
  void derive();
  Status checkLengths() const;
  Status findLargest();
  bool fits(uint32_t sample, const BucketSpec &bucket) const;
  int64_t maskLimit(uint32_t sample) const;
  void fillSample(const Source &source, const InputSpec &input, uint32_t sample,
                  uint8_t *target) const;
  void fillSequence(const Source &source, const InputSpec &input, uint32_t sample,
                    uint8_t *target) const;

  std::vector<BucketSpec> buckets;
  std::vector<Source> sources;
  std::optional<Masked> masked;
  std::shared_ptr<const QuestionWindows> windows;
  int64_t sampleCount = 0;
  size_t largest = 0;
};

} // namespace weft::rt

#endif
