// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The processor as a device: host memory, images in this process, programs on the thread pool.
#ifndef WEFT_RUNTIME_DEVICE_CPU_CPU_DEVICE_H
#define WEFT_RUNTIME_DEVICE_CPU_CPU_DEVICE_H

#include "device/device.h"

namespace weft::rt {

std::shared_ptr<Device> createCpuDevice(const DeviceOptions &options);

} // namespace weft::rt

#endif
