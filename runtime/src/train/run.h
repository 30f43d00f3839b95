// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A whole run on files, from paths to the trained model: what `weft train` and weft_train() do.
#ifndef WEFT_RUNTIME_TRAIN_RUN_H
#define WEFT_RUNTIME_TRAIN_RUN_H

#include "train/trainer.h"

namespace weft::rt {

struct RunFiles {
  std::string trainData, evalData; // evalData may be empty
  // Folder of the model: config.json and tokenizer. May be empty, or a file without these.
  std::string modelFolder;
};

// Opens the data, trains, evaluates, saves. The session holds the weights to begin with;
// `arguments` have been resolved against its module.
Status trainOnFiles(Session &session, const RunFiles &files, TrainingArguments arguments,
                    TrainerListener &listener);

} // namespace weft::rt

#endif
