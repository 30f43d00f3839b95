// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checkpoints: whole or not there, whatever fails.
#include "train/checkpoint.h"
#include "ClassifierTesting.h"
#include "ReaderTesting.h"

#include <csignal>
#include <sys/resource.h>
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
