// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A step function under construction: arguments come into being when they are first asked for, in
// the order storage, optimizer state, inputs, numbers of the step.
#ifndef WEFT_LIB_TRANSFORMS_STEPBUILDER_H
#define WEFT_LIB_TRANSFORMS_STEPBUILDER_H

#include "dialects/Weft/Weft.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace weft {

// What a flat function returns, once inlined.
struct FlatResults {
  // Its own results and their names.
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<mlir::StringAttr> names;
  // New values of buffers.
  llvm::SmallVector<std::pair<mlir::StringAttr, mlir::Value>> buffers;
};

class StepBuilder {
public:
  // Begins the function `name` before `source`, the flat function that it is made from; with its
  // bucket, unless it is the same for all.
  StepBuilder(ModelOp model, mlir::func::FuncOp source, llvm::StringRef name,
              bool isPerBucket = true);

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() { return function.getLoc(); }

  mlir::Value getStorage(mlir::StringAttr name, mlir::Type type);
  // The argument of a parameter or buffer, or null if it is none yet.
  mlir::Value findStorage(mlir::StringAttr name) const;
  // By what kStateAttr says of it.
  mlir::Value getState(mlir::Attribute state, mlir::Type type);
  // A tensor<f64>, or tensor<i64> for a role that counts.
  mlir::Value getScalar(ScalarRole role);
  // The number of samples, as a tensor<f64>: the first dimension of the first input that has one.
  mlir::Value buildBatchSize();

  // Clones the body of a flat function, its arguments being this function's of the same meaning.
  // Fails with an error if an input of the same name has another type.
  llvm::FailureOr<FlatResults> inlineFlat(mlir::func::FuncOp flat);

  void addResult(mlir::Value value, llvm::StringRef attribute, mlir::Attribute attributeValue);
  void addOutput(mlir::Value value, llvm::StringRef name);

  llvm::ArrayRef<mlir::Value> getResults() const { return results; }

  // Replaces ops by their evaluation form.
  void useEvaluationForm();

  // Drops dead code, and storage and numbers that nothing reads; sets the type and attributes.
  mlir::func::FuncOp finish();

private:
  enum Section { Storage, State, Input, Scalar, kNumSections };

  llvm::FailureOr<mlir::Value> getInput(mlir::func::FuncOp flat, unsigned index);
  // Adds an argument at `position` within `section`.
  mlir::Value addArgument(Section section, unsigned position, mlir::Type type,
                          llvm::ArrayRef<mlir::NamedAttribute> attrs);
  mlir::Value addArgument(Section section, mlir::Type type, llvm::StringRef attribute,
                          mlir::Attribute value);
  void eraseDeadCode();
  void eraseUnusedArguments();

  ModelOp model;
  mlir::func::FuncOp function;
  mlir::Block *body;
  mlir::OpBuilder builder;
  unsigned sectionSizes[kNumSections] = {};
  // By the attribute that says what an argument is.
  llvm::MapVector<mlir::Attribute, mlir::Value> arguments[kNumSections];
  llvm::SmallVector<mlir::Attribute> argumentAttrs;
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<mlir::Attribute> resultAttrs;
  // Place of each parameter and buffer in the order of declaration, and of those that are
  // arguments.
  llvm::DenseMap<mlir::StringAttr, unsigned> declared;
  llvm::SmallVector<unsigned> storageOrder;
};

} // namespace weft

#endif
