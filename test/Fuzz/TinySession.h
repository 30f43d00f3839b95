// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A session on the null device that files of weights and checkpoints are loaded into.
#ifndef WEFT_TEST_FUZZ_TINYSESSION_H
#define WEFT_TEST_FUZZ_TINYSESSION_H

#include "../Runtime/ModuleTesting.h"
#include "module/session.h"

#include <cstdlib>

namespace weft::rt::fuzzing {

inline Session &session() {
  static const std::unique_ptr<Session> made = [] {
    Result<std::shared_ptr<const Module>> module =
        Module::parse(testing::writeModule(testing::ModuleBuilder(/*tiny=*/true).module));
    DeviceOptions deviceOptions;
    deviceOptions.threads = 1;
    SessionOptions options;
    if (!module.ok() || !(options.device = *createDevice("null", deviceOptions)))
      std::abort();
    return Session::create(*module, options).take();
  }();
  return *made;
}

} // namespace weft::rt::fuzzing

#endif
