// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Greedy fusion: producers first, each op into the latest cluster that can take it.
#include "weft/Transforms/DispatchClusters.h"
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/FusionCache.h"
#include "weft/Transforms/RowsAnalysis.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace weft {

// Ops that are repeated in each user rather than stored.
static constexpr unsigned kMaxRepeatedOps = 16;
// More in one cluster would save nothing that its compilation is worth.
static constexpr unsigned kMaxClusterOps = 64;

static FusionKind kindOf(Operation *op) { return cast<FusableOpInterface>(op).getFusionKind(); }

DispatchClusters::DispatchClusters(func::FuncOp entry, const RowsAnalysis &rows,
                                   FusionCache &fusion)
    : entry(entry), rows(rows), fusion(fusion) {
  unsigned next = 0;
  for (Operation &op : entry.getBody().front())
    position[&op] = next++;
}

bool DispatchClusters::isAlias(Operation *op) { return isa<ReshapeOp>(op); }

int DispatchClusters::getClusterOf(Operation *op) const {
  auto found = clusterOf.find(op);
  return found == clusterOf.end() ? -1 : static_cast<int>(found->second);
}

// Elements made from nothing or from a smaller tensor, arithmetic on single numbers, and
// elementwise work on the function's arguments cost less to repeat than to store.
void DispatchClusters::findCheapOps() {
  // How many ops repeating one takes; a long chain (the sum of many gradients' squares) is stored.
  llvm::DenseMap<Operation *, unsigned> repeated;
  for (Operation &op : entry.getBody().front()) {
    auto fusable = dyn_cast<FusableOpInterface>(&op);
    if (!fusable || isAlias(&op))
      continue;
    FusionKind kind = fusable.getFusionKind();
    bool isNumber = cast<RankedTensorType>(op.getResult(0).getType()).getRank() == 0;
    bool readsArguments = llvm::all_of(op.getOperands(), [&](Value operand) {
      return !operand.getDefiningOp() || isCheap(operand.getDefiningOp());
    });
    if (kind != FusionKind::Broadcast &&
        !(kind == FusionKind::Elementwise && (isNumber || readsArguments)))
      continue;
    // What leaves the function or is given another shape must be stored.
    bool isStored = llvm::any_of(
        op.getUsers(), [](Operation *user) { return isa<func::ReturnOp>(user) || isAlias(user); });
    // What a contraction reads is stored too: it would be computed anew for each use.
    bool isMultiplied = llvm::any_of(op.getUsers(), [](Operation *user) {
      return isa<FusableOpInterface>(user) &&
             (kindOf(user) == FusionKind::Contraction || kindOf(user) == FusionKind::Attention);
    });
    unsigned count = 1;
    for (Value operand : op.getOperands())
      count += repeated.lookup(operand.getDefiningOp());
    if (isStored || isMultiplied || count > kMaxRepeatedOps)
      continue;
    cheap.insert(&op);
    repeated[&op] = count;
  }
}

SmallVector<Operation *> DispatchClusters::getOpsWithCheap(ArrayRef<Operation *> ops) const {
  llvm::SetVector<Operation *> all(ops.begin(), ops.end());
  for (unsigned i = 0; i < all.size(); ++i)
    for (Value operand : all[i]->getOperands())
      if (Operation *producer = operand.getDefiningOp(); producer && isCheap(producer))
        all.insert(producer);
  SmallVector<Operation *> sorted(all.begin(), all.end());
  llvm::sort(sorted, [&](Operation *a, Operation *b) { return position.at(a) < position.at(b); });
  return sorted;
}

SmallVector<Value> DispatchClusters::getOutputs(ArrayRef<Operation *> ops) const {
  SmallVector<Value> outputs;
  for (Operation *op : ops)
    for (Value result : op->getResults()) {
      // A cheap user is repeated wherever it is needed: what counts is who uses that one.
      llvm::SetVector<Operation *> users(result.user_begin(), result.user_end());
      bool isUsedOutside = false;
      for (unsigned i = 0; i < users.size() && !isUsedOutside; ++i) {
        if (isCheap(users[i]))
          users.insert(users[i]->user_begin(), users[i]->user_end());
        else
          isUsedOutside = !llvm::is_contained(ops, users[i]);
      }
      if (isUsedOutside)
        outputs.push_back(result);
    }
  return outputs;
}

bool DispatchClusters::canFuse(ArrayRef<Operation *> ops, std::string &reason) {
  auto multiplier = [&](Value value) { return rows.getMultiplier(value); };
  return fusion.canFuse(getOpsWithCheap(ops), getOutputs(ops), multiplier, reason);
}

llvm::BitVector DispatchClusters::getProducers(Operation *op) const {
  llvm::BitVector producers(clusters.size());
  llvm::SetVector<Operation *> worklist;
  worklist.insert(op);
  for (unsigned i = 0; i < worklist.size(); ++i)
    for (Value operand : worklist[i]->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (!producer)
        continue;
      if (int cluster = getClusterOf(producer); cluster >= 0)
        producers.set(cluster);
      else
        worklist.insert(producer);
    }
  return producers;
}

