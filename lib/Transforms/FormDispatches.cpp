// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Primitives are grouped into dispatches, each outlined as a function; equal ones are shared.
#include "dialects/Weft/Weft.h"
#include "weft/Target/TargetInterface.h"
#include "weft/Target/TargetRegistry.h"
#include "weft/Transforms/DispatchClusters.h"
#include "weft/Transforms/Passes.h"
#include "weft/Transforms/RowsAnalysis.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_FORMDISPATCHES
#include "weft/Transforms/Passes.h.inc"

namespace {

// What goes into and comes out of a group.
struct GroupInterface {
  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs;
};

class Outliner {
public:
  Outliner(ModelOp model, func::FuncOp entry, const DispatchClusters &clusters,
           const RowsAnalysis &rows, llvm::StringMap<FlatSymbolRefAttr> &known)
      : model(model), entry(entry), clusters(clusters), rows(rows), known(known),
        symbols(model.getOperation()) {}

  // Replaces the group by a dispatch of a function; tells whether that function is new.
  bool outline(const DispatchGroup &group, OpBuilder &builder);

private:
  GroupInterface findInterface(const DispatchGroup &group) const;
  func::FuncOp buildFunction(const DispatchGroup &group, const GroupInterface &interface);
  FlatSymbolRefAttr share(func::FuncOp function, bool &isNew);
  int64_t getMultiplier(Value value) const {
    auto found = multipliers.find(value);
    return found == multipliers.end() ? rows.getMultiplier(value) : found->second;
  }

  ModelOp model;
  func::FuncOp entry;
  const DispatchClusters &clusters;
  const RowsAnalysis &rows;
  llvm::StringMap<FlatSymbolRefAttr> &known;
  SymbolTable symbols;
  // Of the dispatches' results, which the analysis has not seen.
  DenseMap<Value, int64_t> multipliers;
};

GroupInterface Outliner::findInterface(const DispatchGroup &group) const {
  GroupInterface interface;
  llvm::SmallPtrSet<Operation *, 16> inside;
  for (unsigned cluster : group.clusters)
    inside.insert_range(clusters.getCluster(cluster).ops);
  for (unsigned cluster : group.clusters) {
    const auto &ops = clusters.getCluster(cluster).ops;
    for (Operation *op : clusters.getOpsWithCheap(ops))
      for (Value operand : op->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        if (!producer || (!inside.contains(producer) && !clusters.isCheap(producer)))
          interface.inputs.insert(operand);
      }
    llvm::append_range(interface.outputs, clusters.getOutputs(ops));
  }
  return interface;
}

func::FuncOp Outliner::buildFunction(const DispatchGroup &group, const GroupInterface &interface) {
  OpBuilder builder(entry.getContext());
  SmallVector<Type> inputTypes(ValueRange(interface.inputs.getArrayRef()).getTypes());
  SmallVector<Type> outputTypes(ValueRange(interface.outputs).getTypes());
  SmallVector<Location> locations;
  for (unsigned cluster : group.clusters)
    locations.push_back(clusters.getCluster(cluster).ops.front()->getLoc());
  auto function = func::FuncOp::create(builder, builder.getFusedLoc(locations), "dispatch",
                                       builder.getFunctionType(inputTypes, outputTypes));
  function.setPrivate();
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  DenseMap<Value, Value> results;
  for (unsigned cluster : group.clusters) {
    // Its own copies of cheap ops, so that parts stay unconnected.
    IRMapping mapping;
    for (auto [input, argument] : llvm::zip(interface.inputs, block->getArguments()))
      mapping.map(input, argument);
    for (Operation *op : clusters.getOpsWithCheap(clusters.getCluster(cluster).ops))
      builder.clone(*op, mapping);
    for (Value output : interface.outputs)
      if (mapping.contains(output) && !results.count(output))
        results[output] = mapping.lookup(output);
  }
  SmallVector<Value> returned;
  for (Value output : interface.outputs)
    returned.push_back(results[output]);
  func::ReturnOp::create(builder, function.getLoc(), returned);
  for (auto [index, input] : llvm::enumerate(interface.inputs))
    if (!cast<RankedTensorType>(input.getType()).hasStaticShape())
      function.setArgAttr(index, kRowsAttrName, builder.getI64IntegerAttr(getMultiplier(input)));
  return function;
}

// The function that is already there and says the same, or this one under a name of its own.
FlatSymbolRefAttr Outliner::share(func::FuncOp function, bool &isNew) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  function->print(stream, OpPrintingFlags().printGenericOpForm().useLocalScope());
  auto [place, inserted] = known.try_emplace(text);
  isNew = inserted;
  if (!inserted) {
    function->erase();
    return place->second;
  }
  function.setName(("dispatch_" + Twine(known.size() - 1)).str());
  symbols.insert(function, Block::iterator(model.getBody().front().end()));
  place->second = FlatSymbolRefAttr::get(function);
  return place->second;
}

bool Outliner::outline(const DispatchGroup &group, OpBuilder &builder) {
  GroupInterface interface = findInterface(group);
  func::FuncOp function = buildFunction(group, interface);
  Location loc = function.getLoc();
  bool isNew = false;
  FlatSymbolRefAttr symbol = share(function, isNew);
  auto dispatch = DispatchOp::create(builder, loc, ValueRange(interface.outputs).getTypes(), symbol,
                                     interface.inputs.getArrayRef());
  for (auto [output, result] : llvm::zip(interface.outputs, dispatch.getResults())) {
    multipliers[result] = getMultiplier(output);
    output.replaceAllUsesWith(result);
  }
  return isNew;
}

struct FormDispatches : impl::FormDispatchesBase<FormDispatches> {
  using FormDispatchesBase::FormDispatchesBase;

  void runOnOperation() override {
    ModelOp model = getOperation();
    std::string error;
    std::unique_ptr<TargetInterface> compiler = createTarget({target, cpu, tunedRows}, error);
    if (!compiler) {
      model.emitError() << error;
      return signalPassFailure();
    }
    llvm::StringMap<FlatSymbolRefAttr> known;
    for (auto entry : llvm::make_early_inc_range(model.getOps<func::FuncOp>()))
      if (entry.isPublic() && !entry.isExternal() &&
          failed(formInEntry(model, entry, *compiler, known)))
        return signalPassFailure();
  }

  LogicalResult formInEntry(ModelOp model, func::FuncOp entry, const TargetInterface &compiler,
                            llvm::StringMap<FlatSymbolRefAttr> &known) {
    FailureOr<RowsAnalysis> rows = RowsAnalysis::create(entry);
    if (failed(rows))
      return failure();
    DispatchClusters clusters(entry, compiler);
    if (failed(clusters.form()))
      return failure();
    Block &block = entry.getBody().front();
    SmallVector<Operation *> replaced;
    for (Operation &op : block.without_terminator())
      if (!DispatchClusters::isAlias(&op))
        replaced.push_back(&op);
    OpBuilder builder(block.getTerminator());
    Outliner outliner(model, entry, clusters, *rows, known);
    for (const DispatchGroup &group : clusters.getGroups()) {
      ++numDispatches;
      numKernels += outliner.outline(group, builder);
    }
    for (Operation *op : llvm::reverse(replaced))
      op->erase();
    // Aliases stand where their operand was made before it moved into a dispatch.
    if (!sortTopologically(&block))
      return entry.emitError("expected dispatches without a cycle");
    return success();
  }
};

} // namespace
} // namespace weft
