// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CPU device.
#include "device/cpu/cpu_device.h"

#include "device/cpu/cpu_features.h"
#include "device/cpu/elf_image.h"
#include "device/cpu/peak_flops.h"
#include "device/cpu/program_runner.h"

#include <algorithm>
#include <cstring>

namespace weft::rt {

namespace {

// A CPU executable with the image that its kernels point into.
class LoadedExecutable : public CpuExecutable {
public:
  ElfImage image;
};

class CpuDevice : public Device {
public:
  explicit CpuDevice(const DeviceOptions &options)
      : workers(options.threads, options.spinMicroseconds), allocator(options.allocator) {}

  const char *name() const override { return "cpu"; }
  DeviceTarget target() const override { return DeviceTarget::cpu; }
  bool isHostAccessible() const override { return true; }

  Result<void *> allocate(size_t bytes) override;
  void release(void *memory, size_t bytes) override;
  Status copyIn(void *target, const void *hostSource, size_t bytes) override;
  Status copyOut(void *hostTarget, const void *source, size_t bytes) override;

  Status supports(const ExecutableDescription &description) const override;
  Result<std::unique_ptr<DeviceExecutable>> load(const ExecutableDescription &description) override;
  Status submit(const DeviceExecutable &executable, const CommandList &list) override;
  Status synchronize() override { return Status(); }
  double peakFlops() override { return measurePeakFlops(workers); }
  ThreadPool &pool() override { return workers; }

private:
  ThreadPool workers;
  Allocator allocator;
};

} // namespace

// At least one block, so that memory of no bytes has an address too.
static size_t capacityOf(size_t bytes) {
  return std::max<size_t>(1, (bytes + bufferAlignment - 1) / bufferAlignment) * bufferAlignment;
}

Result<void *> CpuDevice::allocate(size_t bytes) {
  if (bytes > SIZE_MAX / 2)
    return resourceExhausted("%zu bytes are too many", bytes);
  size_t capacity = capacityOf(bytes);
  void *memory = allocator.allocate(allocator.self, capacity, bufferAlignment);
  if (!memory)
    return resourceExhausted("out of memory: %zu bytes were asked for", bytes);
  if (reinterpret_cast<uintptr_t>(memory) % bufferAlignment != 0) {
    allocator.release(allocator.self, memory, capacity, bufferAlignment);
    return invalidArgument("the allocator returned memory that is not aligned to %zu bytes",
                           bufferAlignment);
  }
  std::memset(memory, 0, capacity);
  return memory;
}

void CpuDevice::release(void *memory, size_t bytes) {
  if (memory)
    allocator.release(allocator.self, memory, capacityOf(bytes), bufferAlignment);
}

Status CpuDevice::copyIn(void *target, const void *hostSource, size_t bytes) {
  if (bytes > 0)
    std::memcpy(target, hostSource, bytes);
  return Status();
}

Status CpuDevice::copyOut(void *hostTarget, const void *source, size_t bytes) {
  if (bytes > 0)
    std::memcpy(hostTarget, source, bytes);
  return Status();
}

Status CpuDevice::supports(const ExecutableDescription &description) const {
  uint16_t machine = elfMachineOfTriple(description.triple);
  if (machine == 0 || machine != elfMachineOfHost())
    return failedPrecondition("code for %s does not run on this machine",
                              description.triple.c_str());
  std::string missing;
  for (const std::string &feature : description.features)
    if (!hasCpuFeature(feature))
      missing += (missing.empty() ? "" : ", ") + feature;
  if (!missing.empty())
    return failedPrecondition("code for %s needs what this processor lacks: %s",
                              description.cpu.c_str(), missing.c_str());
  return Status();
}

Result<std::unique_ptr<DeviceExecutable>>
CpuDevice::load(const ExecutableDescription &description) {
  WEFT_RETURN_IF_ERROR(supports(description));
  auto executable = std::make_unique<LoadedExecutable>();
  WEFT_ASSIGN_OR_RETURN(executable->image, ElfImage::load(description.image, elfMachineOfHost()));
  uint64_t scratchBytes = 0;
  for (const KernelDescription &kernel : description.kernels) {
    const void *code = executable->image.code(kernel.entry);
    if (!code)
      return dataLoss("kernel '%s': its entry %llu is not in an executable segment",
                      kernel.name.c_str(), static_cast<unsigned long long>(kernel.entry));
    executable->kernels.push_back(
        reinterpret_cast<weft_kernel_t>(reinterpret_cast<uintptr_t>(code)));
    scratchBytes = std::max(scratchBytes, kernel.scratchBytes);
  }
  for (int i = 0; i < workers.threadCount(); ++i) {
    WEFT_ASSIGN_OR_RETURN(AlignedBuffer scratch, AlignedBuffer::create(scratchBytes, allocator));
    executable->scratch.push_back(std::move(scratch));
  }
  return std::unique_ptr<DeviceExecutable>(std::move(executable));
}

Status CpuDevice::submit(const DeviceExecutable &executable, const CommandList &list) {
  struct Context {
    ThreadPool &pool;
    const CpuExecutable &executable;
    const CommandList &list;
  } context{workers, static_cast<const CpuExecutable &>(executable), list};
  workers.run(
      [](void *opaque, ThreadPool::Share share) {
        auto &context = *static_cast<Context *>(opaque);
        runShare(context.pool, context.executable, context.list, share);
      },
      &context);
  return Status();
}

std::shared_ptr<Device> createCpuDevice(const DeviceOptions &options) {
  return std::make_shared<CpuDevice>(options);
}

} // namespace weft::rt
