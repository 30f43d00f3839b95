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

DispatchClusters::DispatchClusters(func::FuncOp entry, RowsAnalysis &rows, FusionCache &fusion)
    : entry(entry), rows(rows), fusion(fusion) {}

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
  llvm::sort(sorted, [&](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return sorted;
}

SmallVector<Value> DispatchClusters::getOutputs(ArrayRef<Operation *> ops) const {
  SmallVector<Value> outputs;
  for (Operation *op : ops)
    for (Value result : op->getResults()) {
      // A cheap user is repeated wherever it is needed: what counts is who uses that one.
      llvm::SetVector<Operation *> repeated;
      auto isUsedOutside = [&](Value value) {
        return llvm::any_of(value.getUsers(), [&](Operation *user) {
          if (!isCheap(user))
            return !llvm::is_contained(ops, user);
          repeated.insert(user);
          return false;
        });
      };
      bool isOutput = isUsedOutside(result);
      for (unsigned i = 0; i < repeated.size() && !isOutput; ++i)
        isOutput = llvm::any_of(repeated[i]->getResults(), isUsedOutside);
      if (isOutput)
        outputs.push_back(result);
    }
  return outputs;
}

bool DispatchClusters::canFuse(ArrayRef<Operation *> ops, std::string &reason) {
  auto multiplier = [&](Value value) { return rows.getMultiplier(value); };
  SmallVector<Operation *> all = getOpsWithCheap(ops);
  return fusion.canFuse(all, getOutputs(ops), all.size() - ops.size(), multiplier, reason);
}

SmallVector<unsigned> DispatchClusters::getProducers(Operation *op) const {
  SmallVector<unsigned> producers;
  llvm::SetVector<Operation *> worklist;
  worklist.insert(op);
  for (unsigned i = 0; i < worklist.size(); ++i)
    for (Value operand : worklist[i]->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (!producer)
        continue;
      if (int cluster = getClusterOf(producer); cluster >= 0)
        producers.push_back(cluster);
      else
        worklist.insert(producer);
    }
  llvm::sort(producers);
  producers.erase(llvm::unique(producers), producers.end());
  return producers;
}

SmallVector<unsigned> DispatchClusters::getReaders(Value value) const {
  SmallVector<unsigned> readers;
  llvm::SetVector<Operation *> worklist(value.user_begin(), value.user_end());
  for (unsigned i = 0; i < worklist.size(); ++i)
    if (int cluster = getClusterOf(worklist[i]); cluster >= 0)
      readers.push_back(cluster);
    else
      worklist.insert(worklist[i]->user_begin(), worklist[i]->user_end());
  llvm::sort(readers);
  readers.erase(llvm::unique(readers), readers.end());
  return readers;
}

// Whether `op` reads what `cluster` makes, and all of that without passing an alias, for which it
// is stored first.
bool DispatchClusters::readsDirectly(Operation *op, unsigned cluster) const {
  bool isRead = false;
  for (Operation *reader : getOpsWithCheap({op}))
    for (Value operand : reader->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && isAlias(producer) && llvm::is_contained(getProducers(producer), cluster))
        return false;
      isRead |= producer && getClusterOf(producer) == static_cast<int>(cluster);
    }
  return isRead;
}

bool DispatchClusters::canJoin(Operation *op, unsigned index, ArrayRef<unsigned> producers,
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
  for (unsigned producer : producers)
    if (order.dependsOn(producer, index)) {
      reason = "another operand depends on the cluster";
      return false;
    }
  SmallVector<Operation *> ops(cluster.ops);
  ops.push_back(op);
  return canFuse(ops, reason);
}

void DispatchClusters::join(Operation *op, unsigned index, ArrayRef<unsigned> producers) {
  clusters[index].ops.push_back(op);
  clusterOf[op] = index;
  order.addDependencies(index, producers);
}

bool DispatchClusters::storeCheapOperands(Operation *op) {
  llvm::SetVector<Operation *> stored;
  for (Value operand : op->getOperands())
    if (Operation *producer = operand.getDefiningOp(); producer && isCheap(producer))
      stored.insert(producer);
  if (stored.empty())
    return false;
  // Others may still repeat the op, so this one reads a copy of its own.
  OpBuilder builder(op);
  SmallVector<Operation *> copies;
  for (Operation *producer : stored) {
    Operation *copy = copies.emplace_back(builder.clone(*producer));
    for (auto [result, copied] : llvm::zip(producer->getResults(), copy->getResults())) {
      rows.addCopy(result, copied);
      op->replaceUsesOfWith(result, copied);
    }
  }
  llvm::for_each(copies, [&](Operation *copy) { assign(copy); });
  return true;
}

