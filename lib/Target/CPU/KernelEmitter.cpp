// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emission of kernel functions: the parts of the tile range, the slices of each tile, their stages.
#include "KernelEmitter.h"

#include "weft/Codegen/StageEmitter.h"
#include "weft/Conversion/ScalarBody.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace weft::cpu {
namespace {

class KernelEmitter {
public:
  KernelEmitter(ModuleOp module, const KernelPlan &plan, const KernelInfo &info)
      : module(module), plan(plan), stages(plan.getStages()), info(info),
        builder(module.getContext()), loc(plan.getFunction().getLoc()), memory(stages) {}

  func::FuncOp run() {
    createFunction();
    bindMemory();
    if (plan.getAttention()) {
      emitHeads(*plan.getAttention());
      func::ReturnOp::create(builder, loc);
      return function;
    }
    Value begin = zero();
    for (auto [part, kernel] : llvm::zip(stages.getParts(), plan.getParts()))
      begin = emitPart(part, kernel, begin);
    func::ReturnOp::create(builder, loc);
    return function;
  }

private:
  //===--- The frame ------------------------------------------------------===//

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  Value zero() { return constant(0); }

  RankedTensorType typeOf(const KernelBinding &binding) {
    func::FuncOp source = plan.getDispatch();
    Type type = binding.isResult ? source.getResultTypes()[binding.index]
                                 : source.getArgumentTypes()[binding.index];
    return cast<RankedTensorType>(type);
  }

  void createFunction() {
    builder.setInsertionPointToEnd(module.getBody());
    SmallVector<Type> inputs;
    for (const KernelBinding &binding : info.bindings)
      inputs.push_back(getMemoryType(typeOf(binding)));
    inputs.append(3, builder.getIndexType());
    auto bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
    inputs.append(info.constantCount ? 2 : 1, bytes);
    function = func::FuncOp::create(builder, loc, info.name, builder.getFunctionType(inputs, {}));
    function.setPrivate();
    builder.setInsertionPointToStart(function.addEntryBlock());
    unsigned next = info.bindings.size();
    rows = function.getArgument(next);
    tileBegin = function.getArgument(next + 1);
    tileEnd = function.getArgument(next + 2);
    scratch = function.getArgument(next + 3);
  }

  void bindMemory() {
    memory.setRows(rows);
    func::FuncOp source = plan.getFunction();
    if (!plan.getAttention())
      for (auto [i, binding] : llvm::enumerate(info.bindings)) {
        if (binding.isResult)
          memory.setResult(binding.index, function.getArgument(i));
        else
          memory.setArgument(source.getArgument(binding.index), function.getArgument(i));
      }
    for (BlockArgument argument : source.getArguments())
      if (std::optional<int64_t> number = plan.getConstant(argument.getArgNumber()))
        memory.setArgument(argument, viewBytes(function.getArguments().back(), *number * 8,
                                               MemRefType::get({}, builder.getI64Type())));
    source.walk([&](Operation *op) {
      if (op->getNumResults() == 1 && isTable(op->getResult(0)))
        memory.setArgument(op->getResult(0), emitTable(op->getResult(0)));
    });
  }

  Value viewBytes(Value bytes, int64_t offset, MemRefType type) {
    return memref::ViewOp::create(builder, loc, type, bytes, constant(offset), ValueRange());
  }

  /// A constant with different elements, as a global of the module.
  Value emitTable(Value value) {
    DenseElementsAttr elements;
    matchPattern(value, m_Constant(&elements));
    MemRefType type = getMemoryType(cast<RankedTensorType>(value.getType()));
    if (elements.getElementType().isInteger(1))
      elements = cast<DenseIntElementsAttr>(elements).mapValues(
          builder.getI8Type(), [](const APInt &bit) { return bit.zext(8); });
    std::string name = (info.name + "_table_" + Twine(numTables++)).str();
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(function);
      memref::GlobalOp::create(builder, loc, name, builder.getStringAttr("private"), type, elements,
                               /*constant=*/true, /*alignment=*/IntegerAttr());
    }
    return memref::GetGlobalOp::create(builder, loc, type, name);
  }

  //===--- Parts ----------------------------------------------------------===//

