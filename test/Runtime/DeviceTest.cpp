// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conformance suite of devices. A device is a name and the reasons why it skips cases.
#include "device/device.h"

#include "KernelImageTesting.h"
#include "device/cpu/cpu_features.h"
#include "device/thread_pool.h"
#include "gtest/gtest.h"

#include <cstring>
#include <numeric>

using namespace weft::rt;
using namespace weft::rt::testing;

namespace {

struct DeviceCase {
  const char *name;
  const char *computes; // null, or why programs have no effect
  const char *checks;   // null, or why every executable is accepted
};

class DeviceTest : public ::testing::TestWithParam<DeviceCase> {
protected:
  void SetUp() override { device = create(DeviceOptions()); }

  std::shared_ptr<Device> create(const DeviceOptions &options) {
    auto result = createDevice(GetParam().name, options);
    EXPECT_TRUE(result.ok()) << result.status().message();
    return result.ok() ? result.take() : nullptr;
  }

  // The kernels of kernels.c.
  static ExecutableDescription kernels() {
    ExecutableDescription description;
    description.triple = hostTriple;
    description.cpu = "generic";
    description.image = {reinterpret_cast<const uint8_t *>(kernelImage().data()),
                         kernelImage().size()};
    for (const char *name : {"column_sum", "update", "scale", "loss"})
      description.kernels.push_back({name, kernelAddress(name), 64});
    return description;
  }

  std::unique_ptr<DeviceExecutable> loadKernels(Device &on) {
    auto result = on.load(kernels());
    EXPECT_TRUE(result.ok()) << result.status().message();
    return result.ok() ? result.take() : nullptr;
  }

  template <typename T>
  DeviceBuffer upload(const std::vector<T> &values) {
    auto buffer = DeviceBuffer::create(device, values.size() * sizeof(T));
    EXPECT_TRUE(buffer.ok());
    EXPECT_TRUE(device->copyIn(buffer->data(), values.data(), values.size() * sizeof(T)).ok());
    return buffer.take();
  }

  template <typename T>
  std::vector<T> download(const DeviceBuffer &buffer) {
    std::vector<T> values(buffer.size() / sizeof(T));
    EXPECT_TRUE(device->copyOut(values.data(), buffer.data(), buffer.size()).ok());
    return values;
  }

  void submit(const CommandList &list) {
    auto executable = loadKernels(*device);
    ASSERT_NE(executable, nullptr);
    Status status = device->submit(*executable, list);
    ASSERT_TRUE(status.ok()) << status.message();
    ASSERT_TRUE(device->synchronize().ok());
  }

  std::shared_ptr<Device> device;
};

} // namespace

TEST_P(DeviceTest, HasItsName) {
  EXPECT_STREQ(device->name(), GetParam().name);
  EXPECT_EQ(device->target(), DeviceTarget::cpu);
  EXPECT_GE(device->pool().threadCount(), 1);
}

TEST_P(DeviceTest, AllocatesAlignedZeroes) {
  for (size_t bytes : {0u, 1u, 63u, 64u, 65u, 100000u}) {
    auto memory = device->allocate(bytes);
    ASSERT_TRUE(memory.ok());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(*memory) % bufferAlignment, 0u);
    std::vector<uint8_t> contents(bytes, 1);
    EXPECT_TRUE(device->copyOut(contents.data(), *memory, bytes).ok());
    EXPECT_EQ(contents, std::vector<uint8_t>(bytes, 0));
    device->release(*memory, bytes);
  }
  device->release(nullptr, 0);
}

TEST_P(DeviceTest, RefusesToAllocateTooMuch) {
  EXPECT_EQ(device->allocate(SIZE_MAX).status().code(), StatusCode::resourceExhausted);
}

TEST_P(DeviceTest, CopiesInAndOut) {
  std::vector<int32_t> values(1000);
  std::iota(values.begin(), values.end(), 0);
  EXPECT_EQ(download<int32_t>(upload(values)), values);
}

