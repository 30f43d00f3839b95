// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program with its pointers resolved for one batch size, and how a caller's inputs and outputs
// are attached to it. Built once and replayed.
#ifndef WEFT_RUNTIME_MODULE_PREPARED_RUN_H
#define WEFT_RUNTIME_MODULE_PREPARED_RUN_H

#include "device/device.h"
#include "module/session.h"

#include <span>
#include <vector>

namespace weft::rt {

// Where the regions of a session begin, in device memory.
struct RegionBases {
  uint8_t *persistent = nullptr;
  uint8_t *constants = nullptr;
  uint8_t *fixed = nullptr;
  uint8_t *rows = nullptr;
};

struct PreparedRun {
  // An input of the entry.
  struct Argument {
    uint64_t bytes = 0;
    std::vector<size_t> positions; // where in list.pointers it stands
    void *bound = nullptr;         // what stands there now
    DeviceBuffer staging;          // scalars, and inputs that cannot be used in place
  };
  // An output of the entry: memory of the session, or, if null, input number `argument`.
  struct Yield {
    void *memory = nullptr;
    uint64_t bytes = 0;
    size_t argument = 0;
  };

  uint32_t entry = 0;
  uint32_t bucket = 0;
  const schema::Bucket *signature = nullptr;
  CommandList list;
  std::vector<double> seconds; // what list.seconds points to, if the session is profiled
  std::vector<Argument> arguments;
  std::vector<Yield> yields;
};

// Fills list, arguments and yields of `run`, whose signature and list.rows are set. outOfRange if
// the batch needs too many tiles.
Status buildPreparedRun(const schema::Program &program, const schema::Executable &executable,
                        const RegionBases &bases, PreparedRun &run);

// Points the program to the inputs of the entry (with role Batch) and stores its scalars.
Status bindArguments(const std::shared_ptr<Device> &device, PreparedRun &run,
                     std::span<const void *const> inputs, const Scalars &scalars);

// Looks for values outside the range of inputs that index something; outOfRange names sample and
// value.
Status checkIndexInputs(const schema::Bucket &signature, std::span<const void *const> inputs,
                        int64_t rows);

Status copyYields(Device &device, const PreparedRun &run, std::span<void *const> outputs);

} // namespace weft::rt

#endif
