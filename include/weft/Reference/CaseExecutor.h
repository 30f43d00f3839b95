// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What can run a function of the graph IR on given inputs: the reference interpreter always,
// compiled code where a tool has registered it. The case files of test/Ops run on every executor.
#ifndef WEFT_REFERENCE_CASEEXECUTOR_H
#define WEFT_REFERENCE_CASEEXECUTOR_H

#include "dialects/Interfaces/ReferenceTensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <functional>
#include <memory>

namespace weft {

class CaseExecutor {
public:
  virtual ~CaseExecutor();
  // Appends the results of `function`, a function of weft ops without parameters (composites
  // included), for inputs that are representable in their types. Must not change the IR around
  // `function`. Fails after an error at the function or at one of its ops.
  virtual llvm::LogicalResult evaluate(mlir::func::FuncOp function,
                                       llvm::ArrayRef<ReferenceTensor> inputs,
                                       llvm::SmallVectorImpl<ReferenceTensor> &results) = 0;
};

using CaseExecutorFactory = std::function<std::unique_ptr<CaseExecutor>()>;

// Makes an executor known by name, for the `executors` option of the passes. To be called by a
// tool's main before passes run; not thread-safe.
void registerCaseExecutor(llvm::StringRef name, CaseExecutorFactory factory);

// "reference", then the registered names in the order of registration.
llvm::SmallVector<llvm::StringRef> getCaseExecutorNames();

// Null if there is no executor of this name.
std::unique_ptr<CaseExecutor> createCaseExecutor(llvm::StringRef name);

} // namespace weft

#endif