// Whether `op` reads what `cluster` makes, and all of that without passing an alias, for which it
// is stored first.
bool DispatchClusters::readsDirectly(Operation *op, unsigned cluster) const {
  bool isRead = false;
  for (Operation *reader : getOpsWithCheap({op}))
    for (Value operand : reader->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && isAlias(producer) && getProducers(producer).test(cluster))
        return false;
      isRead |= producer && getClusterOf(producer) == static_cast<int>(cluster);
    }
  return isRead;
}

bool DispatchClusters::canJoin(Operation *op, unsigned index, const llvm::BitVector &producers,
                               std::string &reason) {
  const Cluster &cluster = clusters[index];
  if (cluster.ops.size() >= kMaxClusterOps) {
    reason = "the cluster is large enough";
    return false;
  }
  if (!readsDirectly(op, index)) {
    reason = "it reads the cluster's result under another shape";
    return false;
  }
  // Another producer that needs this cluster's results would make a cycle.
  for (unsigned producer : producers.set_bits())
    if (producer != index && clusters[producer].dependencies.size() > index &&
        clusters[producer].dependencies.test(index)) {
      reason = "another operand depends on the cluster";
      return false;
    }
  SmallVector<Operation *> ops(cluster.ops);
  ops.push_back(op);
  return canFuse(ops, reason);
}

void DispatchClusters::addDependencies(unsigned index, const llvm::BitVector &before) {
  llvm::BitVector all = before;
  all.resize(clusters.size());
  for (unsigned cluster : before.set_bits())
    all |= clusters[cluster].dependencies;
  all.reset(index);
  for (auto [other, cluster] : llvm::enumerate(clusters)) {
    cluster.dependencies.resize(clusters.size());
    if (other == index || cluster.dependencies.test(index))
      cluster.dependencies |= all;
  }
}

void DispatchClusters::join(Operation *op, unsigned index, const llvm::BitVector &producers) {
  clusters[index].ops.push_back(op);
  clusterOf[op] = index;
  addDependencies(index, producers);
}

LogicalResult DispatchClusters::assign(Operation *op) {
  llvm::BitVector producers = getProducers(op);
  std::string reason;
  bool isContraction = kindOf(op) == FusionKind::Contraction;
  if (!isContraction) {
    SmallVector<unsigned> candidates(producers.set_bits());
    for (unsigned candidate : llvm::reverse(candidates))
      if (canJoin(op, candidate, producers, reason)) {
        join(op, candidate, producers);
        return success();
      }
  }
  if (!canFuse({op}, reason))
    return op->emitOpError("expected an op that the target has a kernel for: ") << reason;
  clusters.emplace_back();
  clusters.back().hasContraction = isContraction;
  join(op, clusters.size() - 1, producers);
  return success();
}

bool DispatchClusters::trySink(Operation *op) {
  unsigned from = clusterOf[op];
  if (clusters[from].ops.size() == 1 || kindOf(op) != FusionKind::Elementwise)
    return false;
  int to = -1;
  for (Operation *user : op->getUsers()) {
    int cluster = getClusterOf(user);
    if (cluster < 0 || cluster == static_cast<int>(from) || (to >= 0 && cluster != to))
      return false;
    to = cluster;
  }
  if (to < 0)
    return false;
  // Each operand is stored already: it is an argument, or something else reads it elsewhere.
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (!producer || isCheap(producer) || getClusterOf(producer) != static_cast<int>(from))
      continue;
    bool isStored = llvm::any_of(operand.getUsers(), [&](Operation *user) {
      return user != op && getClusterOf(user) != static_cast<int>(from) && !isCheap(user);
    });
    if (!isStored)
      return false;
  }
  // It must not need what itself needs the cluster that it moves to, or reads that cluster under
  // another shape.
  llvm::BitVector producers = getProducers(op);
  for (unsigned producer : producers.set_bits())
    if (static_cast<int>(producer) == to || clusters[producer].dependencies.test(to))
      return false;
  SmallVector<Operation *> ops(clusters[to].ops);
  ops.push_back(op);
  std::string reason;
  if (!canFuse(ops, reason))
    return false;
  llvm::erase(clusters[from].ops, op);
  clusters[to].ops.push_back(op);
  clusterOf[op] = to;
  return true;
}

void DispatchClusters::sinkIntoUsers() {
  SmallVector<Operation *> ops;
  for (Operation &op : entry.getBody().front())
    if (clusterOf.contains(&op))
      ops.push_back(&op);
  // Users first, so that a chain moves as a whole.
  for (Operation *op : llvm::reverse(ops))
    trySink(op);
  for (Cluster &cluster : clusters)
    llvm::sort(cluster.ops, [&](Operation *a, Operation *b) { return position[a] < position[b]; });
}

