// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numeric cases written in IR: functions whose arguments and results carry data. test/Ops/README.md
// describes the format for those who write cases.
#ifndef WEFT_REFERENCE_OPCASES_H
#define WEFT_REFERENCE_OPCASES_H

#include "dialects/Interfaces/ReferenceTensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"

namespace weft {

// On an argument: its value, `dense<...>` of a static type.
constexpr llvm::StringLiteral kCaseValueAttr = "case.value";
// On an argument without a value: `[low, high]`, where its elements are drawn from.
constexpr llvm::StringLiteral kCaseRangeAttr = "case.range";
// On an argument: its dynamic dimension is this multiple of the rows (default 1).
constexpr llvm::StringLiteral kCaseTimesAttr = "case.times";
// On a result: the expected value.
constexpr llvm::StringLiteral kCaseExpectAttr = "case.expect";
// On a function: relative tolerance of compiled code, instead of the type's default.
constexpr llvm::StringLiteral kCaseToleranceAttr = "case.tolerance";
// On a function: the numbers of rows to try, instead of 1 and 3.
constexpr llvm::StringLiteral kCaseRowsAttr = "case.rows";
// On a function: check its gradient.
constexpr llvm::StringLiteral kCaseGradientAttr = "case.gradient";

// "@name: ", at the function.
mlir::InFlightDiagnostic emitCaseError(mlir::func::FuncOp function);

// Whether any result of `function` has an expected value.
bool hasExpectedValues(mlir::func::FuncOp function);

// The numbers of rows to run `function` with: one entry if no argument depends on them.
llvm::FailureOr<llvm::SmallVector<int64_t>> getCaseRows(mlir::func::FuncOp function);

// The arguments of `function` for this number of rows: values as given, all others drawn from
// `seed`. Fails after an error at the function if its attributes are wrong.
llvm::LogicalResult makeCaseInputs(mlir::func::FuncOp function, int64_t rows, uint64_t seed,
                                   llvm::SmallVectorImpl<ReferenceTensor> &inputs);

// The functions of `root` that cases are made of, those of models left out.
llvm::SmallVector<mlir::func::FuncOp> collectCaseFunctions(mlir::Operation *root);

} // namespace weft

#endif
