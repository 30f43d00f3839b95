// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writing, finding, reading and removing checkpoints.
#include "train/checkpoint.h"
#include "base/file.h"
#include "base/log.h"
#include "train/weights.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace weft::rt {

namespace fs = std::filesystem;

namespace {

constexpr const char *prefix = "checkpoint-";
constexpr const char *modelFile = "/model.safetensors";
constexpr const char *optimizerFile = "/optimizer.safetensors";
constexpr const char *stateFile = "/trainer_state.json";
// Folders being written or removed: a dot in front keeps them out of every listing of checkpoints.
constexpr const char *temporaryPrefix = ".weft-checkpoint-";

// The number of a checkpoint's name, or nothing.
std::optional<int64_t> stepOfName(const std::string &name) {
  std::string_view digits = name;
  if (!digits.starts_with(prefix))
    return std::nullopt;
  digits.remove_prefix(std::char_traits<char>::length(prefix));
  int64_t step = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
  if (error != std::errc() || end != digits.data() + digits.size() || step < 0)
    return std::nullopt;
  return step;
}

// Steps of the checkpoints in a folder, in order.
std::vector<int64_t> listSteps(const std::string &folder) {
  std::vector<int64_t> steps;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (std::optional<int64_t> step = stepOfName(entry->path().filename().string()))
      if (entry->is_directory(ignored))
        steps.push_back(*step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

void removeFolder(const std::string &path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

// Removes what a run that was killed has left.
void removeLeftovers(const std::string &outputDir) {
  std::error_code error;
  std::vector<std::string> found;
  for (fs::directory_iterator entry(outputDir, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().filename().string().starts_with(temporaryPrefix))
      found.push_back(entry->path().string());
  for (const std::string &path : found)
    removeFolder(path);
}

Status writeFiles(Session &session, const TrainState &state, const std::string &folder,
                  const CompanionFiles *companions) {
  WEFT_RETURN_IF_ERROR(saveWeights(session, folder + modelFile, WeightSet::model));
  WEFT_RETURN_IF_ERROR(saveWeights(session, folder + optimizerFile, WeightSet::optimizer));
  WEFT_RETURN_IF_ERROR(
      writeFileAtomically(folder + stateFile, formatJson(state.toJson(), 2) + "\n"));
  if (companions)
    WEFT_RETURN_IF_ERROR(companions->writeTo(folder));
  return syncFolder(folder);
}

// Gives the finished folder its name, in exchange with the one that had it, if any.
Status publish(const std::string &temporary, const std::string &path,
               const std::string &outputDir) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return renameAndSync(temporary, path);
  if (renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) != 0)
    return fromErrno("%s: cannot take the place of %s", temporary.c_str(), path.c_str());
  WEFT_RETURN_IF_ERROR(syncFolder(outputDir));
  removeFolder(temporary);
  return {};
}

Status removeOld(const std::string &outputDir, int64_t current, const CheckpointOptions &options) {
  if (options.totalLimit <= 0)
    return {};
  std::vector<std::string> removable;
  std::vector<int64_t> steps = listSteps(outputDir);
  for (int64_t step : steps) {
    std::string path = outputDir + "/" + checkpointName(step);
    if (step != current && path != options.keep)
      removable.push_back(path);
  }
  // As many of the oldest as there are too many; the newest and the best stay in any case.
  int64_t excess = static_cast<int64_t>(steps.size()) - options.totalLimit;
  for (int64_t i = 0; i < excess && i < static_cast<int64_t>(removable.size()); ++i) {
    const std::string &path = removable[static_cast<size_t>(i)];
    // Out of the list first: a checkpoint is whole or not there.
    std::string doomed = outputDir + "/" + temporaryPrefix + "old-" + std::to_string(i);
    removeFolder(doomed);
    WEFT_RETURN_IF_ERROR(renameAndSync(path, doomed));
    removeFolder(doomed);
  }
  return {};
}

} // namespace

std::string checkpointName(int64_t step) { return prefix + std::to_string(step); }

Status saveCheckpointAt(Session &session, const TrainState &state, const std::string &path,
                        const CompanionFiles *companions) {
  std::string folder = folderOf(path);
  WEFT_RETURN_IF_ERROR(createFolders(folder));
  removeLeftovers(folder);
  std::string temporary =
      folder + "/" + temporaryPrefix + std::to_string(state.step) + "-" + std::to_string(getpid());
  Status status = createFolders(temporary);
  if (status.ok())
    status = writeFiles(session, state, temporary, companions);
  if (status.ok())
    status = publish(temporary, path, folder);
  if (!status.ok())
    removeFolder(temporary);
  return std::move(status).withContext("cannot save " + path);
}

Result<std::string> saveCheckpoint(Session &session, const TrainState &state,
                                   const std::string &outputDir, const CheckpointOptions &options) {
  std::string path = outputDir + "/" + checkpointName(state.step);
  WEFT_RETURN_IF_ERROR(saveCheckpointAt(session, state, path, options.companions));
  WEFT_RETURN_IF_ERROR(removeOld(outputDir, state.step, options));
  return path;
}

Result<std::string> resolveCheckpoint(const std::string &path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored))
    return notFound("%s: expected a checkpoint folder or a folder that holds checkpoints, found %s",
                    path.c_str(), fs::exists(path, ignored) ? "a file" : "nothing");
  if (fs::exists(path + stateFile, ignored) && fs::exists(path + optimizerFile, ignored))
    return path;
  std::vector<int64_t> steps = listSteps(path);
  if (steps.empty())
    return notFound("%s: expected trainer_state.json and optimizer.safetensors or folders "
                    "checkpoint-<step>, found neither",
                    path.c_str());
  return path + "/" + checkpointName(steps.back());
}

Result<TrainState> readTrainState(const std::string &checkpoint) {
  std::string path = checkpoint + stateFile;
  WEFT_ASSIGN_OR_RETURN(Json json, parseJsonFile(path));
  return TrainState::fromJson(std::move(json), path);
}

Result<TrainState> loadCheckpoint(Session &session, const std::string &checkpoint) {
  WEFT_ASSIGN_OR_RETURN(TrainState state, readTrainState(checkpoint));
  WEFT_RETURN_IF_ERROR(loadAllWeights(session, checkpoint + modelFile, WeightSet::model));
  WEFT_RETURN_IF_ERROR(loadAllWeights(session, checkpoint + optimizerFile, WeightSet::optimizer));
  return state;
}

} // namespace weft::rt
