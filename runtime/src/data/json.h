// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Its old place.
#ifndef WEFT_RUNTIME_DATA_JSON_H
#define WEFT_RUNTIME_DATA_JSON_H
#include "base/json.h" // IWYU pragma: export
#endif
