// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading a model's folder, and config.json brought up to date.
#include "train/model_folder.h"
#include "base/file.h"
#include "train/text_model.h"

#include <algorithm>
#include <filesystem>

namespace weft::rt {

namespace fs = std::filesystem;

// Links of a model's folder stay in it. Those of CACHE/snapshots/REVISION, which the hub's client
// makes, lead to CACHE/blobs.
static Status checkLink(const std::string &folder, const std::string &path) {
  std::error_code error;
  if (!fs::is_symlink(path, error))
    return {};
  std::string root = realPath(folder) + "/", target = realPath(path), blobs;
  if (target.empty())
    return fromErrno("%s: cannot follow the link", path.c_str());
  if (size_t snapshots = root.rfind("/snapshots/"); snapshots != std::string::npos)
    blobs = realPath(root.substr(0, snapshots) + "/blobs");
  if (target.starts_with(root) || (!blobs.empty() && target.starts_with(blobs + "/")))
    return {};
  return invalidArgument("%s: expected a file, or a link that stays in %s, found one to %s; copy "
                         "the file to use it",
                         path.c_str(), root.c_str(), target.c_str());
}

Result<CompanionFiles> CompanionFiles::read(const std::string &folder) {
  static const char *const names[] = {
      "config.json", "generation_config.json",  "tokenizer.json",    "tokenizer_config.json",
      "vocab.txt",   "special_tokens_map.json", "added_tokens.json", "preprocessor_config.json"};
  CompanionFiles companions;
  std::error_code ignored;
  if (folder.empty() || !fs::is_directory(folder, ignored))
    return companions;
  for (const char *name : names) {
    std::string path = folder + "/" + name;
    if (!fs::exists(fs::symlink_status(path, ignored)))
      continue;
    WEFT_RETURN_IF_ERROR(checkLink(folder, path));
    WEFT_ASSIGN_OR_RETURN(InputFile input, InputFile::open(path));
    WEFT_ASSIGN_OR_RETURN(std::string content, input.readAll(defaultReadLimit));
    if (path.ends_with(".json"))
      WEFT_RETURN_IF_ERROR(parseJson(content, path).takeStatus());
    companions.files.push_back({name, std::move(content), input.mode() | 0600});
  }
  return companions;
}

// Numbers of classes to names and back. Two classes without names are Hugging Face's default, which
// it does not write.
static void describeLabels(Json &config, const LabelNames &names, int64_t classes) {
  if (names.empty() && classes == 2) {
    config.erase("id2label");
    config.erase("label2id");
    return;
  }
  Json toName = Json::object(), toNumber = Json::object();
  for (int64_t i = 0; i < classes; ++i) {
    bool isNamed = i < static_cast<int64_t>(names.names.size());
    std::string name = isNamed ? names.names[static_cast<size_t>(i)] : "LABEL_" + std::to_string(i);
    toName[std::to_string(i)] = name;
    toNumber[name] = i;
  }
  config["id2label"] = std::move(toName);
  config["label2id"] = std::move(toNumber);
}

static void describeTaskOf(Json &config, const Module &module, const LabelNames &names) {
  using schema::Task;
  ModelTask task = describeTask(module);
  bool labels = task.task == Task::Classification || task.task == Task::TokenClassification ||
                task.task == Task::MultiLabelClassification || task.task == Task::Regression;
  if (!labels || task.classes < 1)
    return;
  describeLabels(config, names, task.classes);
  if (task.task == Task::Classification)
    config["problem_type"] = "single_label_classification";
  else if (task.task == Task::MultiLabelClassification)
    config["problem_type"] = "multi_label_classification";
  else if (task.task == Task::Regression)
    config["problem_type"] = "regression";
}

Status CompanionFiles::describe(const Module &module, const LabelNames &names) {
  for (File &file : files) {
    if (file.name != "config.json")
      continue;
    WEFT_ASSIGN_OR_RETURN(Json config, parseJson(file.content, "config.json"));
    if (!config.is_object())
      return dataLoss("config.json: expected a JSON object, found %s", config.type_name());
    if (module.schema().architecture())
      config["architectures"] = Json::array({module.schema().architecture()->str()});
    for (const char *key : {"torch_dtype", "dtype"})
      if (config.contains(key))
        config[key] = "float32";
    describeTaskOf(config, module, names);
    file.content = formatJson(config, 2) + "\n";
  }
  return {};
}

Status CompanionFiles::writeTo(const std::string &folder) const {
  for (const File &file : files)
    WEFT_RETURN_IF_ERROR(writeFileAtomically(folder + "/" + file.name, file.content, file.mode));
  return {};
}

static std::string listed(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

Status loadModelFolder(Session &session, const std::string &path,
                       std::vector<std::string> &notices) {
  std::error_code ignored;
  bool isFolder = fs::is_directory(path, ignored);
  if (isFolder && !isFile(path + "/model.safetensors") &&
      !isFile(path + "/model.safetensors.index.json")) {
    if (isFile(path + "/pytorch_model.bin") || isFile(path + "/pytorch_model.bin.index.json"))
      return failedPrecondition(
          "%s: expected model.safetensors, found pytorch_model.bin, which is a "
          "program in Python; save the model with Transformers, which writes "
          "safetensors",
          path.c_str());
    if (isFile(path + "/config.json")) {
      notices.push_back(path + ": no weights there: all of the model is newly initialized");
      return {};
    }
  }
  WEFT_ASSIGN_OR_RETURN(Safetensors file, Safetensors::open(path));
  WEFT_ASSIGN_OR_RETURN(LoadReport report, loadWeights(session, file, WeightSet::model));
  if (!report.unused.empty())
    notices.push_back(path + ": not used by this model: " + listed(report.unused));
  if (!report.missing.empty())
    notices.push_back(path + ": newly initialized: " + listed(report.missing));
  return {};
}

} // namespace weft::rt
