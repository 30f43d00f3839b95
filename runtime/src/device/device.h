// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a device is to the rest of the runtime: memory, executables, and lists of commands whose
// pointers are resolved. cpu and null implement it; one conformance suite runs against each.
#ifndef WEFT_RUNTIME_DEVICE_DEVICE_H
#define WEFT_RUNTIME_DEVICE_DEVICE_H

#include "base/allocator.h"
#include "base/status.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft::rt {

class ThreadPool;

// Which code a device runs; numbered as TargetKind of module.fbs.
enum class DeviceTarget : uint8_t { cpu = 0, cuda = 1 };

// What a device needs to know about a kernel of an executable.
struct KernelDescription {
  std::string name;
  uint64_t entry = 0;        // address in the image, before relocation
  uint64_t scratchBytes = 0; // per worker
};

// Native code in the form of a module's Executable. Views: valid during the call that takes it.
struct ExecutableDescription {
  std::string triple;
  std::string cpu;
  std::vector<std::string> features;
  std::span<const uint8_t> image;
  std::vector<KernelDescription> kernels;
};

// Loaded code. Belongs to the device that made it and must not outlive it.
class DeviceExecutable {
public:
  virtual ~DeviceExecutable() = default;
};

// One step of a program. Pointers are positions in CommandList::pointers, so that the memory of the
// caller's inputs can be exchanged between submissions.
struct Command {
  enum class Kind : uint8_t { dispatch, copy, fill, barrier };
  Kind kind = Kind::barrier;
  // dispatch
  uint32_t kernel = 0;        // index into ExecutableDescription::kernels
  uint32_t firstConstant = 0; // position of its first constant in CommandList::constants
  int64_t tiles = 0;
  int64_t rows = 0; // of the kernel
  double cost = 1;  // relative work, by which concurrent dispatches share the workers; > 0
  // dispatch: position of its first binding; copy: of source, then target; fill: of target
  uint32_t firstPointer = 0;
  // copy, fill
  uint64_t bytes = 0;
  uint32_t pattern = 0;
};

// A program for one batch size. Commands between two barriers may run at the same time and must not
// depend on each other.
struct CommandList {
  std::vector<Command> commands;
  std::vector<void *> pointers;
  std::vector<int64_t> constants;
  int64_t rows = 0;
  // Device memory of two words: the code of a kernel that met a value out of range, and the number
  // of its command. Commands behind the next barrier are then left out.
  uint64_t *error = nullptr;
  // Not null: where the processor seconds that workers spend on each command are added up,
  // [worker][command].
  double *seconds = nullptr;
};

class Device {
public:
  virtual ~Device() = default;

  virtual const char *name() const = 0;
  virtual DeviceTarget target() const = 0;
  // True if device memory is host memory: pointers can be read and written without copies.
  virtual bool isHostAccessible() const = 0;

  // Zeroed memory aligned to bufferAlignment; resourceExhausted when there is none. Thread-safe.
  virtual Result<void *> allocate(size_t bytes) = 0;
  // Takes back what `allocate` returned; null is ignored. `bytes` is the size asked for.
  virtual void release(void *memory, size_t bytes) = 0;
  virtual Status copyIn(void *target, const void *hostSource, size_t bytes) = 0;
  virtual Status copyOut(void *hostTarget, const void *source, size_t bytes) = 0;

  // Success if this device can run such code, else failedPrecondition that says what it lacks. Does
  // not read the image.
  virtual Status supports(const ExecutableDescription &description) const = 0;
  // Checks the image completely, then loads it.
  virtual Result<std::unique_ptr<DeviceExecutable>>
  load(const ExecutableDescription &description) = 0;

  // Runs a list, or queues it. The list and what it points to stay untouched until `synchronize`.
  // Any thread may call; submissions of different threads are run one after the other.
  virtual Status submit(const DeviceExecutable &executable, const CommandList &list) = 0;
  // Returns when everything submitted has finished.
  virtual Status synchronize() = 0;

  // f32 operations per second that the device reaches at best, with its number of threads; takes
  // some milliseconds to measure. 0: not known.
  virtual double peakFlops() { return 0; }

  // The pool on whose workers host tasks may be queued.
  virtual ThreadPool &pool() = 0;
};

struct DeviceOptions {
  int threads = 0;           // 0: defaultThreadCount()
  int spinMicroseconds = -1; // how long idle workers spin before they sleep; -1: the default
  Allocator allocator = systemAllocator();
};

// "cpu" or "null"; invalidArgument for another name or a number of threads beyond maxThreads.
Result<std::shared_ptr<Device>> createDevice(const std::string &name, const DeviceOptions &options);

// Memory of a device, returned on destruction. Movable.
class DeviceBuffer {
public:
  DeviceBuffer() = default;
  DeviceBuffer(DeviceBuffer &&other) noexcept { swap(other); }
  DeviceBuffer &operator=(DeviceBuffer &&other) noexcept {
    DeviceBuffer(std::move(other)).swap(*this);
    return *this;
  }
  ~DeviceBuffer() {
    if (memory)
      device->release(memory, byteCount);
  }
  static Result<DeviceBuffer> create(const std::shared_ptr<Device> &device, size_t bytes);

  uint8_t *data() const { return static_cast<uint8_t *>(memory); }
  size_t size() const { return byteCount; }
  void swap(DeviceBuffer &other) noexcept {
    std::swap(device, other.device);
    std::swap(memory, other.memory);
    std::swap(byteCount, other.byteCount);
  }

private:
  std::shared_ptr<Device> device;
  void *memory = nullptr;
  size_t byteCount = 0;
};

} // namespace weft::rt

#endif
