// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Primitives are grouped into dispatches, each outlined as a function; equal ones are shared.
#include "dialects/Assert.h"
#include "dialects/Weft/Weft.h"
#include "weft/Target/TargetInterface.h"
#include "weft/Target/TargetRegistry.h"
#include "weft/Transforms/DispatchClusters.h"
#include "weft/Transforms/FusionCache.h"
#include "weft/Transforms/Passes.h"
#include "weft/Transforms/RowsAnalysis.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_FORMDISPATCHES
#include "weft/Transforms/Passes.h.inc"

namespace {

// What goes into and comes out of a group.
struct GroupInterface {
  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs;
  // What all dynamic sizes are multiples of, in batches; the kernel counts in that.
  int64_t rows = 1;
  // Numbers that tell the group from others of the same kernel.
  SmallVector<int64_t> constants;
};

class Outliner {
public:
  Outliner(ModelOp model, func::FuncOp entry, const DispatchClusters &clusters,
           const RowsAnalysis &rows, int64_t tunedRows, llvm::StringMap<FlatSymbolRefAttr> &known)
      : model(model), entry(entry), clusters(clusters), rows(rows), tunedRows(tunedRows),
        known(known), symbols(model.getOperation()) {}

  // Replaces the group by a dispatch of a function; tells whether that function is new.
  bool outline(const DispatchGroup &group, OpBuilder &builder);

private:
  GroupInterface findInterface(const DispatchGroup &group) const;
  func::FuncOp buildFunction(const DispatchGroup &group, GroupInterface &interface);
  // The group's numbers become arguments of the function.
  void liftConstants(func::FuncOp function, GroupInterface &interface);
  FlatSymbolRefAttr share(func::FuncOp function, int64_t rows, bool &isNew);
  int64_t getMultiplier(Value value) const {
    auto found = multipliers.find(value);
    return found == multipliers.end() ? rows.getMultiplier(value) : found->second;
  }

  ModelOp model;
  func::FuncOp entry;
  const DispatchClusters &clusters;
  const RowsAnalysis &rows;
  int64_t tunedRows; // of the batch
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
  int64_t common = 0;
  for (Value value : llvm::concat<const Value>(interface.inputs.getArrayRef(), interface.outputs))
    common = std::gcd(common, getMultiplier(value));
  interface.rows = std::max<int64_t>(common, 1);
  return interface;
}

void Outliner::liftConstants(func::FuncOp function, GroupInterface &interface) {
  OpBuilder builder(function.getContext());
  auto type = RankedTensorType::get({}, builder.getI64Type());
  auto lift = [&](int64_t number) -> Value {
    auto attributes = builder.getDictionaryAttr(builder.getNamedAttr(
        kConstantAttrName, builder.getI64IntegerAttr(interface.constants.size())));
    interface.constants.push_back(number);
    unsigned index = function.getNumArguments();
    [[maybe_unused]] LogicalResult inserted =
        function.insertArgument(index, type, attributes, function.getLoc());
    WEFT_ASSERT(succeeded(inserted) && "a function takes any argument");
    return function.getArgument(index);
  };
  auto liftId = [&](auto attention) {
    if (!attention.getId() || attention.getNumber())
      return;
    attention.getNumberMutable().assign(lift(*attention.getId()));
    attention.setId(0);
  };
  for (auto attention : function.getBody().getOps<AttentionOp>())
    liftId(attention);
  for (auto gradient : function.getBody().getOps<AttentionGradientOp>())
    liftId(gradient);
  for (auto mask : function.getBody().getOps<DropoutMaskOp>()) {
    if (!mask.getNumbers().empty())
      continue;
    SmallVector<Value> numbers = {lift(mask.getId())};
    if (std::optional<int64_t> perSample = mask.getRowsPerSample())
      numbers.push_back(lift(*perSample));
    mask.getNumbersMutable().assign(numbers);
    mask.setId(0);
    if (mask.getRowsPerSample())
      mask.setRowsPerSample(1);
  }
}

func::FuncOp Outliner::buildFunction(const DispatchGroup &group, GroupInterface &interface) {
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
  SmallVector<DictionaryAttr> attributes;
  for (Value input : interface.inputs) {
    NamedAttrList list;
    if (!cast<RankedTensorType>(input.getType()).hasStaticShape())
      list.set(kRowsAttrName, builder.getI64IntegerAttr(getMultiplier(input) / interface.rows));
    attributes.push_back(list.getDictionary(builder.getContext()));
  }
  function.setAllArgAttrs(attributes);
  liftConstants(function, interface);
  return function;
}

// The function that is already there and says the same, or this one under a name of its own.
FlatSymbolRefAttr Outliner::share(func::FuncOp function, int64_t rows, bool &isNew) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  function->print(stream, OpPrintingFlags().printGenericOpForm().useLocalScope());
  auto [place, inserted] = known.try_emplace(text);
  isNew = inserted;
  Builder builder(function.getContext());
  auto tune = [&](func::FuncOp shared) {
    auto tuned = shared->getAttrOfType<IntegerAttr>(kTunedRowsAttrName);
    if (!tuned || tuned.getInt() < rows * tunedRows)
      shared->setAttr(kTunedRowsAttrName, builder.getI64IntegerAttr(rows * tunedRows));
  };
  if (!inserted) {
    function->erase();
    if (rows > 1)
      tune(symbols.lookup<func::FuncOp>(place->second.getValue()));
    return place->second;
  }
  if (rows > 1)
    tune(function);
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
  FlatSymbolRefAttr symbol = share(function, interface.rows, isNew);
  auto dispatch = DispatchOp::create(builder, loc, ValueRange(interface.outputs).getTypes(), symbol,
                                     interface.inputs.getArrayRef(),
                                     builder.getDenseI64ArrayAttr(interface.constants),
                                     builder.getI64IntegerAttr(interface.rows));
  for (auto [output, result] : llvm::zip(interface.outputs, dispatch.getResults())) {
    multipliers[result] = getMultiplier(output);
    output.replaceAllUsesWith(result);
  }
  return isNew;
}

