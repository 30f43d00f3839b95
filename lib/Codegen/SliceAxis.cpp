// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Along which dimension a part can be cut: a slice must read of the part's own tensors only the
// same slice, so that slices are independent.
#include "StageLoops.h"

#include "llvm/ADT/Twine.h"

using namespace mlir;

namespace weft {
std::optional<int64_t> positionOf(AffineMap map, int64_t loop) {
  std::optional<int64_t> position;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (!expr.isFunctionOfDim(loop))
      continue;
    if (position || !isa<AffineDimExpr>(expr))
      return std::nullopt;
    position = i;
  }
  return position;
}

namespace {

/// The loop that dimension `axis` of a tensor accessed at `map` runs along.
std::optional<int64_t> loopOf(AffineMap map, int64_t axis) {
  auto dim = dyn_cast<AffineDimExpr>(map.getResult(axis));
  if (!dim || positionOf(map, dim.getPosition()) != axis)
    return std::nullopt;
  return dim.getPosition();
}

} // namespace

/// Propagates the axis of one buffer of a part to all stages and buffers of the part.
class AxisSolver {
public:
  AxisSolver(StagePlan &plan, StagePart &part) : plan(plan), part(part) {
    for (unsigned i = 0; i < part.stages.size(); ++i)
      collectAccesses(i);
  }

  bool solve(std::string &reason) {
    if (part.stages.empty())
      return false;
    // The last store is a result, in most parts the largest.
    unsigned start = largestResult();
    int64_t rank = plan.getSizes(plan.buffers[start].value).size();
    if (rank == 0)
      reason = "its result is a scalar";
    for (int64_t axis = 0; axis < rank; ++axis)
      if (propagate(start, axis, reason))
        return true;
    // Once more without the stages that can run whole for each slice, as numbers must.
    if (findWhole())
      for (int64_t axis = 0; axis < rank; ++axis)
        if (propagate(start, axis, reason))
          return part.hasWholeStages = true;
    clear();
    return false;
  }

private:
  struct Access {
    unsigned stage, buffer;
    AffineMap map;
    /// Whether the buffer is accessed under another shape; if so, whether dimension 0 is the same.
    bool isView = false;
    bool keepsOutermost = true;
    bool isStore = false;
  };

  void collectAccesses(unsigned number) {
    const Stage &stage = part.stages[number];
    plan.forEachRead(stage, [&](Value value, AffineMap map) {
      Value storage = plan.getStorage(value);
      const StageBuffer *buffer = plan.findBuffer(storage);
      if (!buffer)
        return;
      SmallVector<LinearSize> sizes = plan.getSizes(storage), viewed = plan.getSizes(value);
      bool keepsOutermost = !sizes.empty() && !viewed.empty() && sizes[0] == viewed[0];
      accesses.push_back({number, static_cast<unsigned>(buffer - plan.buffers.data()), map,
                          value != storage, keepsOutermost});
    });
    for (const StageStore &store : stage.stores)
      accesses.push_back({number, store.buffer, store.map, false, true, /*isStore=*/true});
  }

  /// Finds the stages that make a few elements, for others of the part only, from what is whole.
  bool findWhole() {
    constexpr int64_t kMaxElements = 256;
    wholeStages.assign(part.stages.size(), false);
    wholeBuffers.assign(plan.buffers.size(), false);
    for (auto [number, stage] : llvm::enumerate(part.stages)) {
      int64_t elements = 1;
      for (LinearSize extent : stage.extents)
        elements =
            extent.perRow ? kMaxElements + 1 : std::min(elements * extent.fixed, kMaxElements + 1);
      bool isWhole = elements <= kMaxElements && (stage.kind == Stage::Kind::Elementwise ||
                                                  stage.kind == Stage::Kind::Reduction);
      for (const StageStore &store : stage.stores)
        isWhole &= plan.buffers[store.buffer].isScratch() && isStoredOnce(store.buffer);
      for (const Access &access : accesses)
        if (access.stage == number && !access.isStore)
          isWhole &= wholeBuffers[access.buffer];
      wholeStages[number] = isWhole;
      for (const StageStore &store : stage.stores)
        wholeBuffers[store.buffer] = isWhole;
    }
    llvm::erase_if(accesses, [&](const Access &access) { return wholeBuffers[access.buffer]; });
    return llvm::is_contained(wholeStages, true);
  }

