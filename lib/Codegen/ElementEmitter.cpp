// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computes elements of tensors from what is in memory.
#include "weft/Codegen/ElementEmitter.h"

#include "dialects/Assert.h"
#include "dialects/Weft/Weft.h"
#include "weft/Conversion/PhiloxEmitter.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace weft {

std::optional<int64_t> getLaneStride(AffineExpr expr, int64_t loop) {
  if (!expr.isFunctionOfDim(loop))
    return 0;
  if (isa<AffineDimExpr>(expr))
    return 1;
  auto binary = cast<AffineBinaryOpExpr>(expr);
  std::optional<int64_t> lhs = getLaneStride(binary.getLHS(), loop);
  std::optional<int64_t> rhs = getLaneStride(binary.getRHS(), loop);
  if (!lhs || !rhs)
    return std::nullopt;
  if (expr.getKind() == AffineExprKind::Add)
    return *lhs + *rhs;
  if (auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
      factor && expr.getKind() == AffineExprKind::Mul)
    return *lhs * factor.getValue();
  return std::nullopt;
}

bool isVectorAccess(AffineMap map, int64_t loop) {
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    std::optional<int64_t> stride = getLaneStride(expr, loop);
    bool last = i + 1 == map.getNumResults();
    if (!stride || (*stride != 0 && !(last && *stride == 1)))
      return false;
  }
  return true;
}

ElementEmitter::ElementEmitter(OpBuilder &builder, Location loc, const StagePlan &plan,
                               const StageMemory &memory, int64_t numLoops)
    : builder(builder), loc(loc), plan(plan), memory(memory), loopIndices(numLoops),
      loopLevels(numLoops, 0) {
  pushLevel({}, {});
}

void ElementEmitter::pushLevel(ArrayRef<int64_t> loops, ValueRange indices, bool anchored) {
  levels.emplace_back();
  for (auto [loop, index] : llvm::zip(loops, indices)) {
    loopIndices[loop] = index;
    loopLevels[loop] = levels.size() - 1;
  }
  // The anchor is a constant that nothing uses.
  if (anchored)
    levels.back().anchor = arith::ConstantIndexOp::create(builder, loc, 0);
}

void ElementEmitter::popLevel() { levels.pop_back(); }

ElementEmitter::Level &ElementEmitter::levelOf(AffineMap map) {
  int64_t level = 0;
  for (unsigned i = 0; i < map.getNumDims(); ++i)
    if (map.isFunctionOfDim(i))
      level = std::max(level, flatInner ? 1 : loopLevels[i]);
  return levels[level];
}

void ElementEmitter::setInsertionPoint(const Level &level) {
  if (level.anchor)
    builder.setInsertionPoint(level.anchor);
}

bool ElementEmitter::isVector(AffineMap map) const {
  if (vectorLoop < 0)
    return false;
  if (!flatInner)
    return map.isFunctionOfDim(vectorLoop);
  for (unsigned i = 0; i < map.getNumDims(); ++i)
    if (map.isFunctionOfDim(i))
      return true;
  return false;
}

