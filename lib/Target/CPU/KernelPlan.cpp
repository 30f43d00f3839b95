// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles and scratch memory of a dispatch function's parts.
#include "KernelPlan.h"

#include "dialects/Weft/Weft.h"
#include "weft/Codegen/OrderEmitter.h"
#include "weft/Codegen/StageEmitter.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/MathExtras.h"

#include <set>

using namespace mlir;

namespace weft::cpu {
namespace {

/// Scratch memory of one worker; more would not stay in its cache.
constexpr int64_t kMaxScratchBytes = 8 << 20;
constexpr int64_t kAnyBytes = std::numeric_limits<int64_t>::max();
/// Scratch memory of a head of an attention above which it is computed in blocks of queries, and
/// about that of a block: most of the second-level cache (measured at 1 MB).
constexpr int64_t kHeadScratchBytes = 768 << 10;
/// Fewest queries of a block: copies of the keys, one for each block, cost a part of its products.
constexpr int64_t kMinBlockQueries = 32;
/// Work of one tile, in simple operations on one element, below which its call costs too much.
constexpr int64_t kMinTileWork = 12288;
constexpr int64_t kMaxTiles = 32;
/// Vector instructions of an epilogue that are written down for each of up to a hundred registers;
/// beside more, storing and loading a sum takes no time.
constexpr int64_t kMaxEpilogueCode = 96;
/// Work of a multiply-add of a contraction, relative to a simple operation.
constexpr double kContractionWork = 1.0 / 32;

int64_t bytesOf(Type element) { return std::max<int64_t>(1, element.getIntOrFloatBitWidth() / 8); }

Extent toExtent(LinearSize size) {
  return size.perRow ? Extent::rows(size.perRow) : Extent::constant(size.fixed);
}

/// Work of ordering an element.
constexpr double kOrderWork = 32;

/// Work per element of an op.
double workOf(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic)
    return 0;
  double work = 0;
  for (Operation &nested : generic.getBody()->without_terminator())
    if (!nested.hasTrait<OpTrait::ConstantLike>())
      work += isa<math::SinOp, math::CosOp, math::PowFOp>(nested) ? 64
              : isa<math::MathDialect>(nested.getDialect())       ? 8
              : isa<arith::DivFOp>(nested)                        ? 4
                                                                  : 1;
  return work;
}

/// About how many vector instructions an op of a body becomes: approximations are polynomials, and
/// random words are drawn in vectors of a quarter of the lanes.
int64_t codeSizeOf(Operation &op) {
  if (op.hasTrait<OpTrait::ConstantLike>())
    return 0;
  if (isa<math::PowFOp>(op))
    return 150;
  if (isa<math::SinOp, math::CosOp>(op))
    return 60;
  if (isa<math::ExpOp, math::LogOp, math::Log1pOp, math::TanhOp, math::ErfOp, RandomWordOp>(op))
    return 40;
  return 1;
}

/// The same of all that an epilogue computes at one place.
int64_t codeSizeOf(const StagePlan &plan, const Stage &epilogue) {
  std::set<std::pair<Operation *, const void *>> seen;
  int64_t size = 0;
  auto visitOp = [&](Operation *op, AffineMap map) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic || !seen.insert({op, map.getAsOpaquePointer()}).second)
      return;
    for (Operation &nested : generic.getBody()->without_terminator())
      size += codeSizeOf(nested);
  };
  AffineMap identity =
      AffineMap::getMultiDimIdentityMap(epilogue.getNumLoops(), plan.getFunction()->getContext());
  for (const StageStore &store : epilogue.stores)
    plan.forEachInput(store.value.getDefiningOp(), identity, [](Value, AffineMap) {}, visitOp);
  return size;
}

/// Work of a stage per index of its loops.
double workPerPoint(const StagePlan &plan, const Stage &stage) {
  if (stage.kind == Stage::Kind::Contraction)
    return kContractionWork;
  if (stage.kind == Stage::Kind::Order)
    return kOrderWork;
  std::set<Operation *> ops;
  auto visitOp = [&](Operation *op, AffineMap) { ops.insert(op); };
  AffineMap identity =
      AffineMap::getMultiDimIdentityMap(stage.getNumLoops(), plan.getFunction()->getContext());
  for (const StageStore &store : stage.stores) {
    Operation *root = store.value.getDefiningOp();
    if (root)
      ops.insert(root);
    auto generic = dyn_cast_or_null<linalg::GenericOp>(root);
    if (!generic)
      continue;
    for (OpOperand *operand : generic.getDpsInputOperands())
      plan.forEachRead(
          operand->get(), generic.getMatchingIndexingMap(operand).compose(identity),
          [](Value, AffineMap) {}, visitOp);
  }
  double work = 1;
  for (Operation *op : ops)
    work += workOf(op);
  return work;
}

} // namespace

