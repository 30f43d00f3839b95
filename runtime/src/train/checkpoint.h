// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checkpoints: folders output_dir/checkpoint-<step> with model.safetensors, optimizer.safetensors
// and trainer_state.json. A folder of that name is always whole: files are written and synced in a
// temporary folder, which then gets its name; only then are old ones removed.
#ifndef WEFT_RUNTIME_TRAIN_CHECKPOINT_H
#define WEFT_RUNTIME_TRAIN_CHECKPOINT_H

#include "module/session.h"
#include "train/model_folder.h"
#include "train/train_state.h"

namespace weft::rt {

struct CheckpointOptions {
  int64_t totalLimit = 0;                     // checkpoints to keep; 0: all
  std::string keep;                           // never removed: the best one
  const CompanionFiles *companions = nullptr; // written into each; may be null
};

// Saves, syncs, then removes what is over the limit. Returns the path of the checkpoint. On failure
// no checkpoint has changed and nothing half-written is left.
Result<std::string> saveCheckpoint(Session &session, const TrainState &state,
                                   const std::string &outputDir, const CheckpointOptions &options);

// Saves one checkpoint as the folder `path`, in exchange for one that is there.
Status saveCheckpointAt(Session &session, const TrainState &state, const std::string &path,
                        const CompanionFiles *companions = nullptr);

// The checkpoint that a path means: itself, or the one with the highest number in it.
Result<std::string> resolveCheckpoint(const std::string &path);

// Reads trainer_state.json.
Result<TrainState> readTrainState(const std::string &checkpoint);

// Reads all three files; the session is unchanged if the state or the model does not fit.
Result<TrainState> loadCheckpoint(Session &session, const std::string &checkpoint);

// The name of the checkpoint of a step: "checkpoint-<step>".
std::string checkpointName(int64_t step);

} // namespace weft::rt

#endif
