// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checkpoints: folders output_dir/checkpoint-<step> with model.safetensors, optimizer.safetensors
// and trainer_state.json. A folder of that name is always whole: files are written and synced in a
// temporary folder, which then gets its name; only then are old ones removed. Folders without our
// trainer_state.json are never removed, and files of others in a checkpoint stay when it is saved
// again.
#ifndef WEFT_RUNTIME_TRAIN_CHECKPOINT_H
#define WEFT_RUNTIME_TRAIN_CHECKPOINT_H

#include "module/session.h"
#include "train/model_folder.h"
#include "train/train_state.h"

namespace weft::rt {

struct CheckpointOptions {
  int64_t totalLimit = 0;                     // checkpoints to keep; 0: all
  std::string keep;                           // never removed: the best one, however spelled
  const CompanionFiles *companions = nullptr; // written into each; may be null
};

// Saves, syncs, then removes what is over the limit. Returns the path of the checkpoint. On failure
// no checkpoint has changed and nothing half-written is left.
Result<std::string> saveCheckpoint(Session &session, const TrainState &state,
                                   const std::string &outputDir, const CheckpointOptions &options);

// Saves one checkpoint as the folder `path`, in place of a checkpoint or an empty folder there. A
// link, a file or a folder that holds anything else is alreadyExists, and left as it is.
Status saveCheckpointAt(Session &session, const TrainState &state, const std::string &path,
                        const CompanionFiles *companions = nullptr);

// The checkpoint that a path means: itself, or the one with the highest number in it.
Result<std::string> resolveCheckpoint(const std::string &path);

// Whether two paths name the same folder or file, however they are spelled.
bool isSamePlace(const std::string &a, const std::string &b);

// Finishes what a process that was killed had begun in a folder of checkpoints: gives whole ones
// their names, removes the rest. What a running process works on is left alone.
Status cleanUp(const std::string &outputDir);

// Reads trainer_state.json.
Result<TrainState> readTrainState(const std::string &checkpoint);

// Reads all three files; the session is unchanged if the state or the model does not fit.
Result<TrainState> loadCheckpoint(Session &session, const std::string &checkpoint);

// The name of the checkpoint of a step: "checkpoint-<step>".
std::string checkpointName(int64_t step);
// The step of a checkpoint's name, or nothing.
std::optional<int64_t> stepOfName(const std::string &name);

} // namespace weft::rt

#endif
