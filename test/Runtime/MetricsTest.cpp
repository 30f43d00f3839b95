// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Metrics against numbers that scikit-learn 1.9, SciPy 1.17 and seqeval 1.2 gave for the same
// predictions.
#include "train/metrics.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace weft::rt;

namespace {

using Numbers = std::vector<int64_t>;

void expectValues(const MetricValues &values,
                  const std::vector<std::pair<std::string, double>> &wanted) {
  ASSERT_EQ(values.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(values[i].first, wanted[i].first);
    EXPECT_NEAR(values[i].second, wanted[i].second, 1e-14) << wanted[i].first;
  }
}

MetricValues ofClasses(int64_t classes, const Numbers &labels, const Numbers &predictions) {
  ClassMetrics metrics(classes);
  for (size_t i = 0; i < labels.size(); ++i)
    metrics.add(predictions[i], labels[i]);
  return metrics.values();
}

} // namespace

TEST(Metrics, twoClassesAreScoredByTheSecond) {
  expectValues(ofClasses(2,
                         {1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1},
                         {1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0}),
               {{"accuracy", 0.75},
                {"f1", 0.75},
                {"precision", 0.75},
                {"recall", 0.75},
                {"matthews_correlation", 0.5}});
  expectValues(
      ofClasses(2, {1, 1, 1, 1}, {1, 1, 1, 1}),
      {{"accuracy", 1}, {"f1", 1}, {"precision", 1}, {"recall", 1}, {"matthews_correlation", 0}});
}

TEST(Metrics, severalClassesAreAveraged) {
  expectValues(ofClasses(4,
                         {1, 3, 3, 0, 3, 0, 1, 0, 3, 1, 3, 3, 3, 1, 3, 3, 0, 3, 1, 3, 2, 1, 1, 1},
                         {1, 1, 3, 0, 2, 0, 1, 0, 3, 3, 3, 1, 2, 3, 3, 3, 0, 3, 1, 1, 2, 1, 0, 1}),
               {{"accuracy", 0.666666666666667},
                {"f1", 0.661366959064327},
                {"precision", 0.627083333333333},
                {"recall", 0.792613636363636},
                {"matthews_correlation", 0.531141596264829}});
  // Classes that neither occur nor are predicted are left out.
  expectValues(ofClasses(6, {0, 0, 3, 3, 1}, {0, 3, 3, 3, 4}),
               {{"accuracy", 0.6},
                {"f1", 0.366666666666667},
                {"precision", 0.416666666666667},
                {"recall", 0.375},
                {"matthews_correlation", 0.467707173346743}});
}

TEST(Metrics, correlations) {
  const double predictions[] = {0.1, 1.4, 1.5, -1.8, 0.3, -1.8, -0.2, -1.8, 0.7, 0.9, 0.4, -0.9};
  const double labels[] = {-0.0, 1.0, 0.7, 0.7, 1.4, 1.2, 0.2, -1.3, 0.7, 0.8, -0.1, -0.9};
  RegressionMetrics metrics;
  for (int i = 0; i < 12; ++i)
    metrics.add(predictions[i], labels[i]);
  expectValues(metrics.values(),
               {{"pearson", 0.379428258939574}, {"spearmanr", 0.304964539007092}, {"mse", 1.495}});
  metrics.add(std::nan(""), 1);
  EXPECT_TRUE(std::isnan(metrics.values()[1].second));
}

TEST(Metrics, severalLabels) {
  const std::vector<std::vector<double>> labels = {{1, 1, 1}, {0, 1, 0}, {0, 1, 1}, {1, 0, 1},
                                                   {1, 1, 1}, {1, 0, 0}, {1, 0, 1}, {1, 0, 0}};
  const std::vector<std::vector<double>> scores = {
      {2.4, 1.2, 2.7}, {-1.5, 0.7, -0.7}, {0.1, 1.6, -0.2}, {1.2, -1.0, 0.6},
      {0.4, 2.7, 0.6}, {0.2, -0.4, -0.9}, {0.9, -0.2, 1.5}, {1.4, -0.0, -0.7}};
  MultiLabelMetrics metrics;
  for (size_t i = 0; i < labels.size(); ++i)
    metrics.add(scores[i], labels[i]);
  expectValues(metrics.values(), {{"accuracy", 0.875},
                                  {"f1", 0.933333333333333},
                                  {"precision", 0.933333333333333},
                                  {"recall", 0.933333333333333}});
}

namespace {

struct EntityCase {
  const char *title;
  LabelNames names;
  std::vector<Numbers> labels, predictions;
  double accuracy, f1, precision, recall;
};

} // namespace