void DispatchClusters::assign(Operation *op) {
  SmallVector<unsigned> producers = getProducers(op);
  std::string reason;
  bool isContraction = kindOf(op) == FusionKind::Contraction;
  if (!isContraction)
    for (unsigned candidate : llvm::reverse(producers))
      if (canJoin(op, candidate, producers, reason)) {
        join(op, candidate, producers);
        return;
      }
  // With all that it reads in memory, each op is a kernel.
  if (!canFuse({op}, reason) && storeCheapOperands(op))
    producers = getProducers(op);
  clusters.emplace_back();
  clusters.back().hasContraction = isContraction;
  join(op, order.addNode(), producers);
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
  for (unsigned producer : getProducers(op))
    if (static_cast<int>(producer) == to || order.dependsOn(producer, to))
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
    llvm::sort(cluster.ops, [&](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
}

void DispatchClusters::orderAfterReaders(BlockArgument argument, unsigned writer) {
  SmallVector<unsigned> readers = getReaders(argument);
  llvm::erase_if(readers, [&](unsigned reader) {
    // One that needs the new value too: the schedule copies.
    return reader == writer || order.dependsOn(reader, writer);
  });
  order.addDependencies(writer, readers);
}

void DispatchClusters::orderAfterReaders() {
  constexpr StringLiteral kNames[] = {kParameterAttr, kStateAttr};
  llvm::DenseMap<Attribute, SmallVector<BlockArgument, 1>> arguments[std::size(kNames)];
  for (BlockArgument argument : entry.getArguments())
    for (auto [name, ofName] : llvm::zip_equal(kNames, arguments))
      if (Attribute storage = entry.getArgAttr(argument.getArgNumber(), name))
        ofName[storage].push_back(argument);
  Operation *returnOp = entry.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(returnOp->getOperands())) {
    Operation *writer = value.getDefiningOp();
    int cluster = writer ? getClusterOf(writer) : -1;
    if (cluster < 0)
      continue;
    for (auto [name, ofName] : llvm::zip_equal(kNames, arguments))
      if (Attribute storage = entry.getResultAttr(index, name))
        for (BlockArgument argument : ofName.lookup(storage))
          orderAfterReaders(argument, cluster);
  }
}

SmallVector<Value> DispatchClusters::getReadValues(unsigned cluster) const {
  SmallVector<Value> values;
  for (Operation *op : clusters[cluster].ops)
    for (Value operand : op->getOperands())
      if (!operand.getDefiningOp() || !isCheap(operand.getDefiningOp()))
        values.push_back(operand);
  return values;
}

void DispatchClusters::addGroup(unsigned cluster) {
  unsigned number = groups.size(), level = clusters[cluster].level;
  groups.push_back({{cluster}, level});
  if (clusters[cluster].isAlone)
    return;
  firstGroups.try_emplace(level, number);
  for (Value value : getReadValues(cluster))
    firstReaders.try_emplace({level, value}, number);
}

// The group of the same level that shares an operand with the cluster, else any of that level.
int DispatchClusters::findGroupFor(unsigned index) const {
  unsigned level = clusters[index].level;
  int found = -1;
  for (Value value : getReadValues(index))
    if (auto reader = firstReaders.find({level, value}); reader != firstReaders.end())
      found = found < 0 ? reader->second : std::min<int>(found, reader->second);
  if (found >= 0)
    return found;
  auto first = firstGroups.find(level);
  return first == firstGroups.end() ? -1 : static_cast<int>(first->second);
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
      addGroup(index);
    else
      rest.push_back(index);
  }
  for (unsigned index : rest) {
    int group = clusters[index].isAlone ? -1 : findGroupFor(index);
    if (group >= 0)
      groups[group].clusters.push_back(index);
    else
      addGroup(index);
  }
  llvm::stable_sort(groups, [&](const DispatchGroup &a, const DispatchGroup &b) {
    if (a.level != b.level)
      return a.level < b.level;
    return clusters[a.clusters.front()].ops.front()->isBeforeInBlock(
        clusters[b.clusters.front()].ops.front());
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
    assign(&op);
  }
  sinkIntoUsers();
  // Ops have moved: what depends on what is found anew.
  order.clearDependencies();
  for (Operation &op : entry.getBody().front())
    if (int cluster = getClusterOf(&op); cluster >= 0)
      order.addDependencies(cluster, getProducers(&op));
  orderAfterReaders();
  for (auto [index, cluster] : llvm::enumerate(clusters))
    cluster.level = order.getLevel(index);
  findAlone();
  mergeIntoGroups();
  return success();
}

} // namespace weft
