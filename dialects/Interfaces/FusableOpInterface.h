// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop structure of primitive ops, for fusion and code generation.
#ifndef WEFT_INTERFACES_FUSABLEOPINTERFACE_H
#define WEFT_INTERFACES_FUSABLEOPINTERFACE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace weft {

// The family of loops that computes a primitive.
enum class FusionKind {
  Elementwise, // one output element from the same element of each operand
  Broadcast,   // broadcast, constant, iota, embedding: elements repeated or made from their index
  Shape,       // permute, slice, pad, concat, reshape, gather: elements moved
  Reduction,   // some dimensions combined, or elements added up by index
  Contraction, // matmul
  Attention,   // attention and its gradient, as a whole
};

// Results of FusableOpInterface::mapDimension other than a dimension.
constexpr int64_t kWholeOperand = -1;
constexpr int64_t kNotSliceable = -2;

} // namespace weft

#include "dialects/Interfaces/FusableOpInterface.h.inc"

#endif
