// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference interpreter: what a graph means. Evaluates functions of weft ops, at any phase up
// to `dispatch`, on tensors in double precision.
#ifndef WEFT_REFERENCE_INTERPRETER_H
#define WEFT_REFERENCE_INTERPRETER_H

#include "dialects/Interfaces/ReferenceTensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace weft {

class ModelOp;

// When floating-point results are rounded to their element type.
enum class Rounding {
  Never, // exact mode: everything in double precision, for gradients and for comparing graphs
  PerOp, // typed mode: each op's results are rounded, as the simplest compiled code would
};

// Holds the values of one model's parameters and buffers, and evaluates its functions.
class Interpreter {
public:
  explicit Interpreter(Rounding rounding = Rounding::Never) : rounding(rounding) {}

  // Gives every parameter and buffer of `model` its initial value, a function of the seed and of
  // its name alone: element i of an initializer's tensor is made of word i of a Philox stream, as
  // the runtime makes it. Values are rounded to their type.
  void initialize(ModelOp model, uint64_t seed);

  void setStorage(llvm::StringRef name, ReferenceTensor value) { storage[name] = std::move(value); }
  // Null if there is no such parameter or buffer.
  const ReferenceTensor *getStorage(llvm::StringRef name) const;

  const llvm::StringMap<ReferenceTensor> &getStorages() const { return storage; }

  // Appends the function's results. Arguments have the shapes of the types, any size in place of a
  // dynamic one. `weft.read` and `weft.write` go to the storage of this interpreter. Fails after an
  // error at the op that could not be evaluated, or at the function if its arguments do not fit.
  llvm::LogicalResult evaluate(mlir::func::FuncOp function,
                               llvm::ArrayRef<ReferenceTensor> arguments,
                               llvm::SmallVectorImpl<ReferenceTensor> &results);

private:
  // Fails after an error at `op` where a result of the op would be one value too many to hold.
  llvm::LogicalResult reserveResults(mlir::Operation *op, llvm::ArrayRef<ReferenceTensor> operands);

  using Frame = llvm::DenseMap<mlir::Value, ReferenceTensor>;

  llvm::LogicalResult evaluateOp(mlir::Operation *op, Frame &frame);
  llvm::LogicalResult evaluateResults(mlir::Operation *op, llvm::ArrayRef<ReferenceTensor> operands,
                                      llvm::SmallVectorImpl<ReferenceTensor> &results);
  llvm::LogicalResult call(mlir::Operation *op, mlir::FlatSymbolRefAttr callee,
                           llvm::ArrayRef<ReferenceTensor> operands,
                           llvm::SmallVectorImpl<ReferenceTensor> &results);

  Rounding rounding;
  llvm::StringMap<ReferenceTensor> storage;
  unsigned callDepth = 0;
  // Of the evaluation that is under way.
  int64_t heldElements = 0;
  int64_t evaluatedOps = 0;
};

// Fails after an error at `function` unless its arguments, with `rows` in place of dynamic
// dimensions, and the storage of its model are tensors that an Interpreter can hold.
llvm::LogicalResult verifyEvaluable(mlir::func::FuncOp function, int64_t rows);

} // namespace weft

#endif
