// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checkpoints: whole or not there, whatever fails.
#include "train/checkpoint.h"
#include "ClassifierTesting.h"
#include "ReaderTesting.h"
#include "train/output_folder.h"

#include <csignal>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace weft::rt;
using namespace weft::rt::testing;
namespace fs = std::filesystem;

static std::unique_ptr<Session> newSession() {
  Result<std::unique_ptr<Session>> session = ClassifierBuilder().session();
  EXPECT_TRUE(session.ok()) << session.status().message();
  EXPECT_TRUE((*session)->initialize(3).ok());
  return session.take();
}
static TrainState stateAt(int64_t step) {
  TrainState state;
  state.step = step;
  state.samples = state.globalBatchSize = state.batchSize = 4;
  state.sampling = "random";
  return state;
}
static int entriesOf(const std::string &folder) {
  int count = 0;
  for ([[maybe_unused]] const auto &entry : fs::directory_iterator(folder))
    ++count;
  return count;
}

TEST(Checkpoint, replacesAnOlderOneOfTheSameStep) {
  TemporaryFolder folder;
  auto session = newSession();
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(5), folder.path("out"), {}).ok());
  Bytes before = folder.read("out/checkpoint-5/model.safetensors");
  std::vector<float> ones(12, 1);
  ASSERT_TRUE(session->writeVariable(0, ones.data(), 48).ok());
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(5), folder.path("out"), {}).ok());
  EXPECT_NE(before, folder.read("out/checkpoint-5/model.safetensors"));
  EXPECT_EQ(entriesOf(folder.path("out")), 1);
}

// Files cannot grow beyond `limit` bytes while this lives: writes fail as on a full disk.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t limit) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit now = before;
    now.rlim_cur = limit;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before); }

private:
  rlimit before;
};

TEST(Checkpoint, leavesNothingHalfWritten) {
  TemporaryFolder folder;
  auto session = newSession();
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(1), folder.path("out"), {1, "", nullptr}).ok());
  Bytes before = folder.read("out/checkpoint-1/model.safetensors");
  for (rlim_t limit : {0, 1, 60, 130, 300, 700}) {
    Status status;
    {
      FileSizeLimit full(limit);
      status =
          saveCheckpoint(*session, stateAt(2), folder.path("out"), {1, "", nullptr}).takeStatus();
    }
    ASSERT_FALSE(status.ok()) << "limit " << limit;
    EXPECT_EQ(status.message().rfind("cannot save " + folder.path("out/checkpoint-2"), 0), 0u)
        << status.message();
    EXPECT_EQ(entriesOf(folder.path("out")), 1) << "limit " << limit;
    EXPECT_EQ(folder.read("out/checkpoint-1/model.safetensors"), before);
  }
}

TEST(Checkpoint, survivesKill) {
  TemporaryFolder folder;
  auto session = newSession();
  for (int round = 0; round < 8; ++round) {
    pid_t child = fork();
    if (child == 0) {
      for (int64_t step = 1;; ++step)
        if (!saveCheckpoint(*session, stateAt(step), folder.path("out"), {2, "", nullptr}).ok())
          _exit(1);
    }
    usleep(static_cast<useconds_t>(20000 + round * 3000));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    if (!fs::exists(folder.path("out/checkpoint-1")) && entriesOf(folder.path()) == 0)
      continue; // killed before the first one
    // Every folder with a checkpoint's name is whole.
    for (const auto &entry : fs::directory_iterator(folder.path("out")))
      if (entry.path().filename().string().starts_with("checkpoint-"))
        EXPECT_TRUE(loadCheckpoint(*session, entry.path().string()).ok()) << entry.path();
  }
  // What was left over goes with the next save.
  ASSERT_TRUE(
      saveCheckpoint(*session, stateAt(1000000), folder.path("out"), {1, "", nullptr}).ok());
  EXPECT_EQ(entriesOf(folder.path("out")), 1);
}

