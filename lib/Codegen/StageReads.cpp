// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes of tensors, and what the computation of a value reads from memory.
#include "weft/Codegen/StagePlan.h"

#include "dialects/Assert.h"
#include "dialects/Weft/Weft.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

#include <set>

using namespace mlir;

namespace weft {
namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

bool isDynamic(RankedTensorType type) { return type.getRank() > 0 && type.isDynamicDim(0); }

int64_t innerElements(RankedTensorType type) {
  int64_t count = 1;
  for (int64_t size : type.getShape().drop_front())
    count *= size;
  return count;
}

/// Rows of the tensor whose dimension `size` is.
int64_t rowsOfSize(Value size) {
  auto dim = size.getDefiningOp<tensor::DimOp>();
  WEFT_ASSERT(dim && "sizes of empty tensors are dimensions of other tensors");
  return getRowsPerBatchRow(dim.getSource());
}

} // namespace

AffineMap getExtractMap(tensor::ExtractOp extract, AffineMap map) {
  SmallVector<AffineExpr> exprs;
  for (Value index : extract.getIndices()) {
    auto loop = index.getDefiningOp<linalg::IndexOp>();
    exprs.push_back(loop ? map.getResult(loop.getDim())
                         : getAffineSymbolExpr(0, extract.getContext()));
  }
  return AffineMap::get(map.getNumDims(), 1, exprs, extract.getContext());
}

bool isTable(Value value) {
  DenseElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) && !elements.isSplat();
}

int64_t getRowsPerBatchRow(Value value) {
  RankedTensorType type = typeOf(value);
  if (!isDynamic(type))
    return 0;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    auto rows = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), kRowsAttrName);
    return rows ? rows.getInt() : 1;
  }
  Operation *op = value.getDefiningOp();
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return rowsOfSize(empty.getDynamicSizes()[0]);
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    return getRowsPerBatchRow(destination.getTiedOpOperand(cast<OpResult>(value))->get());
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return getRowsPerBatchRow(matmul.getA());
  Value source = op->getOperand(0);
  // Reshapes keep the number of elements; everything else keeps dimension 0.
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
    return getRowsPerBatchRow(source) * innerElements(typeOf(source)) / innerElements(type);
  return getRowsPerBatchRow(source);
}

LinearSize StagePlan::getSize(Value value, int64_t dimension) const {
  RankedTensorType type = typeOf(value);
  if (type.isDynamicDim(dimension))
    return {0, getRowsPerBatchRow(value)};
  return {type.getDimSize(dimension), 0};
}

SmallVector<LinearSize> StagePlan::getSizes(Value value) const {
  SmallVector<LinearSize> sizes;
  for (int64_t i = 0; i < typeOf(value).getRank(); ++i)
    sizes.push_back(getSize(value, i));
  return sizes;
}

const StageBuffer *StagePlan::findBuffer(Value value) const {
  auto found = bufferOf.find(value);
  return found == bufferOf.end() ? nullptr : &buffers[found->second];
}

Value StagePlan::getStorage(Value value) const {
  while (true) {
    if (isa<BlockArgument>(value) || findBuffer(value) || isTable(value))
      return value;
    Operation *op = value.getDefiningOp();
    if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
      return {};
    value = op->getOperand(0);
  }
}

namespace {

/// Walks from a value to what it is computed from.
class ReadWalk {
public:
  using VisitRead = llvm::function_ref<void(Value, AffineMap)>;
  using VisitOp = llvm::function_ref<void(Operation *, AffineMap)>;

  ReadWalk(const StagePlan &plan, VisitRead visitRead, VisitOp visitOp)
      : plan(plan), visitRead(visitRead), visitOp(visitOp) {}

  void pull(Value value, AffineMap map) {
    if (!seen.insert({value.getAsOpaquePointer(), map.getAsOpaquePointer()}).second)
      return;
    if (plan.getStorage(value))
      return visitRead(value, map);
    compute(value.getDefiningOp(), map);
  }

