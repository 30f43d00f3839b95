// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of variables before training.
#ifndef WEFT_RUNTIME_MODULE_INITIALIZER_H
#define WEFT_RUNTIME_MODULE_INITIALIZER_H

#include "module/module.h"

namespace weft::rt {

// Fills `data` (VariableInfo::byteSize bytes, logical order). Random element i comes from word i of
// the stream of the variable's name.
void fillInitialValues(const VariableInfo &variable, const schema::Initializer &initializer,
                       uint64_t seed, void *data);

} // namespace weft::rt

#endif