TEST_P(DeviceTest, UsesTheAllocator) {
  struct Counter {
    size_t allocated = 0, released = 0, calls = 0;
    bool empty = false;
  } counter;
  DeviceOptions options;
  options.allocator.self = &counter;
  options.allocator.allocate = [](void *self, size_t size, size_t alignment) -> void * {
    auto &counter = *static_cast<Counter *>(self);
    if (counter.empty)
      return nullptr;
    counter.allocated += size;
    ++counter.calls;
    return std::aligned_alloc(alignment, size);
  };
  options.allocator.release = [](void *self, void *memory, size_t size, size_t) {
    static_cast<Counter *>(self)->released += size;
    std::free(memory);
  };
  std::shared_ptr<Device> counted = create(options);
  ASSERT_TRUE(DeviceBuffer::create(counted, 1000).ok());
  EXPECT_EQ(counter.calls, 1u);
  EXPECT_GE(counter.allocated, 1000u);
  EXPECT_EQ(counter.allocated, counter.released);
  counter.empty = true;
  EXPECT_EQ(DeviceBuffer::create(counted, 1000).status().code(), StatusCode::resourceExhausted);
}

TEST_P(DeviceTest, FillsAndCopies) {
  if (GetParam().computes)
    GTEST_SKIP() << GetParam().computes;
  constexpr size_t count = 20001; // several tiles, and a rest
  DeviceBuffer first = upload(std::vector<uint32_t>(count)),
               second = upload(std::vector<uint32_t>(count));
  CommandList list;
  list.pointers = {first.data(), first.data(), second.data()};
  Command fill, copy;
  fill.kind = Command::Kind::fill;
  fill.pattern = 0x01020304;
  copy.kind = Command::Kind::copy;
  copy.firstPointer = 1;
  fill.bytes = copy.bytes = count * sizeof(uint32_t);
  list.commands = {fill, Command(), copy};
  submit(list);
  EXPECT_EQ(download<uint32_t>(first), std::vector<uint32_t>(count, 0x01020304));
  EXPECT_EQ(download<uint32_t>(second), std::vector<uint32_t>(count, 0x01020304));
}

TEST_P(DeviceTest, DispatchesTheSameBitsOnAnyNumberOfThreads) {
  if (GetParam().computes)
    GTEST_SKIP() << GetParam().computes;
  constexpr int64_t rows = 37;
  std::vector<float> x(rows * 4), expected(rows * 4);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i) * 0.37f;
    expected[i] = x[i] * 0.5f * static_cast<float>(i % 4 + 1) + 3;
  }
  for (int threads : {1, 2, 3, 7}) {
    DeviceOptions options;
    options.threads = threads;
    device = create(options);
    DeviceBuffer input = upload(x), w = upload(std::vector<float>(4, 0.5f)),
                 y = upload(std::vector<float>(rows * 4)), error = upload(std::vector<uint64_t>(2));
    CommandList list;
    list.rows = rows;
    list.constants = {3};
    list.pointers = {input.data(), w.data(), y.data()};
    list.error = reinterpret_cast<uint64_t *>(error.data());
    Command scale;
    scale.kind = Command::Kind::dispatch;
    scale.kernel = 2;
    scale.tiles = rows;
    list.commands = {scale};
    submit(list);
    EXPECT_EQ(download<float>(y), expected) << threads;
    EXPECT_EQ(download<uint64_t>(error)[0], 0u);
  }
}

// What stands behind the barrier after an error is left out, on all threads; the first error stays.
TEST_P(DeviceTest, StopsAfterAnError) {
  if (GetParam().computes)
    GTEST_SKIP() << GetParam().computes;
  for (int threads : {1, 3}) {
    DeviceOptions options;
    options.threads = threads;
    device = create(options);
    std::vector<float> large(8, 1000);
    DeviceBuffer y = upload(large), sum = upload(std::vector<float>(1)),
                 weight = upload(std::vector<float>(1)), later = upload(std::vector<float>(4, 1)),
                 error = upload(std::vector<uint64_t>(2));
    CommandList list;
    list.rows = 2;
    list.pointers = {y.data(), sum.data(), weight.data(), later.data()};
    list.error = reinterpret_cast<uint64_t *>(error.data());
    Command fill, loss, barrier;
    fill.kind = Command::Kind::fill;
    fill.firstPointer = 3;
    fill.bytes = 8;
    loss.kind = Command::Kind::dispatch;
    loss.kernel = 3;
    loss.tiles = 1;
    loss.rows = 2;
    list.commands = {fill, loss, barrier, fill};
    list.commands[3].bytes = 16;
    submit(list);
    EXPECT_EQ(download<uint64_t>(error), (std::vector<uint64_t>{7, 1})) << threads;
    EXPECT_EQ(download<float>(later), (std::vector<float>{0, 0, 1, 1})) << threads;
  }
}