OwningOpRef<ModuleOp> cloneForLowering(func::FuncOp dispatch) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(dispatch.getLoc());
  auto clone = cast<func::FuncOp>(dispatch->clone());
  module->push_back(clone);
  return module;
}

std::optional<int64_t> KernelPlan::getConstant(unsigned argument) const {
  func::FuncOp function = getFunction();
  auto number = function.getArgAttrOfType<IntegerAttr>(argument, kConstantAttrName);
  return number ? std::optional(number.getInt()) : std::nullopt;
}

FailureOr<KernelPlan> KernelPlan::create(func::FuncOp dispatch, const CpuTraits &traits,
                                         int64_t tunedRows, bool isRequired) {
  if (isAttention(dispatch))
    return createForAttention(dispatch, traits, tunedRows);
  // First with the generator of contractions; what it does not do becomes loops. Last, whatever
  // memory it takes.
  SmallVector<std::pair<bool, int64_t>> ways = {{false, kMaxScratchBytes},
                                                {true, kMaxScratchBytes}};
  if (isRequired)
    ways.append({{false, kAnyBytes}, {true, kAnyBytes}});
  for (auto [convertContractions, maxScratchBytes] : ways) {
    KernelPlan plan;
    plan.traits = traits;
    plan.tunedRows = tunedRows;
    plan.maxScratchBytes = maxScratchBytes;
    plan.module = cloneForLowering(dispatch);
    auto function = *plan.module->getOps<func::FuncOp>().begin();
    if (failed(convertToLinalg(function, convertContractions)))
      return failure();
    FailureOr<StagePlan> stages = StagePlan::create(function);
    if (failed(stages))
      return failure();
    plan.stages = std::move(*stages);
    std::string reason;
    solveAxes(plan.stages, reason);
    bool planned = true;
    for (const StagePart &part : plan.stages.getParts())
      planned = planned && succeeded(plan.planPart(part, plan.parts.emplace_back()));
    if (planned)
      return plan;
  }
  return dispatch.emitError("its temporaries do not fit in ")
         << kMaxScratchBytes << " bytes: it has no dimension that can be cut in slices";
}

FailureOr<KernelPlan> KernelPlan::createForAttention(func::FuncOp dispatch, const CpuTraits &traits,
                                                     int64_t tunedRows) {
  KernelPlan plan;
  plan.traits = traits;
  plan.tunedRows = tunedRows;
  plan.maxScratchBytes = kAnyBytes;
  plan.module = cloneForLowering(dispatch);
  plan.attention.emplace();
  plan.dispatch = *plan.module->getOps<func::FuncOp>().begin();
  FailureOr<func::FuncOp> head = buildHeadFunction(plan.dispatch, *plan.attention);
  if (failed(head) || failed(convertToLinalg(*head, /*convertContractions=*/false)))
    return failure();
  FailureOr<StagePlan> stages = StagePlan::create(*head);
  if (failed(stages))
    return failure();
  plan.stages = std::move(*stages);
  for (StagePart &part : plan.stages.getParts()) {
    PartKernel &kernel = plan.parts.emplace_back();
    const AttentionPlan &attention = *plan.attention;
    kernel.tiles = {attention.sumsSamples ? LinearSize{1, 0} : attention.samples, 1,
                    attention.sumsHeads ? 1 : attention.heads};
    if (failed(plan.planHead(part, kernel)))
      return dispatch.emitError("expected scores whose size does not depend on the batch");
  }
  return plan;
}

LogicalResult KernelPlan::planHead(StagePart &part, PartKernel &kernel) {
  if (failed(planContractions(part, kernel)))
    return failure();
  LogicalResult whole = layOutScratch(part, kernel);
  if (succeeded(whole) && kernel.scratchBytes <= kHeadScratchBytes)
    return success();
  if (stages.getParts().size() != 1 || !cutQueries(part))
    return whole;
  int64_t perQuery = 0;
  for (unsigned i = 0; i < stages.getNumBuffers(); ++i)
    perQuery += stages.getBuffer(i).axis == kNoAxis ? 0 : sliceBytes(i, 64) / 64;
  // Equal blocks, of whole groups of rows.
  constexpr int64_t kGroup = 8;
  int64_t queries = part.axisExtent->fixed;
  int64_t most = std::max(kMinBlockQueries, kHeadScratchBytes / std::max<int64_t>(1, perQuery));
  kernel.blockQueries =
      llvm::alignTo(llvm::divideCeil(queries, llvm::divideCeil(queries, most)), kGroup);
  // Against very many keys fewer, whatever their copies cost.
  while (true) {
    kernel.contractions.clear();
    if (failed(planContractions(part, kernel)) || failed(layOutScratch(part, kernel)))
      return failure();
    if (kernel.scratchBytes <= kMaxScratchBytes || kernel.blockQueries == kGroup)
      return success();
    kernel.blockQueries = llvm::alignTo(kernel.blockQueries / 2, kGroup);
  }
}

