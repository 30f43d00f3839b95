// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Object files to a shared image that needs nothing else.
#ifndef WEFT_LIB_TARGET_CPU_IMAGELINKER_H
#define WEFT_LIB_TARGET_CPU_IMAGELINKER_H

#include "weft/Target/CPU/ObjectCode.h"

namespace weft::cpu {

/// Links one ELF object. Fails, through `emitError`, if it refers to a symbol that it does not
/// define, or would need constructors or other than relative relocations.
mlir::FailureOr<Image> linkImage(llvm::ArrayRef<char> object,
                                 llvm::ArrayRef<std::string> entryPoints,
                                 llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_IMAGELINKER_H