TEST(Checkpoint, keepsTheBestOne) {
  TemporaryFolder folder;
  auto session = newSession();
  CheckpointOptions options;
  options.totalLimit = 1;
  options.keep = folder.path("out") + "/checkpoint-9";
  for (int64_t step : {9, 10, 100}) // by number, not by name
    ASSERT_TRUE(saveCheckpoint(*session, stateAt(step), folder.path("out"), options).ok());
  EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-9")));
  EXPECT_FALSE(fs::exists(folder.path("out/checkpoint-10")));
  EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-100")));
}

TEST(Checkpoint, findsTheNewest) {
  TemporaryFolder folder;
  auto session = newSession();
  for (int64_t step : {9, 10})
    ASSERT_TRUE(saveCheckpoint(*session, stateAt(step), folder.path("out"), {}).ok());
  fs::create_directories(folder.path("out/checkpoint-11x"));
  EXPECT_EQ(resolveCheckpoint(folder.path("out")).take(), folder.path("out") + "/checkpoint-10");
  EXPECT_EQ(resolveCheckpoint(folder.path("out/checkpoint-9")).take(),
            folder.path("out/checkpoint-9"));
  fs::create_directories(folder.path("empty"));
  EXPECT_EQ(resolveCheckpoint(folder.path("empty")).status().code(), StatusCode::notFound);
}

// The folder is found by what it is, not by how its path is spelled.
TEST(Checkpoint, keepsTheBestOneHoweverSpelled) {
  for (const char *spelled : {"/./checkpoint-9", "//checkpoint-9/", "/../out/checkpoint-9"}) {
    TemporaryFolder folder;
    auto session = newSession();
    CheckpointOptions options;
    options.totalLimit = 1;
    options.keep = folder.path("out") + spelled;
    for (int64_t step : {9, 10, 11})
      ASSERT_TRUE(saveCheckpoint(*session, stateAt(step), folder.path("out"), options).ok());
    EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-9"))) << spelled;
    EXPECT_EQ(entriesOf(folder.path("out")), 2);
  }
}

TEST(Checkpoint, removesOnlyItsOwn) {
  TemporaryFolder folder;
  auto session = newSession();
  // By the name that was found: this is ours.
  ASSERT_TRUE(saveCheckpointAt(*session, stateAt(5), folder.path("out/checkpoint-0000005")).ok());
  for (const char *name : {"checkpoint-1", "checkpoint-2", "checkpoint-3"})
    fs::create_directories(folder.path(std::string("out/") + name));
  folder.write("out/checkpoint-1/thesis.txt", bytesOf("thesis"));
  folder.write("out/checkpoint-2/trainer_state.json", bytesOf(R"({"global_step": 2})"));
  fs::create_directory_symlink("checkpoint-0000005", folder.path("out/checkpoint-4"));
  CheckpointOptions options;
  options.totalLimit = 1;
  for (int64_t step : {6, 7}) {
    Status status =
        saveCheckpoint(*session, stateAt(step), folder.path("out"), options).takeStatus();
    ASSERT_TRUE(status.ok()) << status.message();
  }
  EXPECT_FALSE(fs::exists(folder.path("out/checkpoint-0000005")));
  EXPECT_FALSE(fs::exists(folder.path("out/checkpoint-6")));
  EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-7")));
  EXPECT_EQ(folder.read("out/checkpoint-1/thesis.txt"), bytesOf("thesis"));
  EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-2/trainer_state.json")));
  EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-3")));
  EXPECT_TRUE(fs::is_symlink(folder.path("out/checkpoint-4")));
}

