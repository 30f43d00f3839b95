// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A device that accepts everything and computes nothing: for tests and for looking at what the rest
// of the runtime costs.
#ifndef WEFT_RUNTIME_DEVICE_NULL_NULL_DEVICE_H
#define WEFT_RUNTIME_DEVICE_NULL_NULL_DEVICE_H

#include "device/device.h"

namespace weft::rt {

std::shared_ptr<Device> createNullDevice(const DeviceOptions &options);

} // namespace weft::rt

#endif
