// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counting, and the formulas.
#include "train/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace weft::rt {

static double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

static double harmonicMean(double a, double b) { return ratio(2 * a * b, a + b); }

static MetricValues scores(double accuracy, int64_t hits, int64_t predicted, int64_t actual) {
  double precision = ratio(static_cast<double>(hits), static_cast<double>(predicted));
  double recall = ratio(static_cast<double>(hits), static_cast<double>(actual));
  return {{"accuracy", accuracy},
          {"f1", harmonicMean(precision, recall)},
          {"precision", precision},
          {"recall", recall}};
}

// --- Classes ------------------------------------------------------------------------------------

void ClassMetrics::add(int64_t prediction, int64_t label) {
  auto inRange = [&](int64_t value) {
    return value >= 0 && value < static_cast<int64_t>(actual.size());
  };
  ++total;
  if (inRange(label))
    ++actual[static_cast<size_t>(label)];
  if (inRange(prediction))
    ++predicted[static_cast<size_t>(prediction)];
  if (inRange(label) && prediction == label)
    ++both[static_cast<size_t>(label)];
}

double ClassMetrics::accuracy() const {
  return ratio(static_cast<double>(std::accumulate(both.begin(), both.end(), int64_t{0})),
               static_cast<double>(total));
}

MetricValues ClassMetrics::values() const {
  double precision = 0, recall = 0, f1 = 0, classes = 0;
  double product = 0, predictedSquares = 0, actualSquares = 0;
  auto count = static_cast<double>(total);
  for (size_t k = 0; k < actual.size(); ++k) {
    auto t = static_cast<double>(actual[k]), p = static_cast<double>(predicted[k]);
    product += t * p;
    predictedSquares += p * p;
    actualSquares += t * t;
    bool counts = actual.size() == 2 ? k == 1 : t + p > 0;
    if (!counts)
      continue;
    double ofPredicted = ratio(static_cast<double>(both[k]), p);
    double ofActual = ratio(static_cast<double>(both[k]), t);
    precision += ofPredicted;
    recall += ofActual;
    f1 += harmonicMean(ofPredicted, ofActual);
    ++classes;
  }
  double root =
      std::sqrt(count * count - predictedSquares) * std::sqrt(count * count - actualSquares);
  return {{"accuracy", accuracy()},
          {"f1", ratio(f1, classes)},
          {"precision", ratio(precision, classes)},
          {"recall", ratio(recall, classes)},
          {"matthews_correlation", ratio(accuracy() * count * count - product, root)}};
}

void MultiLabelMetrics::add(std::span<const double> given, std::span<const double> labels) {
  bool allRight = true;
  for (size_t k = 0; k < labels.size(); ++k) {
    bool says = given[k] > 0, is = labels[k] > 0.5;
    hits += says && is;
    predicted += says;
    actual += is;
    allRight = allRight && says == is;
  }
  exact += allRight;
  ++total;
}

MetricValues MultiLabelMetrics::values() const {
  return scores(ratio(static_cast<double>(exact), static_cast<double>(total)), hits, predicted,
                actual);
}

// --- Numbers ------------------------------------------------------------------------------------

static double correlation(const std::vector<double> &a, const std::vector<double> &b) {
  auto count = static_cast<double>(a.size());
  double meanA = std::accumulate(a.begin(), a.end(), 0.0) / count;
  double meanB = std::accumulate(b.begin(), b.end(), 0.0) / count;
  double product = 0, squaresA = 0, squaresB = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    product += (a[i] - meanA) * (b[i] - meanB);
    squaresA += (a[i] - meanA) * (a[i] - meanA);
    squaresB += (b[i] - meanB) * (b[i] - meanB);
  }
  return ratio(product, std::sqrt(squaresA) * std::sqrt(squaresB));
}

static std::vector<double> ranks(const std::vector<double> &values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]])
      ++end;
    end = std::max(end, begin + 1); // a NaN equals nothing
    for (size_t i = begin; i < end; ++i)
      result[order[i]] = static_cast<double>(begin + end - 1) / 2;
  }
  return result;
}

MetricValues RegressionMetrics::values() const {
  double squares = 0;
  for (size_t i = 0; i < labels.size(); ++i)
    squares += (predictions[i] - labels[i]) * (predictions[i] - labels[i]);
  // NaN cannot be put in order.
  bool finite = std::all_of(predictions.begin(), predictions.end(),
                            [](double value) { return !std::isnan(value); });
  return {{"pearson", correlation(predictions, labels)},
          {"spearmanr", finite ? correlation(ranks(predictions), ranks(labels)) : std::nan("")},
          {"mse", ratio(squares, static_cast<double>(labels.size()))}};
}

