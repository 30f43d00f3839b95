// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How far a run is and what it has logged: trainer_state.json of a checkpoint, with Hugging Face's
// keys, and under "weft" what a run needs to go on to the same bits.
#ifndef WEFT_RUNTIME_TRAIN_TRAIN_STATE_H
#define WEFT_RUNTIME_TRAIN_TRAIN_STATE_H

#include "base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weft::rt {

// A sum of losses and how many of them: their mean is what is printed.
struct LossSum {
  double sum = 0;
  int64_t count = 0;
  void add(double loss) {
    sum += loss;
    ++count;
  }
  double mean() const { return count ? sum / static_cast<double>(count) : 0; }
};

struct TrainState {
  int64_t step = 0; // optimizer steps taken
  double epoch = 0;
  int64_t maxSteps = 0;
  double epochs = 0;
  int64_t batchSize = 0; // of one micro-batch
  int64_t loggingSteps = 0, evalSteps = 0, saveSteps = 0;

  std::optional<double> bestMetric;
  int64_t bestStep = 0;
  std::string bestCheckpoint;
  // One object a line of the log, as Hugging Face writes them.
  Json log = Json::array();

  // What makes the rest of the run a function of the checkpoint.
  int64_t seed = 0;
  int64_t globalBatchSize = 0; // samples of an optimizer step
  int64_t samples = 0;         // of the training data
  std::string sampling;
  std::string programHash;
  double baseLearningRate = 0;
  int64_t schedulerStep = 0; // steps of the schedule; the trainer's own loop keeps it equal to step
  LossSum sinceLog, ofEpoch, ofRun;
  double gradNorm = 0;      // of the last step
  double totalFlops = 0;    // of all steps, evaluation left out
  int64_t patienceUsed = 0; // evaluations in a row without improvement

  Json toJson() const;
  // Fails with the place and what was expected if `json` was not written by toJson.
  static Result<TrainState> fromJson(Json json, const std::string &place);
};

} // namespace weft::rt

#endif
