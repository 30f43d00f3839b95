// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Object files to a shared image that needs nothing else.
#ifndef WEFT_LIB_TARGET_CPU_IMAGELINKER_H
#define WEFT_LIB_TARGET_CPU_IMAGELINKER_H

#include "weft/Target/CPU/ObjectCode.h"

namespace weft::cpu {

/// An ELF relocatable file.
using ObjectFile = llvm::SmallVector<char, 0>;

/// Whether one of the files calls memcpy, memset or memmove, which none of them defines.
bool callsMemoryFunctions(llvm::ArrayRef<ObjectFile> objects);

/// Links object files. Fails, through `emitError`, if they refer to a symbol that none of them
/// defines, or would need constructors or other than relative relocations.
mlir::FailureOr<Image> linkImage(llvm::ArrayRef<ObjectFile> objects,
                                 llvm::ArrayRef<std::string> entryPoints,
                                 llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_IMAGELINKER_H
