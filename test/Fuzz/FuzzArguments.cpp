// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files of training arguments, and the schedule and the numbers that come of them.
#include "train/arguments.h"
#include "train/schedule.h"

#include <cmath>
#include <cstdlib>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<Json> json = parseJson({reinterpret_cast<const char *>(data), size}, "input");
  if (!json.ok())
    return 0;
  TrainingArguments arguments;
  Status status = setArguments(arguments, *json, "input");
  if (!status.ok() && status.message().empty())
    std::abort();
  return 0;
}
