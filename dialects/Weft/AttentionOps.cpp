// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification, type inference and loop structure of the Attention family.
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

#include <cmath>

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/AttentionOps.cpp.inc"

// Dimensions of query, key and value.
static constexpr int64_t kBatch = 0, kPosition = 1, kHead = 2, kWidth = 3;

// What two neighbouring queries are apart in a dropout's columns.
static constexpr int64_t kMaxKeys = 65536;

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static LogicalResult verifyTensors(Operation *op, RankedTensorType query, RankedTensorType key) {
  bool fits = query.getRank() == 4 && key.getRank() == 4 &&
              query.getElementType() == key.getElementType() && !query.isDynamicDim(kHead) &&
              !query.isDynamicDim(kWidth);
  for (int64_t dim : {kBatch, kHead, kWidth})
    fits = fits && query.getDimSize(dim) == key.getDimSize(dim);
  if (fits)
    return success();
  return op->emitOpError(
             "expected query [batch, positions, heads, width], and key and value that differ "
             "from it in positions at most, got ")
         << query << " and " << key << " (attention_c1)";
}

static LogicalResult verifyMask(Operation *op, RankedTensorType key, Value mask) {
  auto type = mask ? cast<RankedTensorType>(mask.getType()) : RankedTensorType();
  if (!type || type.getShape() == key.getShape().take_front(2))
    return success();
  return op->emitOpError("expected a mask of the batch and positions of key ")
         << key << ", got " << type << " (attention_c2)";
}

static LogicalResult verifyBias(Operation *op, RankedTensorType query, RankedTensorType key,
                                Value bias) {
  auto type = bias ? cast<RankedTensorType>(bias.getType()) : RankedTensorType();
  if (!type)
    return success();
  RankedTensorType scores = query.clone({query.getDimSize(kBatch), query.getDimSize(kHead),
                                         query.getDimSize(kPosition), key.getDimSize(kPosition)});
  bool fits = type.getRank() == 4 && type.getElementType() == query.getElementType();
  for (int64_t dim = 0; fits && dim < 4; ++dim)
    fits = type.getDimSize(dim) == 1 || type.getDimSize(dim) == scores.getDimSize(dim);
  if (fits)
    return success();
  return op->emitOpError("expected a bias with the sizes of ")
         << scores << ", or 1, got " << type << " (attention_c3)";
}

template <typename OpT>
static LogicalResult verifyAttention(OpT op) {
  auto query = cast<RankedTensorType>(op.getQuery().getType());
  auto key = cast<RankedTensorType>(op.getKey().getType());
  if (failed(verifyTensors(op, query, key)) || failed(verifyMask(op, key, op.getMask())) ||
      failed(verifyBias(op, query, key, op.getBias())))
    return failure();
  double p = op.getP().convertToDouble();
  if (!(p >= 0 && p < 1))
    return op.emitOpError("expected a probability p with 0 <= p < 1, got ")
           << p << " (attention_c4)";
  unsigned numbers = !!op.getSeed() + !!op.getStep() + !!op.getSampleOffset() + !!op.getIdAttr();
  if (numbers != 0 && numbers != 4)
    return op.emitOpError("expected all of seed, step, sample offset and id or none of them, got ")
           << numbers << " of the 4 (attention_c5)";
  if (op.getNumber() && op.getId().value_or(1) != 0)
    return op.emitOpError("expected id = 0 beside a number in its place (attention_c7)");
  if (key.getDimSize(kPosition) > kMaxKeys)
    return op.emitOpError("expected at most ")
           << kMaxKeys << " key positions, got " << key << " (attention_c6)";
  return success();
}

LogicalResult AttentionOp::verify() { return verifyAttention(*this); }
LogicalResult AttentionGradientOp::verify() { return verifyAttention(*this); }

LogicalResult AttentionGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                                    Adaptor adaptor,
                                                    SmallVectorImpl<Type> &results) {
  results.append(
      {adaptor.getQuery().getType(), adaptor.getKey().getType(), adaptor.getValue().getType()});
  if (adaptor.getBias())
    results.push_back(adaptor.getBias().getType());
  return success();
}

//===----------------------------------------------------------------------===//
// Scale and work
//===----------------------------------------------------------------------===//

