// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mapping of fields to inputs, checks of labels, and the conversions of a batch.
#include "data/batch_plan.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace weft::rt {

namespace {

// "28x28 = 784".
std::string describeSample(const std::vector<int64_t> &shape, size_t first) {
  std::string text;
  int64_t count = 1;
  for (size_t i = first; i < shape.size(); ++i) {
    text += (text.empty() ? "" : "x") + std::to_string(shape[i]);
    count *= shape[i];
  }
  if (shape.size() <= first + 1)
    return std::to_string(count);
  return text + " = " + std::to_string(count);
}

std::optional<DataType> storedType(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return DataType::f32;
  case ElementType::bf16:
    return DataType::bf16;
  case ElementType::f16:
    return DataType::f16;
  case ElementType::f64:
    return DataType::f64;
  case ElementType::i64:
    return DataType::i64;
  case ElementType::i32:
    return DataType::i32;
  case ElementType::i8:
    return DataType::i8;
  case ElementType::u8:
    return DataType::u8;
  case ElementType::i1:
    return DataType::boolean;
  }
  return std::nullopt;
}

// The sample that an element of a field belongs to.
long long sampleOf(const DataField &field, int64_t element) {
  int64_t row = element / std::max<int64_t>(1, field.array.rowElements());
  if (!field.offsets)
    return row;
  auto next =
      std::upper_bound(field.offsets->begin(), field.offsets->end(), static_cast<uint64_t>(row));
  return next - field.offsets->begin() - 1;
}

// The integers that a type holds, both ends included.
std::pair<int64_t, int64_t> rangeOf(ElementType type) {
  switch (type) {
  case ElementType::i32:
    return {INT32_MIN, INT32_MAX};
  case ElementType::i8:
    return {INT8_MIN, INT8_MAX};
  case ElementType::u8:
    return {0, UINT8_MAX};
  case ElementType::i1:
    return {0, 1};
  default:
    return {INT64_MIN, INT64_MAX};
  }
}

// `element` counts from the beginning of the sample.
Status checkInteger(const DataField &field, int64_t index, const InputSpec &input,
                    int64_t element) {
  double number = elementAsDouble(field.array, index);
  if (number != std::floor(number))
    return invalidArgument("%s: %s, sample %lld: expected an integer for the input %s, found %g",
                           field.file.c_str(), field.name.c_str(), sampleOf(field, index),
                           input.name.c_str(), number);
  InputSpec::Bounds bounds = input.boundsAt(element);
  bool isWide = isFloat(field.array.type) || field.array.type == DataType::u64;
  bool fits = !isWide || (number >= -0x1p63 && number < 0x1p63);
  int64_t value = !fits                       ? 0
                  : isFloat(field.array.type) ? static_cast<int64_t>(number)
                                              : elementAsInteger(field.array, index);
  auto [least, most] =
      bounds.low < bounds.high ? std::pair(bounds.low, bounds.high - 1) : rangeOf(input.type);
  bool ignored = fits && bounds.hasIgnoreIndex && value == bounds.ignoreIndex;
  if (!ignored && (!fits || value < least || value > most)) {
    char found[32];
    std::snprintf(found, sizeof(found), "%g", number);
    return outOfRange(
        "%s: %s, sample %lld: expected a value of %lld to %lld for %sthe input %s, found %s",
        field.file.c_str(), field.name.c_str(), sampleOf(field, index),
        static_cast<long long>(least), static_cast<long long>(most),
        input.runs.empty() ? "" : ("element " + std::to_string(element) + " of ").c_str(),
        input.name.c_str(), fits ? std::to_string(value).c_str() : found);
  }
  return {};
}

Status checkIntegers(const DataField &field, const InputSpec &input) {
  int64_t count = field.array.elements(), ofRow = std::max<int64_t>(1, field.array.rowElements());
  for (int64_t i = 0, sample = 0, first = 0; i < count; ++i) {
    // Samples of a ragged field are rows from one offset to the next.
    while (field.offsets &&
           i >= static_cast<int64_t>((*field.offsets)[static_cast<size_t>(sample) + 1]) * ofRow)
      first = static_cast<int64_t>((*field.offsets)[static_cast<size_t>(++sample)]) * ofRow;
    WEFT_RETURN_IF_ERROR(checkInteger(field, i, input, field.offsets ? i - first : i % ofRow));
  }
  return {};
}

