// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Result types from operand types: by the op's own inference where it has one, by the rules below
// for ops whose type says more than their operands do.
#include "weft/Transforms/TypePropagation.h"
#include "dialects/Weft/Weft.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace weft;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

// Where two or more dimensions of the result are unknown, the outermost has the operand's rows; one
// unknown follows from the number of elements.
static FailureOr<Type> inferReshape(ReshapeOp op) {
  RankedTensorType input = getTensorType(op.getInput()), result = getTensorType(op.getResult());
  SmallVector<int64_t> shape(result.getShape());
  ArrayRef<int64_t> from = input.getShape();
  int64_t elements = 1;
  for (int64_t size : from.drop_front(!from.empty() && input.isDynamicDim(0)))
    elements *= size;
  auto unknown =
      llvm::to_vector(llvm::make_filter_range(llvm::seq<size_t>(0, shape.size()), [&](size_t i) {
        return ShapedType::isDynamic(shape[i]);
      }));
  bool keepsRows = !from.empty() && input.isDynamicDim(0);
  if (unknown.size() > 1 && unknown[0] == 0) {
    shape[0] = from.empty() ? 1 : from[0];
    if (!keepsRows)
      elements = shape[0] ? elements / shape[0] : 0;
    keepsRows = true;
    unknown.erase(unknown.begin());
  } else if (keepsRows) {
    // The outermost dimension stays dynamic, a multiple of the operand's.
    if (unknown.size() != 1 || unknown[0] != 0)
      return failure();
    return Type(result);
  }
  if (unknown.size() > 1)
    return failure();
  if (unknown.size() == 1) {
    int64_t known = 1;
    for (auto [i, size] : llvm::enumerate(shape))
      if (i != unknown[0] && !(keepsRows && i == 0))
        known *= size;
    if (known == 0 || elements % known != 0)
      return failure();
    shape[unknown[0]] = elements / known;
  }
  return Type(result.clone(shape));
}

static Type inferBroadcast(BroadcastOp op) {
  RankedTensorType input = getTensorType(op.getInput()), result = getTensorType(op.getResult());
  SmallVector<int64_t> shape(result.getShape());
  for (auto [i, dimension] : llvm::enumerate(op.getDimensions()))
    if (input.getDimSize(i) != 1)
      shape[dimension] = input.getDimSize(i);
  // Without `like` all sizes are the operand's, which the result's type does not show yet.
  if (op.getLike())
    for (int64_t dimension : op.getUnknownDims())
      shape[dimension] = getTensorType(op.getLike()).getDimSize(dimension);
  return result.clone(shape);
}

static Type inferOneHot(OneHotOp op) {
  SmallVector<int64_t> shape(getTensorType(op.getLabels()).getShape());
  shape.push_back(op.getNumClasses());
  return getTensorType(op.getResult()).clone(shape);
}

// The shape of the operand, or the unknown sizes of the one that is there for its shape.
static Type inferFromOperands(Operation *op, RankedTensorType result) {
  if (op->hasTrait<OpTrait::SameOperandsAndResultShape>())
    return result.clone(getTensorType(op->getOperand(0)).getShape());
  auto fusable = dyn_cast<FusableOpInterface>(op);
  SmallVector<int64_t> shape(result.getShape());
  for (unsigned i : llvm::seq(op->getNumOperands()))
    if (fusable && fusable.isShapeOperand(i))
      for (int64_t dimension : getDynamicDims(result))
        shape[dimension] = getTensorType(op->getOperand(i)).getDimSize(dimension);
  return result.clone(shape);
}

static LogicalResult inferTypes(Operation *op, SmallVectorImpl<Type> &types) {
  if (auto inferable = dyn_cast<InferTypeOpInterface>(op))
    return inferable.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(),
                                      op->getAttrDictionary(), op->getPropertiesStorage(),
                                      op->getRegions(), types);
  if (auto gradient = dyn_cast<ValueAndGradOp>(op)) {
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, gradient.getCalleeAttr());
    llvm::append_range(types, callee.getResultTypes());
    for (auto [i, entry] : llvm::enumerate(gradient.getWrt())) {
      auto number = dyn_cast<IntegerAttr>(entry);
      types.push_back(number ? gradient.getOperands()[number.getInt()].getType()
                             : gradient.getResult(callee.getNumResults() + i).getType());
    }
    return success();
  }
  for (Value result : op->getResults()) {
    FailureOr<Type> type =
        TypeSwitch<Operation *, FailureOr<Type>>(op)
            .Case([](ReshapeOp reshape) { return inferReshape(reshape); })
            .Case([](BroadcastOp broadcast) { return inferBroadcast(broadcast); })
            .Case([](OneHotOp oneHot) { return inferOneHot(oneHot); })
            .Default([&](Operation *) { return inferFromOperands(op, getTensorType(result)); });
    if (failed(type))
      return op->emitOpError(
                 "expected a shape that follows from the operands' after their dimensions are "
                 "bound, got ")
             << result.getType();
    types.push_back(*type);
  }
  return success();
}

// A dimension that a slice takes whole has a size now.
static void bindSliceLimits(SliceOp op) {
  SmallVector<int64_t> limits(op.getLimits());
  for (auto [i, size] : llvm::enumerate(getTensorType(op.getInput()).getShape()))
    if (limits[i] == -1 && !ShapedType::isDynamic(size))
      limits[i] = size;
  op.setLimits(limits);
}

// A result whose sizes are all known takes no operand for its shape.
static void dropShapeOperands(Operation *op) {
  auto fusable = dyn_cast<FusableOpInterface>(op);
  if (!fusable || op->getNumResults() != 1)
    return;
  auto broadcast = dyn_cast<BroadcastOp>(op);
  bool isKnown = broadcast ? broadcast.getUnknownDims().empty()
                           : getTensorType(op->getResult(0)).hasStaticShape();
  if (!isKnown)
    return;
  for (unsigned i = op->getNumOperands(); i-- > 0;)
    if (fusable.isShapeOperand(i))
      op->eraseOperand(i);
}

// A prefix of known size is a slice.
static void replaceByItsMeaning(PrefixOp op) {
  OpBuilder builder(op);
  SmallVector<Value> results;
  if (failed(op.decompose(builder, results)))
    return;
  op.replaceAllUsesWith(results.front());
  op.erase();
}

LogicalResult weft::propagateTypes(func::FuncOp function) {
  Block &body = function.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(body.without_terminator())) {
    SmallVector<Type> types;
    if (auto slice = dyn_cast<SliceOp>(op))
      bindSliceLimits(slice);
    if (failed(inferTypes(&op, types)))
      return failure();
    for (auto [result, type] : llvm::zip_equal(op.getResults(), types)) {
      auto tensor = cast<RankedTensorType>(type);
      if (tensor.getRank() > 1 &&
          llvm::any_of(tensor.getShape().drop_front(), ShapedType::isDynamic))
        return op.emitOpError(
                   "expected no dynamic dimension but the outermost after dimensions are "
                   "bound, got ")
               << type;
      // What follows computes with these sizes.
      if (std::string fault = describeShapeFault(tensor); !fault.empty())
        return op.emitOpError() << "after dimensions are bound: " << fault;
      result.setType(type);
    }
    dropShapeOperands(&op);
    if (auto prefix = dyn_cast<PrefixOp>(op))
      replaceByItsMeaning(prefix);
  }
  function.setFunctionType(FunctionType::get(function.getContext(), body.getArgumentTypes(),
                                             body.getTerminator()->getOperandTypes()));
  return success();
}
