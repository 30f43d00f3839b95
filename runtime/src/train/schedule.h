// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Learning rates by step, with the formulas of transformers.get_scheduler.
#ifndef WEFT_RUNTIME_TRAIN_SCHEDULE_H
#define WEFT_RUNTIME_TRAIN_SCHEDULE_H

#include "train/arguments.h"

namespace weft::rt {

// A learning rate as a function of the number of steps taken before (0 for the first step). Let w
// be the warmup, T all steps, s the step, and r the base rate. For s < w the rate is r * s / w;
// else:
//
//   constant, constant_with_warmup  r
//   linear       r * max(0, (T - s) / max(1, T - w))
//   cosine       r * max(0, (1 + cos(pi * (s - w) / max(1, T - w))) / 2)
//   polynomial   (r - 1e-7) * (1 - (s - w) / (T - w)) + 1e-7, and 1e-7 for s > T  (power 1)
class LearningRateSchedule {
public:
  LearningRateSchedule() = default;
  LearningRateSchedule(SchedulerType type, double baseRate, int64_t warmupSteps, int64_t totalSteps)
      : type(type), base(baseRate), warmup(warmupSteps), total(totalSteps) {}

  double rate(int64_t step) const;
  void setBaseRate(double rate) { base = rate; }
  double baseRate() const { return base; }

private:
  SchedulerType type = SchedulerType::constant;
  double base = 0;
  int64_t warmup = 0, total = 0;
};

// warmup_steps (a share of all steps when below 1), else warmup_ratio of all steps, rounded up.
int64_t resolveWarmup(const TrainingArguments &arguments, int64_t totalSteps);

} // namespace weft::rt

#endif