// value / 255 as PyTorch's ToTensor computes it. The body is compiled twice: a division of eight
// lanes halves the cost of a batch.
template <typename Target>
[[gnu::always_inline]] inline void scaleBody(const uint8_t *source, Target *target, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    target[i] = static_cast<Target>(source[i]) / static_cast<Target>(255);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] void scaleWide(const uint8_t *source, float *target, int64_t count) {
  scaleBody(source, target, count);
}
const bool hasWide = __builtin_cpu_supports("avx2");
#else
void scaleWide(const uint8_t *source, float *target, int64_t count) {
  scaleBody(source, target, count);
}
constexpr bool hasWide = false;
#endif

void scalePixels(const uint8_t *source, void *target, ElementType type, int64_t count) {
  if (type == ElementType::f32 && hasWide)
    return scaleWide(source, static_cast<float *>(target), count);
  if (type == ElementType::f32)
    return scaleBody(source, static_cast<float *>(target), count);
  for (int64_t i = 0; i < count; ++i)
    storeElement(type, target, static_cast<size_t>(i), source[i] / 255.0);
}

const DataField *chooseField(const Dataset &data, const std::vector<InputSpec> &inputs,
                             const InputSpec &input, size_t &nextFeature) {
  if (const DataField *named = data.find(input.name))
    return named;
  size_t seen = 0;
  for (const DataField &field : data.fields) {
    bool isLabel = field.kind == DataField::Kind::labels;
    bool isTaken = std::any_of(inputs.begin(), inputs.end(),
                               [&](const InputSpec &other) { return other.name == field.name; });
    if (isLabel != input.isLabel || isTaken)
      continue;
    if (isLabel)
      return &field;
    if (seen++ == nextFeature) {
      ++nextFeature;
      return &field;
    }
  }
  return nullptr;
}

Status noField(const Dataset &data, const InputSpec &input) {
  std::string found;
  for (const DataField &field : data.fields)
    found += (found.empty() ? "" : ", ") + field.name + " " + formatShape(field.array.shape);
  return invalidArgument("%s: expected %s for the input %s, found only %s", data.path.c_str(),
                         input.isLabel ? "labels" : "an array", input.name.c_str(), found.c_str());
}

} // namespace

int64_t InputSpec::sampleElements() const {
  int64_t count = 1;
  for (int64_t size : sampleShape)
    count *= size;
  return count;
}

InputSpec::Bounds InputSpec::boundsAt(int64_t elementOfSample) const {
  if (runs.empty())
    return {1, low, high, hasIgnoreIndex, ignoreIndex};
  int64_t period = 0;
  for (const Bounds &run : runs)
    period += run.count;
  int64_t place = elementOfSample % period;
  size_t run = 0;
  while (place >= runs[run].count)
    place -= runs[run++].count;
  return runs[run];
}

Result<BatchPlan::Source> BatchPlan::chooseConversion(const DataField &field,
                                                      const InputSpec &input, bool varies) {
  if (field.offsets || (varies && field.array.shape.size() > 1))
    return chooseSequence(field, input);
  Source source;
  source.array = field.array;
  source.sourceElements = field.array.rowElements();
  bool floatInput = isFloat(input.type);
  if (source.sourceElements != input.sampleElements()) {
    bool oneHot =
        input.isLabel && floatInput && source.sourceElements == 1 && input.sampleShape.size() == 1;
    if (!oneHot)
      return invalidArgument("%s: %s: expected %s values a sample for the input %s, found %s",
                             field.file.c_str(), field.name.c_str(),
                             describeSample(input.sampleShape, 0).c_str(), input.name.c_str(),
                             describeSample(field.array.shape, 1).c_str());
    InputSpec classes;
    classes.name = input.name;
    classes.high = input.sampleShape[0];
    WEFT_RETURN_IF_ERROR(checkIntegers(field, classes));
    source.conversion = Conversion::oneHot;
    return source;
  }
  if (!floatInput)
    WEFT_RETURN_IF_ERROR(checkIntegers(field, input));
  source.conversion = field.pixels && floatInput                   ? Conversion::pixels
                      : storedType(input.type) == field.array.type ? Conversion::copy
                                                                   : Conversion::cast;
  return source;
}

