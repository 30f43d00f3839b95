// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a module that reads tokens wants of a data set.
#ifndef WEFT_RUNTIME_TRAIN_TEXT_MODEL_H
#define WEFT_RUNTIME_TRAIN_TEXT_MODEL_H

#include "module/module.h"

#include <map>

namespace weft::rt {

// The kind of labels that a model has, and how its predictions are judged.
struct ModelTask {
  schema::Task task = schema::Task::Unknown;
  int64_t classes = 0; // last size of logits; 0: there are none
};
// As the module names it; else as its inputs and outputs tell.
ModelTask describeTask(const Module &module);

struct TextModel {
  ModelTask task;
  int64_t length = 0;      // places of the largest bucket
  int64_t vocabulary = 0;  // ids must be lower; 0: unknown
  bool hasTypeIds = false; // takes pairs
  // Places of masked tokens, by the length of a bucket: of each the most.
  std::map<int64_t, int64_t> positions;

  // Those of a text of `length` tokens; 0 if the model has none.
  int64_t maskedPositions(int64_t length) const {
    auto found = positions.lower_bound(length);
    return found == positions.end() ? 0 : found->second;
  }
};
// Nothing if the module has no input input_ids.
std::optional<TextModel> describeTextModel(const Module &module);

} // namespace weft::rt

#endif
