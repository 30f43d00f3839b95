// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention in primitives: what the op, its gradient and the gradient of that have in common.
// Tensors are [batch, heads, positions, width] here, scores [batch, heads, queries, keys].
#ifndef WEFT_DIALECT_ATTENTIONPARTS_H
#define WEFT_DIALECT_ATTENTIONPARTS_H

#include "dialects/Weft/GraphBuilder.h"

namespace weft {

// What `attention` and `attention_gradient` read alike.
struct AttentionSetting {
  mlir::Value query, key, value, mask, bias, seed, step, sampleOffset, number;
  bool isCausal = false;
  double scale = 1;
  llvm::APFloat p;
  mlir::IntegerAttr id;

  template <typename OpT>
  static AttentionSetting of(OpT op) {
    return {op.getQuery(),       op.getKey(),  op.getValue(),        op.getMask(),   op.getBias(),
            op.getSeed(),        op.getStep(), op.getSampleOffset(), op.getNumber(), op.getCausal(),
            op.getScaleFactor(), op.getP(),    op.getIdAttr()};
  }
  bool isDrawn() const { return !p.isZero(); }
};

class AttentionParts {
public:
  AttentionParts(GraphBuilder &g, const AttentionSetting &setting);

  // Operands with heads before positions, widened.
  mlir::Value query, key, value;
  // The softmax of the scores, before dropout.
  mlir::Value weights;

  // [batch, positions, heads, width], widened, to [batch, heads, positions, width]; and back,
  // as elements of `type`.
  mlir::Value toHeads(mlir::Value tensor);
  mlir::Value fromHeads(mlir::Value tensor, mlir::Type type);
  // Dropout of a tensor like the scores; itself without dropout.
  mlir::Value drop(mlir::Value scores);
  // Times the factor of the products.
  mlir::Value scaled(mlir::Value tensor);
  mlir::Value product(mlir::Value a, mlir::Value b, bool transposeA = false,
                      bool transposeB = false) {
    return g.build<MatmulOp>(a, b, transposeA, transposeB);
  }
  // The sum of each row of a tensor like the scores, repeated along the row.
  mlir::Value rowSums(mlir::Value scores);
  // `bias`, or a cotangent of it, repeated to the shape of the scores; and the sum that undoes it.
  mlir::Value spreadBias(mlir::Value bias);
  mlir::Value reduceToBias(mlir::Value scores, mlir::Type biasType);

private:
  // Which keys each query attends to; null: all.
  mlir::Value buildAttended(mlir::Value scores);
  void buildWeights();

  GraphBuilder &g;
  const AttentionSetting &setting;
  mlir::Value kept; // dropout's mask, once it is needed
};

} // namespace weft

#endif
