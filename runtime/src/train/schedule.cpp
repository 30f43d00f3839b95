// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The formulas of the schedules, in double.
#include "train/schedule.h"

#include <algorithm>
#include <cmath>

namespace weft::rt {

double LearningRateSchedule::rate(int64_t step) const {
  if (type == SchedulerType::constant)
    return base; // without warmup, as Transformers has it
  if (step < warmup)
    return base * (static_cast<double>(step) / static_cast<double>(std::max<int64_t>(1, warmup)));
  auto past = static_cast<double>(step - warmup);
  auto span = static_cast<double>(std::max<int64_t>(1, total - warmup));
  constexpr double lowest = 1e-7;
  switch (type) {
  case SchedulerType::constant:
  case SchedulerType::constantWithWarmup:
    break;
  case SchedulerType::linear:
    return base * std::max(0.0, static_cast<double>(total - step) / span);
  case SchedulerType::cosine:
    return base * std::max(0.0, 0.5 * (1 + std::cos(M_PI * (past / span))));
  case SchedulerType::polynomial:
    return step > total ? lowest : (base - lowest) * (1 - past / span) + lowest;
  }
  return base;
}

int64_t resolveWarmup(const TrainingArguments &arguments, int64_t totalSteps) {
  if (arguments.warmupSteps >= 1)
    return static_cast<int64_t>(arguments.warmupSteps);
  double share = arguments.warmupSteps > 0 ? arguments.warmupSteps : arguments.warmupRatio;
  return static_cast<int64_t>(std::ceil(share * static_cast<double>(totalSteps)));
}

} // namespace weft::rt
