// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of clusters and of steps against its closure, and what it costs for long chains.
#include "weft/Transforms/DependencyGraph.h"

#include "llvm/ADT/BitVector.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using weft::DependencyGraph;

namespace {

// The same by a set of all that each node runs after.
struct Closure {
  std::vector<llvm::BitVector> before;

  void addDependency(unsigned node, unsigned other) {
    llvm::BitVector all = before[other];
    all.set(other);
    for (unsigned i = 0; i < before.size(); ++i)
      if (i == node || before[i].test(node))
        before[i] |= all;
  }
  unsigned getLevel(unsigned node) const {
    unsigned level = 0;
    for (unsigned other : before[node].set_bits())
      level = std::max(level, getLevel(other) + 1);
    return level;
  }
};

TEST(DependencyGraph, IsTheClosureOfItsEdges) {
  std::mt19937 random(11);
  for (int round = 0; round < 60; ++round) {
    unsigned size = 2 + random() % 24;
    DependencyGraph graph;
    Closure closure{std::vector<llvm::BitVector>(size, llvm::BitVector(size))};
    for (unsigned i = 0; i < size; ++i)
      EXPECT_EQ(graph.addNode(), i);
    for (unsigned edge = 0; edge < 2 * size; ++edge) {
      unsigned node = random() % size, before = random() % size;
      graph.addDependencies(node, {before});
      if (node != before && !closure.before[before].test(node))
        closure.addDependency(node, before); // else it would close a cycle
      for (unsigned a = 0; a < size; ++a)
        for (unsigned b = 0; b < size; ++b)
          ASSERT_EQ(graph.dependsOn(a, b), closure.before[a].test(b)) << a << " after " << b;
    }
    if (size < 12)
      for (unsigned i = 0; i < size; ++i)
        EXPECT_EQ(graph.getLevel(i), closure.getLevel(i));
  }
}

TEST(DependencyGraph, ForgetsItsEdges) {
  DependencyGraph graph;
  graph.addNode();
  graph.addNode();
  graph.addDependencies(1, {0});
  EXPECT_TRUE(graph.dependsOn(1, 0));
  graph.clearDependencies();
  EXPECT_FALSE(graph.dependsOn(1, 0));
  EXPECT_EQ(graph.getLevel(1), 0u);
  graph.addDependencies(0, {1});
  EXPECT_TRUE(graph.dependsOn(0, 1));
}

// A forward and a backward pass, each step of which reads the previous one and a step of the
// forward pass. A closure would take 10 GB, a walk a question 10^10 steps.
TEST(DependencyGraph, LongChainsAreCheap) {
  constexpr unsigned kLayers = 100000;
  DependencyGraph graph;
  for (unsigned i = 0; i < 2 * kLayers; ++i) {
    graph.addNode();
    llvm::SmallVector<unsigned> before;
    if (i > 0)
      before.push_back(i - 1);
    if (i > kLayers)
      before.push_back(2 * kLayers - i);
    graph.addDependencies(i, before);
    EXPECT_EQ(graph.getLevel(i), i);
    for (unsigned other : before)
      EXPECT_TRUE(graph.dependsOn(i, other / 2));
    // Another that nothing but its own chain waits for.
    EXPECT_FALSE(graph.dependsOn(i / 2, i));
  }
}

// Two chains side by side that never meet: the answer is no, found from the short end.
TEST(DependencyGraph, WhatIsBesideAChainIsCheap) {
  constexpr unsigned kLayers = 100000;
  DependencyGraph graph;
  unsigned beside = graph.addNode(), user = graph.addNode();
  graph.addDependencies(user, {beside});
  unsigned last = graph.addNode();
  for (unsigned i = 0; i < kLayers; ++i) {
    unsigned next = graph.addNode();
    graph.addDependencies(next, {last});
    EXPECT_FALSE(graph.dependsOn(next, beside));
    last = next;
  }
}

} // namespace
