// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a contraction is cut: register tile, panels, blocks of k, tiles, and what is packed.
// Everything is a function of the shape and of the CPU's traits, never of a number of threads.
#include "weft/Target/CPU/Contraction.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace mlir;

namespace weft::cpu {
namespace {

// What the model of costs assumes of a core: it only has to order the candidates.
constexpr double kMultiplyAddsPerCycle = 2;
constexpr double kLoadsPerCycle = 2;
/// A little more than is documented: sums that just cover it do not quite keep the core busy.
constexpr double kMultiplyAddLatency = 4.1;
constexpr double kPanelBytesInFirstLevel = 16 << 10;
constexpr double kStreamedBytesPerCycle = 24;
/// Remainders cost code and mispredicted branches.
constexpr double kRemainderPenalty = 1.01;
constexpr int64_t kMaxRowsPerGroup = 8;
/// Longest block of k: a group of rows of A stays in the first-level cache.
constexpr int64_t kMaxDepth = 1024;
/// The same where A is stored transposed and packed in panels: shorter blocks leave room in the
/// second-level cache for more columns, which share the copies of A.
constexpr int64_t kMaxTransposedDepth = 256;
/// Shortest block for a k that depends on the rows of the call.
constexpr int64_t kMinDynamicDepth = 256;
/// Packed B of a block of columns should fit in the second-level cache.
constexpr double kPackedBytesWanted = 400 << 10;
/// Rows of packed A and of waiting sums.
constexpr int64_t kRowsPerBlock = 192;
/// Sums that wait for one loop should stay in the first-level cache.
constexpr int64_t kStoredSumsBytes = 32 << 10;
/// Rows and columns of a tile for which both operands are packed, A in panels: enough of each that
/// copies are few, and few enough that the packed columns stay in the second-level cache
/// (measured).
constexpr int64_t kPackedTileRows = 96;
constexpr int64_t kPackedTileColumns = 384;
/// What handing out a tile costs, in multiply-adds.
constexpr double kTileOverhead = 50e3;
/// Below these, the caches do what packing B would.
constexpr int64_t kPackedRows = 32;
constexpr int64_t kPackedDepth = 128;

/// Cycles of one step of k of a register tile.
double registerTileCost(const ContractionPlan &plan, int64_t rows, int64_t vectors) {
  double compute = rows * vectors / kMultiplyAddsPerCycle;
  double loads = (rows + vectors) / kLoadsPerCycle;
  // A panel that the first-level cache cannot hold streams from the second.
  double bytes = vectors * plan.traits.vectorBytes;
  double stream =
      bytes * plan.depthPerBlock > kPanelBytesInFirstLevel ? bytes / kStreamedBytesPerCycle : 0;
  return std::max({compute, loads, stream, kMultiplyAddLatency}) + 0.02 * loads;
}

/// The groups that `rows` rows are cut in; see ContractionEmitter::forEachGroup.
double rowsCost(const ContractionPlan &plan, int64_t rows, int64_t rowsPerGroup, int64_t vectors) {
  int64_t groups = rows / rowsPerGroup, rest = rows % rowsPerGroup;
  if (rest && rest <= rowsPerGroup / 2 && groups) {
    --groups;
    rest += rowsPerGroup;
  }
  double cost = groups * registerTileCost(plan, rowsPerGroup, vectors);
  if (!rest)
    return cost;
  if (rest <= rowsPerGroup)
    cost += registerTileCost(plan, rest, vectors);
  else
    cost +=
        registerTileCost(plan, (rest + 1) / 2, vectors) + registerTileCost(plan, rest / 2, vectors);
  return cost * kRemainderPenalty;
}

void chooseRegisterTile(ContractionPlan &plan) {
  int64_t rows = std::max<int64_t>(1, plan.shape.m.at(plan.shape.tunedRows));
  int64_t vectors = llvm::divideCeil(plan.shape.n.fixed, plan.lanes);
  double best = std::numeric_limits<double>::infinity();
  for (int64_t panelVectors = 1; panelVectors <= std::min<int64_t>(vectors, 6); ++panelVectors) {
    for (int64_t groupRows = 1; groupRows <= std::min(rows, kMaxRowsPerGroup); ++groupRows) {
      if (groupRows * panelVectors + panelVectors + 1 > plan.traits.vectorRegisters)
        continue;
      double cost = (vectors / panelVectors) * rowsCost(plan, rows, groupRows, panelVectors);
      if (int64_t tail = vectors % panelVectors)
        cost = (cost + rowsCost(plan, rows, groupRows, tail)) * kRemainderPenalty;
      if (cost < best) {
        best = cost;
        plan.rowsPerGroup = groupRows;
        plan.vectorsPerPanel = panelVectors;
      }
    }
  }
}

void chooseDepth(ContractionPlan &plan) {
  const Extent &k = plan.shape.k;
  int64_t depth = std::max<int64_t>(1, k.at(plan.shape.tunedRows));
  int64_t blocks = llvm::divideCeil(depth, plan.shape.transposeA ? kMaxTransposedDepth : kMaxDepth);
  plan.depthPerBlock = llvm::alignTo(llvm::divideCeil(depth, blocks), plan.lanes);
  plan.splitsDepth = blocks > 1 || k.isDynamic();
  if (k.isDynamic())
    plan.depthPerBlock = std::max(plan.depthPerBlock, kMinDynamicDepth);
}

/// Whether a column of B's panels lies at so few places modulo 4096 that the first-level cache
/// cannot hold it.
bool competesForCacheLines(const ContractionPlan &plan, int64_t depth) {
  int64_t stride = plan.shape.n.fixed * plan.accumulatorBytes();
  int64_t places = 4096 / std::clamp<int64_t>(std::gcd(stride, int64_t(4096)), 64, 4096);
  return depth > 8 * places;
}

void choosePacking(ContractionPlan &plan) {
  const ContractionShape &shape = plan.shape;
  int64_t rows = shape.m.at(shape.tunedRows), depth = shape.k.at(shape.tunedRows);
  bool several = plan.panels() > 1;
  if (shape.elementA != plan.accumulator && several)
    plan.packA = shape.transposeA ? ContractionPlan::PackA::Panels : ContractionPlan::PackA::Rows;
  else if (shape.transposeA && several && depth > 128)
    plan.packA = ContractionPlan::PackA::Panels;
  bool copies = shape.transposeB || shape.elementB != plan.accumulator;
  bool pays = several && rows >= kPackedRows &&
              (depth > kPackedDepth || competesForCacheLines(plan, depth));
  // Without masked loads, the edge of the columns is cheap to read only where it was padded.
  bool hasSlowEdge = !plan.traits.hasMaskedMemory && shape.n.fixed % plan.lanes != 0;
  plan.packB = copies || pays || hasSlowEdge;
}

/// One way to cut C: sizes in elements, work in multiply-adds.
struct Tiling {
  double rows, columns;
  double allRows;
  double tiles;
  double tileWork, allWork;
};

Tiling tilingOf(const ContractionPlan &plan, int64_t rows, int64_t panels) {
  const ContractionShape &shape = plan.shape;
  double allRows = std::max<int64_t>(1, shape.m.at(shape.tunedRows));
  double depth = std::max<int64_t>(1, shape.k.at(shape.tunedRows)), batch = 1;
  for (const Extent &extent : shape.batch)
    batch *= extent.at(shape.tunedRows);
  Tiling tiling{std::min<double>(rows, allRows),
                std::min<double>(panels * plan.panelWidth(), shape.n.fixed),
                allRows,
                0,
                0,
                0};
  tiling.tiles = std::ceil(allRows / rows) * llvm::divideCeil(plan.panels(), panels) * batch;
  tiling.tileWork = tiling.rows * tiling.columns * depth;
  tiling.allWork = allRows * shape.n.fixed * depth * batch;
  return tiling;
}

/// Time for copies relative to that for multiply-adds. Copying an element takes about as long as
/// `copy` of these.
double packingCost(const ContractionPlan &plan, const Tiling &tiling, double threads) {
  double copy = 4 * (plan.shape.transposeB ? 2 : 1), cost = 0;
  if (plan.packB) {
    // The tiles of one thread that follow each other share a copy.
    double reuse = std::min(tiling.allRows, std::ceil(tiling.tiles / threads) * tiling.rows);
    cost += copy / (plan.splitsDepth ? std::min<double>(reuse, kRowsPerBlock) : reuse);
    double bytes = tiling.columns * plan.depthPerBlock * plan.accumulatorBytes();
    cost += 0.1 * std::max(0.0, bytes / kPackedBytesWanted - 1);
  }
  if (plan.packA != ContractionPlan::PackA::None)
    cost += 4 / tiling.columns;
  return cost;
}

/// Time to compute C in tiles on various numbers of threads, relative to what their multiply-adds
/// alone would take: idle threads, copies, handing out.
double tilingCost(const ContractionPlan &plan, const Tiling &tiling) {
  double cost = 0;
  for (double threads : {2, 3, 4, 6, 8, 12, 16}) {
    double busy = std::ceil(tiling.tiles / threads) * threads * tiling.tileWork / tiling.allWork;
    cost += busy * (1 + packingCost(plan, tiling, threads) + kTileOverhead / tiling.tileWork);
  }
  return cost;
}

void chooseTiles(ContractionPlan &plan) {
  int64_t rows = std::max<int64_t>(1, plan.shape.m.at(plan.shape.tunedRows));
  int64_t groups = llvm::divideCeil(rows, plan.rowsPerGroup);
  if (plan.packA == ContractionPlan::PackA::Panels && plan.packB) {
    auto share = [](int64_t all, int64_t wanted) {
      return llvm::divideCeil(all, std::max<int64_t>(1, llvm::divideNearest(all, wanted)));
    };
    plan.panelsPerTile = share(plan.panels(), kPackedTileColumns / plan.panelWidth());
    plan.rowsPerTile = share(groups, kPackedTileRows / plan.rowsPerGroup) * plan.rowsPerGroup;
    plan.rowsPerBlock =
        std::min<int64_t>(groups, kRowsPerBlock / plan.rowsPerGroup) * plan.rowsPerGroup;
    return;
  }
  double best = std::numeric_limits<double>::infinity();
  for (int64_t columnBlocks = 1; columnBlocks <= std::min<int64_t>(plan.panels(), 64);
       ++columnBlocks) {
    int64_t panels = llvm::divideCeil(plan.panels(), columnBlocks);
    for (int64_t rowBlocks = 1; rowBlocks <= std::min<int64_t>(groups, 64); ++rowBlocks) {
      int64_t tileRows = llvm::divideCeil(groups, rowBlocks) * plan.rowsPerGroup;
      double cost = tilingCost(plan, tilingOf(plan, tileRows, panels));
      if (cost < best * 0.999) {
        best = cost;
        plan.panelsPerTile = panels;
        plan.rowsPerTile = tileRows;
      }
    }
  }
  if (plan.splitsDepth || plan.packA != ContractionPlan::PackA::None)
    plan.rowsPerBlock =
        std::min<int64_t>(groups, kRowsPerBlock / plan.rowsPerGroup) * plan.rowsPerGroup;
}

/// The type that sums are kept in; null for operands that are not supported.
FloatType accumulatorOf(Type a, Type b) {
  auto supported = [](Type type) {
    return isa<Float32Type, Float64Type, BFloat16Type, Float16Type>(type);
  };
  if (!supported(a) || !supported(b))
    return {};
  if (a.isF64() || b.isF64())
    return Float64Type::get(a.getContext());
  return Float32Type::get(a.getContext());
}

} // namespace

FailureOr<ContractionPlan> planContraction(const ContractionShape &shape, const CpuTraits &traits,
                                           llvm::function_ref<InFlightDiagnostic()> emitError) {
  ContractionPlan plan;
  plan.shape = shape;
  plan.traits = traits;
  plan.accumulator = accumulatorOf(shape.elementA, shape.elementB);
  if (!plan.accumulator)
    return emitError() << "contraction operands must be f32, f64, bf16 or f16, found "
                       << shape.elementA << " and " << shape.elementB;
  if ((shape.elementA.isF16() || shape.elementB.isF16()) && !traits.hasF16Conversion)
    return emitError() << "contraction of f16 needs a CPU that converts f16 (F16C)";
  if (shape.n.isDynamic())
    return emitError()
           << "the columns of a contraction must have a static size, found a multiple of the rows";
  for (const Extent &extent : llvm::drop_begin(shape.batch, shape.batch.empty() ? 0 : 1))
    if (extent.isDynamic())
      return emitError() << "only the first batch dimension of a contraction may be dynamic";
  if (!shape.batch.empty() && shape.batch[0].isDynamic() && shape.m.isDynamic())
    return emitError() << "a contraction may have dynamic rows or a dynamic batch, not both";

  plan.lanes = traits.lanes(plan.accumulator.getWidth());
  chooseDepth(plan);
  chooseRegisterTile(plan);
  choosePacking(plan);
  chooseTiles(plan);
  return plan;
}

void ContractionPlan::storeSums() {
  storesSums = true;
  if (rowsPerBlock)
    return;
  int64_t groupBytes = rowsPerGroup * panelsPerTile * panelWidth() * accumulatorBytes();
  int64_t groups = std::max<int64_t>(1, kStoredSumsBytes / groupBytes);
  rowsPerBlock = std::min(groups * rowsPerGroup, rowsPerTile);
}

TileCount ContractionPlan::tiles() const {
  TileCount count;
  count.times = columnBlocks();
  for (const Extent &extent : shape.batch)
    if (!extent.isDynamic())
      count.times *= extent.fixed;
  if (!shape.batch.empty() && shape.batch[0].isDynamic()) {
    count.extentPerRow = shape.batch[0].perRow;
    count.times *= llvm::divideCeil(shape.m.fixed, rowsPerTile);
    return count;
  }
  count.extentFixed = shape.m.fixed * (shape.m.isDynamic() ? 0 : 1);
  count.extentPerRow = shape.m.perRow;
  count.tile = rowsPerTile;
  return count;
}

int64_t ContractionPlan::packedDepthB() const {
  int64_t depth = llvm::alignTo(depthPerBlock, lanes);
  return depth * panelWidth() * accumulatorBytes() % 2048 ? depth : depth + 1;
}

int64_t ContractionPlan::packedDepthA() const {
  int64_t width = packA == PackA::Panels ? rowsPerGroup : 1;
  return depthPerBlock * width * accumulatorBytes() % 2048
             ? depthPerBlock
             : depthPerBlock + 64 / (width * accumulatorBytes()) + 1;
}

int64_t ContractionPlan::packedBBytes() const {
  if (!packB)
    return 0;
  return llvm::alignTo(
      std::min(panelsPerTile, panels()) * packedDepthB() * panelWidth() * accumulatorBytes(), 64);
}

int64_t ContractionPlan::packedABytes() const {
  if (packA == PackA::None)
    return 0;
  // Groups of a remainder may be narrower, and so more: one slot to spare.
  return llvm::alignTo((rowsPerBlock + rowsPerGroup) * packedDepthA() * accumulatorBytes(), 64);
}

int64_t ContractionPlan::partialBytes() const {
  if (!hasPartialSums())
    return 0;
  return llvm::alignTo(rowsPerBlock * panelsPerTile * panelWidth() * accumulatorBytes(), 64);
}

SmallVector<int64_t> ContractionPlan::rowRemainders(int64_t blockRows) const {
  int64_t step = std::gcd(blockRows, rowsPerGroup);
  int64_t last =
      shape.m.isDynamic() ? std::gcd(shape.m.perRow, blockRows) : shape.m.fixed % blockRows;
  std::set<int64_t> remainders;
  int64_t lastStep = shape.m.isDynamic() ? last : 0;
  auto insert = [&](int64_t extent) {
    if (int64_t rest = extent % rowsPerGroup) {
      remainders.insert(rest);
      if (rest <= rowsPerGroup / 2)
        remainders.insert(rest + rowsPerGroup);
    }
  };
  for (int64_t i = 0; i < rowsPerGroup; ++i) {
    insert(i * step);
    for (int64_t j = 0; j < (lastStep ? rowsPerGroup : 1); ++j)
      insert(last + i * step + j * lastStep);
  }
  return llvm::to_vector(remainders);
}

} // namespace weft::cpu
