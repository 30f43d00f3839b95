// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writing, finding, reading and removing checkpoints.
#include "train/checkpoint.h"
#include "base/file.h"
#include "base/log.h"
#include "train/weights.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::rt {

namespace fs = std::filesystem;

namespace {

constexpr const char *prefix = "checkpoint-";
constexpr const char *modelFile = "/model.safetensors";
constexpr const char *optimizerFile = "/optimizer.safetensors";
constexpr const char *stateFile = "/trainer_state.json";
// A whole checkpoint that waits for the name behind the prefix, where folders cannot be exchanged.
constexpr const char *readyPrefix = ".weft-ready-";
// In a folder that is being removed where it cannot be renamed before.
constexpr const char *removedFile = "/.weft-removed";

bool exists(const std::string &path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0;
}

// A checkpoint of any trainer.
bool isCheckpoint(const std::string &folder) {
  return exists(folder + stateFile) && !exists(folder + removedFile);
}

// One that we have written: its state has our section.
bool isOurs(const std::string &folder) {
  struct stat info;
  if (::lstat((folder + stateFile).c_str(), &info) != 0 || !S_ISREG(info.st_mode))
    return false;
  Result<std::string> text = readFile(folder + stateFile);
  return text.ok() && text->find("\"weft\"") != std::string::npos;
}

std::vector<std::string> namesIn(const std::string &folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    names.push_back(entry->path().filename().string());
  return names;
}

// The checkpoints in a folder by step, each by the name that it was found under.
std::multimap<int64_t, std::string> listCheckpoints(const std::string &folder) {
  std::multimap<int64_t, std::string> found;
  for (const std::string &name : namesIn(folder)) {
    bool ready = name.starts_with(readyPrefix);
    std::optional<int64_t> step =
        stepOfName(ready ? name.substr(std::char_traits<char>::length(readyPrefix)) : name);
    if (std::string path = folder + "/" + name; step && isCheckpoint(path))
      found.emplace(*step, path);
  }
  return found;
}

void removeFolder(const std::string &path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

// What overlayfs, NFS, FUSE and the like say when they cannot rename or exchange folders.
bool isUnsupported(int error) {
  return error == EXDEV || error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

// Takes a folder away so that it is a whole checkpoint or none at any time.
Status dispose(const std::string &path) {
  std::string doomed = temporaryName(folderOf(path));
  if (::rename(path.c_str(), doomed.c_str()) == 0) {
    removeFolder(doomed);
    return {};
  }
  if (!isUnsupported(errno))
    return fromErrno("cannot remove '%s'", path.c_str());
  WEFT_RETURN_IF_ERROR(writeFileAtomically(path + removedFile, ""));
  ::unlink((path + stateFile).c_str());
  WEFT_RETURN_IF_ERROR(syncFolder(path));
  std::error_code error;
  fs::remove_all(path, error);
  return error ? unavailable("cannot remove '%s': %s", path.c_str(), error.message().c_str())
               : Status();
}

// --- One folder in place of another
// ---------------------------------------------------------------

// Gives a whole checkpoint that waits for its name that name.
Status moveReady(const std::string &ready, const std::string &path) {
  if (exists(path))
    WEFT_RETURN_IF_ERROR(dispose(path));
  return renameAndSync(ready, path);
}

std::string readyName(const std::string &path) {
  return folderOf(path) + "/" + readyPrefix + fs::path(path).filename().string();
}

// Gives the finished folder its name, in exchange with the one that had it, if any.
Status publish(const std::string &temporary, const std::string &path) {
  std::error_code ignored;
  if (!exists(path) || fs::is_empty(path, ignored))
    return renameAndSync(temporary, path);
  if (renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
    WEFT_RETURN_IF_ERROR(syncFolder(folderOf(path)));
    removeFolder(temporary);
    return {};
  }
  if (!isUnsupported(errno))
    return fromErrno("%s: cannot take the place of %s", temporary.c_str(), path.c_str());
  WEFT_RETURN_IF_ERROR(renameAndSync(temporary, readyName(path)));
  return moveReady(readyName(path), path);
}

// What the old folder has and the new one lacks goes into the new one too: as links, or as copies
// where the file system has no links.
Status keepForeign(const std::string &old, const std::string &folder) {
  using Options = fs::copy_options;
  bool any = false;
  for (const std::string &name : namesIn(old)) {
    std::string from = old + "/" + name, to = folder + "/" + name;
    if (exists(to))
      continue;
    any = true;
    std::error_code error;
    fs::copy(from, to, Options::recursive | Options::copy_symlinks | Options::create_hard_links,
             error);
    if (error) {
      removeFolder(to);
      fs::copy(from, to, Options::recursive | Options::copy_symlinks, error);
    }
    if (error)
      return unavailable("%s: cannot be kept beside the new checkpoint: %s", from.c_str(),
                         error.message().c_str());
  }
  if (any) {
    WEFT_ASSIGN_OR_RETURN(Descriptor opened, openFolder(folder));
    if (::syncfs(opened.get()) != 0)
      return fromErrno("cannot sync '%s'", folder.c_str());
  }
  return {};
}

// Whether a checkpoint may come to stand at `path`. With `merges` it may be a folder of others too,
// as long as it has none of the files that will be written.
Status checkPlace(const std::string &path, const CompanionFiles *companions, bool merges) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0)
    return errno == ENOENT ? Status() : fromErrno("cannot look at '%s'", path.c_str());
  auto refuse = [&](const std::string &found) {
    return Status(StatusCode::alreadyExists,
                  path + ": expected nothing, an empty folder or a checkpoint, found " + found);
  };
  if (!S_ISDIR(info.st_mode))
    return refuse(S_ISLNK(info.st_mode) ? "a link" : "a file");
  if (isOurs(path))
    return {};
  for (const std::string &name : namesIn(path)) {
    std::string file = "/" + name;
    bool written = file == modelFile || file == optimizerFile || file == stateFile;
    for (size_t i = 0; companions && i < companions->files.size(); ++i)
      written |= name == companions->files[i].name;
    if (!merges || written)
      return refuse("a folder that holds " + name);
  }
  return {};
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

Status saveIn(Session &session, const TrainState &state, const std::string &path,
              const std::string &temporary, const CompanionFiles *companions) {
  WEFT_ASSIGN_OR_RETURN(Descriptor opened, openFolder(temporary));
  (void)lockFile(opened.get()).ok(); // tells that it is not abandoned
  struct stat old;
  bool replaces = ::lstat(path.c_str(), &old) == 0;
  WEFT_RETURN_IF_ERROR(writeFiles(session, state, temporary, companions));
  if (replaces) {
    if (::fchmod(opened.get(), old.st_mode & 07777) != 0)
      return fromErrno("cannot set the permissions of '%s'", temporary.c_str());
    WEFT_RETURN_IF_ERROR(keepForeign(path, temporary));
  }
  return publish(temporary, path);
}

Status saveAt(Session &session, const TrainState &state, const std::string &path,
              const CompanionFiles *companions, bool merges) {
  std::string folder = folderOf(path);
  WEFT_RETURN_IF_ERROR(cleanUp(folder));
  WEFT_RETURN_IF_ERROR(checkPlace(path, companions, merges));
  WEFT_RETURN_IF_ERROR(createFolders(folder));
  std::string temporary = temporaryName(folder);
  Status status = createFolders(temporary);
  if (status.ok())
    status = saveIn(session, state, path, temporary, companions);
  if (!status.ok())
    removeFolder(temporary);
  return status;
}

Status removeOld(const std::string &outputDir, int64_t current, const CheckpointOptions &options) {
  if (options.totalLimit <= 0)
    return {};
  auto found = listCheckpoints(outputDir);
  std::erase_if(found, [](const auto &entry) {
    std::error_code ignored;
    return fs::is_symlink(entry.second, ignored) || !isOurs(entry.second);
  });
  // As many of the oldest as there are too many; the newest and the best stay in any case.
  int64_t excess = static_cast<int64_t>(found.size()) - options.totalLimit;
  for (const auto &[step, path] : found)
    if (excess > 0 && step != current && !isSamePlace(path, options.keep)) {
      WEFT_RETURN_IF_ERROR(dispose(path));
      --excess;
    }
  return {};
}

} // namespace

bool isSamePlace(const std::string &a, const std::string &b) {
  struct stat first, second;
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

std::string checkpointName(int64_t step) { return prefix + std::to_string(step); }

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

Status cleanUp(const std::string &outputDir) {
  for (const std::string &name : namesIn(outputDir)) {
    std::string path = outputDir + "/" + name;
    bool ready = name.starts_with(readyPrefix);
    if (ready && isAbandoned(path))
      WEFT_RETURN_IF_ERROR(moveReady(
          path, outputDir + "/" + name.substr(std::char_traits<char>::length(readyPrefix))));
    // The second name is that of earlier versions.
    else if (name.starts_with(".weft-tmp-") || name.starts_with(".weft-checkpoint-")
                 ? isAbandoned(path)
                 : stepOfName(name) && exists(path + removedFile))
      removeFolder(path);
  }
  return {};
}

Status saveCheckpointAt(Session &session, const TrainState &state, const std::string &path,
                        const CompanionFiles *companions) {
  return saveAt(session, state, withoutSlash(path), companions, /*merges=*/false)
      .withContext("cannot save " + path);
}

Result<std::string> saveCheckpoint(Session &session, const TrainState &state,
                                   const std::string &outputDir, const CheckpointOptions &options) {
  std::string path = outputDir + "/" + checkpointName(state.step);
  WEFT_RETURN_IF_ERROR(saveAt(session, state, path, options.companions, /*merges=*/true)
                           .withContext("cannot save " + path));
  WEFT_RETURN_IF_ERROR(removeOld(outputDir, state.step, options));
  return path;
}

Result<std::string> resolveCheckpoint(const std::string &given) {
  std::error_code ignored;
  std::string path = withoutSlash(given);
  if (isCheckpoint(path) && exists(path + optimizerFile))
    return path;
  if (std::string ready = readyName(path); isCheckpoint(ready))
    return ready;
  if (!fs::is_directory(path, ignored))
    return notFound("%s: expected a checkpoint folder or a folder that holds checkpoints, found %s",
                    path.c_str(), fs::exists(path, ignored) ? "a file" : "nothing");
  auto found = listCheckpoints(path);
  if (found.empty())
    return notFound("%s: expected trainer_state.json and optimizer.safetensors or folders "
                    "checkpoint-<step> with them, found neither",
                    path.c_str());
  return found.rbegin()->second;
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
