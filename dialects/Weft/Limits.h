// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a model may be at most: the limits within which sizes are computed without overflow, and
// which the runtime shares (runtime/src/module/sizes.h). README.md lists them.
#ifndef WEFT_DIALECT_LIMITS_H
#define WEFT_DIALECT_LIMITS_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OpDefinition.h"

namespace weft {

// Elements of a tensor; where dimension 0 is dynamic, elements of one row.
inline constexpr int64_t kMaxElements = int64_t{1} << 40;
inline constexpr int64_t kMaxRowElements = int64_t{1} << 32;
inline constexpr int64_t kMaxRank = 16;
// Rows of a batch, and sizes of a named dimension.
inline constexpr int64_t kMaxRows = int64_t{1} << 26;
// Characters of a name.
inline constexpr size_t kMaxNameLength = 4096;
// Ops of a function once its calls are inlined and its gradients are built.
inline constexpr int64_t kMaxFunctionOps = int64_t{1} << 17;
// Ops of all functions of a model, and copies of one, after dimensions are bound.
inline constexpr int64_t kMaxModelOps = int64_t{1} << 20;
inline constexpr int64_t kMaxBuckets = 1024;
// Calls within calls.
inline constexpr unsigned kMaxCallDepth = 256;
// Elements of a tensor whose values the compiler itself holds: literals that are not splats, and
// what the reference interpreter computes.
inline constexpr int64_t kMaxHeldElements = int64_t{1} << 27;

// What is wrong with a shape, as "expected ..., got ..."; empty if nothing is. Every dimension has
// a size of at least 1.
std::string describeShapeFault(mlir::Type type);

// Whether tensors may have elements of this type.
bool isElementType(mlir::Type type);

// What is wrong with a name of a model, an input, a dimension or the like; empty if nothing is.
std::string describeNameFault(llvm::StringRef name);

namespace detail {
mlir::LogicalResult verifyTensorLimits(mlir::Operation *op);
} // namespace detail

// All operands and results of the op are within the limits.
template <typename ConcreteOp>
class WithinLimits : public mlir::OpTrait::TraitBase<ConcreteOp, WithinLimits> {
public:
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) {
    return detail::verifyTensorLimits(op);
  }
};

} // namespace weft

#endif