// Moves the ops of a block behind what they read, as repeated walks that move what is ready would:
// sorted by the number of the walk. False if there is a cycle.
bool sortBehindOperands(Block &block) {
  SmallVector<Operation *> ops;
  DenseMap<Operation *, unsigned> numbers;
  for (Operation &op : block.without_terminator()) {
    numbers[&op] = ops.size();
    ops.push_back(&op);
  }
  SmallVector<unsigned> walks(ops.size(), 0), waitsFor(ops.size(), 0), order;
  for (auto [number, op] : llvm::enumerate(ops)) {
    waitsFor[number] = llvm::count_if(
        op->getOperands(), [&](Value operand) { return operand.getDefiningOp() != nullptr; });
    if (waitsFor[number] == 0)
      order.push_back(number);
  }
  for (unsigned i = 0; i < order.size(); ++i)
    for (Operation *user : ops[order[i]]->getUsers())
      if (auto found = numbers.find(user); found != numbers.end()) {
        unsigned number = found->second;
        walks[number] = std::max(walks[number], walks[order[i]] + (number < order[i]));
        if (--waitsFor[number] == 0)
          order.push_back(number);
      }
  if (order.size() < ops.size())
    return false;
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::pair(walks[a], a) < std::pair(walks[b], b);
  });
  for (unsigned number : order)
    ops[number]->moveBefore(block.getTerminator());
  return true;
}

struct FormDispatches : impl::FormDispatchesBase<FormDispatches> {
  using FormDispatchesBase::FormDispatchesBase;

  void runOnOperation() override {
    ModelOp model = getOperation();
    std::string error;
    if (tunedRows < 1 || tunedRows > kMaxRows) {
      model.emitError("expected 1 to ")
          << kMaxRows << " rows to tune for, got " << tunedRows.getValue();
      return signalPassFailure();
    }
    std::unique_ptr<TargetInterface> compiler = createTarget({target, cpu, tunedRows}, error);
    if (!compiler) {
      model.emitError() << error;
      return signalPassFailure();
    }
    llvm::StringMap<FlatSymbolRefAttr> known;
    FusionCache fusion(*compiler);
    for (func::FuncOp entry : getEntries(model))
      if (failed(formInEntry(model, entry, fusion, known)))
        return signalPassFailure();
    numQuestions += fusion.getNumQuestions();
  }

  // Those of the largest buckets first: what they fuse is what all fuse.
  static SmallVector<func::FuncOp> getEntries(ModelOp model) {
    SmallVector<func::FuncOp> entries;
    for (auto entry : model.getOps<func::FuncOp>())
      if (entry.isPublic() && !entry.isExternal())
        entries.push_back(entry);
    auto sizeOf = [](func::FuncOp entry) {
      uint64_t size = 1;
      if (auto bucket = entry->getAttrOfType<DictionaryAttr>(kBucketAttr))
        for (NamedAttribute dimension : bucket)
          size = llvm::SaturatingMultiply<uint64_t>(
              size, cast<IntegerAttr>(dimension.getValue()).getInt());
      return size;
    };
    llvm::stable_sort(entries,
                      [&](func::FuncOp a, func::FuncOp b) { return sizeOf(a) > sizeOf(b); });
    return entries;
  }

  LogicalResult formInEntry(ModelOp model, func::FuncOp entry, FusionCache &fusion,
                            llvm::StringMap<FlatSymbolRefAttr> &known) {
    FailureOr<RowsAnalysis> rows = RowsAnalysis::create(entry);
    if (failed(rows))
      return failure();
    DispatchClusters clusters(entry, *rows, fusion);
    if (failed(clusters.form()))
      return failure();
    Block &block = entry.getBody().front();
    SmallVector<Operation *> replaced;
    for (Operation &op : block.without_terminator())
      if (!DispatchClusters::isAlias(&op))
        replaced.push_back(&op);
    OpBuilder builder(block.getTerminator());
    Outliner outliner(model, entry, clusters, *rows, tunedRows, known);
    for (const DispatchGroup &group : clusters.getGroups()) {
      ++numDispatches;
      numKernels += outliner.outline(group, builder);
    }
    for (Operation *op : llvm::reverse(replaced))
      op->erase();
    // Aliases stand where their operand was made before it moved into a dispatch.
    if (!sortBehindOperands(block))
      return entry.emitError("expected dispatches without a cycle");
    return success();
  }
};

} // namespace
} // namespace weft