  bool isStoredOnce(unsigned buffer) const {
    return llvm::count_if(accesses, [&](const Access &access) {
             return access.isStore && access.buffer == buffer;
           }) == 1;
  }

  unsigned largestResult() const {
    unsigned best = part.stages.back().stores.back().buffer;
    size_t bestRank = 0;
    bool bestDynamic = false;
    for (const Stage &stage : part.stages)
      for (const StageStore &store : stage.stores) {
        const StageBuffer &buffer = plan.buffers[store.buffer];
        SmallVector<LinearSize> sizes = plan.getSizes(buffer.value);
        bool dynamic = !sizes.empty() && sizes[0].perRow != 0;
        if (buffer.isScratch() ||
            std::pair(dynamic, sizes.size()) < std::pair(bestDynamic, bestRank))
          continue;
        best = store.buffer;
        bestRank = sizes.size();
        bestDynamic = dynamic;
      }
    return best;
  }

  void clear() {
    for (Stage &stage : part.stages) {
      stage.axis = kNoAxis;
      for (const StageStore &store : stage.stores)
        plan.buffers[store.buffer].axis = kNoAxis;
    }
    part.axisExtent.reset();
  }

  bool propagate(unsigned start, int64_t axis, std::string &reason) {
    clear();
    extent = plan.getSize(plan.buffers[start].value, axis);
    if (extent == LinearSize{1, 0}) {
      reason = "dimension " + std::to_string(axis) + " has size 1";
      return false;
    }
    plan.buffers[start].axis = axis;
    do {
      for (bool changed = true; changed;) {
        changed = false;
        for (const Access &access : accesses)
          if (!propagate(access, changed, reason))
            return false;
      }
    } while (seedUnreached());
    for (auto [number, stage] : llvm::enumerate(part.stages))
      if (stage.axis == kNoAxis && !isWhole(number)) {
        reason = "a tensor has no dimension that is sliced alike";
        return false;
      }
    part.axisExtent = extent;
    return true;
  }

  bool propagate(const Access &access, bool &changed, std::string &reason) {
    Stage &stage = part.stages[access.stage];
    StageBuffer &buffer = plan.buffers[access.buffer];
    if (stage.axis == kNoAxis && buffer.axis == kNoAxis)
      return true;
    if (access.isView && (buffer.axis > 0 || !access.keepsOutermost)) {
      reason = "a reshape moves the dimension that is sliced";
      return false;
    }
    if (stage.axis == kNoAxis) {
      std::optional<int64_t> loop = loopOf(access.map, buffer.axis);
      if (!loop || stage.isReduction[*loop] || stage.extents[*loop] != extent) {
        reason = "dimension " + std::to_string(buffer.axis) +
                 " of a tensor is needed whole by what follows";
        return false;
      }
      stage.axis = *loop;
      changed = true;
      return true;
    }
    std::optional<int64_t> position = positionOf(access.map, stage.axis);
    if (!position || (buffer.axis != kNoAxis && buffer.axis != *position) ||
        (access.isView && *position != 0)) {
      reason = "slices of one tensor need more than a slice of another";
      return false;
    }
    changed |= buffer.axis == kNoAxis;
    buffer.axis = *position;
    return true;
  }

  /// Stages that share only what they compute: sliced alike if they have a dimension of the same
  /// size.
  bool seedUnreached() {
    for (auto [number, stage] : llvm::enumerate(part.stages)) {
      if (stage.axis != kNoAxis || isWhole(number))
        continue;
      for (int64_t i = 0; i < stage.getNumLoops(); ++i)
        if (!stage.isReduction[i] && stage.extents[i] == extent) {
          stage.axis = i;
          return true;
        }
      return false;
    }
    return false;
  }

  bool isWhole(unsigned stage) const { return !wholeStages.empty() && wholeStages[stage]; }

  StagePlan &plan;
  StagePart &part;
  SmallVector<Access> accesses;
  LinearSize extent;
  std::vector<bool> wholeStages, wholeBuffers;
};

bool solveAxes(StagePlan &plan, std::string &reason) {
  bool all = true;
  for (StagePart &part : plan.getParts())
    all &= AxisSolver(plan, part).solve(reason);
  return all;
}

} // namespace weft
