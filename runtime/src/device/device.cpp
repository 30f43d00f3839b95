// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Devices by name, and memory that belongs to one.
#include "device/device.h"

#include "device/cpu/cpu_device.h"
#include "device/null/null_device.h"
#include "device/processors.h"

namespace weft::rt {

Result<std::shared_ptr<Device>> createDevice(const std::string &name, const DeviceOptions &given) {
  DeviceOptions options = given;
  if (options.threads == 0) {
    WEFT_ASSIGN_OR_RETURN(options.threads, defaultThreadCount());
  }
  if (options.threads < 1 || options.threads > maxThreads)
    return invalidArgument("threads: expected 1 to %d, found %d", maxThreads, options.threads);
  if (name == "cpu")
    return createCpuDevice(options);
  if (name == "null")
    return createNullDevice(options);
  return invalidArgument("unknown device '%s': expected 'cpu' or 'null'", name.c_str());
}

Result<DeviceBuffer> DeviceBuffer::create(const std::shared_ptr<Device> &device, size_t bytes) {
  DeviceBuffer buffer;
  WEFT_ASSIGN_OR_RETURN(buffer.memory, device->allocate(bytes));
  buffer.device = device;
  buffer.byteCount = bytes;
  return buffer;
}

} // namespace weft::rt