bool KernelPlan::cutQueries(StagePart &part) {
  for (auto [number, slice] : llvm::enumerate(attention->results)) {
    std::string reason;
    if (slice.queries >= 0)
      return solveBlocks(stages, part, number, slice.queries, reason);
  }
  return false;
}

LogicalResult KernelPlan::planPart(const StagePart &part, PartKernel &kernel) {
  if (failed(planContractions(part, kernel)))
    return failure();
  if (kernel.registerEpilogue) {
    ContractionPlan &plan = kernel.contractions.at(0);
    if (part.stages.size() > 1 && codeSizeOf(stages, part.stages.back()) > kMaxEpilogueCode)
      plan.storeSums();
    TileCount tiles = plan.tiles();
    kernel.tiles = {{tiles.extentFixed, tiles.extentPerRow}, tiles.tile, tiles.times};
    kernel.scratchBytes = plan.scratchBytes();
    return success();
  }
  chooseTiles(part, kernel);
  return layOutScratch(part, kernel);
}

LogicalResult KernelPlan::planContractions(const StagePart &part, PartKernel &kernel) {
  for (auto [number, stage] : llvm::enumerate(part.stages)) {
    if (stage.kind != Stage::Kind::Contraction)
      continue;
    auto op = cast<MatmulOp>(stage.op);
    for (Value operand : op->getOperands())
      if (const StageBuffer *buffer = stages.findBuffer(stages.getStorage(operand));
          buffer && buffer->isScratch() && !attention)
        return failure();
    int64_t rank = cast<RankedTensorType>(op.getType()).getRank();
    ContractionShape shape;
    for (LinearSize extent : ArrayRef(stage.extents).take_front(rank - 2))
      shape.batch.push_back(toExtent(extent));
    shape.m = toExtent(stage.extents[rank - 2]);
    shape.n = toExtent(stage.extents[rank - 1]);
    shape.k = toExtent(stage.extents[rank]);
    if (stage.phase == Stage::Phase::Sum)
      shape.k = Extent::constant(kernel.blockQueries);
    shape.transposeA = op.getTransposeA();
    shape.transposeB = op.getTransposeB();
    shape.elementA = cast<RankedTensorType>(op.getA().getType()).getElementType();
    shape.elementB = cast<RankedTensorType>(op.getB().getType()).getElementType();
    shape.tunedRows = tunedRows;
    ScopedDiagnosticHandler quiet(op.getContext(), [](Diagnostic &) { return success(); });
    FailureOr<ContractionPlan> plan =
        planContraction(shape, traits, [&] { return op.emitError(); });
    if (failed(plan))
      return failure();
    kernel.contractions.emplace(number, std::move(*plan));
  }
  if (attention)
    return success();
  kernel.registerEpilogue = !kernel.contractions.empty() && stages.isRegisterEpilogue(part);
  if (kernel.registerEpilogue)
    return success();
  // Blocks of whole rows, or of whole matrices.
  for (auto &entry : kernel.contractions)
    if (part.stages[entry.first].axis != 0)
      return failure();
  return success();
}