  /// The op's inputs, where `map` gives its loops.
  void compute(Operation *op, AffineMap map) {
    if (visitOp)
      visitOp(op, map);
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      for (OpOperand *operand : generic.getDpsInputOperands())
        pull(operand->get(), generic.getMatchingIndexingMap(operand).compose(map));
      for (auto extract : generic.getBody()->getOps<tensor::ExtractOp>())
        pull(extract.getTensor(), getExtractMap(extract, map));
    } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
      pull(slice.getSource(), sliceMap(slice).compose(map));
    } else if (isa<SortOp, TopKOp>(op)) {
      pull(op->getOperand(0), map);
    } else if (auto matmul = dyn_cast<MatmulOp>(op)) {
      SmallVector<AffineMap> maps = getContractionMaps(matmul);
      pull(matmul.getA(), maps[0].compose(map));
      pull(matmul.getB(), maps[1].compose(map));
    }
  }

private:
  static AffineMap sliceMap(tensor::ExtractSliceOp slice) {
    Builder builder(slice.getContext());
    SmallVector<AffineExpr> exprs;
    for (auto [i, offset, stride] :
         llvm::enumerate(slice.getStaticOffsets(), slice.getStaticStrides()))
      exprs.push_back(builder.getAffineDimExpr(i) * stride + offset);
    return AffineMap::get(exprs.size(), 0, exprs, builder.getContext());
  }

  const StagePlan &plan;
  VisitRead visitRead;
  VisitOp visitOp;
  std::set<std::pair<const void *, const void *>> seen;
};

} // namespace

void StagePlan::forEachRead(Value value, AffineMap map,
                            llvm::function_ref<void(Value, AffineMap)> visit,
                            llvm::function_ref<void(Operation *, AffineMap)> visitOp) const {
  ReadWalk(*this, visit, visitOp).pull(value, map);
}

void StagePlan::forEachInput(Operation *op, AffineMap map,
                             llvm::function_ref<void(Value, AffineMap)> visit,
                             llvm::function_ref<void(Operation *, AffineMap)> visitOp) const {
  ReadWalk(*this, visit, visitOp).compute(op, map);
}

void StagePlan::forEachRead(const Stage &stage,
                            llvm::function_ref<void(Value, AffineMap)> visit) const {
  MLIRContext *context = function->getContext();
  AffineMap identity = AffineMap::getMultiDimIdentityMap(stage.getNumLoops(), context);
  ReadWalk walk(*this, visit, {});
  if (stage.op)
    return walk.compute(stage.op, identity);
  for (const StageStore &store : stage.stores) {
    if (store.constant)
      continue;
    // What the stage itself makes is not read, unless it is a copy.
    const StageBuffer *own = findBuffer(store.value);
    if (own && own == &getBuffer(store.buffer))
      walk.compute(store.value.getDefiningOp(), identity);
    else
      walk.pull(store.value, identity);
  }
}

bool StagePlan::isRegisterEpilogue(const StagePart &part) const {
  const Stage &root = part.stages.front();
  if (root.kind != Stage::Kind::Contraction || part.stages.size() > 2)
    return false;
  if (part.stages.size() == 1)
    return true;
  const Stage &epilogue = part.stages.back();
  if (epilogue.kind != Stage::Kind::Elementwise ||
      ArrayRef(epilogue.extents) != ArrayRef(root.extents).drop_back())
    return false;
  bool fits = true;
  forEachRead(epilogue, [&](Value value, AffineMap map) {
    if (getStorage(value) == root.op->getResult(0))
      fits &= map.isIdentity() && value == root.op->getResult(0);
    // Columns are consecutive in memory.
    for (auto [i, expr] : llvm::enumerate(map.getResults())) {
      bool usesColumn = expr.isFunctionOfDim(epilogue.getNumLoops() - 1);
      bool last = i + 1 == map.getNumResults();
      if (usesColumn && !(last && isa<AffineDimExpr>(expr)))
        fits = false;
    }
  });
  for (const StageStore &store : epilogue.stores)
    fits &= store.map.isIdentity() && !store.constant;
  return fits;
}

} // namespace weft
