// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the implementations of the C API share (runtime.h here, train.h in train): the handles and
// the way a Status becomes a code and this thread's last message.
#ifndef WEFT_RUNTIME_MODULE_C_API_H
#define WEFT_RUNTIME_MODULE_C_API_H

#include "base/status.h"
#include "module/session.h"
#include "weft/runtime.h"

#include <cstring>
#include <exception>
#include <memory>
#include <string>

// The name of each entry and its dimensions as plain arrays are kept here, because C callers get
// pointers to them.
struct weft_module_t {
  struct TensorShape {
    std::vector<int64_t> fixed, perRow;
  };
  struct BucketShapes {
    std::vector<TensorShape> inputs, outputs;
  };
  std::shared_ptr<const weft::rt::Module> module;
  std::vector<std::vector<BucketShapes>> shapes; // by entry, by bucket
};

struct weft_session_t {
  // Shared with tensors exported over DLPack.
  std::shared_ptr<weft::rt::Session> session;
};

namespace weft::rt {

// Keeps the message for weft_last_error_message and returns the code.
weft_status_t reportStatus(const Status &status);

// Runs the body of a C function: a std::bad_alloc becomes RESOURCE_EXHAUSTED, any other exception
// INTERNAL.
template <typename Body>
weft_status_t guarded(Body &&body) {
  try {
    return reportStatus(body());
  } catch (const std::bad_alloc &) {
    return reportStatus(resourceExhausted("out of memory"));
  } catch (const std::exception &error) {
    return reportStatus(internalError("unexpected exception: %s", error.what()));
  }
}

// notFound for an unknown name, invalidArgument for a null.
Result<size_t> findVariable(weft_session_t *session, const char *name);

// The module's defaults with the scalars of a call over them.
Result<Scalars> scalarsOf(const Module &module, const weft_run_t &run);

// Fills a caller's struct with a leading struct_size: as much of it as the caller knows.
template <typename Struct>
Status storeVersioned(Struct filled, Struct *target) {
  size_t size = target->struct_size;
  if (size < sizeof(size_t))
    return invalidArgument("struct_size is %zu: set it to sizeof of the struct", size);
  filled.struct_size = size;
  std::memcpy(target, &filled, size < sizeof(Struct) ? size : sizeof(Struct));
  return Status();
}

// A copy of a caller's struct with a leading struct_size; members beyond the caller's size are
// zero. Null gives all zeroes.
template <typename Struct>
Struct copyVersioned(const Struct *given) {
  Struct copy = {};
  if (given)
    std::memcpy(&copy, given,
                given->struct_size < sizeof(Struct) ? given->struct_size : sizeof(Struct));
  copy.struct_size = sizeof(Struct);
  return copy;
}

} // namespace weft::rt

#endif