TEST(Checkpoint, keepsFilesOfOthersWhenSavedAgain) {
  TemporaryFolder folder;
  auto session = newSession();
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(5), folder.path("out"), {}).ok());
  folder.write("out/checkpoint-5/notes.txt", bytesOf("mine"));
  fs::create_directories(folder.path("out/checkpoint-5/plots/a"));
  folder.write("out/checkpoint-5/plots/a/loss.svg", bytesOf("plot"));
  fs::create_symlink("notes.txt", folder.path("out/checkpoint-5/link"));
  fs::permissions(folder.path("out/checkpoint-5"), fs::perms{0700});
  Bytes before = folder.read("out/checkpoint-5/model.safetensors");
  std::vector<float> ones(12, 1);
  ASSERT_TRUE(session->writeVariable(0, ones.data(), 48).ok());
  Status status = saveCheckpoint(*session, stateAt(5), folder.path("out"), {}).takeStatus();
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_NE(before, folder.read("out/checkpoint-5/model.safetensors"));
  EXPECT_EQ(folder.read("out/checkpoint-5/notes.txt"), bytesOf("mine"));
  EXPECT_EQ(folder.read("out/checkpoint-5/plots/a/loss.svg"), bytesOf("plot"));
  EXPECT_TRUE(fs::is_symlink(folder.path("out/checkpoint-5/link")));
  EXPECT_EQ(fs::status(folder.path("out/checkpoint-5")).permissions(), fs::perms{0700});
  EXPECT_EQ(entriesOf(folder.path("out")), 1);
  // So do those of a folder that is no checkpoint yet, unless a file of one would be lost.
  fs::create_directories(folder.path("out/checkpoint-6"));
  folder.write("out/checkpoint-6/notes.txt", bytesOf("mine"));
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(6), folder.path("out"), {}).ok());
  EXPECT_EQ(folder.read("out/checkpoint-6/notes.txt"), bytesOf("mine"));
  fs::create_directories(folder.path("out/checkpoint-7"));
  folder.write("out/checkpoint-7/model.safetensors", bytesOf("mine"));
  EXPECT_EQ(saveCheckpoint(*session, stateAt(7), folder.path("out"), {}).status().message(),
            "cannot save " + folder.path("out/checkpoint-7") + ": " +
                folder.path("out/checkpoint-7") +
                ": expected nothing, an empty folder or a checkpoint, found a folder that holds "
                "model.safetensors");
  EXPECT_EQ(folder.read("out/checkpoint-7/model.safetensors"), bytesOf("mine"));
}

TEST(Checkpoint, replacesNothingElse) {
  TemporaryFolder folder;
  auto session = newSession();
  fs::create_directories(folder.path("data/photos"));
  folder.write("data/thesis.txt", bytesOf("thesis"));
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(1), folder.path("runs"), {}).ok());
  fs::create_directory_symlink("data", folder.path("link"));
  for (const char *name : {"data", "data/", "runs", "runs//", "link", "link/", "data/thesis.txt"}) {
    Status status = saveCheckpointAt(*session, stateAt(2), folder.path() + "/" + name);
    EXPECT_EQ(status.code(), StatusCode::alreadyExists) << name << ": " << status.message();
  }
  EXPECT_EQ(folder.read("data/thesis.txt"), bytesOf("thesis"));
  EXPECT_EQ(entriesOf(folder.path("data")), 2);
  EXPECT_EQ(entriesOf(folder.path("runs")), 1);
  EXPECT_TRUE(fs::is_symlink(folder.path("link")));
  // Nothing is lost in an empty folder.
  fs::create_directories(folder.path("empty"));
  EXPECT_TRUE(saveCheckpointAt(*session, stateAt(2), folder.path("empty/")).ok());
  EXPECT_TRUE(loadCheckpoint(*session, folder.path("empty")).ok());
}

// Where folders cannot be exchanged, a kill may come between the removal of the old one and the
// naming of the new one.
TEST(Checkpoint, finishesWhatWasBegun) {
  TemporaryFolder folder;
  auto session = newSession();
  for (int64_t step : {3, 4, 5})
    ASSERT_TRUE(saveCheckpoint(*session, stateAt(step), folder.path("out"), {}).ok());
  fs::rename(folder.path("out/checkpoint-5"), folder.path("out/.weft-ready-checkpoint-5"));
  folder.write("out/checkpoint-4/.weft-removed", {});
  fs::create_directories(folder.path("out/.weft-tmp-1-2"));
  // Found by those who may not write there.
  EXPECT_EQ(*resolveCheckpoint(folder.path("out")), folder.path("out/.weft-ready-checkpoint-5"));
  EXPECT_EQ(*resolveCheckpoint(folder.path("out/checkpoint-5")),
            folder.path("out/.weft-ready-checkpoint-5"));
  fs::create_directories(folder.path("out/checkpoint-5")); // half removed
  ASSERT_TRUE(cleanUp(folder.path("out")).ok());
  EXPECT_EQ(*resolveCheckpoint(folder.path("out")), folder.path("out/checkpoint-5"));
  EXPECT_TRUE(loadCheckpoint(*session, folder.path("out/checkpoint-5")).ok());
  EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-3")));
  EXPECT_EQ(entriesOf(folder.path("out")), 2);
}