// Independent dispatches of very different cost: every tile is still done exactly once.
TEST_P(DeviceTest, SharesConcurrentDispatches) {
  if (GetParam().computes)
    GTEST_SKIP() << GetParam().computes;
  for (double cost : {1e-3, 1.0, 3.7, 1e9}) {
    constexpr int64_t rows = 11;
    DeviceBuffer x = upload(std::vector<float>(rows * 4, 2.0f)),
                 rate = upload(std::vector<double>{-1.0});
    std::vector<DeviceBuffer> outputs;
    CommandList list;
    list.rows = rows;
    for (int i = 0; i < 5; ++i) {
      outputs.push_back(upload(std::vector<float>(4)));
      Command update;
      update.kind = Command::Kind::dispatch;
      update.kernel = 1;
      update.tiles = 4;
      update.cost = i == 2 ? cost : 1;
      update.firstPointer = static_cast<uint32_t>(list.pointers.size());
      list.pointers.insert(list.pointers.end(), {x.data(), outputs.back().data(), rate.data()});
      list.commands.push_back(update);
    }
    submit(list);
    for (const DeviceBuffer &output : outputs)
      EXPECT_EQ(download<float>(output), std::vector<float>(4, 2.0f)) << cost;
  }
}

// Loose bounds: another program may have a core.
TEST_P(DeviceTest, KnowsItsPeak) {
  DeviceOptions one;
  one.threads = 1;
  double peak = create(one)->peakFlops();
  if (GetParam().computes) {
    EXPECT_EQ(peak, 0);
    return;
  }
#if defined(__x86_64__)
  // A processor of 1 GHz with two multiply-adds of the narrowest vectors, and one of 8 GHz with two
  // of the widest.
  EXPECT_GT(peak, 4e9);
  EXPECT_LT(peak, 8e9 * 2 * 2 * 16);
#endif
}

TEST_P(DeviceTest, RefusesExecutablesThatCannotRun) {
  if (GetParam().checks)
    GTEST_SKIP() << GetParam().checks;
  ExecutableDescription description = kernels();
  description.features = {"a-feature-of-the-future"};
  Status status = device->supports(description);
  EXPECT_EQ(status.code(), StatusCode::failedPrecondition);
  EXPECT_NE(status.message().find("a-feature-of-the-future"), std::string::npos);
  EXPECT_EQ(device->load(description).status().code(), StatusCode::failedPrecondition);

  description = kernels();
  description.triple = "pdp11-unknown-unix";
  EXPECT_NE(device->supports(description).message().find("pdp11"), std::string::npos);

  description = kernels();
  description.kernels[1].entry = 0;
  Status load = device->load(description).status();
  EXPECT_EQ(load.code(), StatusCode::dataLoss);
  EXPECT_NE(load.message().find("kernel 'update'"), std::string::npos) << load.message();

  description = kernels();
  description.image = description.image.first(100);
  EXPECT_EQ(device->load(description).status().code(), StatusCode::dataLoss);
}

static const DeviceCase deviceCases[] = {
    {"cpu", nullptr, nullptr},
    {"null", "the null device computes nothing", "the null device accepts everything"},
};
INSTANTIATE_TEST_SUITE_P(, DeviceTest, ::testing::ValuesIn(deviceCases),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(Device, UnknownName) {
  Status status = createDevice("abacus", DeviceOptions()).status();
  EXPECT_EQ(status.code(), StatusCode::invalidArgument);
  EXPECT_NE(status.message().find("abacus"), std::string::npos);
}

#if defined(__x86_64__)
TEST(CpuFeatures, AgreesWithTheCompiler) {
  EXPECT_TRUE(hasCpuFeature("sse2"));
  EXPECT_TRUE(hasCpuFeature("cx8"));
  EXPECT_FALSE(hasCpuFeature("sse9"));
  EXPECT_FALSE(hasCpuFeature(""));
  EXPECT_EQ(hasCpuFeature("avx2"), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(hasCpuFeature("fma"), __builtin_cpu_supports("fma") != 0);
  EXPECT_EQ(hasCpuFeature("bmi2"), __builtin_cpu_supports("bmi2") != 0);
  EXPECT_EQ(hasCpuFeature("popcnt"), __builtin_cpu_supports("popcnt") != 0);
  EXPECT_EQ(hasCpuFeature("avx512f"), __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(hasCpuFeature("avx512vnni"), __builtin_cpu_supports("avx512vnni") != 0);
}
#endif
