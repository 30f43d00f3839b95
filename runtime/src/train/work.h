// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating-point operations of a module's entries, as the compiler counted them.
#ifndef WEFT_RUNTIME_TRAIN_WORK_H
#define WEFT_RUNTIME_TRAIN_WORK_H

#include "module/session.h"

#include <map>
#include <tuple>

namespace weft::rt {

// Remembers what it has counted.
class WorkCounter {
public:
  explicit WorkCounter(const Session &session) : session(session) {}
  // Operations of one run of an entry at a batch size; 0 if it has no code for the device.
  double flops(uint32_t entry, uint32_t bucket, int64_t rows);

private:
  const Session &session;
  std::map<std::tuple<uint32_t, uint32_t, int64_t>, double> known;
};

} // namespace weft::rt

#endif
