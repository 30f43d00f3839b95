// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many threads a process gets: the environment, and the quotas of control groups.
#include "device/processors.h"
#include "device/device.h"

#include "ReaderTesting.h"
#include <cmath>

using namespace weft::rt;
using weft::rt::testing::TemporaryFolder;

namespace {
struct NumThreads {
  explicit NumThreads(const char *value) { ::setenv("WEFT_NUM_THREADS", value, 1); }
  ~NumThreads() { ::unsetenv("WEFT_NUM_THREADS"); }
};
} // namespace

TEST(Processors, ReadsTheEnvironment) {
  for (auto [text, count] : {std::pair("3", 3), {"1", 1}, {"1024", 1024}}) {
    NumThreads set(text);
    Result<int> found = defaultThreadCount();
    ASSERT_TRUE(found.ok()) << text;
    EXPECT_EQ(*found, count);
  }
  NumThreads empty("");
  EXPECT_EQ(*defaultThreadCount(), availableProcessors());
  EXPECT_GE(availableProcessors(), 1);
}

TEST(Processors, RefusesWhatIsNoNumberOfThreads) {
  for (std::string text :
       {"0", "-2", "3x", "two", "1.5", "1025", "999999999", "99999999999999999999", "nan"}) {
    NumThreads set(text.c_str());
    std::string wanted = "WEFT_NUM_THREADS: expected an integer of 1 to 1024, found '" + text + "'";
    EXPECT_EQ(defaultThreadCount().status().message(), wanted);
    EXPECT_EQ(createDevice("cpu", DeviceOptions()).status().message(), wanted);
    // Not read where the caller has a number.
    DeviceOptions one;
    one.threads = 1;
    EXPECT_TRUE(createDevice("cpu", one).ok());
  }
  DeviceOptions many;
  many.threads = 1025;
  EXPECT_EQ(createDevice("cpu", many).status().message(),
            "threads: expected 1 to 1024, found 1025");
}

TEST(Processors, ReadsQuotasOfVersion2) {
  TemporaryFolder folder;
  auto write = [&](const std::string &group, const std::string &text) {
    std::filesystem::create_directories(folder.path("." + group));
    folder.write("." + group + "/cpu.max", weft::rt::testing::bytesOf(text));
  };
  auto quota = [&](const std::string &group) {
    return processorQuota("0::" + group + "\n", folder.path("."));
  };
  EXPECT_EQ(quota("/"), HUGE_VAL);
  write("/a", "max 100000\n");
  EXPECT_EQ(quota("/a"), HUGE_VAL);
  write("/a/b", "50000 100000\n");
  EXPECT_EQ(quota("/a/b"), 0.5);
  // Of a group around it, also where its own folder is not to be seen.
  write("/a/b/c", "400000 100000\n");
  EXPECT_EQ(quota("/a/b/c"), 0.5);
  EXPECT_EQ(quota("/a/b/x/y"), 0.5);
  write("", "300000 100000\n");
  EXPECT_EQ(quota("/elsewhere"), 3);
  write("/odd", "many few\n");
  EXPECT_EQ(quota("/odd"), 3);
}

TEST(Processors, ReadsQuotasOfVersion1) {
  TemporaryFolder folder;
  auto write = [&](const std::string &group, const std::string &quota) {
    std::filesystem::create_directories(folder.path("." + group));
    folder.write("." + group + "/cpu.cfs_quota_us", weft::rt::testing::bytesOf(quota));
    folder.write("." + group + "/cpu.cfs_period_us", weft::rt::testing::bytesOf("100000\n"));
  };
  std::string groups = "12:cpuset:/\n4:cpu,cpuacct:/box/inner\n1:name=systemd:/\n0::/\n";
  EXPECT_EQ(processorQuota(groups, folder.path(".")), HUGE_VAL);
  write("/cpu,cpuacct/box/inner", "-1\n");
  EXPECT_EQ(processorQuota(groups, folder.path(".")), HUGE_VAL);
  write("/cpu,cpuacct/box", "250000\n");
  EXPECT_EQ(processorQuota(groups, folder.path(".")), 2.5);
  // Where the container's own group is mounted as the root, under the short name.
  write("/cpu", "150000\n");
  EXPECT_EQ(processorQuota(groups, folder.path(".")), 1.5);
  EXPECT_EQ(processorQuota("garbage\n\n:\n", folder.path(".")), HUGE_VAL);
}