Value ElementEmitter::broadcast(Value value) {
  if (vectorLoop < 0 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(builder, loc, VectorType::get({lanes}, value.getType()),
                                     value);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value ElementEmitter::pull(Value tensor, AffineMap map) {
  Level &level = levelOf(map);
  std::pair<const void *, const void *> key = {tensor.getAsOpaquePointer(),
                                               map.getAsOpaquePointer()};
  if (auto found = level.values.find(key); found != level.values.end())
    return found->second;
  OpBuilder::InsertionGuard guard(builder);
  setInsertionPoint(level);
  Value value = plan.getStorage(tensor) ? load(tensor, map) : compute(tensor, map);
  level.values[key] = value;
  return value;
}

Value ElementEmitter::produce(Value tensor, AffineMap map) {
  Level &level = levelOf(map);
  OpBuilder::InsertionGuard guard(builder);
  setInsertionPoint(level);
  Value value = compute(tensor, map);
  bind(tensor, map, value);
  return value;
}

void ElementEmitter::bind(Value tensor, AffineMap map, Value value) {
  levelOf(map).values[{tensor.getAsOpaquePointer(), map.getAsOpaquePointer()}] = value;
}

Value ElementEmitter::compute(Value tensor, AffineMap map) {
  Operation *op = tensor.getDefiningOp();
  Attribute constant;
  if (matchPattern(tensor, m_Constant(&constant))) {
    // Others are tables in memory.
    TypedAttr element = cast<DenseElementsAttr>(constant).getSplatValue<TypedAttr>();
    return arith::ConstantOp::create(builder, loc, element);
  }
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    SmallVector<AffineExpr> exprs;
    for (auto [expr, offset, stride] :
         llvm::zip(map.getResults(), slice.getStaticOffsets(), slice.getStaticStrides()))
      exprs.push_back(expr * stride + offset);
    return pull(slice.getSource(), AffineMap::get(map.getNumDims(), 0, exprs, map.getContext()));
  }
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return builder.clone(*fill.getInputs()[0].getDefiningOp())->getResult(0);
  auto generic = cast<linalg::GenericOp>(op);
  SmallVector<Value> arguments;
  for (OpOperand *operand : generic.getDpsInputOperands())
    arguments.push_back(pull(operand->get(), generic.getMatchingIndexingMap(operand).compose(map)));
  // Parallel ops do not read their outputs.
  arguments.resize(generic.getBody()->getNumArguments());
  return cloneBody(generic, arguments, map)[cast<OpResult>(tensor).getResultNumber()];
}

SmallVector<Value> ElementEmitter::cloneBody(linalg::GenericOp op, ValueRange arguments,
                                             AffineMap map) {
  IRMapping mapping;
  for (auto [argument, value] : llvm::zip(op.getBody()->getArguments(), arguments))
    if (value)
      mapping.map(argument, value);
  for (Operation &nested : op.getBody()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(nested))
      mapping.map(index.getResult(), indexVectorOf(map.getResult(index.getDim())));
    else if (auto extract = dyn_cast<tensor::ExtractOp>(nested))
      mapping.map(extract.getResult(), loadExtracted(extract, mapping, map));
    else if (auto word = dyn_cast<RandomWordOp>(nested))
      mapping.map(word.getResult(), drawWords(word, mapping, map));
    else if (auto guarded = dyn_cast<GuardedIndexOp>(nested)) {
      mapping.map(guarded.getResult(), mapping.lookup(guarded.getInput()));
      guard(guarded, mapping.lookup(guarded.getInput()));
    } else
      mapping.map(nested.getResult(0), cloneOp(nested, mapping));
  }
  SmallVector<Value> results;
  for (Value value : op.getBody()->getTerminator()->getOperands()) {
    if (!mapping.contains(value) && value.getDefiningOp())
      mapping.map(value, builder.clone(*value.getDefiningOp())->getResult(0));
    results.push_back(mapping.lookup(value));
  }
  return results;
}

void ElementEmitter::guard(GuardedIndexOp op, Value index) {
  bool isVector = isa<VectorType>(index.getType());
  Type i64 = builder.getI64Type(), wide = i64;
  if (isVector)
    wide = VectorType::get({lanes}, i64);
  if (index.getType() != wide)
    index = arith::ExtSIOp::create(builder, loc, wide, index);
  auto is = [&](arith::CmpIPredicate predicate, int64_t bound) -> Value {
    TypedAttr number = builder.getI64IntegerAttr(bound);
    if (isVector)
      number = DenseElementsAttr::get(cast<VectorType>(wide), number);
    return arith::CmpIOp::create(builder, loc, predicate, index,
                                 arith::ConstantOp::create(builder, loc, number));
  };
  Value bad = arith::OrIOp::create(builder, loc, is(arith::CmpIPredicate::slt, op.getLow()),
                                   is(arith::CmpIPredicate::sge, op.getHigh()));
  if (std::optional<int64_t> ignored = op.getIgnore())
    bad = arith::AndIOp::create(builder, loc, bad, is(arith::CmpIPredicate::ne, *ignored));
  Value isAny = bad;
  if (isVector) {
    if (mask)
      bad = arith::AndIOp::create(builder, loc, bad, mask);
    isAny = vector::ReductionOp::create(builder, loc, vector::CombiningKind::OR, bad);
  }
  auto ifOp = scf::IfOp::create(builder, loc, isAny, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(ifOp.thenBlock());
  auto constant = [&](int64_t number) -> Value {
    return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(number));
  };
  if (isVector) {
    Value least = broadcast(constant(std::numeric_limits<int64_t>::min()));
    index = vector::ReductionOp::create(builder, loc, vector::CombiningKind::MAXSI,
                                        arith::SelectOp::create(builder, loc, bad, index, least));
  }
  // See runtime/schema/kernel_abi.h.
  constexpr int64_t kLimit = int64_t(1) << 47;
  index = arith::MaxSIOp::create(builder, loc, index, constant(-kLimit));
  index = arith::MinSIOp::create(builder, loc, index, constant(kLimit - 1));
  index = arith::AndIOp::create(builder, loc, index, constant(2 * kLimit - 1));
  Value site = constant((int64_t(*op.getSite()) + 1) * 2 * kLimit);
  memref::StoreOp::create(builder, loc, arith::OrIOp::create(builder, loc, index, site),
                          memory.getErrorWord(), ValueRange());
}

