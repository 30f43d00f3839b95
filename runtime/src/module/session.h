// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module made ready on a device: its variables, its arenas, and runs of its entries.
#ifndef WEFT_RUNTIME_MODULE_SESSION_H
#define WEFT_RUNTIME_MODULE_SESSION_H

#include "device/device.h"
#include "module/module.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace weft::rt {

struct SessionOptions {
  std::shared_ptr<Device> device; // null: a cpu device with default options
  int64_t maxRows = 0; // rows to reserve memory for now; larger batches grow it when they come
};

// One call of an entry.
struct RunRequest {
  uint32_t entry = 0;
  uint32_t bucket = 0;
  int64_t rows = 1;
  // Host memory of each input with role Batch, in order of declaration: dense, row-major, of the
  // input's type and of its shape at `rows`. Any alignment; 64-byte aligned memory is used in
  // place.
  std::span<const void *const> inputs;
  // Null: the module's defaults.
  const Scalars *scalars = nullptr;
  // Host memory for each output, in order; null for one that is not wanted. Empty: none is.
  std::span<void *const> outputs;
};

struct PreparedRun; // prepared_run.h

// Not thread-safe: one thread at a time. Several sessions may share a module and a device.
class Session {
public:
  // Chooses the last executable of the module that the device supports. failedPrecondition, with
  // what is missing for each, if there is none.
  static Result<std::unique_ptr<Session>> create(std::shared_ptr<const Module> module,
                                                 const SessionOptions &options);
  ~Session();

  const Module &module() const { return *shared; }
  const std::shared_ptr<const Module> &sharedModule() const { return shared; }
  Device &device() const { return *target; }
  const std::shared_ptr<Device> &sharedDevice() const { return target; }
  // Index of the executable that was chosen.
  size_t executableIndex() const { return chosen; }

  // Gives every variable the value of its initializer, a function of (seed, name) alone.
  Status initialize(uint64_t seed);
  Status initializeVariable(size_t variable, uint64_t seed);

  // Whole variables in logical row-major order; `bytes` must be VariableInfo::byteSize.
  Status readVariable(size_t variable, void *data, size_t bytes);
  Status writeVariable(size_t variable, const void *data, size_t bytes);
  // The variable's memory in its physical layout (device memory).
  void *variableMemory(size_t variable) const;

  // Memory for batches of up to `rows` rows for every entry and bucket.
  Status reserve(int64_t rows);
  // Memory for batches of up to `rows` rows of one entry and bucket. Runs share one region: what it
  // takes is what the largest of them needs, not their sum.
  Status reserve(uint32_t entry, uint32_t bucket, int64_t rows);
  // Runs an entry and waits for it. Errors: invalidArgument for wrong counts, rows < 1 or a null
  // input; outOfRange for an index input out of range (the message names sample and value) or a
  // value that a kernel refused; resourceExhausted. After an error before the kernels ran (all but
  // the kernels' own) no variable has changed.
  Status run(const RunRequest &request);

  // Bytes of an input or output at a batch size.
  uint64_t inputBytes(uint32_t entry, uint32_t bucket, uint32_t input, int64_t rows) const;
  uint64_t outputBytes(uint32_t entry, uint32_t bucket, uint32_t output, int64_t rows) const;

  // Device bytes in use: variables, fixed region, rows region.
  struct MemoryUse {
    uint64_t persistent, fixed, rows;
  };
  MemoryUse memoryUse() const;

  // Time of one kernel, or of copies (null), over all runs since `startProfile`.
  struct KernelTime {
    const schema::Kernel *kernel;
    double seconds = 0;    // summed over workers
    double flops = 0;      // of all its dispatches in one run
    size_t dispatches = 0; // in one run
  };
  // From now on runs are timed, which costs them a little. What was measured before is forgotten.
  void startProfile();
  // The kernels of the run that came last, slowest first.
  std::vector<KernelTime> kernelTimes() const;

private:
  Session() = default;
  Status chooseExecutable();
  Status allocateArenas();
  Result<const schema::Program *> programOf(uint32_t entry, uint32_t bucket) const;
  Status grow(uint64_t fixedBytes, uint64_t rowsBytes);
  Status checkRequest(const RunRequest &request) const;
  Result<PreparedRun *> prepare(const RunRequest &request);
  Result<std::unique_ptr<PreparedRun>> build(const RunRequest &request);
  struct ErrorWords;
  Status execute(const PreparedRun &run);
  Status describeError(const PreparedRun &run, const ErrorWords &error) const;

  std::shared_ptr<const Module> shared;
  std::shared_ptr<Device> target;
  std::unique_ptr<DeviceExecutable> executable;
  size_t chosen = 0;
  DeviceBuffer persistent, fixedRegion, rowsRegion, constants, errorWord;
  bool isProfiled = false;
  // Most recently used first.
  std::vector<std::unique_ptr<PreparedRun>> prepared;
};

} // namespace weft::rt

#endif
