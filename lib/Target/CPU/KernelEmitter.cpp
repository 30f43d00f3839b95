// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emission of kernel functions: the parts of the tile range, the slices of each tile, their stages.
#include "KernelEmitter.h"

#include "weft/Codegen/OrderEmitter.h"
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
    if (!info.checks.empty())
      inputs.push_back(MemRefType::get({}, builder.getI64Type()));
    function = func::FuncOp::create(builder, loc, info.name, builder.getFunctionType(inputs, {}));
    function.setPrivate();
    builder.setInsertionPointToStart(function.addEntryBlock());
    unsigned next = info.bindings.size();
    rows = function.getArgument(next);
    tileBegin = function.getArgument(next + 1);
    tileEnd = function.getArgument(next + 2);
    scratch = function.getArgument(next + 3);
    if (info.constantCount)
      constants = function.getArgument(next + 4);
    if (!info.checks.empty())
      memory.setErrorWord(function.getArguments().back());
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
        memory.setArgument(
            argument, viewBytes(constants, *number * 8, MemRefType::get({}, builder.getI64Type())));
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
        shape[buffer.axis] = kernel.sliceSize();
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
      if (stage.kind == Stage::Kind::Order)
        emitOrder(builder, loc, stages, memory, stage, sliceBegin, sliceEnd, scratch, lanes());
      else if (contraction == kernel.contractions.end())
        emitter.emit(stage, sliceBegin, sliceEnd);
      else
        emitRows(stage, contraction->second, kernel.tiles.tile, sliceBegin, sliceEnd);
    }
    memory.setOrigin({});
  }

  int64_t lanes() const { return plan.getTraits().lanes(32); }

  //===--- Attention ------------------------------------------------------===//

  Value multiply(Value value, int64_t factor) {
    return arith::MulIOp::create(builder, loc, value, constant(factor));
  }

  /// The tiles of the range: heads of samples, or all that a sum of a bias's gradient is over.
  void emitHeads(const AttentionPlan &attention) {
    memory.setStrided();
    auto tiles = scf::ForOp::create(builder, loc, tileBegin, tileEnd, constant(1));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(tiles.getBody());
    Value heads = constant(attention.sumsHeads ? 1 : attention.heads);
    Value tile = tiles.getInductionVar();
    Value sample = arith::DivUIOp::create(builder, loc, tile, heads);
    Value head = arith::RemUIOp::create(builder, loc, tile, heads);
    if (!attention.sums())
      return emitHead(attention, sample, head, {});
    Value innerHeads = constant(attention.sumsHeads ? attention.heads : 1);
    Value samples =
        attention.sumsSamples ? memory.size(builder, loc, attention.samples) : constant(1);
    Value count = arith::MulIOp::create(builder, loc, samples, innerHeads);
    auto inner = scf::ForOp::create(builder, loc, zero(), count, constant(1));
    builder.setInsertionPointToStart(inner.getBody());
    Value number = inner.getInductionVar();
    if (attention.sumsSamples)
      sample = arith::DivUIOp::create(builder, loc, number, innerHeads);
    if (attention.sumsHeads)
      head = arith::RemUIOp::create(builder, loc, number, innerHeads);
    Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, number, zero());
    emitHead(attention, sample, head, isFirst);
  }

  void emitHead(const AttentionPlan &attention, Value sample, Value head, Value isFirst) {
    for (auto [i, binding] : llvm::enumerate(info.bindings))
      bindHead(attention, binding, function.getArgument(i), sample, head);
    if (attention.sums())
      bindSum(attention, isFirst);
    for (auto [part, kernel] : llvm::zip(stages.getParts(), plan.getParts())) {
      setScratch(part, kernel);
      if (kernel.blockQueries)
        emitQueryBlocks(part, kernel);
      else
        for (unsigned i = 0; i < part.stages.size(); ++i)
          emitHeadStage(part, kernel, i, {}, {});
    }
  }

  /// What the function of a head knows of the sum that it is a part of: its memory is a result's.
  void bindSum(const AttentionPlan &attention, Value isFirst) {
    Block &body = plan.getFunction().getBody().front();
    unsigned first = plan.getDispatch().getNumArguments();
    Value flag = viewBytes(scratch, plan.getParts().front().headPlaceOffset + sizeof(int64_t),
                           MemRefType::get({}, builder.getI8Type()));
    memref::StoreOp::create(builder, loc,
                            arith::ExtUIOp::create(builder, loc, builder.getI8Type(), isFirst),
                            flag, ValueRange());
    memory.setArgument(body.getArgument(first), flag);
    memory.setArgument(body.getArgument(first + 1), memory.getResult(attention.summedResult));
  }

  void emitHeadStage(const StagePart &part, const PartKernel &kernel, unsigned number, Value begin,
                     Value end) {
    const Stage &stage = part.stages[number];
    auto contraction = kernel.contractions.find(number);
    if (contraction == kernel.contractions.end())
      StageEmitter(builder, loc, stages, memory, lanes()).emit(stage, begin, end);
    else
      emitHeadProduct(stage, contraction->second, kernel, begin, end);
  }

  /// Blocks of queries, one after the other.
  void emitQueryBlocks(const StagePart &part, const PartKernel &kernel) {
    auto emitAll = [&](std::initializer_list<Stage::Phase> phases, Value begin, Value end) {
      for (auto [i, stage] : llvm::enumerate(part.stages))
        if (llvm::is_contained(phases, stage.phase))
          emitHeadStage(part, kernel, i, begin, end);
    };
    emitAll({Stage::Phase::Before}, {}, {});
    for (const Stage &stage : part.stages)
      if (stage.phase == Stage::Phase::Sum)
        clear(stages.getBuffer(stage.stores.front().buffer));
    {
      Value queries = constant(part.axisExtent->fixed), block = constant(kernel.blockQueries);
      auto loop = scf::ForOp::create(builder, loc, zero(), queries, block);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Value begin = loop.getInductionVar();
      Value end = arith::AddIOp::create(builder, loc, begin, block);
      end = arith::MinSIOp::create(builder, loc, end, queries);
      memory.setOrigin(begin);
      emitAll({Stage::Phase::Block, Stage::Phase::Sum}, begin, end);
      memory.setOrigin({});
    }
    emitAll({Stage::Phase::After}, {}, {});
  }

  void clear(const StageBuffer &buffer) {
    Stage stage;
    stage.extents = stages.getSizes(buffer.value);
    stage.isReduction.assign(stage.extents.size(), false);
    AffineMap identity = builder.getMultiDimIdentityMap(stage.getNumLoops());
    Type element = cast<RankedTensorType>(buffer.value.getType()).getElementType();
    stage.stores.push_back(
        {buffer.value, stages.getNumber(buffer), identity, builder.getFloatAttr(element, 0.0)});
    StageEmitter(builder, loc, stages, memory, lanes()).emit(stage, {}, {});
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

  /// A product of a head; with `begin`, that of a block of queries: these rows of it, or what they
  /// add to it.
  void emitHeadProduct(const Stage &stage, const ContractionPlan &contraction,
                       const PartKernel &kernel, Value begin, Value end) {
    auto op = cast<MatmulOp>(stage.op);
    int64_t rowLoop = stage.getNumLoops() - 3, depthLoop = stage.getNumLoops() - 1;
    bool cutsRows = begin && stage.axis == rowLoop, cutsDepth = begin && stage.axis == depthLoop;
    ContractionOperands operands = operandsOf(op);
    if (cutsRows || cutsDepth)
      operands.a = fromQuery(op.getA(), operands.a, cutsRows != op.getTransposeA() ? 2 : 1, begin);
    if (cutsDepth)
      operands.b = fromQuery(op.getB(), operands.b, op.getTransposeB() ? 1 : 2, begin);
    ContractionRegion region;
    region.batch.assign(rowLoop, zero());
    Value count = begin ? arith::SubIOp::create(builder, loc, end, begin).getResult() : Value();
    region.rowBegin = zero();
    region.rowEnd = cutsRows ? count : memory.size(builder, loc, stage.extents[rowLoop]);
    if (cutsDepth)
      region.depth = count;
    region.rowRemainders =
        contraction.rowRemainders(cutsRows ? kernel.blockQueries : stage.extents[rowLoop].fixed);
    Sink sink(*this, stage, contraction.lanes);
    if (cutsRows)
      sink.setFirstRow(begin);
    sink.setAdding(cutsDepth);
    emitContractionRegion(builder, loc, contraction, operands, region,
                          [&](OpBuilder &, Location, ContractionResult &result) {
                            sink.consume(result, /*storeProduct=*/true, nullptr);
                          });
  }

  /// The memory of an operand of a product from query `begin` on; `dimension` counts from the last.
  Value fromQuery(Value tensor, Value memref, int64_t dimension, Value begin) {
    const StageBuffer *buffer = stages.findBuffer(stages.getStorage(tensor));
    if (buffer && buffer->isScratch() && buffer->axis != kNoAxis)
      return memref; // of this block only
    auto type = cast<MemRefType>(memref.getType());
    SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
    SmallVector<OpFoldResult> sizes = getAsIndexOpFoldResult(builder.getContext(), type.getShape());
    int64_t cut = type.getRank() - dimension;
    offsets[cut] = begin;
    sizes[cut] = OpFoldResult(
        arith::SubIOp::create(builder, loc, constant(type.getDimSize(cut)), begin).getResult());
    return memref::SubViewOp::create(builder, loc, memref, offsets, sizes, strides);
  }

  /// Rows, or whole matrices, [begin, end) of a product into memory.
  void emitRows(const Stage &stage, const ContractionPlan &contraction, int64_t tile, Value begin,
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

    /// The row of the tensor that the generator's first one is.
    void setFirstRow(Value row) { firstRow = row; }
    /// Whether products are added to what is there.
    void setAdding(bool adds) { isAdding = adds; }

    void consume(ContractionResult &result, bool storeProduct, const Stage *epilogue) {
      elements.setMask(result.getMask());
      elements.setLoadHook(
          [&](Value memref, AffineMap map) { return loadColumn(result, memref, map); });
      elements.pushLevel(loops, coordinatesOf(result), /*anchored=*/false);
      Type element = cast<RankedTensorType>(op.getType()).getElementType();
      Value product = emitScalarCast(parent.builder, parent.loc, result.getValue(), element);
      if (isAdding)
        product = arith::AddFOp::create(parent.builder, parent.loc,
                                        elements.pull(op.getResult(), identity), product);
      elements.bind(op.getResult(), identity, product);
      if (storeProduct)
        elements.store(product, buffer, identity);
      if (epilogue)
        storeEpilogue(*epilogue);
      elements.popLevel();
      elements.setLoadHook({});
    }

  private:
    SmallVector<Value> coordinatesOf(ContractionResult &result) {
      SmallVector<Value> coordinates(result.getCoordinates());
      if (firstRow)
        coordinates.end()[-2] =
            arith::AddIOp::create(parent.builder, parent.loc, coordinates.end()[-2], firstRow);
      return coordinates;
    }

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
    Value firstRow;
    bool isAdding = false;
  };

  ModuleOp module;
  const KernelPlan &plan;
  const StagePlan &stages;
  const KernelInfo &info;
  OpBuilder builder;
  Location loc;
  StageMemory memory;
  func::FuncOp function;
  Value rows, tileBegin, tileEnd, scratch, constants;
  unsigned numTables = 0;
};

} // namespace

func::FuncOp emitKernel(ModuleOp module, const KernelPlan &plan, const KernelInfo &info) {
  return KernelEmitter(module, plan, info).run();
}

} // namespace weft::cpu
