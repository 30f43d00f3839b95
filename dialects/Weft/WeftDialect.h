// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The graph dialect and its attributes; the ops are in one header per family, all of them in
// Weft.h.
#ifndef WEFT_DIALECT_WEFTDIALECT_H
#define WEFT_DIALECT_WEFTDIALECT_H

#include "dialects/Interfaces/DecomposableOpInterface.h"
#include "dialects/Interfaces/DifferentiableOpInterface.h"
#include "dialects/Interfaces/FusableOpInterface.h"
#include "dialects/Interfaces/LossOpInterface.h"
#include "dialects/Interfaces/RandomOpInterface.h"
#include "dialects/Interfaces/ReferenceOpInterface.h"
#include "dialects/Weft/Limits.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/APFloat.h"

namespace weft {

// What an initializer draws from. The meaning of a and b follows the kind, as in module.fbs.
struct Distribution {
  enum class Kind { Constant, Uniform, Normal, TruncatedNormal };
  Kind kind = Kind::Constant;
  double a = 0;
  double b = 0;
  // This row, element of the first dimension, is zero instead; -1: none is.
  int64_t zeroRow = -1;
};

// A number of an attribute: `2`, `-1.5` or `1e-8`.
mlir::FailureOr<llvm::APFloat> parseDouble(mlir::AsmParser &parser);
void printDouble(mlir::AsmPrinter &printer, const llvm::APFloat &value);
// The slot of #weft.state: `exp_avg` or a string.
mlir::FailureOr<std::string> parseSlot(mlir::AsmParser &parser);

// Attributes on arguments and results of a model's functions.
//
// "x", the name of an input that the caller brings.
constexpr llvm::StringLiteral kInputAttr = "weft.input";
// ["batch", "seq"], the names of a tensor's dimensions; "" for one without.
constexpr llvm::StringLiteral kDimsAttr = "weft.dims";
// @fc1.weight, the parameter or buffer whose value an argument is or a result replaces.
constexpr llvm::StringLiteral kParameterAttr = "weft.parameter";
// #weft.state<@fc1.weight, exp_avg>, #weft.accumulator<@fc1.weight> or #weft.loss_accumulator<sum>:
// what else is kept from step to step, likewise.
constexpr llvm::StringLiteral kStateAttr = "weft.state";
// #weft.scalar_role<learning_rate>, a number of the step.
constexpr llvm::StringLiteral kScalarAttr = "weft.scalar";
// "loss_sum", "loss_weight", "grad_norm", "logits" or the name of a plain output.
constexpr llvm::StringLiteral kOutputAttr = "weft.output";
// array<i64: 1, 0>, the physical layout of a parameter: its dimension i is the logical dimension
// layout[i].
constexpr llvm::StringLiteral kLayoutAttr = "weft.layout";
// array<i64: low, high> or array<i64: low, high, ignore>, what an input of indices may hold: low <=
// i < high, or i == ignore. Where that differs within a sample: an array of array<i64: count, low,
// high>, for so many elements each, in order, and from the beginning again behind the last; low ==
// high: no bound.
constexpr llvm::StringLiteral kIndexRangeAttr = "weft.index_range";

// Attributes of a function that is a copy for one bucket: "loss", the name before it was
// specialized, and {seq = 16}, the sizes of its named dimensions.
constexpr llvm::StringLiteral kEntryAttr = "weft.entry";
constexpr llvm::StringLiteral kBucketAttr = "weft.bucket";
// Of a model: 64, the batch that code is tuned for.
constexpr llvm::StringLiteral kTunedBatchAttr = "weft.tuned_batch";

} // namespace weft

#include "dialects/Weft/WeftDialect.h.inc"
#include "dialects/Weft/WeftEnums.h.inc"

#include "dialects/Weft/WeftAttrInterfaces.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Weft/WeftAttrs.h.inc"

namespace weft {

// What attributes of an argument or result tie it to, or null: the symbol of a parameter or buffer,
// or one of the attributes of state.
mlir::Attribute getStorage(mlir::DictionaryAttr attributes);
// The parameter that a storage is or is state of; null for a loss.
mlir::FlatSymbolRefAttr getStorageParameter(mlir::Attribute storage);
// "fc1.weight", "fc1.weight.exp_avg", "grad.fc1.weight", "accumulated.loss_sum": for readers. Names
// of one kind differ, those of two kinds may be the same.
std::string getStorageName(mlir::Attribute storage);

} // namespace weft

#endif