// --- Entities -----------------------------------------------------------------------------------

static bool isKind(char letter) { return std::strchr("BIES", letter) && letter != 0; }

// "B-per", or "B" alone.
static bool hasPrefix(std::string_view name) {
  return !name.empty() && (isKind(name[0]) || name[0] == 'L' || name[0] == 'U') &&
         (name.size() == 1 || name[1] == '-');
}

// "per-B", or "B" alone.
static bool hasSuffix(std::string_view name) {
  return !name.empty() && isKind(name.back()) && (name.size() == 1 || name[name.size() - 2] == '-');
}

// All names but O.
static bool allAre(bool (*what)(std::string_view), const LabelNames &names) {
  return std::all_of(names.names.begin(), names.names.end(),
                     [&](const std::string &name) { return name == "O" || what(name); });
}

bool EntityMetrics::apply(const LabelNames &names) {
  bool hasOutside = names.find("O").has_value();
  return names.names.size() > hasOutside &&
         (hasOutside || allAre(hasPrefix, names) || allAre(hasSuffix, names));
}

// The letter, and what stands on the other side of the hyphen beside it; seqeval calls a type
// without a name "_".
EntityMetrics::EntityMetrics(const LabelNames &names) {
  bool suffixes = allAre(hasSuffix, names);
  LabelNames types;
  auto tagOf = [&](std::string_view name) {
    Tag tag;
    tag.kind = suffixes ? name.back() : name.front();
    std::string_view type = suffixes ? name.substr(0, name.size() - 1) : name.substr(1);
    size_t hyphen = suffixes ? type.rfind('-') : type.find('-');
    if (hyphen != std::string_view::npos)
      type = suffixes ? type.substr(0, hyphen) : type.substr(hyphen + 1);
    if (type.empty())
      type = "_";
    if (!types.find(type))
      types.names.emplace_back(type);
    tag.type = *types.find(type);
    return tag;
  };
  outside = tagOf("O");
  for (const std::string &name : names.names)
    kinds.push_back(name.empty() ? outside : tagOf(name));
}

std::vector<EntityMetrics::Entity>
EntityMetrics::entities(std::span<const int64_t> sequence) const {
  auto isOneOf = [](char kind, const char *kinds) { return std::strchr(kinds, kind) != nullptr; };
  std::vector<Entity> found;
  Tag before = {'O', -1}; // of no type, as in front of a sentence
  int64_t begin = 0;
  for (size_t i = 0; i <= sequence.size(); ++i) {
    Tag tag = outside;
    if (i < sequence.size() && sequence[i] >= 0 && sequence[i] < static_cast<int64_t>(kinds.size()))
      tag = kinds[static_cast<size_t>(sequence[i])];
    auto place = static_cast<int64_t>(i);
    bool otherType = before.type != tag.type;
    bool ends = isOneOf(before.kind, "ES") ||
                (isOneOf(before.kind, "BI") && isOneOf(tag.kind, "BSO")) ||
                (!isOneOf(before.kind, "O.") && otherType);
    bool begins = isOneOf(tag.kind, "BS") ||
                  (isOneOf(before.kind, "ESO") && isOneOf(tag.kind, "EI")) ||
                  (!isOneOf(tag.kind, "O.") && otherType);
    if (ends)
      found.push_back({begin, place, before.type});
    if (begins)
      begin = place;
    before = tag;
  }
  return found;
}

void EntityMetrics::add(std::span<const int64_t> predictions, std::span<const int64_t> labels) {
  for (size_t i = 0; i < labels.size(); ++i)
    rightTags += predictions[i] == labels[i];
  tags += static_cast<int64_t>(labels.size());
  std::vector<Entity> wanted = entities(labels), got = entities(predictions);
  actual += static_cast<int64_t>(wanted.size());
  predicted += static_cast<int64_t>(got.size());
  for (const Entity &entity : got)
    hits += std::find(wanted.begin(), wanted.end(), entity) != wanted.end();
}

MetricValues EntityMetrics::values() const {
  return scores(ratio(static_cast<double>(rightTags), static_cast<double>(tags)), hits, predicted,
                actual);
}

} // namespace weft::rt
