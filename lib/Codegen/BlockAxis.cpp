// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a part is run in blocks of a dimension that some of its products sum over: what is computed
// for each block, what is added up over the blocks, and what comes before and after them.
#include "StageLoops.h"

using namespace mlir;

namespace weft {

static bool dependsOn(AffineMap map, int64_t loop) {
  return llvm::any_of(map.getResults(),
                      [&](AffineExpr expr) { return expr.isFunctionOfDim(loop); });
}

/// Propagates the axis of one result to all stages and buffers that follow the blocks.
class BlockSolver {
public:
  BlockSolver(StagePlan &plan, StagePart &part, std::string &reason)
      : plan(plan), part(part), reason(reason) {
    for (unsigned i = 0; i < part.stages.size(); ++i)
      collectAccesses(i);
  }

  bool solve(unsigned result, int64_t dimension) {
    for (StageBuffer &buffer : plan.buffers)
      if (llvm::is_contained(buffer.results, result)) {
        buffer.axis = dimension;
        extent = plan.getSize(buffer.value, dimension);
      }
    for (bool changed = true; changed;) {
      changed = false;
      for (const Access &access : accesses)
        if (!(access.isStore ? propagateStore(access, changed) : propagateRead(access, changed)))
          return clear();
    }
    if (!setPhases())
      return clear();
    part.axisExtent = extent;
    llvm::stable_sort(part.stages, [](const Stage &a, const Stage &b) {
      auto rank = [](Stage::Phase phase) {
        return phase == Stage::Phase::Before ? 0 : phase == Stage::Phase::After ? 2 : 1;
      };
      return rank(a.phase) < rank(b.phase);
    });
    return true;
  }

private:
  struct Access {
    unsigned stage, buffer;
    AffineMap map;
    bool isStore = false;
    /// Whether the buffer is read under another shape.
    bool isView = false;
  };

  void collectAccesses(unsigned number) {
    const Stage &stage = part.stages[number];
    plan.forEachRead(stage, [&](Value value, AffineMap map) {
      Value storage = plan.getStorage(value);
      if (const StageBuffer *buffer = plan.findBuffer(storage))
        accesses.push_back({number, plan.getNumber(*buffer), map, false, value != storage});
    });
    for (const StageStore &store : stage.stores)
      accesses.push_back({number, store.buffer, store.map, true, false});
  }

  bool fail(const char *why) {
    reason = why;
    return false;
  }

  bool clear() {
    for (Stage &stage : part.stages) {
      stage.axis = kNoAxis;
      stage.phase = Stage::Phase::Block;
      for (const StageStore &store : stage.stores)
        plan.buffers[store.buffer].axis = kNoAxis;
    }
    return false;
  }

  bool isSum(const Stage &stage) const {
    return stage.axis != kNoAxis && stage.isReduction[stage.axis];
  }

  /// The stage's loop that runs along dimension `axis` of what it accesses is its axis.
  bool setAxis(Stage &stage, AffineMap map, int64_t axis, bool &changed) {
    auto dim = dyn_cast<AffineDimExpr>(map.getResult(axis));
    if (!dim || positionOf(map, dim.getPosition()) != axis)
      return fail("a tensor is needed whole by what follows");
    int64_t loop = dim.getPosition();
    if (stage.isReduction[loop] && stage.kind != Stage::Kind::Contraction)
      return fail("a sum over the dimension is no product");
    if (stage.axis == kNoAxis) {
      stage.axis = loop;
      changed = true;
    }
    return stage.axis == loop || fail("two dimensions of a tensor are cut");
  }

  bool propagateStore(const Access &access, bool &changed) {
    Stage &stage = part.stages[access.stage];
    StageBuffer &buffer = plan.buffers[access.buffer];
    if (buffer.axis != kNoAxis && !setAxis(stage, access.map, buffer.axis, changed))
      return false;
    if (stage.axis == kNoAxis || isSum(stage))
      return true;
    std::optional<int64_t> position = positionOf(access.map, stage.axis);
    if (!position)
      return fail("slices of a tensor are not stored as such");
    changed |= buffer.axis == kNoAxis;
    buffer.axis = *position;
    return true;
  }

  bool propagateRead(const Access &access, bool &changed) {
    Stage &stage = part.stages[access.stage];
    StageBuffer &buffer = plan.buffers[access.buffer];
    if (access.isView)
      return (buffer.axis == kNoAxis && stage.axis == kNoAxis) ||
             fail("a reshape moves the dimension that is cut");
    if (buffer.axis != kNoAxis)
      return setAxis(stage, access.map, buffer.axis, changed);
    if (stage.axis == kNoAxis || !dependsOn(access.map, stage.axis))
      return true;
    std::optional<int64_t> position = positionOf(access.map, stage.axis);
    if (!position)
      return fail("a slice needs more than a slice of another tensor");
    buffer.axis = *position;
    changed = true;
    return true;
  }

  /// What is summed over the blocks is there after all of them.
  bool setPhases() {
    std::vector<bool> isSummed(plan.buffers.size(), false);
    for (auto [number, stage] : llvm::enumerate(part.stages)) {
      bool needsSums = false;
      for (const Access &access : accesses)
        needsSums |= access.stage == number && !access.isStore && isSummed[access.buffer];
      if (stage.axis == kNoAxis)
        stage.phase = needsSums ? Stage::Phase::After : Stage::Phase::Before;
      else if (needsSums)
        return fail("a slice needs a sum over all slices");
      else
        stage.phase = isSum(stage) ? Stage::Phase::Sum : Stage::Phase::Block;
      for (const StageStore &store : stage.stores)
        isSummed[store.buffer] = needsSums || stage.phase == Stage::Phase::Sum;
    }
    return true;
  }

  StagePlan &plan;
  StagePart &part;
  std::string &reason;
  SmallVector<Access> accesses;
  LinearSize extent;
};

bool solveBlocks(StagePlan &plan, StagePart &part, unsigned result, int64_t dimension,
                 std::string &reason) {
  return BlockSolver(plan, part, reason).solve(result, dimension);
}

} // namespace weft