// What seqeval's accuracy_score, f1_score, precision_score and recall_score give by default, with
// suffix=True for the last one.
TEST(Metrics, entitiesOfAllSchemes) {
  const EntityCase cases[] = {
      {"IOB2",
       {{"O", "B-per", "B-loc", "I-per", "I-loc"}},
       {{0, 0, 0, 0, 4, 0, 2, 0, 0},
        {0},
        {4, 3, 0, 0, 0, 1, 0},
        {0, 0, 3, 1, 4, 0, 0, 0, 0, 0, 0, 2},
        {0, 3, 4, 2, 1},
        {2, 4, 0, 2, 0, 0, 2, 0, 0, 4}},
       {{0, 0, 0, 0, 4, 0, 2, 0, 0},
        {0},
        {4, 2, 0, 0, 0, 1, 0},
        {0, 0, 3, 1, 4, 0, 0, 0, 0, 2, 0, 2},
        {2, 3, 4, 2, 1},
        {2, 4, 0, 2, 0, 0, 2, 0, 0, 4}},
       0.931818181818182,
       0.888888888888889,
       0.842105263157895,
       0.941176470588235},
      {"IOB1",
       {{"O", "I-per", "I-loc"}},
       {{0, 2, 0, 1, 1, 1, 0}, {1, 1, 2, 1, 0}, {2, 1, 2, 1, 1, 2, 1, 0, 0}, {0, 0, 0, 2}},
       {{0, 2, 0, 1, 1, 1, 0}, {1, 2, 2, 1, 0}, {2, 2, 1, 1, 1, 2, 1, 0, 1}, {0, 0, 0, 2}},
       0.84,
       0.521739130434783,
       0.545454545454545,
       0.5},
      {"IOBES",
       {{"O", "B-x", "I-x", "E-x", "S-x", "S-y", "E-y"}},
       {{4, 0, 2, 4, 0}, {6, 1, 4, 3}, {5, 2, 2, 4, 2}, {0, 0, 6, 3, 3, 3, 3, 2, 0, 1}},
       {{4, 0, 2, 1, 0}, {6, 2, 4, 3}, {5, 2, 6, 4, 4}, {0, 0, 4, 3, 3, 3, 3, 6, 6, 1}},
       0.708333333333333,
       0.789473684210526,
       0.75,
       0.833333333333333},
      {"BILOU",
       {{"O", "B-x", "I-x", "L-x", "U-x", "U-y"}},
       {{5, 1, 1, 4, 3, 2, 5, 0, 0},
        {3, 2, 1, 5, 4, 2, 3},
        {2, 0, 1, 0, 1, 3, 1, 2},
        {3, 4, 4, 0, 3, 5}},
       {{5, 1, 0, 5, 3, 3, 2, 0, 5},
        {3, 2, 5, 5, 0, 2, 5},
        {2, 3, 1, 0, 1, 3, 1, 5},
        {3, 4, 4, 1, 1, 5}},
       0.6,
       0.413793103448276,
       0.4,
       0.428571428571429},
      {"hyphens in types",
       {{"O", "B-a-b", "I-a-b", "B-a-c", "I-a", "B-b"}},
       {{2, 4, 1, 4, 2, 2},
        {3, 1, 0, 5, 2, 3, 5, 4, 4, 3, 4},
        {4, 1, 4, 4, 0},
        {1, 4, 0, 1, 1, 1, 3, 4, 5, 0}},
       {{2, 4, 1, 4, 0, 0},
        {3, 1, 4, 5, 2, 0, 5, 4, 4, 3, 4},
        {4, 1, 4, 5, 0},
        {2, 1, 1, 1, 1, 1, 3, 4, 5, 0}},
       0.75,
       0.823529411764706,
       0.807692307692308,
       0.84},
      {"no types",
       {{"O", "B", "I", "E", "S"}},
       {{1, 2, 1, 2}, {3, 1, 0, 3, 3}, {1, 1, 3, 4, 3}, {3, 1, 2, 2, 0, 2, 0, 2}},
       {{1, 2, 1, 2}, {3, 1, 0, 1, 0}, {1, 1, 1, 4, 3}, {3, 2, 2, 2, 0, 2, 0, 2}},
       0.818181818181818,
       0.857142857142857,
       0.857142857142857,
       0.857142857142857},
      {"no prefixes",
       {{"O", "PER", "LOC"}},
       {{1, 0, 1, 0, 2}, {1, 0, 2, 0}, {1, 0, 1, 0}, {2, 1, 1, 2, 0, 0, 2, 2}},
       {{1, 0, 1, 0, 2}, {1, 0, 1, 0}, {1, 0, 1, 0}, {2, 1, 2, 2, 0, 0, 2, 2}},
       0.904761904761905,
       0.727272727272727,
       0.727272727272727,
       0.727272727272727},
      {"suffixes",
       {{"O", "x-B", "x-I", "y-a-B", "y-b-I", "y-E"}},
       {{3, 4, 2, 5, 1, 1, 2, 1, 5, 5, 5}, {3, 2, 0, 1, 0}, {5, 5, 2, 3}, {0, 0, 5, 3, 4}},
       {{3, 4, 2, 5, 1, 1, 2, 1, 4, 5, 5}, {1, 2, 0, 1, 0}, {5, 5, 2, 3}, {0, 0, 5, 3, 4}},
       0.92,
       0.871794871794872,
       0.894736842105263,
       0.85},
  };
  for (const EntityCase &test : cases) {
    SCOPED_TRACE(test.title);
    ASSERT_TRUE(EntityMetrics::apply(test.names));
    EntityMetrics metrics(test.names);
    for (size_t i = 0; i < test.labels.size(); ++i)
      metrics.add(test.predictions[i], test.labels[i]);
    expectValues(metrics.values(), {{"accuracy", test.accuracy},
                                    {"f1", test.f1},
                                    {"precision", test.precision},
                                    {"recall", test.recall}});
  }
}

TEST(Metrics, tagsThatAreNoEntities) {
  EXPECT_FALSE(EntityMetrics::apply({{"noun", "verb"}}));
  EXPECT_FALSE(EntityMetrics::apply({{"O"}}));
  EXPECT_FALSE(EntityMetrics::apply({}));
  EXPECT_TRUE(EntityMetrics::apply({{"B-np", "I-np", "B-vp"}}));
}
