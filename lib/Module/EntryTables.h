// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of the module's tables that say what a model's functions take and give.
#ifndef WEFT_LIB_MODULE_ENTRYTABLES_H
#define WEFT_LIB_MODULE_ENTRYTABLES_H

#include "dialects/Exec/Exec.h"
#include "weft/Schedule/PersistentLayout.h"

#include "schema/module_generated.h"

namespace weft {

// Emits an error for a type that the module format has no name for.
mlir::FailureOr<schema::ElementType> toSchema(mlir::Location loc, mlir::Type elementType);

// The table of a parameter, buffer or state tensor.
mlir::FailureOr<std::unique_ptr<schema::VariableT>>
buildVariable(const PersistentVariable &variable);

// Inputs and outputs of an entry, from the attributes of its declaration. `number` is the place of
// its program.
mlir::FailureOr<std::unique_ptr<schema::BucketT>> buildBucket(mlir::func::FuncOp declaration,
                                                              unsigned number);

// What the runtime does with an entry of this name.
schema::EntryRole getEntryRole(llvm::StringRef name);

// Slots and commands. `kernelNumbers` are the places of the kernels in every executable.
std::unique_ptr<schema::ProgramT> buildProgram(exec::ProgramOp program,
                                               const llvm::StringMap<unsigned> &kernelNumbers);

} // namespace weft

#endif
