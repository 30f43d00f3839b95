// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an evaluation says of predictions: the numbers of scikit-learn, SciPy and seqeval.
#ifndef WEFT_RUNTIME_TRAIN_METRICS_H
#define WEFT_RUNTIME_TRAIN_METRICS_H

#include "train/label_names.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weft::rt {

// Name and value, in the order in which they are shown: accuracy first.
using MetricValues = std::vector<std::pair<std::string, double>>;

// Classes against classes. Of n samples let t_k be those of class k, p_k those predicted to be, c_k
// both.
//
//   accuracy              sum c_k / n
//   precision, recall, f1 c_k / p_k, c_k / t_k and their harmonic mean (0 where nothing is divided
//   by
//                         nothing): of class 1 if there are two classes, else the mean over all
//                         classes that occur or are predicted (macro)
//   matthews_correlation  (c n - sum p_k t_k) / sqrt((n^2 - sum p_k^2) (n^2 - sum t_k^2)); 0 if the
//                         root is
class ClassMetrics {
public:
  explicit ClassMetrics(int64_t classes)
      : actual(static_cast<size_t>(classes)), predicted(static_cast<size_t>(classes)),
        both(static_cast<size_t>(classes)) {}
  // Numbers out of range count as predictions of no class.
  void add(int64_t prediction, int64_t label);
  int64_t count() const { return total; }
  MetricValues values() const;
  double accuracy() const;

private:
  std::vector<int64_t> actual, predicted, both;
  int64_t total = 0;
};

// Several labels a sample, each there or not: precision, recall and f1 over all of them together
// (micro); accuracy is the share of samples whose labels are all right.
class MultiLabelMetrics {
public:
  // `scores` above zero say that a label is there (their sigmoid is above one half).
  void add(std::span<const double> scores, std::span<const double> labels);
  int64_t count() const { return total; }
  MetricValues values() const;

private:
  int64_t hits = 0, predicted = 0, actual = 0, exact = 0, total = 0;
};

// Numbers against numbers: mse, pearson (the correlation) and spearmanr (that of the ranks, equal
// values having the mean of theirs). Correlations are 0 if one side is constant.
class RegressionMetrics {
public:
  void add(double prediction, double label) {
    predictions.push_back(prediction);
    labels.push_back(label);
  }
  int64_t count() const { return static_cast<int64_t>(labels.size()); }
  MetricValues values() const;

private:
  std::vector<double> predictions, labels;
};

// Entities in tags like B-TYPE, I-TYPE, E-TYPE, S-TYPE and O, by seqeval's default rules (those of
// conlleval), which read all schemes: IOB1, IOB2, IOE1, IOE2, IOBES. An entity begins at B, at S,
// behind O, E or S, and where the type changes; it ends behind E and S, and before O, B, S and
// another type. One counts as found if begin, end and type are right. precision, recall, f1 are
// over all entities (micro), accuracy is that of tags.
class EntityMetrics {
public:
  // True if the names are tags of that kind: O among others, or all with a prefix or all with a
  // suffix.
  static bool apply(const LabelNames &names);
  explicit EntityMetrics(const LabelNames &names);
  // One sentence; as many predictions as labels.
  void add(std::span<const int64_t> predictions, std::span<const int64_t> labels);
  int64_t count() const { return tags; }
  MetricValues values() const;

private:
  struct Entity {
    int64_t begin, end, type;
    bool operator==(const Entity &) const = default;
  };
  struct Tag {
    char kind = 'O';
    int64_t type = -1;
  };
  std::vector<Entity> entities(std::span<const int64_t> sequence) const;

  std::vector<Tag> kinds; // by label
  Tag outside;
  int64_t hits = 0, predicted = 0, actual = 0, tags = 0, rightTags = 0;
};

} // namespace weft::rt

#endif
