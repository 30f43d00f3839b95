// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Learning rates against values of transformers.get_scheduler (5.24), rate 0.1, 4 warmup steps
// of 20.
#include "train/schedule.h"

#include <gtest/gtest.h>

using namespace weft::rt;

static void expectRates(SchedulerType type, std::vector<std::pair<int64_t, double>> expected) {
  LearningRateSchedule schedule(type, 0.1, 4, 20);
  for (auto [step, rate] : expected)
    EXPECT_NEAR(schedule.rate(step), rate, 1e-15) << schedulerName(type) << ", step " << step;
}

TEST(Schedule, matchesHuggingFace) {
  expectRates(SchedulerType::linear, {{0, 0},
                                      {1, 0.025},
                                      {3, 0.075},
                                      {4, 0.1},
                                      {5, 0.09375},
                                      {12, 0.05},
                                      {19, 0.00625},
                                      {20, 0},
                                      {25, 0}});
  expectRates(SchedulerType::cosine, {{2, 0.05},
                                      {4, 0.1},
                                      {8, 0.08535533905932738},
                                      {12, 0.05},
                                      {16, 0.014644660940672627},
                                      {20, 0}});
  expectRates(SchedulerType::polynomial,
              {{2, 0.05}, {4, 0.1}, {5, 0.09375000625}, {12, 0.05000005}, {20, 1e-7}, {21, 1e-7}});
  expectRates(SchedulerType::constantWithWarmup, {{0, 0}, {2, 0.05}, {4, 0.1}, {100, 0.1}});
}

TEST(Schedule, isConstantWithoutWarmup) {
  LearningRateSchedule schedule(SchedulerType::constant, 0.5, 4, 10);
  EXPECT_EQ(schedule.rate(0), 0.5);
  EXPECT_EQ(schedule.rate(100), 0.5);
  schedule.setBaseRate(0.25);
  EXPECT_EQ(schedule.rate(7), 0.25);
}

TEST(Schedule, resolvesWarmup) {
  TrainingArguments arguments;
  EXPECT_EQ(resolveWarmup(arguments, 1000), 0);
  arguments.warmupRatio = 0.0601;
  EXPECT_EQ(resolveWarmup(arguments, 1000), 61); // rounded up
  arguments.warmupSteps = 0.25;
  EXPECT_EQ(resolveWarmup(arguments, 1000), 250);
  arguments.warmupSteps = 20;
  EXPECT_EQ(resolveWarmup(arguments, 1000), 20);
}
