// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must run before what, while the order grows: no closure is kept, so that memory is that of
// the edges.
#ifndef WEFT_TRANSFORMS_DEPENDENCYGRAPH_H
#define WEFT_TRANSFORMS_DEPENDENCYGRAPH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace weft {

// A graph without cycles. Its nodes are numbered as they are added.
class DependencyGraph {
public:
  unsigned addNode();
  // `node` runs after all of `before`. An edge that would close a cycle is left out.
  void addDependencies(unsigned node, llvm::ArrayRef<unsigned> before);
  // Removes all edges.
  void clearDependencies();

  // Whether `node` runs after `before`, directly or not.
  bool dependsOn(unsigned node, unsigned before) const;
  // The longest chain of nodes before this one; nodes of one level may run at once.
  unsigned getLevel(unsigned node) const { return nodes[node].level; }

private:
  struct Node {
    llvm::SmallVector<unsigned, 4> before;
    llvm::SmallVector<unsigned, 4> after;
    unsigned level = 0;
    // A path to nodes that run before this one: its first step, one that skips others, and how many
    // nodes are on it. Fixed when the node gets its first edge, so that it stays one.
    unsigned parent = kNone;
    unsigned jump = kNone;
    unsigned depth = 0;
  };
  static constexpr unsigned kNone = ~0u;

  bool hasEdge(unsigned node, unsigned before) const;
  void setParent(unsigned node, unsigned parent);
  bool isOnPath(unsigned node, unsigned before) const;
  bool search(unsigned node, unsigned before) const;
  void raiseLevel(unsigned node, unsigned level);

  std::vector<Node> nodes;
  // For searches: the mark of the search that has seen a node last, and of the end it came from.
  mutable std::vector<uint64_t> seen;
  mutable uint64_t lastMark = 0;
};

} // namespace weft

#endif