Value ElementEmitter::drawWords(RandomWordOp op, const IRMapping &mapping, AffineMap map) {
  RandomWordPlace place = {mapping.lookup(op.getSeed()), mapping.lookup(op.getId()),
                           mapping.lookup(op.getStep()), mapping.lookup(op.getRow()),
                           mapping.lookup(op.getColumn())};
  // Vectors along the last dimension, whose columns follow each other, begin at multiples of their
  // length.
  auto last = map.getNumResults() ? dyn_cast<AffineDimExpr>(map.getResults().back()) : nullptr;
  bool alongColumns = isa<VectorType>(place.column.getType()) &&
                      !isa<VectorType>(place.row.getType()) && last &&
                      last.getPosition() == vectorLoop;
  if (!alongColumns || lanes % 4 != 0)
    return emitRandomWord(builder, loc, place);
  place.column = vector::ExtractOp::create(builder, loc, place.column, int64_t{0});
  return emitRandomWords(builder, loc, place, lanes);
}

Value ElementEmitter::cloneOp(Operation &op, IRMapping &mapping) {
  SmallVector<Value> operands;
  bool vector = false;
  for (Value operand : op.getOperands()) {
    if (!mapping.contains(operand))
      mapping.map(operand, builder.clone(*operand.getDefiningOp())->getResult(0));
    operands.push_back(mapping.lookup(operand));
    vector |= isa<VectorType>(operands.back().getType());
  }
  if (!vector)
    return builder.clone(op, mapping)->getResult(0);
  for (Value &operand : operands)
    operand = broadcast(operand);
  OperationState state(loc, op.getName());
  state.addOperands(operands);
  state.addTypes(VectorType::get({lanes}, op.getResult(0).getType()));
  state.addAttributes(op.getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = op.getPropertiesAsAttribute();
  return builder.create(state)->getResult(0);
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

Value ElementEmitter::indexOf(AffineExpr expr) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return loopIndices[dim.getPosition()];
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return arith::ConstantIndexOp::create(builder, loc, constant.getValue());
  SmallVector<Value> operands(loopIndices);
  // Loops that are not open yet do not appear in the expression.
  for (auto [i, operand] : llvm::enumerate(operands))
    if (!operand || !expr.isFunctionOfDim(i))
      operand = arith::ConstantIndexOp::create(builder, loc, 0);
  AffineMap map = AffineMap::get(operands.size(), 0, expr);
  return affine::AffineApplyOp::create(builder, loc, map, operands);
}

Value ElementEmitter::indexVectorOf(AffineExpr expr) {
  WEFT_ASSERT(!flatInner && "flat loops have one index only");
  Value first = indexOf(expr);
  if (vectorLoop < 0 || !expr.isFunctionOfDim(vectorLoop))
    return first;
  auto type = VectorType::get({lanes}, builder.getIndexType());
  Value step = vector::StepOp::create(builder, loc, type);
  int64_t stride = *getLaneStride(expr, vectorLoop);
  if (stride != 1) {
    Value factor = broadcast(arith::ConstantIndexOp::create(builder, loc, stride));
    step = arith::MulIOp::create(builder, loc, step, factor);
  }
  return arith::AddIOp::create(builder, loc, broadcast(first), step);
}

SmallVector<Value> ElementEmitter::indicesOf(StagePlace &place, AffineMap map) {
  auto type = cast<MemRefType>(place.memref.getType());
  bool varies = llvm::any_of(map.getResults(),
                             [](AffineExpr expr) { return !isa<AffineConstantExpr>(expr); });
  if (flatInner && varies) {
    Value index = loopIndices[0];
    if (place.origin) {
      Value inner = arith::ConstantIndexOp::create(builder, loc, flatInner);
      Value begin = arith::MulIOp::create(builder, loc, place.origin, inner);
      index = arith::SubIOp::create(builder, loc, index, begin);
    }
    if (type.getRank() > 1) {
      ReassociationIndices all = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
      place.memref = memref::CollapseShapeOp::create(builder, loc, place.memref,
                                                     ArrayRef<ReassociationIndices>{all});
    }
    return {index};
  }
  SmallVector<Value> indices;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    Value index = indexOf(expr);
    if (place.origin && static_cast<int64_t>(i) == place.axis)
      index = arith::SubIOp::create(builder, loc, index, place.origin);
    indices.push_back(index);
  }
  return indices;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value ElementEmitter::load(Value tensor, AffineMap map) {
  StagePlace place = memory.find(builder, loc, tensor);
  Value value;
  if (loadHook && !place.origin)
    value = loadHook(place.memref, map);
  if (!value) {
    SmallVector<Value> indices = indicesOf(place, map);
    value = loadAt(place.memref, indices, isVector(map));
  }
  return fromMemoryType(value, cast<RankedTensorType>(tensor.getType()).getElementType());
}

Value ElementEmitter::loadAt(Value memref, ValueRange indices, bool isVector) {
  auto type = VectorType::get({lanes}, cast<MemRefType>(memref.getType()).getElementType());
  if (!isVector)
    return memref::LoadOp::create(builder, loc, memref, indices);
  if (!mask)
    return vector::LoadOp::create(builder, loc, type, memref, indices);
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  return vector::MaskedLoadOp::create(builder, loc, type, memref, indices, mask, zero);
}

Value ElementEmitter::loadExtracted(tensor::ExtractOp extract, const IRMapping &mapping,
                                    AffineMap map) {
  StagePlace place = memory.find(builder, loc, extract.getTensor());
  AffineMap extractMap = getExtractMap(extract, map);
  SmallVector<Value> indices;
  for (auto [i, expr] : llvm::enumerate(extractMap.getResults())) {
    Value index =
        isa<AffineSymbolExpr>(expr) ? mapping.lookup(extract.getIndices()[i]) : indexOf(expr);
    if (place.origin && static_cast<int64_t>(i) == place.axis)
      index = arith::SubIOp::create(builder, loc, index, place.origin);
    indices.push_back(index);
  }
  Value value = loadAt(place.memref, indices, isVector(extractMap));
  return fromMemoryType(value, extract.getType());
}

Value ElementEmitter::fromMemoryType(Value value, Type element) {
  Type type = element;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    type = vector.clone(element);
  if (value.getType() == type)
    return value;
  if (!element.isInteger(1))
    return arith::BitcastOp::create(builder, loc, type, value);
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(value.getType()));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, value, zero);
}

Value ElementEmitter::toMemoryType(Value value) {
  Type type = getMemoryElementType(getElementTypeOrSelf(value.getType()));
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    type = vector.clone(type);
  if (value.getType() == type)
    return value;
  if (getElementTypeOrSelf(value.getType()).isInteger(1))
    return arith::ExtUIOp::create(builder, loc, type, value);
  return arith::BitcastOp::create(builder, loc, type, value);
}

void ElementEmitter::store(Value value, const StageBuffer &buffer, AffineMap map) {
  bool vector = isVector(map);
  if (vector)
    value = broadcast(value);
  value = toMemoryType(value);
  for (StagePlace &place : memory.findTargets(builder, loc, buffer)) {
    SmallVector<Value> indices = indicesOf(place, map);
    if (!vector)
      memref::StoreOp::create(builder, loc, value, place.memref, indices);
    else if (mask)
      vector::MaskedStoreOp::create(builder, loc, place.memref, indices, mask, value);
    else
      vector::StoreOp::create(builder, loc, value, place.memref, indices);
  }
}

} // namespace weft