// A field that is filled up to the length of a bucket.
Result<BatchPlan::Source> BatchPlan::chooseSequence(const DataField &field,
                                                    const InputSpec &input) {
  // The first dimension of a ragged field's array is that of all places.
  size_t inner = field.offsets ? 1 : 2;
  Source source;
  source.array = field.array;
  source.isSequence = true;
  source.offsets = field.offsets;
  source.length = field.offsets ? 0 : field.array.shape[1];
  std::vector<int64_t> found(field.array.shape.begin() + static_cast<long>(inner),
                             field.array.shape.end());
  std::vector<int64_t> wanted;
  if (!input.sampleShape.empty())
    wanted.assign(input.sampleShape.begin() + 1, input.sampleShape.end());
  if (input.sampleShape.empty() || found != wanted)
    return invalidArgument("%s: %s: expected %s for the input %s, found a sequence of %s each",
                           field.file.c_str(), field.name.c_str(),
                           input.sampleShape.empty()
                               ? "one value a sample"
                               : (describeSample(wanted, 0) + " values for each place").c_str(),
                           input.name.c_str(), describeSample(found, 0).c_str());
  source.sourceElements = 1;
  for (int64_t size : found)
    source.sourceElements *= size;
  if (input.isLabel && !input.hasIgnoreIndex)
    return invalidArgument("%s: %s: a label for each place needs a model that ignores a value, "
                           "which fills up shorter samples; the input %s has none",
                           field.file.c_str(), field.name.c_str(), input.name.c_str());
  source.padding = static_cast<double>(input.isLabel ? input.ignoreIndex : field.padding);
  if (!isFloat(input.type))
    WEFT_RETURN_IF_ERROR(checkIntegers(field, input));
  source.conversion =
      storedType(input.type) == field.array.type ? Conversion::copy : Conversion::cast;
  return source;
}

Result<BatchPlan> BatchPlan::create(const Dataset &data, std::vector<InputSpec> inputs) {
  std::vector<BucketSpec> buckets(1);
  buckets[0].inputs = std::move(inputs);
  return create(data, std::move(buckets));
}

static size_t sampleBytes(const BucketSpec &bucket) {
  size_t bytes = 0;
  for (const InputSpec &input : bucket.inputs)
    bytes += input.sampleBytes();
  return bytes;
}

Result<BatchPlan> BatchPlan::create(const Dataset &data, std::vector<BucketSpec> buckets) {
  BatchPlan plan;
  plan.sampleCount = data.samples();
  plan.windows = data.questions;
  std::sort(buckets.begin(), buckets.end(), [](const BucketSpec &a, const BucketSpec &b) {
    return std::pair(sampleBytes(a), a.index) < std::pair(sampleBytes(b), b.index);
  });
  std::vector<bool> varies(buckets[0].inputs.size(), false);
  for (size_t i = 0; i < varies.size(); ++i)
    for (const BucketSpec &bucket : buckets)
      varies[i] = varies[i] || !bucket.inputs[i].dimension.empty() ||
                  bucket.inputs[i].sampleShape != buckets[0].inputs[i].sampleShape;
  WEFT_RETURN_IF_ERROR(plan.findMasked(data, buckets.back()));
  plan.dropFewerPositions(buckets);
  WEFT_RETURN_IF_ERROR(plan.addSources(data, buckets.back(), varies));
  plan.buckets = std::move(buckets);
  plan.derive();
  WEFT_RETURN_IF_ERROR(plan.checkLengths());
  WEFT_RETURN_IF_ERROR(plan.findLargest());
  return plan;
}

// A source for each input; those that the data lacks but that follow from it come in `derive`.
Status BatchPlan::addSources(const Dataset &data, const BucketSpec &bucket,
                             const std::vector<bool> &varies) {
  size_t nextFeature = 0;
  for (size_t i = 0; i < bucket.inputs.size(); ++i) {
    const InputSpec &input = bucket.inputs[i];
    if (masked && (i == masked->labels || i == masked->positions)) {
      sources.emplace_back().conversion = Conversion::masked;
      continue;
    }
    bool isMask = input.name == "attention_mask", isType = input.name == "token_type_ids";
    const DataField *field = (isMask || isType)
                                 ? data.find(input.name)
                                 : chooseField(data, bucket.inputs, input, nextFeature);
    Source source;
    if (field) {
      WEFT_ASSIGN_OR_RETURN(source, chooseConversion(*field, input, varies[i]));
      source.file = field->file;
      source.field = field->name;
    } else if (isMask || isType) {
      source.conversion = isMask ? Conversion::presence : Conversion::zeros;
    } else {
      return noField(data, input);
    }
    if (masked && i == masked->ids)
      masked->tokens = source;
    sources.push_back(std::move(source));
  }
  if (masked && !masked->tokens.isSequence)
    return unimplemented("%s: a masked language model needs input_ids of a length that is named",
                         data.path.c_str());
  return {};
}