void DispatchClusters::orderAfterReaders() {
  auto returnOp = cast<func::ReturnOp>(entry.getBody().front().getTerminator());
  for (auto [index, value] : llvm::enumerate(returnOp.getOperands())) {
    Operation *writer = value.getDefiningOp();
    int writerCluster = writer ? getClusterOf(writer) : -1;
    if (writerCluster < 0)
      continue;
    for (StringRef name : {kParameterAttr, kStateAttr}) {
      Attribute storage = entry.getResultAttr(index, name);
      for (BlockArgument argument : entry.getArguments()) {
        if (!storage || entry.getArgAttr(argument.getArgNumber(), name) != storage)
          continue;
        llvm::BitVector readers(clusters.size());
        SmallVector<Operation *> worklist(argument.getUsers());
        while (!worklist.empty()) {
          Operation *user = worklist.pop_back_val();
          if (int cluster = getClusterOf(user); cluster >= 0)
            readers.set(cluster);
          else
            llvm::append_range(worklist, user->getUsers());
        }
        readers.reset(writerCluster);
        for (unsigned reader : readers.set_bits())
          if (clusters[reader].dependencies.test(writerCluster))
            readers.reset(reader); // it needs the new value too: the schedule copies
        addDependencies(writerCluster, readers);
      }
    }
  }
}

void DispatchClusters::computeLevels() {
  // Dependencies are transitive, so a cluster's level follows once all of its dependencies have
  // theirs.
  SmallVector<unsigned> order;
  for (unsigned index = 0; index < clusters.size(); ++index)
    order.push_back(index);
  SmallVector<unsigned> counts;
  for (const Cluster &cluster : clusters)
    counts.push_back(cluster.dependencies.count());
  llvm::stable_sort(order, [&](unsigned a, unsigned b) { return counts[a] < counts[b]; });
  for (unsigned index : order)
    for (unsigned before : clusters[index].dependencies.set_bits())
      clusters[index].level = std::max(clusters[index].level, clusters[before].level + 1);
}

// The group of the same level that shares an operand with the cluster, else any of that level.
int DispatchClusters::findGroupFor(unsigned index) const {
  auto readValues = [&](unsigned cluster) {
    llvm::SmallPtrSet<Value, 8> values;
    for (Operation *op : clusters[cluster].ops)
      for (Value operand : op->getOperands())
        if (!operand.getDefiningOp() || !isCheap(operand.getDefiningOp()))
          values.insert(operand);
    return values;
  };
  llvm::SmallPtrSet<Value, 8> wanted = readValues(index);
  int found = -1;
  for (auto [number, group] : llvm::enumerate(groups)) {
    if (group.level != clusters[index].level || clusters[group.clusters.front()].isAlone)
      continue;
    if (llvm::any_of(readValues(group.clusters.front()),
                     [&](Value value) { return wanted.contains(value); }))
      return static_cast<int>(number);
    if (found < 0)
      found = static_cast<int>(number);
  }
  return found;
}

void DispatchClusters::findAlone() {
  auto multiplier = [&](Value value) { return rows.getMultiplier(value); };
  llvm::StringMap<Cluster *> known;
  for (Cluster &cluster : clusters) {
    if (cluster.ops.empty())
      continue;
    auto [place, isNew] = known.try_emplace(
        FusionCache::getKey(getOpsWithCheap(cluster.ops), getOutputs(cluster.ops), multiplier),
        &cluster);
    cluster.isAlone |= kindOf(cluster.ops.front()) == FusionKind::Attention;
    if (!isNew)
      cluster.isAlone = place->second->isAlone = true;
  }
}

void DispatchClusters::mergeIntoGroups() {
  SmallVector<unsigned> rest;
  for (auto [index, cluster] : llvm::enumerate(clusters)) {
    if (cluster.ops.empty())
      continue;
    if (cluster.hasContraction)
      groups.push_back({{static_cast<unsigned>(index)}, cluster.level});
    else
      rest.push_back(index);
  }
  for (unsigned index : rest) {
    int group = clusters[index].isAlone ? -1 : findGroupFor(index);
    if (group >= 0)
      groups[group].clusters.push_back(index);
    else
      groups.push_back({{index}, clusters[index].level});
  }
  llvm::stable_sort(groups, [&](const DispatchGroup &a, const DispatchGroup &b) {
    if (a.level != b.level)
      return a.level < b.level;
    return position.at(clusters[a.clusters.front()].ops.front()) <
           position.at(clusters[b.clusters.front()].ops.front());
  });
}

LogicalResult DispatchClusters::form() {
  findCheapOps();
  for (Operation &op : entry.getBody().front()) {
    if (isa<func::ReturnOp>(op) || isAlias(&op) || isCheap(&op))
      continue;
    if (!isa<FusableOpInterface>(op))
      return op.emitOpError("expected a primitive, composite ops are decomposed before dispatches "
                            "are formed");
    if (failed(assign(&op)))
      return failure();
  }
  sinkIntoUsers();
  // Ops have moved: what depends on what is found anew.
  for (Cluster &cluster : clusters)
    cluster.dependencies.reset();
  for (Operation &op : entry.getBody().front())
    if (int cluster = getClusterOf(&op); cluster >= 0)
      addDependencies(cluster, getProducers(&op));
  orderAfterReaders();
  computeLevels();
  findAlone();
  mergeIntoGroups();
  return success();
}

} // namespace weft
