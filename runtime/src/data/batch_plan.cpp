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

Status checkInteger(const DataField &field, int64_t index, int64_t perSample,
                    const InputSpec &input, int64_t low, int64_t high) {
  double number = elementAsDouble(field.array, index);
  if (number != std::floor(number))
    return invalidArgument("%s: %s, sample %lld: expected an integer for the input %s, found %g",
                           field.file.c_str(), field.name.c_str(),
                           static_cast<long long>(index / perSample), input.name.c_str(), number);
  int64_t value = isFloat(field.array.type) ? static_cast<int64_t>(number)
                                            : elementAsInteger(field.array, index);
  bool ignored = input.hasIgnoreIndex && value == input.ignoreIndex;
  if (low < high && !ignored && (value < low || value >= high))
    return outOfRange(
        "%s: %s, sample %lld: expected a value of %lld to %lld for the input %s, found "
        "%lld",
        field.file.c_str(), field.name.c_str(), static_cast<long long>(index / perSample),
        static_cast<long long>(low), static_cast<long long>(high - 1), input.name.c_str(),
        static_cast<long long>(value));
  return {};
}

Status checkIntegers(const DataField &field, const InputSpec &input, int64_t low, int64_t high) {
  int64_t count = field.array.elements(),
          perSample = std::max<int64_t>(1, field.array.rowElements());
  for (int64_t i = 0; i < count; ++i)
    WEFT_RETURN_IF_ERROR(checkInteger(field, i, perSample, input, low, high));
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

Result<BatchPlan::Source> BatchPlan::chooseConversion(const DataField &field,
                                                      const InputSpec &input) {
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
    WEFT_RETURN_IF_ERROR(checkIntegers(field, input, 0, input.sampleShape[0]));
    source.conversion = Conversion::oneHot;
    return source;
  }
  if (!floatInput)
    WEFT_RETURN_IF_ERROR(checkIntegers(field, input, input.low, input.high));
  source.conversion = field.pixels && floatInput                   ? Conversion::pixels
                      : storedType(input.type) == field.array.type ? Conversion::copy
                                                                   : Conversion::cast;
  return source;
}

Result<BatchPlan> BatchPlan::create(const Dataset &data, std::vector<InputSpec> inputs) {
  BatchPlan plan;
  plan.sampleCount = data.samples();
  size_t nextFeature = 0;
  for (const InputSpec &input : inputs) {
    const DataField *field = chooseField(data, inputs, input, nextFeature);
    if (!field)
      return noField(data, input);
    WEFT_ASSIGN_OR_RETURN(Source source, chooseConversion(*field, input));
    plan.sources.push_back(std::move(source));
  }
  plan.specs = std::move(inputs);
  return plan;
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

void BatchPlan::fill(std::span<const uint32_t> samples, std::span<void *const> targets,
                     int64_t firstRow) const {
  for (size_t i = 0; i < specs.size(); ++i) {
    const InputSpec &input = specs[i];
    const Source &source = sources[i];
    int64_t count = source.sourceElements;
    size_t stride = static_cast<size_t>(count) * dataTypeSize(source.array.type);
    size_t sampleBytes = input.sampleBytes();
    auto *target = static_cast<uint8_t *>(targets[i]) + static_cast<size_t>(firstRow) * sampleBytes;
    if (source.conversion == Conversion::oneHot)
      std::memset(target, 0, samples.size() * sampleBytes);
    for (uint32_t sample : samples) {
      const uint8_t *row = source.array.data + sample * stride;
      switch (source.conversion) {
      case Conversion::copy:
        std::memcpy(target, row, sampleBytes);
        break;
      case Conversion::pixels:
        scalePixels(row, target, input.type, count);
        break;
      case Conversion::cast:
        for (int64_t k = 0; k < count; ++k) {
          int64_t index = static_cast<int64_t>(sample) * count + k;
          if (input.type == ElementType::i64 && !isFloat(source.array.type)) {
            int64_t value = elementAsInteger(source.array, index);
            std::memcpy(target + k * 8, &value, sizeof(value));
          } else {
            storeElement(input.type, target, static_cast<size_t>(k),
                         elementAsDouble(source.array, index));
          }
        }
        break;
      case Conversion::oneHot:
        storeElement(input.type, target, static_cast<size_t>(elementAsDouble(source.array, sample)),
                     1);
        break;
      }
      target += sampleBytes;
    }
  }
}

} // namespace weft::rt
