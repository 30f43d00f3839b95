// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Levels answer most questions at once; of the others, a remembered path answers most that are true
// and a search from both ends, which is over with the smaller side, most that are false.
#include "weft/Transforms/DependencyGraph.h"

#include "llvm/ADT/STLExtras.h"

#include <queue>

namespace weft {

unsigned DependencyGraph::addNode() {
  nodes.emplace_back();
  seen.push_back(0);
  return nodes.size() - 1;
}

void DependencyGraph::clearDependencies() {
  for (Node &node : nodes)
    node = Node();
}

// The places of a skew binary number: a path of n nodes is walked in O(log n) steps.
void DependencyGraph::setParent(unsigned node, unsigned parent) {
  auto getJump = [&](unsigned from) { return nodes[from].jump; };
  auto getLength = [&](unsigned from) { return nodes[from].depth - nodes[getJump(from)].depth; };
  nodes[node].parent = parent;
  nodes[node].depth = nodes[parent].depth + 1;
  unsigned jump = getJump(parent);
  bool areEqual = jump != kNone && getJump(jump) != kNone && getLength(parent) == getLength(jump);
  nodes[node].jump = areEqual ? getJump(jump) : parent;
}

bool DependencyGraph::isOnPath(unsigned node, unsigned before) const {
  unsigned depth = nodes[before].depth;
  while (nodes[node].depth > depth) {
    unsigned jump = nodes[node].jump;
    node = nodes[jump].depth >= depth ? jump : nodes[node].parent;
  }
  return node == before;
}

namespace {
// The nodes that a search has found from one end, and the edge that it looks at next.
struct Frontier {
  llvm::SmallVector<unsigned> found;
  uint64_t mark;
  size_t node = 0;
  size_t edge = 0;
};
} // namespace

// Takes turns between what `node` runs after and what runs after `before`, an edge at a time,
// within the levels in between.
bool DependencyGraph::search(unsigned node, unsigned before) const {
  unsigned lowest = nodes[before].level, highest = nodes[node].level;
  Frontier down = {{node}, ++lastMark}, up = {{before}, ++lastMark};
  seen[node] = down.mark;
  seen[before] = up.mark;
  Frontier *side = &down, *other = &up;
  while (side->node < side->found.size()) {
    const Node &at = nodes[side->found[side->node]];
    llvm::ArrayRef<unsigned> edges = side == &down ? at.before : at.after;
    if (side->edge == edges.size()) {
      ++side->node;
      side->edge = 0;
      continue;
    }
    unsigned next = edges[side->edge++];
    if (seen[next] == other->mark)
      return true;
    if (seen[next] != side->mark && nodes[next].level > lowest && nodes[next].level < highest) {
      seen[next] = side->mark;
      side->found.push_back(next);
    }
    std::swap(side, other);
  }
  return false;
}

bool DependencyGraph::dependsOn(unsigned node, unsigned before) const {
  if (nodes[node].level <= nodes[before].level || nodes[before].after.empty())
    return false;
  return isOnPath(node, before) || search(node, before);
}

// Lower levels first, as they were: each node is visited once, after all before it.
void DependencyGraph::raiseLevel(unsigned node, unsigned level) {
  using Entry = std::pair<unsigned, unsigned>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> raised;
  auto raise = [&](unsigned which, unsigned least) {
    if (nodes[which].level >= least)
      return;
    raised.push({nodes[which].level, which});
    nodes[which].level = least;
  };
  raise(node, level);
  while (!raised.empty()) {
    unsigned at = raised.top().second;
    raised.pop();
    for (unsigned next : nodes[at].after)
      raise(next, nodes[at].level + 1);
  }
}

bool DependencyGraph::hasEdge(unsigned node, unsigned before) const {
  const Node &from = nodes[node], &to = nodes[before];
  return from.before.size() < to.after.size() ? llvm::is_contained(from.before, before)
                                              : llvm::is_contained(to.after, node);
}

void DependencyGraph::addDependencies(unsigned node, llvm::ArrayRef<unsigned> before) {
  bool isFirst = nodes[node].before.empty() && nodes[node].after.empty();
  unsigned parent = kNone;
  for (unsigned other : before) {
    if (other == node || hasEdge(node, other) || dependsOn(other, node))
      continue;
    nodes[node].before.push_back(other);
    nodes[other].after.push_back(node);
    raiseLevel(node, nodes[other].level + 1);
    if (parent == kNone || nodes[other].level > nodes[parent].level)
      parent = other;
  }
  if (isFirst && parent != kNone)
    setParent(node, parent);
}

} // namespace weft
