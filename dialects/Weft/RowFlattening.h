// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors seen as matrices: all dimensions but the last flattened to rows.
#ifndef WEFT_DIALECT_ROWFLATTENING_H
#define WEFT_DIALECT_ROWFLATTENING_H

#include "dialects/Weft/GraphBuilder.h"

namespace weft {

// `value` under another shape; `value` itself if it has it.
inline mlir::Value reshapeTo(GraphBuilder &g, mlir::Value value, mlir::Type type) {
  return value.getType() == type ? value : g.build<ReshapeOp>(type, value);
}

// [..., n] -> [rows, n].
inline mlir::Value flattenRows(GraphBuilder &g, mlir::Value value) {
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  int64_t rows = 1;
  for (int64_t size : type.getShape().drop_back())
    rows = mlir::ShapedType::isDynamic(size) || mlir::ShapedType::isDynamic(rows)
               ? mlir::ShapedType::kDynamic
               : rows * size;
  return reshapeTo(
      g, value, mlir::RankedTensorType::get({rows, type.getShape().back()}, type.getElementType()));
}

} // namespace weft

#endif
