// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The null device: the memory of the CPU device, and programs that have no effect.
#include "device/null/null_device.h"

#include "device/cpu/cpu_device.h"

namespace weft::rt {

namespace {

class NullExecutable : public DeviceExecutable {};

class NullDevice : public Device {
public:
  explicit NullDevice(const DeviceOptions &options) : host(createCpuDevice(options)) {}

  const char *name() const override { return "null"; }
  DeviceTarget target() const override { return DeviceTarget::cpu; }
  bool isHostAccessible() const override { return true; }

  Result<void *> allocate(size_t bytes) override { return host->allocate(bytes); }
  void release(void *memory, size_t bytes) override { host->release(memory, bytes); }
  Status copyIn(void *target, const void *hostSource, size_t bytes) override {
    return host->copyIn(target, hostSource, bytes);
  }
  Status copyOut(void *hostTarget, const void *source, size_t bytes) override {
    return host->copyOut(hostTarget, source, bytes);
  }

  Status supports(const ExecutableDescription &) const override { return Status(); }
  Result<std::unique_ptr<DeviceExecutable>> load(const ExecutableDescription &) override {
    return std::unique_ptr<DeviceExecutable>(std::make_unique<NullExecutable>());
  }
  Status submit(const DeviceExecutable &, const CommandList &) override { return Status(); }
  Status synchronize() override { return Status(); }
  ThreadPool &pool() override { return host->pool(); }

private:
  std::shared_ptr<Device> host;
};

} // namespace

std::shared_ptr<Device> createNullDevice(const DeviceOptions &options) {
  return std::make_shared<NullDevice>(options);
}

} // namespace weft::rt
