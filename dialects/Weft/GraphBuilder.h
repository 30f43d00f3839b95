// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vocabulary that gradients and decompositions are written in: primitives built at one place.
// Whatever is built twice in the same words is one value after CSE; that is how the gradient of an
// op shares with its forward pass.
#ifndef WEFT_DIALECT_GRAPHBUILDER_H
#define WEFT_DIALECT_GRAPHBUILDER_H

#include "dialects/Weft/Weft.h"

namespace weft {

class GraphBuilder {
public:
  GraphBuilder(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}

  template <typename OpT, typename... Args>
  mlir::Value build(Args &&...args) {
    return OpT::create(builder, loc, std::forward<Args>(args)...);
  }

  mlir::Value add(mlir::Value a, mlir::Value b) { return build<AddOp>(a, b); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return build<SubOp>(a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return build<MulOp>(a, b); }
  mlir::Value div(mlir::Value a, mlir::Value b) { return build<DivOp>(a, b); }
  mlir::Value neg(mlir::Value x) { return build<NegOp>(x); }
  mlir::Value exp(mlir::Value x) { return build<ExpOp>(x); }
  mlir::Value log(mlir::Value x) { return build<LogOp>(x); }
  mlir::Value sqrt(mlir::Value x) { return build<SqrtOp>(x); }
  mlir::Value compare(ComparePredicate predicate, mlir::Value a, mlir::Value b) {
    return build<CompareOp>(predicate, a, b);
  }
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b) {
    return build<SelectOp>(condition, a, b);
  }
  // `x` in another element type; `x` itself if it has it.
  mlir::Value cast(mlir::Value x, mlir::Type elementType);
  // `x` in the type that it is computed with: f32 for narrower floating-point types.
  mlir::Value widen(mlir::Value x);

  // Sums over `dims`, which are dropped; `x` itself if there are none.
  mlir::Value sum(mlir::Value x, llvm::ArrayRef<int64_t> dims);
  mlir::Value sumAll(mlir::Value x);

  // A rank-0 constant.
  mlir::Value scalar(mlir::Type elementType, double value);
  // A constant of `like`'s shape, and its element type unless another is given.
  mlir::Value fill(mlir::Value like, double value);
  mlir::Value fill(mlir::Value like, mlir::Type elementType, double value);
  // A number in every place of `like`'s shape.
  mlir::Value fill(mlir::Value like, mlir::Value scalar);
  // The index along dimension `dim` in every place of `like`'s shape.
  mlir::Value iota(mlir::Value like, int64_t dim, mlir::Type elementType);
  // Undoes the shape of a reduction over `dims`: repeats `reduced` along them, to `like`'s shape.
  mlir::Value expand(mlir::Value reduced, mlir::Value like, llvm::ArrayRef<int64_t> dims,
                     bool keepdim = false);
  // The number of elements of `like` along `dims`, as a rank-0 tensor.
  mlir::Value count(mlir::Value like, llvm::ArrayRef<int64_t> dims, mlir::Type elementType);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

// Dimensions 0 .. rank-1.
llvm::SmallVector<int64_t> getAllDims(int64_t rank);

} // namespace weft

#endif
