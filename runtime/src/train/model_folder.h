// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Hugging Face folder that a model comes from: weights, config.json, tokenizer files, and what
// of it goes with checkpoints.
#ifndef WEFT_RUNTIME_TRAIN_MODEL_FOLDER_H
#define WEFT_RUNTIME_TRAIN_MODEL_FOLDER_H

#include "base/json.h"
#include "module/session.h"
#include "train/label_names.h"
#include "train/weights.h"

#include <vector>

namespace weft::rt {

// Files that are written beside model.safetensors so that others can load it. Contents are in
// memory: a folder that changes or goes away during a run does no harm.
struct CompanionFiles {
  struct File {
    std::string name, content;
    uint32_t mode = 0666; // the most permissions that copies may have
  };
  std::vector<File> files;

  // config.json and the tokenizer's files of a folder, those that are there; none for an empty path
  // or a file. Links must stay in the folder, or in the hub's cache if the folder is of it, and
  // JSON must be JSON: nothing else gets into checkpoints, which are given away.
  static Result<CompanionFiles> read(const std::string &folder);
  // Makes config.json say what the model has become, as Hugging Face does when it saves:
  // architectures, id2label, label2id, problem_type, the type of the weights. Nothing if there is
  // no config.json.
  Status describe(const Module &module, const LabelNames &names);
  Status writeTo(const std::string &folder) const;
};

// Weights by name from a safetensors file, an index of shards, or a folder of either. A folder with
// a config.json but no weights is a model to be trained from its initializers. Variables that the
// file lacks keep their values. `notices` gets what was not used and what was newly initialized.
Status loadModelFolder(Session &session, const std::string &path,
                       std::vector<std::string> &notices);

} // namespace weft::rt

#endif