namespace {
// What a file system lacks.
enum class Missing { exchange, locks };

// From now on, and in its children, this process is on such a file system: the call fails with the
// error that network and user file systems give.
bool take(Missing missing) {
  auto call = static_cast<uint32_t>(missing == Missing::exchange ? SYS_renameat2 : SYS_flock);
  auto error = static_cast<uint32_t>(missing == Missing::exchange ? EINVAL : ENOLCK);
  sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog program = {std::size(code), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Runs `body` in a child that lacks it. Exit codes: what `body` returns, 77 if this cannot be done.
int without(Missing missing, const std::function<int()> &body) {
  pid_t child = fork();
  if (child == 0)
    _exit(take(missing) ? body() : 77);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
} // namespace

TEST(Checkpoint, isReplacedWithoutExchange) {
  TemporaryFolder folder;
  auto session = newSession();
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(5), folder.path("out"), {}).ok());
  folder.write("out/checkpoint-5/notes.txt", bytesOf("mine"));
  Bytes before = folder.read("out/checkpoint-5/model.safetensors");
  std::vector<float> ones(12, 1);
  ASSERT_TRUE(session->writeVariable(0, ones.data(), 48).ok());
  int code = without(Missing::exchange, [&] {
    return saveCheckpoint(*session, stateAt(5), folder.path("out"), {}).ok() ? 0 : 1;
  });
  if (code == 77)
    GTEST_SKIP() << "calls cannot be filtered here";
  ASSERT_EQ(code, 0);
  EXPECT_NE(before, folder.read("out/checkpoint-5/model.safetensors"));
  EXPECT_EQ(folder.read("out/checkpoint-5/notes.txt"), bytesOf("mine"));
  EXPECT_EQ(entriesOf(folder.path("out")), 1);
  // At no moment is there no checkpoint.
  for (int round = 0; round < 6; ++round) {
    pid_t child = fork();
    if (child == 0) {
      for (take(Missing::exchange);;)
        if (!saveCheckpoint(*session, stateAt(5), folder.path("out"), {}).ok())
          _exit(1);
    }
    usleep(static_cast<useconds_t>(15000 + round * 7000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    Result<std::string> found = resolveCheckpoint(folder.path("out"));
    ASSERT_TRUE(found.ok()) << found.status().message();
    EXPECT_TRUE(loadCheckpoint(*session, *found).ok()) << *found;
    EXPECT_EQ(folder.read(fs::path(*found).lexically_relative(folder.path()) / "notes.txt"),
              bytesOf("mine"));
  }
}

TEST(OutputFolder, isOfOneRunWithoutLocks) {
  TemporaryFolder folder;
  std::string path = folder.path("out");
  int code = without(Missing::locks, [&] {
    Result<OutputFolder> first = OutputFolder::claim(path);
    Status second = OutputFolder::claim(path).takeStatus();
    bool named = second.message().find("process " + std::to_string(getpid())) != std::string::npos;
    return first.ok() && second.code() == StatusCode::failedPrecondition && named ? 0 : 1;
  });
  if (code == 77)
    GTEST_SKIP() << "calls cannot be filtered here";
  EXPECT_EQ(code, 0);
  fs::create_directories(path);
  // Of processes that are gone, or whose number another has now, nothing is left to respect.
  for (const char *process : {"2147483647", "1"}) {
    char host[256] = {};
    gethostname(host, sizeof(host) - 1);
    folder.write("out/.weft-lock", bytesOf(std::string(process) + " on " + host + "\n1\n"));
    folder.write("out/.weft-tmp-2147483647-0", {});
    EXPECT_EQ(without(Missing::locks, [&] { return OutputFolder::claim(path).ok() ? 0 : 1; }), 0);
    EXPECT_FALSE(fs::exists(folder.path("out/.weft-tmp-2147483647-0")));
  }
}

TEST(OutputFolder, isOfOneRun) {
  TemporaryFolder folder;
  std::string path = folder.path("out");
  {
    Result<OutputFolder> first = OutputFolder::claim(path);
    ASSERT_TRUE(first.ok()) << first.status().message();
    char host[256] = {};
    gethostname(host, sizeof(host) - 1);
    Status second = OutputFolder::claim(path).takeStatus();
    EXPECT_EQ(second.code(), StatusCode::failedPrecondition);
    EXPECT_EQ(second.message(), path +
                                    ": expected an output folder that no other run uses, but "
                                    "process " +
                                    std::to_string(getpid()) + " on " + host +
                                    " does; wait for it, or choose another output_dir");
  }
  EXPECT_EQ(entriesOf(path), 0);
  // A process that was killed is no obstacle.
  pid_t child = fork();
  if (child == 0) {
    Result<OutputFolder> claimed = OutputFolder::claim(path);
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(entriesOf(path), 1);
  EXPECT_TRUE(OutputFolder::claim(path).ok());
}

TEST(OutputFolder, isCheckedFirst) {
  TemporaryFolder folder;
  folder.write("file", {});
  EXPECT_EQ(checkOutputFolder(folder.path("file/out")).message(),
            "cannot create the folder '" + folder.path("file/out") + "': Not a directory");
  EXPECT_EQ(checkOutputFolder(folder.path("file")).message(),
            "cannot create the folder '" + folder.path("file") + "': Not a directory");
  EXPECT_TRUE(checkOutputFolder(folder.path("a/b/c")).ok());
  EXPECT_FALSE(fs::exists(folder.path("a")));
  Result<OutputFolder> output = OutputFolder::claim(folder.path("out"));
  ASSERT_TRUE(output.ok());
  EXPECT_TRUE(output->checkFile("model.safetensors").ok());
  fs::create_symlink("../file", folder.path("out/model.safetensors"));
  EXPECT_EQ(output->checkFile("model.safetensors").message(),
            folder.path("out/model.safetensors") +
                ": expected nothing or a file, which the run will replace, found a link");
}

TEST(Checkpoint, copiesCompanions) {
  TemporaryFolder folder;
  folder.write("config.json", bytesOf("{}"));
  folder.write("vocab.txt", bytesOf("[PAD]\n"));
  folder.write("other.bin", bytesOf("x"));
  auto session = newSession();
  CheckpointOptions options;
  CompanionFiles companions = CompanionFiles::read(folder.path()).take();
  options.companions = &companions;
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(1), folder.path("out"), options).ok());
  EXPECT_EQ(folder.read("out/checkpoint-1/vocab.txt"), bytesOf("[PAD]\n"));
  EXPECT_TRUE(fs::exists(folder.path("out/checkpoint-1/config.json")));
  EXPECT_FALSE(fs::exists(folder.path("out/checkpoint-1/other.bin")));
}

TEST(Checkpoint, refusesDamagedFiles) {
  TemporaryFolder folder;
  auto session = newSession();
  ASSERT_TRUE(saveCheckpoint(*session, stateAt(1), folder.path("out"), {}).ok());
  std::string checkpoint = folder.path("out/checkpoint-1");
  ASSERT_TRUE(loadCheckpoint(*session, checkpoint).ok());
  for (const char *name : {"model.safetensors", "optimizer.safetensors", "trainer_state.json"}) {
    std::string path = std::string("out/checkpoint-1/") + name;
    Bytes whole = folder.read(path);
    for (size_t size = 0; size + 1 < whole.size(); size += 7) {
      folder.write(path, Bytes(whole.begin(), whole.begin() + static_cast<long>(size)));
      Status status = loadCheckpoint(*session, checkpoint).takeStatus();
      ASSERT_FALSE(status.ok()) << name << " cut to " << size;
      EXPECT_NE(status.message().find(name), std::string::npos) << status.message();
    }
    folder.write(path, whole);
  }
}