  Value tileCount(const KernelTiles &tiles) {
    if (tiles.extent.perRow == 0)
      return constant(tiles.at(0));
    Value extent = arith::MulIOp::create(builder, loc, rows, constant(tiles.extent.perRow));
    Value up =
        arith::AddIOp::create(builder, loc, extent, constant(tiles.extent.fixed + tiles.tile - 1));
    Value count = arith::DivUIOp::create(builder, loc, up, constant(tiles.tile));
    return arith::MulIOp::create(builder, loc, count, constant(tiles.times));
  }

  /// The tiles of one part that are in the range of the call; its tiles begin at `first`. Returns
  /// where the next part's begin.
  Value emitPart(const StagePart &part, const PartKernel &kernel, Value first) {
    Value last = arith::AddIOp::create(builder, loc, first, tileCount(kernel.tiles));
    Value begin = arith::MaxSIOp::create(builder, loc, tileBegin, first);
    Value end = arith::MinSIOp::create(builder, loc, tileEnd, last);
    Value some = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, begin, end);
    auto ifOp = scf::IfOp::create(builder, loc, some);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(ifOp.thenBlock());
    begin = arith::SubIOp::create(builder, loc, begin, first);
    end = arith::SubIOp::create(builder, loc, end, first);
    setScratch(part, kernel);
    if (kernel.registerEpilogue)
      emitRegisterEpilogue(part, kernel, begin, end);
    else
      emitSlices(part, kernel, begin, end);
    return last;
  }

  void setScratch(const StagePart &part, const PartKernel &kernel) {
    for (auto [number, offset] : kernel.bufferOffsets) {
      const StageBuffer &buffer = stages.getBuffer(number);
      MemRefType type = getMemoryType(cast<RankedTensorType>(buffer.value.getType()));
      SmallVector<int64_t> shape(type.getShape());
      if (buffer.axis != kNoAxis)
        shape[buffer.axis] = kernel.tiles.tile;
      memory.setScratch(buffer.value,
                        viewBytes(scratch, offset, MemRefType::get(shape, type.getElementType())));
    }
  }

  void emitSlices(const StagePart &part, const PartKernel &kernel, Value begin, Value end) {
    auto loop = scf::ForOp::create(builder, loc, begin, end, constant(1));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value sliceBegin, sliceEnd;
    if (part.axisExtent) {
      Value tile = constant(kernel.tiles.tile);
      sliceBegin = arith::MulIOp::create(builder, loc, loop.getInductionVar(), tile);
      Value next = arith::AddIOp::create(builder, loc, sliceBegin, tile);
      Value extent = memory.size(builder, loc, *part.axisExtent);
      sliceEnd = arith::MinSIOp::create(builder, loc, next, extent);
    }
    memory.setOrigin(sliceBegin);
    StageEmitter emitter(builder, loc, stages, memory, lanes());
    for (auto [number, stage] : llvm::enumerate(part.stages)) {
      auto contraction = kernel.contractions.find(number);
      if (contraction == kernel.contractions.end())
        emitter.emit(stage, sliceBegin, sliceEnd);
      else
        emitBlock(stage, contraction->second, kernel.tiles.tile, sliceBegin, sliceEnd);
    }
    memory.setOrigin({});
  }

  int64_t lanes() const { return plan.getTraits().lanes(32); }

  //===--- Attention ------------------------------------------------------===//

  Value multiply(Value value, int64_t factor) {
    return arith::MulIOp::create(builder, loc, value, constant(factor));
  }

  void emitHeads(const AttentionPlan &attention) {
    memory.setStrided();
    auto loop = scf::ForOp::create(builder, loc, tileBegin, tileEnd, constant(1));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value heads = constant(attention.heads), tile = loop.getInductionVar();
    Value sample = arith::DivUIOp::create(builder, loc, tile, heads);
    Value head = arith::RemUIOp::create(builder, loc, tile, heads);
    for (auto [i, binding] : llvm::enumerate(info.bindings))
      bindHead(attention, binding, function.getArgument(i), sample, head);
    for (auto [part, kernel] : llvm::zip(stages.getParts(), plan.getParts())) {
      setScratch(part, kernel);
      StageEmitter emitter(builder, loc, stages, memory, lanes());
      for (auto [number, stage] : llvm::enumerate(part.stages)) {
        auto contraction = kernel.contractions.find(number);
        if (contraction == kernel.contractions.end())
          emitter.emit(stage, {}, {});
        else
          emitBlock(stage, contraction->second, /*tile=*/1, zero(), constant(1));
      }
    }
  }

  /// The memory of one head of a tensor of the dispatch.
  void bindHead(const AttentionPlan &attention, const KernelBinding &binding, Value whole,
                Value sample, Value head) {
    func::FuncOp source = plan.getFunction();
    if (binding.isResult) {
      Type type = source.getResultTypes()[binding.index];
      memory.setResult(binding.index,
                       headView(attention.results[binding.index], type, whole, sample, head));
      return;
    }
    Value argument = source.getArgument(binding.index);
    if (binding.index == attention.sampleOffset)
      whole = placeOfHead(attention, whole, sample, head);
    else
      whole = headView(attention.arguments[binding.index], argument.getType(), whole, sample, head);
    memory.setArgument(argument, whole);
  }

  Value headView(const HeadSlice &slice, Type type, Value whole, Value sample, Value head) {
    if (slice.strides.empty())
      return whole;
    Value offset = arith::AddIOp::create(builder, loc, multiply(sample, slice.perSample),
                                         multiply(head, slice.perHead));
    MemRefType contiguous = getMemoryType(cast<RankedTensorType>(type));
    auto layout = StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, slice.strides);
    auto view = MemRefType::get(contiguous.getShape(), contiguous.getElementType(), layout);
    return memref::ReinterpretCastOp::create(
        builder, loc, view, whole, offset,
        getAsIndexOpFoldResult(builder.getContext(), contiguous.getShape()),
        getAsIndexOpFoldResult(builder.getContext(), slice.strides));
  }

  /// (offset + sample) * heads + head, in memory: the random row of the head's scores.
  Value placeOfHead(const AttentionPlan &attention, Value offset, Value sample, Value head) {
    Type i64 = builder.getI64Type();
    Value first = memref::LoadOp::create(builder, loc, offset, ValueRange());
    Value number = arith::AddIOp::create(builder, loc, first,
                                         arith::IndexCastOp::create(builder, loc, i64, sample));
    Value heads =
        arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(attention.heads));
    Value row = arith::MulIOp::create(builder, loc, number, heads);
    row = arith::AddIOp::create(builder, loc, row,
                                arith::IndexCastOp::create(builder, loc, i64, head));
    Value place =
        viewBytes(scratch, plan.getParts().front().headPlaceOffset, MemRefType::get({}, i64));
    memref::StoreOp::create(builder, loc, row, place, ValueRange());
    return place;
  }

  //===--- Contractions ---------------------------------------------------===//

  /// The generator wants the element type of the tensor, not that of memory, which is one of the
  /// same size.
  Value inElementType(Value tensor) {
    Value memref = memory.find(builder, loc, tensor).memref;
    auto type = cast<MemRefType>(memref.getType());
    Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
    if (type.getElementType() == element)
      return memref;
    Type wanted = MemRefType::get(type.getShape(), element);
    return UnrealizedConversionCastOp::create(builder, loc, wanted, memref).getResult(0);
  }

  ContractionOperands operandsOf(MatmulOp op) {
    ContractionOperands operands;
    operands.a = inElementType(op.getA());
    operands.b = inElementType(op.getB());
    operands.rows = rows;
    operands.scratch = scratch;
    return operands;
  }

  /// The complete product in a register, and all that is done with it there.
  void emitRegisterEpilogue(const StagePart &part, const PartKernel &kernel, Value begin,
                            Value end) {
    const ContractionPlan &contraction = kernel.contractions.at(0);
    const Stage &root = part.stages.front();
    auto op = cast<MatmulOp>(root.op);
    ContractionOperands operands = operandsOf(op);
    Sink sink(*this, root, contraction.lanes);
    const Stage *epilogue = part.stages.size() > 1 ? &part.stages.back() : nullptr;
    bool isResult = !stages.findBuffer(op.getResult())->isScratch();
    emitContractionTiles(builder, loc, contraction, operands, begin, end,
                         [&](OpBuilder &, Location, ContractionResult &result) {
                           sink.consume(result, isResult, epilogue);
                         });
  }

  /// Rows, or whole matrices, [begin, end) of a product into memory.
  void emitBlock(const Stage &stage, const ContractionPlan &contraction, int64_t tile, Value begin,
                 Value end) {
    ContractionOperands operands = operandsOf(cast<MatmulOp>(stage.op));
    ContractionRegion region;
    OpBuilder::InsertionGuard guard(builder);
    Sink sink(*this, stage, contraction.lanes);
    int64_t numBatch = contraction.shape.batch.size();
    for (int64_t i = 0; i < numBatch; ++i) {
      Value lower = i == 0 ? begin : zero();
      Value upper = i == 0 ? end : memory.size(builder, loc, stage.extents[i]);
      auto loop = scf::ForOp::create(builder, loc, lower, upper, constant(1));
      builder.setInsertionPointToStart(loop.getBody());
      region.batch.push_back(loop.getInductionVar());
    }
    region.rowBegin = numBatch == 0 ? begin : zero();
    region.rowEnd = numBatch == 0 ? end : memory.size(builder, loc, stage.extents[numBatch]);
    int64_t blockRows = numBatch == 0 ? tile : stage.extents[numBatch].fixed;
    region.rowRemainders = contraction.rowRemainders(blockRows);
    emitContractionRegion(builder, loc, contraction, operands, region,
                          [&](OpBuilder &, Location, ContractionResult &result) {
                            sink.consume(result, /*storeProduct=*/true, nullptr);
                          });
  }

  /// What becomes of the vectors of a product.
  class Sink {
  public:
    Sink(KernelEmitter &parent, const Stage &root, int64_t lanes)
        : parent(parent), stages(parent.stages), op(cast<MatmulOp>(root.op)),
          buffer(*stages.findBuffer(op.getResult())), numLoops(root.getNumLoops() - 1),
          elements(parent.builder, parent.loc, stages, parent.memory, numLoops) {
      elements.setVectorLoop(numLoops - 1, lanes);
      identity = parent.builder.getMultiDimIdentityMap(numLoops);
      for (int64_t i = 0; i < numLoops; ++i)
        loops.push_back(i);
    }

    void consume(ContractionResult &result, bool storeProduct, const Stage *epilogue) {
      elements.setMask(result.getMask());
      elements.setLoadHook(
          [&](Value memref, AffineMap map) { return loadColumn(result, memref, map); });
      elements.pushLevel(loops, result.getCoordinates(), /*anchored=*/false);
      Type element = cast<RankedTensorType>(op.getType()).getElementType();
      Value product = emitScalarCast(parent.builder, parent.loc, result.getValue(), element);
      elements.bind(op.getResult(), identity, product);
      if (storeProduct)
        elements.store(product, buffer, identity);
      if (epilogue)
        storeEpilogue(*epilogue);
      elements.popLevel();
      elements.setLoadHook({});
    }

  private:
    void storeEpilogue(const Stage &epilogue) {
      SmallVector<Value> values;
      for (const StageStore &store : epilogue.stores)
        values.push_back(elements.produce(store.value, identity));
      for (auto [store, value] : llvm::zip(epilogue.stores, values))
        elements.store(value, stages.getBuffer(store.buffer), identity);
    }

    /// What depends on the column only is loaded once for the rows of a register tile.
    Value loadColumn(ContractionResult &result, Value memref, AffineMap map) {
      if (map.getNumResults() != 1 ||
          map.getResult(0) != getAffineDimExpr(numLoops - 1, map.getContext()))
        return {};
      return result.load(memref, numLoops - 1);
    }

    KernelEmitter &parent;
    const StagePlan &stages;
    MatmulOp op;
    const StageBuffer &buffer;
    int64_t numLoops;
    ElementEmitter elements;
    AffineMap identity;
    SmallVector<int64_t> loops;
  };

  ModuleOp module;
  const KernelPlan &plan;
  const StagePlan &stages;
  const KernelInfo &info;
  OpBuilder builder;
  Location loc;
  StageMemory memory;
  func::FuncOp function;
  Value rows, tileBegin, tileEnd, scratch;
  unsigned numTables = 0;
};

} // namespace

func::FuncOp emitKernel(ModuleOp module, const KernelPlan &plan, const KernelInfo &info) {
  return KernelEmitter(module, plan, info).run();
}

} // namespace weft::cpu
