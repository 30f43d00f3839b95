// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which primitives of an entry function go into one dispatch, and in what order dispatches run.
#ifndef WEFT_TRANSFORMS_DISPATCHCLUSTERS_H
#define WEFT_TRANSFORMS_DISPATCHCLUSTERS_H

#include "weft/Transforms/DependencyGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallVector.h"

namespace weft {

class FusionCache;
class RowsAnalysis;

// Connected primitives that become one part of a kernel.
struct Cluster {
  // In program order, without the ops that are cheap enough to be repeated in each user.
  llvm::SmallVector<mlir::Operation *> ops;
  // Longest chain of dependencies; clusters of one level may run at once.
  unsigned level = 0;
  bool hasContraction = false;
  // Whether it is a dispatch of its own: the function has another that is equal, or it is a kernel
  // of its own kind.
  bool isAlone = false;
};

// Independent clusters that run as one kernel.
struct DispatchGroup {
  llvm::SmallVector<unsigned> clusters;
  unsigned level = 0;
};

// Partitions the primitives of an entry function. Consumers join the cluster of a producer as long
// as the target can compute both in one part of a kernel; every cluster holds at most one
// contraction.
class DispatchClusters {
public:
  // `rows` learns of the ops that are copied.
  DispatchClusters(mlir::func::FuncOp entry, RowsAnalysis &rows, FusionCache &fusion);

  // Emits an error at a composite op.
  llvm::LogicalResult form();

  // In the order in which they are to run.
  llvm::ArrayRef<DispatchGroup> getGroups() const { return groups; }
  const Cluster &getCluster(unsigned index) const { return clusters[index]; }
  // The ops of a cluster and the cheap ops that they use, in program order.
  llvm::SmallVector<mlir::Operation *> getOpsWithCheap(llvm::ArrayRef<mlir::Operation *> ops) const;
  // The results of a cluster's ops that something else needs.
  llvm::SmallVector<mlir::Value> getOutputs(llvm::ArrayRef<mlir::Operation *> ops) const;
  // The cluster of an op, or -1 for one that is repeated in its users or stays outside of
  // dispatches.
  int getClusterOf(mlir::Operation *op) const;
  // An op that moves no data: its result is its operand's memory under another shape.
  static bool isAlias(mlir::Operation *op);
  bool isCheap(mlir::Operation *op) const { return cheap.contains(op); }

private:
  void findCheapOps();
  void assign(mlir::Operation *op);
  // Makes copies of the cheap ops that `op` reads, in clusters of their own; tells whether there
  // are any.
  bool storeCheapOperands(mlir::Operation *op);
  bool canFuse(llvm::ArrayRef<mlir::Operation *> ops, std::string &reason);
  bool readsDirectly(mlir::Operation *op, unsigned cluster) const;
  bool canJoin(mlir::Operation *op, unsigned cluster, llvm::ArrayRef<unsigned> producers,
               std::string &reason);
  void join(mlir::Operation *op, unsigned cluster, llvm::ArrayRef<unsigned> producers);
  // The clusters that make an op's operands, seen through cheap ops and aliases, in order.
  llvm::SmallVector<unsigned> getProducers(mlir::Operation *op) const;
  // The clusters that read a value, likewise.
  llvm::SmallVector<unsigned> getReaders(mlir::Value value) const;
  // Moves masks and the like to where they are used, when what they are made of is stored anyhow.
  void sinkIntoUsers();
  bool trySink(mlir::Operation *op);
  // A cluster that replaces a parameter in place runs after all others that read it.
  void orderAfterReaders();
  void orderAfterReaders(mlir::BlockArgument argument, unsigned writer);
  void mergeIntoGroups();
  void addGroup(unsigned cluster);
  int findGroupFor(unsigned cluster) const;
  // What the cluster reads that is not repeated in it.
  llvm::SmallVector<mlir::Value> getReadValues(unsigned cluster) const;
  // Clusters that occur more than once stay alone, so that they share a kernel; so does attention.
  void findAlone();

  mlir::func::FuncOp entry;
  RowsAnalysis &rows;
  FusionCache &fusion;
  llvm::SmallVector<Cluster> clusters;
  // Which clusters must have run before which.
  DependencyGraph order;
  llvm::SmallVector<DispatchGroup> groups;
  // The first group of each level that others may join, and the first that reads a value.
  llvm::DenseMap<unsigned, unsigned> firstGroups;
  llvm::DenseMap<std::pair<unsigned, mlir::Value>, unsigned> firstReaders;
  llvm::DenseMap<mlir::Operation *, unsigned> clusterOf;
  llvm::SetVector<mlir::Operation *> cheap;
};

} // namespace weft

#endif
