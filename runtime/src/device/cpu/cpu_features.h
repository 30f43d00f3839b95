// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which instructions this processor and operating system have, by LLVM's feature names.
#ifndef WEFT_RUNTIME_DEVICE_CPU_CPU_FEATURES_H
#define WEFT_RUNTIME_DEVICE_CPU_CPU_FEATURES_H

#include <string_view>

namespace weft::rt {

// False for features that are missing and for names that this runtime does not know.
bool hasCpuFeature(std::string_view name);

} // namespace weft::rt

#endif