template <typename OpT>
static double getScaleOf(OpT op) {
  if (std::optional<APFloat> scale = op.getScale())
    return scale->convertToDouble();
  return 1 / std::sqrt(static_cast<double>(op.getQuery().getType().getDimSize(kWidth)));
}

double AttentionOp::getScaleFactor() { return getScaleOf(*this); }
double AttentionGradientOp::getScaleFactor() { return getScaleOf(*this); }

// Of each element of query's shape: `products` multiply-adds with each key.
static double getFlops(RankedTensorType key, double products) {
  constexpr int64_t kTypicalKeys = 128;
  int64_t keys = key.getDimSize(kPosition);
  return 2 * products * static_cast<double>(ShapedType::isDynamic(keys) ? kTypicalKeys : keys);
}

double AttentionOp::getFlopsPerElement() { return getFlops(getKey().getType(), 2); }
double AttentionGradientOp::getFlopsPerElement() { return getFlops(getKey().getType(), 5); }

//===----------------------------------------------------------------------===//
// Loop structure: samples and heads are independent; of the result, queries too.
//===----------------------------------------------------------------------===//

// The place of an operand among those that the op may have.
enum class Role { Query, KeyOrValue, Mask, Bias, Number };

// How a slice of samples, heads or queries lies over an operand.
static int64_t mapSlice(int64_t dimension, Role role, Type type) {
  switch (role) {
  case Role::Query:
    return dimension;
  case Role::KeyOrValue:
    return dimension == kPosition ? kWholeOperand : dimension;
  case Role::Mask:
    return dimension == kBatch ? kBatch : kWholeOperand;
  case Role::Bias: {
    // [batch, heads, queries, keys].
    int64_t dim = dimension == kBatch ? 0 : dimension == kHead ? 1 : 2;
    return cast<RankedTensorType>(type).getDimSize(dim) == 1 ? kWholeOperand : dim;
  }
  case Role::Number:
    return kWholeOperand;
  }
  llvm_unreachable("all roles are handled");
}

template <typename OpT>
static Role getRole(OpT op, unsigned operand) {
  Value value = op->getOperand(operand);
  if (operand == 0)
    return Role::Query;
  if (operand <= 2)
    return Role::KeyOrValue;
  if (value == op.getMask() &&
      isa<IntegerType>(cast<RankedTensorType>(value.getType()).getElementType()) &&
      cast<RankedTensorType>(value.getType()).getRank() == 2)
    return Role::Mask;
  return value == op.getBias() ? Role::Bias : Role::Number;
}

FusionKind AttentionOp::getFusionKind() { return FusionKind::Attention; }

int64_t AttentionOp::mapDimension(int64_t dimension, unsigned operand) {
  // Dropout counts heads and queries within the whole tensor.
  bool draws = !getP().isZero();
  if (dimension == kWidth || (draws && dimension != kBatch))
    return kNotSliceable;
  return mapSlice(dimension, getRole(*this, operand), getOperand(operand).getType());
}

FusionKind AttentionGradientOp::getFusionKind() { return FusionKind::Attention; }

int64_t AttentionGradientOp::mapDimension(int64_t dimension, unsigned operand) {
  bool draws = !getP().isZero();
  if (dimension == kWidth || dimension == kPosition || getBias() || (draws && dimension != kBatch))
    return kNotSliceable;
  Role role = operand == 3 ? Role::Query : getRole(*this, operand);
  return mapSlice(dimension, role, getOperand(operand).getType());
}

//===----------------------------------------------------------------------===//
// Randomness
//===----------------------------------------------------------------------===//

bool AttentionOp::isNumbered() { return getP().isZero() || getIdAttr(); }

void AttentionOp::setNumber(int64_t id, Value seed, Value step, Value sampleOffset) {
  setId(id);
  getSeedMutable().assign(seed);
  getStepMutable().assign(step);
  getSampleOffsetMutable().assign(sampleOffset);
}

void AttentionOp::buildEvaluation(OpBuilder &builder, SmallVectorImpl<Value> &results) {
  results.push_back(AttentionOp::create(
      builder, getLoc(), getType(), getQuery(), getKey(), getValue(), getMask(), getBias(),
      /*seed=*/Value(), /*step=*/Value(), /*sample_offset=*/Value(), /*number=*/Value(),
      getCausalAttr(), getScaleAttr(), builder.getF64FloatAttr(0), /*id=*/IntegerAttr()));
}
