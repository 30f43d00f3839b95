// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Data, tokenizer, companions and trainer of one run.
#include "train/run.h"
#include "train/data_files.h"

#include <filesystem>

namespace weft::rt {

// Where config.json and the tokenizer are: beside the weights, or where --tokenizer says.
static std::string companionFolder(const RunFiles &files, const TrainingArguments &arguments) {
  std::error_code ignored;
  for (const std::string &path : {files.modelFolder, arguments.data.tokenizer})
    if (std::filesystem::is_directory(path, ignored))
      return path;
  return "";
}

Status trainOnFiles(Session &session, const RunFiles &files, TrainingArguments arguments,
                    TrainerListener &listener) {
  std::string passedOver;
  for (const std::string &option : arguments.passedOver)
    passedOver += (passedOver.empty() ? "" : ", ") + option;
  if (!passedOver.empty())
    listener.onNotice("options that change nothing here: " + passedOver);
  // Before data is read, which may take long.
  WEFT_RETURN_IF_ERROR(checkOutputFolder(arguments.outputDir));
  std::string folder = companionFolder(files, arguments);
  DataOpener opener(session.module(), session.device().pool(), arguments.data, folder,
                    arguments.seed);
  WEFT_ASSIGN_OR_RETURN(Dataset train, opener.open(files.trainData, Split::train));
  std::optional<Dataset> evaluation;
  if (!files.evalData.empty()) {
    WEFT_ASSIGN_OR_RETURN(evaluation, opener.open(files.evalData, Split::evaluation));
  }
  for (const std::string &notice : opener.takeNotices())
    listener.onNotice(notice);
  WEFT_ASSIGN_OR_RETURN(CompanionFiles companions, CompanionFiles::read(folder));
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<Trainer> trainer,
                        Trainer::create(session, std::move(arguments), train,
                                        evaluation ? &*evaluation : nullptr, std::move(companions),
                                        opener.labels(), listener));
  return trainer->train();
}

} // namespace weft::rt
