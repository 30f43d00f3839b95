// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Greedy placement by size. Which memory is taken while is kept in a tree of times, as few ranges:
// tensors of long lives lie side by side, so that these do not grow with their number.
#include "weft/Codegen/MemoryPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace weft {

namespace {

struct Range {
  int64_t begin;
  int64_t end;
};

// Disjoint ranges in order; those that touch are one.
class RangeSet {
public:
  void add(Range range) {
    auto *first = std::lower_bound(ranges.begin(), ranges.end(), range.begin,
                                   [](const Range &a, int64_t begin) { return a.end < begin; });
    auto *last = first;
    for (; last != ranges.end() && last->begin <= range.end; ++last) {
      range.begin = std::min(range.begin, last->begin);
      range.end = std::max(range.end, last->end);
    }
    if (first == last) {
      ranges.insert(first, range);
      return;
    }
    *first = range;
    ranges.erase(first + 1, last);
  }

  llvm::ArrayRef<Range> get() const { return ranges; }

private:
  llvm::SmallVector<Range, 1> ranges;
};

// What memory is taken when: a binary tree over steps.
class Occupancy {
public:
  explicit Occupancy(unsigned numSteps) : numSteps(numSteps), nodes(4 * size_t(numSteps)) {}

  void add(unsigned first, unsigned last, Range range) {
    visit(first, last, [&](Node &node, bool isWhole) {
      node.sometimes.add(range);
      if (isWhole)
        node.always.add(range);
    });
  }

  // What is taken at any of the steps, in order of its begin; parts of it may overlap.
  llvm::SmallVector<Range> find(unsigned first, unsigned last) {
    llvm::SmallVector<Range> found;
    visit(first, last, [&](Node &node, bool isWhole) {
      llvm::append_range(found, isWhole ? node.sometimes.get() : node.always.get());
    });
    llvm::sort(found, [](const Range &a, const Range &b) { return a.begin < b.begin; });
    return found;
  }

private:
  // What is taken at some of a node's steps, and what a tensor takes that lives for all of them but
  // not for all of its parent's.
  struct Node {
    RangeSet sometimes;
    RangeSet always;
  };

  // The nodes that are, as a whole, within the steps, and those above them.
  template <typename F>
  void visit(unsigned first, unsigned last, F use) {
    visit(1, 0, numSteps - 1, first, last, use);
  }
  template <typename F>
  void visit(size_t number, unsigned begin, unsigned end, unsigned first, unsigned last, F &use) {
    if (last < begin || end < first)
      return;
    bool isWhole = first <= begin && end <= last;
    use(nodes[number], isWhole);
    if (isWhole)
      return;
    unsigned middle = begin + (end - begin) / 2;
    visit(2 * number, begin, middle, first, last, use);
    visit(2 * number + 1, middle + 1, end, first, last, use);
  }

  unsigned numSteps;
  std::vector<Node> nodes;
};

} // namespace

// The offset of the smallest gap between `taken` that holds `size` bytes.
static int64_t findGap(llvm::ArrayRef<Range> taken, int64_t size) {
  int64_t end = 0;
  int64_t best = -1;
  int64_t bestGap = std::numeric_limits<int64_t>::max();
  for (const Range &range : taken) {
    int64_t gap = range.begin - end;
    if (gap >= size && gap < bestGap) {
      best = end;
      bestGap = gap;
    }
    end = std::max(end, range.end);
  }
  return best >= 0 ? best : end;
}

int64_t planMemory(llvm::MutableArrayRef<LifeTime> tensors, int64_t alignment) {
  llvm::SmallVector<LifeTime *> order;
  unsigned numSteps = 1;
  for (LifeTime &tensor : tensors) {
    order.push_back(&tensor);
    numSteps = std::max(numSteps, tensor.last + 1);
  }
  llvm::stable_sort(order, [](LifeTime *a, LifeTime *b) { return a->size > b->size; });

  int64_t bytes = 0;
  Occupancy occupancy(numSteps);
  for (LifeTime *tensor : order) {
    tensor->offset = findGap(occupancy.find(tensor->first, tensor->last), tensor->size);
    int64_t end = llvm::alignTo(tensor->offset + tensor->size, alignment);
    bytes = std::max(bytes, end);
    if (tensor->size > 0)
      occupancy.add(tensor->first, tensor->last, {tensor->offset, end});
  }
  return bytes;
}

} // namespace weft
