// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the graph IR, compiled to a module and run by the runtime: the whole path that a
// model takes.
#ifndef WEFT_TEST_UNIT_COMPILEDEXECUTOR_H
#define WEFT_TEST_UNIT_COMPILEDEXECUTOR_H

#include "weft/Reference/CaseExecutor.h"

#include <string>

namespace weft {

class CompiledExecutor : public CaseExecutor {
public:
  // For a processor that this machine can run.
  explicit CompiledExecutor(std::string processor = "native") : processor(std::move(processor)) {}

  llvm::LogicalResult evaluate(mlir::func::FuncOp function, llvm::ArrayRef<ReferenceTensor> inputs,
                               llvm::SmallVectorImpl<ReferenceTensor> &results) override;

private:
  std::string processor;
};

} // namespace weft

#endif