void KernelPlan::chooseTiles(const StagePart &part, PartKernel &kernel) {
  if (!part.axisExtent) {
    kernel.tiles = {{1, 0}, 1, 1};
    return;
  }
  double sliceWork = 0;
  bool alongVectors = false;
  for (const Stage &stage : part.stages) {
    double work = workPerPoint(stages, stage);
    for (auto [i, extent] : llvm::enumerate(stage.extents))
      if (static_cast<int64_t>(i) != stage.axis)
        work *= extent.at(tunedRows);
    sliceWork += work;
    bool isLoop = stage.kind != Stage::Kind::Contraction && stage.kind != Stage::Kind::Order;
    alongVectors |= isLoop && stage.axis >= 0 && chooseVectorLoop(stages, stage) == stage.axis;
  }
  int64_t extent = std::max<int64_t>(1, part.axisExtent->at(tunedRows));
  double total = sliceWork * extent;
  int64_t wanted = std::clamp<int64_t>(total / kMinTileWork, 1, kMaxTiles);
  wanted = llvm::PowerOf2Ceil(wanted);
  int64_t tile = llvm::divideCeil(extent, wanted);
  // Whole cache lines, whole groups of rows.
  int64_t unit = alongVectors ? std::max<int64_t>(16, traits.lanes(32)) : 1;
  for (auto &entry : kernel.contractions)
    if (entry.second.shape.batch.empty())
      unit = entry.second.rowsPerGroup;
  tile = llvm::alignTo(tile, unit);
  auto scratch = [&](int64_t slices) {
    double bytes = 0;
    for (unsigned i = 0; i < stages.getNumBuffers(); ++i)
      bytes += stages.getBuffer(i).axis == kNoAxis ? 0 : sliceBytes(i, slices);
    return bytes;
  };
  while (tile > unit && scratch(tile) > kMaxScratchBytes / 16)
    tile = llvm::alignTo(tile / 2, unit);
  kernel.tiles = {*part.axisExtent, tile, 1};
}

/// Bytes of a scratch buffer, or -1 if they depend on the batch.
int64_t KernelPlan::sliceBytes(unsigned number, int64_t tile) const {
  const StageBuffer &buffer = stages.getBuffer(number);
  if (!buffer.isScratch())
    return 0;
  int64_t bytes = bytesOf(cast<RankedTensorType>(buffer.value.getType()).getElementType());
  for (auto [i, size] : llvm::enumerate(stages.getSizes(buffer.value))) {
    bool sliced = static_cast<int64_t>(i) == buffer.axis;
    if (!sliced && size.perRow != 0)
      return -1;
    bytes *= sliced ? tile : size.fixed;
  }
  return llvm::alignTo(bytes, 64);
}

/// When the part's scratch buffers are written first and read last, in stages.
std::map<unsigned, LifeTime> KernelPlan::findLifeTimes(const StagePart &part) const {
  std::map<unsigned, LifeTime> lives;
  bool isCut = attention && part.axisExtent;
  for (auto [number, stage] : llvm::enumerate(part.stages)) {
    auto use = [&](const StageBuffer *buffer) {
      if (!buffer || !buffer->isScratch())
        return;
      unsigned first = number;
      auto [life, isNew] = lives.try_emplace(stages.getNumber(*buffer));
      if (isNew)
        life->second.first = first;
      life->second.last = number;
      // What is not of one block stays until all blocks are done.
      if (buffer->axis == kNoAxis && isCut)
        life->second.first = 0, life->second.last = part.stages.size();
    };
    for (const StageStore &store : stage.stores)
      use(&stages.getBuffer(store.buffer));
    stages.forEachRead(
        stage, [&](Value value, AffineMap) { use(stages.findBuffer(stages.getStorage(value))); });
  }
  return lives;
}

LogicalResult KernelPlan::layOutScratch(const StagePart &part, PartKernel &kernel) {
  kernel.generatorScratch = 0;
  for (auto &entry : kernel.contractions)
    kernel.generatorScratch = std::max(kernel.generatorScratch, entry.second.scratchBytes());
  for (const Stage &stage : part.stages)
    if (stage.kind == Stage::Kind::Order)
      kernel.generatorScratch =
          std::max(kernel.generatorScratch, getOrderScratchBytes(stages, stage, traits.lanes(32)));
  std::map<unsigned, LifeTime> lives = findLifeTimes(part);
  SmallVector<LifeTime> tensors;
  for (auto &[buffer, life] : lives) {
    life.size = sliceBytes(buffer, kernel.sliceSize());
    if (life.size < 0)
      return failure();
    tensors.push_back(life);
  }
  int64_t begin = llvm::alignTo(kernel.generatorScratch, 64);
  kernel.scratchBytes = begin + planMemory(tensors, 64);
  for (auto [entry, tensor] : llvm::zip(lives, tensors))
    kernel.bufferOffsets[entry.first] = begin + tensor.offset;
  if (attention && (attention->sampleOffset >= 0 || attention->sums())) {
    kernel.headPlaceOffset = llvm::alignTo(kernel.scratchBytes, 64);
    kernel.scratchBytes = kernel.headPlaceOffset + 64;
  }
  return success(kernel.scratchBytes <= maxScratchBytes);
}

} // namespace weft::cpu
