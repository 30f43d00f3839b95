// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options with which weftc and weft-translate make a model from a Hugging Face folder.
#ifndef WEFT_TOOLS_FOLDEROPTIONS_H
#define WEFT_TOOLS_FOLDEROPTIONS_H

#include "weft/Models/Encoder.h"
#include "weft/Models/LabelNames.h"
#include "llvm/Support/CommandLine.h"

namespace weft {

struct FolderOptions {
  explicit FolderOptions(llvm::cl::OptionCategory &category)
      : task("task",
             llvm::cl::desc("Head of a Hugging Face folder: sequence-classification, "
                            "token-classification, masked-lm, pretraining, question-answering "
                            "(default: the one in config.json)"),
             llvm::cl::value_desc("name"), llvm::cl::cat(category)),
        numLabels("num-labels", llvm::cl::desc("Classes of that head"), llvm::cl::value_desc("n"),
                  llvm::cl::init(0), llvm::cl::cat(category)),
        labels("labels", llvm::cl::desc("Their names: O,B-person,..."),
               llvm::cl::value_desc("names"), llvm::cl::cat(category)),
        labelsFile("labels-file",
                   llvm::cl::desc("Or a file of them: a JSON array, or a name a line"),
                   llvm::cl::value_desc("file"), llvm::cl::cat(category)),
        problemType("problem-type",
                    llvm::cl::desc("single_label_classification, multi_label_classification or "
                                   "regression"),
                    llvm::cl::value_desc("name"), llvm::cl::cat(category)),
        ignoredFields("ignore-config-field",
                      llvm::cl::desc("Fields of config.json to pass over, which would be refused "
                                     "because they are unknown"),
                      llvm::cl::value_desc("names"), llvm::cl::CommaSeparated,
                      llvm::cl::cat(category)),
        explain("explain", llvm::cl::desc("Able to explain predictions (weft explain)"),
                llvm::cl::cat(category)) {}

  // The model of `folder`; null after `error` was set.
  mlir::OwningOpRef<mlir::ModuleOp> build(mlir::MLIRContext &context, llvm::StringRef folder,
                                          std::string &error) const {
    llvm::FailureOr<models::HeadOptions> options = parse(error);
    if (failed(options))
      return {};
    if (llvm::is_contained(getIgnoredFields(), "")) {
      error = "--ignore-config-field: expected names of fields, got an empty one";
      return {};
    }
    llvm::FailureOr<models::EncoderConfig> config =
        models::readEncoderConfig(folder, error, getIgnoredFields());
    if (failed(config))
      return {};
    llvm::FailureOr<models::Head> head = models::resolveHead(*config, *options, error);
    if (failed(head))
      return {};
    if (explain && !models::canExplain(head->task)) {
      error = "--explain: expected a task that has classes (sequence-classification, "
              "token-classification, question-answering), got " +
              models::getTaskName(head->task).str();
      return {};
    }
    return models::buildEncoder(context, *config, *head, explain);
  }

  // Whether one of them is given.
  bool areGiven() const {
    return task.getNumOccurrences() || numLabels.getNumOccurrences() ||
           labels.getNumOccurrences() || labelsFile.getNumOccurrences() ||
           problemType.getNumOccurrences() || ignoredFields.getNumOccurrences() ||
           explain.getNumOccurrences();
  }

  llvm::cl::opt<std::string> task;
  llvm::cl::opt<int64_t> numLabels;
  llvm::cl::opt<std::string> labels;
  llvm::cl::opt<std::string> labelsFile;
  llvm::cl::opt<std::string> problemType;
  llvm::cl::list<std::string> ignoredFields;
  llvm::cl::opt<bool> explain;

private:
  std::vector<std::string> getIgnoredFields() const {
    return {ignoredFields.begin(), ignoredFields.end()};
  }
  llvm::FailureOr<models::HeadOptions> parse(std::string &error) const {
    models::HeadOptions options;
    if (!task.empty() && !(options.task = models::parseTask(task))) {
      error = "--task: expected one of " + models::listTasks() + ", got '" + task + "'";
      return llvm::failure();
    }
    if (numLabels.getNumOccurrences()) {
      constexpr int64_t most = 1 << 20;
      if (numLabels < 1 || numLabels > most) {
        error = "--num-labels: expected a number from 1 to " + std::to_string(most) + ", got " +
                std::to_string(numLabels);
        return llvm::failure();
      }
      options.numLabels = numLabels;
    }
    if (!problemType.empty() && !(options.problemType = models::parseProblemType(problemType))) {
      error = "--problem-type: expected single_label_classification, multi_label_classification or "
              "regression, got '" +
              problemType + "'";
      return llvm::failure();
    }
    if (labels.getNumOccurrences() || labelsFile.getNumOccurrences()) {
      bool isFile = labelsFile.getNumOccurrences();
      auto names = isFile ? models::readLabelNames(labelsFile, error)
                          : models::parseLabelNames(labels, error);
      if (failed(names)) {
        error = (isFile ? "--labels-file: " : "--labels: ") + error;
        return llvm::failure();
      }
      options.labels = std::move(*names);
    }
    return options;
  }
};

} // namespace weft

#endif