// Masks and types that the data lacks are as long as its first sequence.
void BatchPlan::derive() {
  const Source *first = nullptr;
  for (size_t i = 0; i < sources.size() && !first; ++i)
    if (sources[i].isSequence && !inputs()[i].isLabel)
      first = &sources[i];
  for (size_t i = 0; i < sources.size(); ++i) {
    Source &source = sources[i];
    if (source.conversion != Conversion::presence && source.conversion != Conversion::zeros)
      continue;
    source.isSequence = true;
    source.sourceElements = 1;
    if (first) {
      source.offsets = first->offsets;
      source.length = first->length;
      source.file = first->file;
      source.field = first->field;
    } else {
      source.length = buckets.back().inputs[i].sampleElements();
    }
  }
}

// Sequences that have the same size in every bucket run along the same dimension.
Status BatchPlan::checkLengths() const {
  for (size_t i = 0; i < sources.size(); ++i)
    for (size_t k = 0; k < i; ++k) {
      const Source &one = sources[k], &other = sources[i];
      bool sameDimension =
          std::all_of(buckets.begin(), buckets.end(), [&](const BucketSpec &bucket) {
            return one.isSequence && other.isSequence &&
                   bucket.inputs[k].sampleShape[0] == bucket.inputs[i].sampleShape[0];
          });
      if (!sameDimension || (one.offsets && one.offsets == other.offsets))
        continue;
      for (int64_t sample = 0; sample < sampleCount; ++sample)
        if (int64_t length = one.lengthOf(static_cast<uint32_t>(sample)),
            found = other.lengthOf(static_cast<uint32_t>(sample));
            length != found)
          return invalidArgument("%s: %s, sample %lld: expected the length of %s, %lld, found %lld",
                                 other.file.c_str(), other.field.c_str(),
                                 static_cast<long long>(sample), one.field.c_str(),
                                 static_cast<long long>(length), static_cast<long long>(found));
    }
  return {};
}

bool BatchPlan::fits(uint32_t sample, const BucketSpec &bucket) const {
  if (masked && !masked->counts.empty() &&
      masked->counts[sample] > bucket.inputs[masked->labels].sampleShape[0])
    return false;
  for (size_t i = 0; i < sources.size(); ++i)
    if (sources[i].isSequence && sources[i].lengthOf(sample) > bucket.inputs[i].sampleShape[0])
      return false;
  return true;
}

size_t BatchPlan::bucketFor(std::span<const uint32_t> samples) const {
  size_t chosen = 0;
  for (uint32_t sample : samples)
    while (chosen + 1 < buckets.size() && !fits(sample, buckets[chosen]))
      ++chosen;
  return chosen;
}

Status BatchPlan::findLargest() {
  if (!hasLengths())
    return {};
  for (int64_t i = 0; i < sampleCount; ++i) {
    auto sample = static_cast<uint32_t>(i);
    while (largest + 1 < buckets.size() && !fits(sample, buckets[largest]))
      ++largest;
    if (fits(sample, buckets[largest]))
      continue;
    if (masked && !masked->counts.empty())
      if (int64_t places = inputs()[masked->labels].sampleShape[0]; masked->counts[sample] > places)
        return invalidArgument("%s: %s, sample %lld: expected at most %lld labels, the most that "
                               "the module was compiled for, found %u",
                               masked->given.file.c_str(), masked->given.field.c_str(),
                               static_cast<long long>(i), static_cast<long long>(places),
                               masked->counts[sample]);
    for (size_t k = 0; k < sources.size(); ++k)
      if (int64_t places = inputs()[k].sampleShape.empty() ? 0 : inputs()[k].sampleShape[0];
          sources[k].isSequence && sources[k].lengthOf(sample) > places)
        return invalidArgument(
            "%s: %s, sample %lld: expected a length of at most %lld, the largest "
            "that the module was compiled for, found %lld",
            sources[k].file.c_str(), sources[k].field.c_str(), static_cast<long long>(i),
            static_cast<long long>(places), static_cast<long long>(sources[k].lengthOf(sample)));
  }
  return {};
}

bool BatchPlan::hasLengths() const {
  return std::any_of(sources.begin(), sources.end(),
                     [](const Source &source) { return source.isSequence; });
}

