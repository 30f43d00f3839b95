// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the optimizer updates compute.
#include "dialects/Weft/Weft.h"

#include <cmath>

using namespace mlir;
using namespace weft;

// The value of the operand group at `index` (ODS counts optional operands), or `absent`.
static double getNumber(ArrayRef<ReferenceTensor> operands, std::pair<unsigned, unsigned> place,
                        double absent) {
  return place.second == 0 ? absent : operands[place.first].getFloat(0);
}

LogicalResult SGDUpdateOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                    SmallVectorImpl<ReferenceTensor> &results) {
  auto number = [&](unsigned group, double absent) {
    return getNumber(operands, getODSOperandIndexAndLength(group), absent);
  };
  double lr = operands[2].getFloat(0);
  double decay = number(3, 0), momentum = number(5, 0), dampening = number(6, 0);
  if (getStep() && operands[getODSOperandIndexAndLength(7).first].getInt(0) == 1)
    dampening = 0;
  ReferenceTensor parameter = operands[0], buffer;
  if (getMomentumBuffer())
    buffer = operands[getODSOperandIndexAndLength(4).first];
  for (int64_t i = 0, end = parameter.getNumElements(); i < end; ++i) {
    double step = operands[1].getFloat(i) + decay * parameter.getFloat(i);
    if (getMomentumBuffer()) {
      buffer.setFloat(i, momentum * buffer.getFloat(i) + (1 - dampening) * step);
      step = getNesterov() ? step + momentum * buffer.getFloat(i) : buffer.getFloat(i);
    }
    parameter.setFloat(i, parameter.getFloat(i) - lr * step);
  }
  results.push_back(std::move(parameter));
  if (getMomentumBuffer())
    results.push_back(std::move(buffer));
  return success();
}

// Adam; with `decoupled` the weight decay shrinks the parameter instead of joining the gradient.
static void evaluateAdam(ArrayRef<ReferenceTensor> operands, bool decoupled,
                         SmallVectorImpl<ReferenceTensor> &results) {
  ReferenceTensor parameter = operands[0], average = operands[2], averageSquare = operands[3];
  double lr = operands[4].getFloat(0), beta1 = operands[5].getFloat(0);
  double beta2 = operands[6].getFloat(0), epsilon = operands[7].getFloat(0);
  double correction1 = operands[8].getFloat(0), correction2 = operands[9].getFloat(0);
  double decay = operands.size() > 10 ? operands[10].getFloat(0) : 0;
  for (int64_t i = 0, end = parameter.getNumElements(); i < end; ++i) {
    double w = parameter.getFloat(i), gradient = operands[1].getFloat(i);
    if (decoupled)
      w *= 1 - lr * decay;
    else
      gradient += decay * w;
    double m = average.getFloat(i) + (1 - beta1) * (gradient - average.getFloat(i));
    double v = beta2 * averageSquare.getFloat(i) + (1 - beta2) * gradient * gradient;
    double denominator = std::sqrt(v) / std::sqrt(correction2) + epsilon;
    parameter.setFloat(i, w - lr / correction1 * m / denominator);
    average.setFloat(i, m);
    averageSquare.setFloat(i, v);
  }
  results.push_back(std::move(parameter));
  results.push_back(std::move(average));
  results.push_back(std::move(averageSquare));
}

LogicalResult AdamUpdateOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                     SmallVectorImpl<ReferenceTensor> &results) {
  evaluateAdam(operands, /*decoupled=*/false, results);
  return success();
}

LogicalResult AdamWUpdateOp::evaluate(ArrayRef<ReferenceTensor> operands,
                                      SmallVectorImpl<ReferenceTensor> &results) {
  evaluateAdam(operands, /*decoupled=*/true, results);
  return success();
}