int64_t BatchPlan::sampleLength(uint32_t sample) const {
  int64_t length = 1;
  for (const Source &source : sources)
    if (source.isSequence)
      length = std::max(length, source.lengthOf(sample));
  return length;
}

int64_t BatchPlan::lengthOf(uint32_t sample, size_t input) const {
  if (masked && input == masked->positions) {
    std::vector<int32_t> tokens;
    std::vector<int64_t> labels;
    maskSample(sample, /*epoch=*/0, /*ignored=*/-100, tokens, labels);
    return std::count_if(labels.begin(), labels.end(), [](int64_t label) { return label != -100; });
  }
  return sources[input].isSequence ? sources[input].lengthOf(sample) : -1;
}

// A row of zeros with a single one.
static bool isHotRow(const Array &array, int64_t row) {
  int64_t size = array.rowElements(), ones = 0;
  for (int64_t k = 0; k < size; ++k) {
    double value = elementAsDouble(array, row * size + k);
    if (value != 0 && value != 1)
      return false;
    ones += value == 1;
  }
  return ones == 1;
}

bool BatchPlan::isOneHot(size_t input) const {
  const Source &source = sources[input];
  if (source.conversion == Conversion::oneHot)
    return true;
  // The first rows tell.
  bool hot = source.sourceElements > 1;
  for (int64_t row = 0; hot && row < std::min<int64_t>(sampleCount, 16); ++row)
    hot = isHotRow(source.array, row);
  return hot;
}

// Elements from `first` on, in another type.
static void castElements(const Array &array, int64_t first, int64_t count, ElementType type,
                         uint8_t *target) {
  bool exact = type == ElementType::i64 && !isFloat(array.type);
  for (int64_t k = 0; k < count; ++k) {
    if (exact) {
      int64_t value = elementAsInteger(array, first + k);
      std::memcpy(target + k * 8, &value, sizeof(value));
    } else {
      storeElement(type, target, static_cast<size_t>(k), elementAsDouble(array, first + k));
    }
  }
}

void BatchPlan::fillSample(const Source &source, const InputSpec &input, uint32_t sample,
                           uint8_t *target) const {
  int64_t count = source.sourceElements;
  const uint8_t *row =
      source.array.data + sample * static_cast<size_t>(count) * dataTypeSize(source.array.type);
  switch (source.conversion) {
  case Conversion::copy:
    std::memcpy(target, row, input.sampleBytes());
    break;
  case Conversion::pixels:
    scalePixels(row, target, input.type, count);
    break;
  case Conversion::cast:
    castElements(source.array, sample * count, count, input.type, target);
    break;
  default:
    std::memset(target, 0, input.sampleBytes());
    storeElement(input.type, target, static_cast<size_t>(elementAsDouble(source.array, sample)), 1);
    break;
  }
}

// The sample, then padding up to the length of the bucket.
void BatchPlan::fillSequence(const Source &source, const InputSpec &input, uint32_t sample,
                             uint8_t *target) const {
  size_t size = elementSize(input.type);
  auto count = static_cast<size_t>(source.lengthOf(sample) * source.sourceElements);
  auto all = static_cast<size_t>(input.sampleElements());
  int64_t first = source.firstElement(sample);
  if (source.conversion == Conversion::copy)
    std::memcpy(target, source.array.data + static_cast<size_t>(first) * size, count * size);
  else if (source.conversion == Conversion::cast)
    castElements(source.array, first, static_cast<int64_t>(count), input.type, target);
  else
    for (size_t k = 0; k < count; ++k)
      storeElement(input.type, target, k, source.conversion == Conversion::presence);
  for (size_t k = count; k < all; ++k)
    storeElement(input.type, target, k, source.padding);
}

void BatchPlan::fill(const BatchContent &content, std::span<void *const> targets,
                     int64_t firstRow) const {
  for (size_t i = 0; i < sources.size(); ++i) {
    const InputSpec &input = buckets[content.bucket].inputs[i];
    if (masked && (i == masked->ids || sources[i].conversion == Conversion::masked))
      continue;
    auto *target =
        static_cast<uint8_t *>(targets[i]) + static_cast<size_t>(firstRow) * input.sampleBytes();
    for (uint32_t sample : content.samples) {
      if (sources[i].isSequence)
        fillSequence(sources[i], input, sample, target);
      else
        fillSample(sources[i], input, sample, target);
      target += input.sampleBytes();
    }
  }
  if (masked)
    fillMasked(content, targets, firstRow);
}

} // namespace weft::rt
