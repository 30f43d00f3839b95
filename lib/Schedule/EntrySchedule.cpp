// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scheduling of one entry function. In-place updates are decided here and nowhere else: a
// parameter's new value is made in its place if the kernel reads each old element no later than it
// writes the new one, and every other reader can run before; otherwise it is made elsewhere and
// copied at the end.
#include "weft/Schedule/EntrySchedule.h"
#include "weft/Codegen/MemoryPlan.h"
#include "weft/Schedule/PersistentLayout.h"
#include "weft/Transforms/RowsAnalysis.h"

using namespace mlir;

namespace weft {

Value EntrySchedule::getRoot(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getInput();
  return value;
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

LogicalResult EntrySchedule::collectSteps() {
  SymbolTable symbols(kernels);
  for (Operation &op : entry.getBody().front()) {
    if (isa<ReshapeOp, func::ReturnOp>(op))
      continue;
    auto dispatch = dyn_cast<DispatchOp>(op);
    if (!dispatch)
      return op.emitOpError("expected dispatches and reshapes only in an entry function");
    auto kernel = symbols.lookup<func::FuncOp>(dispatch.getKernel());
    if (!kernel)
      return op.emitOpError("expected a kernel named ") << dispatch.getKernelAttr();
    FailureOr<KernelInfo> info = readKernelInfo(kernel);
    if (failed(info))
      return failure();
    for (const KernelBinding &binding : info->bindings)
      if (binding.index >= (binding.isResult ? op.getNumResults() : op.getNumOperands()) ||
          llvm::any_of(binding.mayOverwrite,
                       [&](unsigned other) { return other >= info->bindings.size(); }))
        return kernel.emitOpError("expected bindings to the operands and results of its dispatch, "
                                  "got one to number ")
               << binding.index;
    stepOf[&op] = order.addNode();
    steps.push_back({dispatch, *info, 0});
  }
  for (auto [index, step] : llvm::enumerate(steps)) {
    llvm::SmallSetVector<Value, 8> roots;
    for (Value operand : step.op.getOperands())
      roots.insert(getRoot(operand));
    SmallVector<unsigned> producers;
    for (Value root : roots) {
      readersOf[root].push_back(index);
      if (Operation *producer = root.getDefiningOp())
        producers.push_back(stepOf[producer]);
    }
    order.addDependencies(index, producers);
  }
  return success();
}

void EntrySchedule::collectStorage() {
  for (BlockArgument argument : entry.getArguments())
    argumentsOf[getArgumentStorage(entry, argument.getArgNumber())].push_back(argument);
  for (OpOperand &returned : entry.getBody().front().getTerminator()->getOpOperands()) {
    replaced.insert(getResultStorage(entry, returned.getOperandNumber()));
    returnedRoots.insert(getRoot(returned.get()));
  }
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

static LinearSize getBytes(Value value, const RowsAnalysis &rows) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t elements = 1;
  for (int64_t size : type.getShape())
    elements *= ShapedType::isDynamic(size) ? 1 : size;
  int64_t bytes = elements * getElementBytes(type.getElementType());
  if (type.hasStaticShape())
    return {bytes, 0};
  return {0, bytes * rows.getMultiplier(value)};
}

unsigned EntrySchedule::addSlot(Value value, exec::Space space, int64_t offset,
                                const RowsAnalysis &rows) {
  Slot slot;
  slot.space = space;
  slot.offset = offset;
  slot.size = getBytes(value, rows);
  slots.push_back(slot);
  return slots.size() - 1;
}

unsigned EntrySchedule::getTransientSlot(Value value, const RowsAnalysis &rows) {
  auto [place, isNew] = slotOf.try_emplace(value, 0u);
  if (isNew) {
    bool isFixed = cast<RankedTensorType>(value.getType()).hasStaticShape();
    place->second = addSlot(value, isFixed ? exec::Space::Fixed : exec::Space::Rows, 0, rows);
  }
  return slotOf[value];
}

LogicalResult EntrySchedule::assignArguments(const RowsAnalysis &rows) {
  for (BlockArgument argument : entry.getArguments()) {
    Attribute storage = getArgumentStorage(entry, argument.getArgNumber());
    if (!storage) {
      slotOf[argument] = addSlot(argument, exec::Space::Argument, inputs.size(), rows);
      inputs.push_back(slotOf[argument]);
      continue;
    }
    const PersistentVariable *variable = layout.lookup(storage);
    if (!variable || variable->type != argument.getType())
      return entry.emitError("argument ")
             << argument.getArgNumber() << ": expected the storage of " << storage << ", of type "
             << (variable ? Type(variable->type) : Type()) << ", got " << argument.getType();
    slotOf[argument] = addSlot(argument, exec::Space::Persistent, variable->offset, rows);
  }
  return success();
}

bool EntrySchedule::canUpdateInPlace(Value value, BlockArgument argument) {
  auto producer = value.getDefiningOp<DispatchOp>();
  if (!producer || slotOf.contains(value))
    return false;
  unsigned writer = stepOf[producer];
  const KernelInfo &kernel = steps[writer].kernel;
  unsigned result = cast<OpResult>(value).getResultNumber();
  const KernelBinding *target = llvm::find_if(kernel.bindings, [&](const KernelBinding &binding) {
    return binding.isResult && binding.index == result;
  });
  for (auto [number, binding] : llvm::enumerate(kernel.bindings))
    if (!binding.isResult && getRoot(producer.getOperands()[binding.index]) == argument &&
        !llvm::is_contained(target->mayOverwrite, number))
      return false;
  SmallVector<unsigned> readers = readersOf.lookup(argument);
  llvm::erase(readers, writer);
  if (llvm::any_of(readers, [&](unsigned reader) { return order.dependsOn(reader, writer); }))
    return false;
  // What is returned from the old value's memory would be the new one.
  if (returnedRoots.contains(argument))
    return false;
  order.addDependencies(writer, readers);
  return true;
}

LogicalResult EntrySchedule::placeUpdate(unsigned result, Value value, const RowsAnalysis &rows) {
  Attribute storage = getResultStorage(entry, result);
  const PersistentVariable *variable = layout.lookup(storage);
  if (!variable || variable->type != entry.getResultTypes()[result])
    return entry.emitError("result ") << result << ": expected the type of " << storage << ", got "
                                      << entry.getResultTypes()[result];
  for (BlockArgument argument : argumentsOf.lookup(storage)) {
    if (value == argument)
      return success();
    if (canUpdateInPlace(value, argument)) {
      slotOf[value] = slotOf[argument];
      return success();
    }
  }
  auto old = dyn_cast<BlockArgument>(value);
  if (old && getArgumentStorage(entry, old.getArgNumber()))
    return entry.emitError("result ")
           << result << ": expected a value that the function computes for " << storage
           << ", got another parameter's old value";
  unsigned target = addSlot(value, exec::Space::Persistent, variable->offset, rows);
  copies.push_back({getTransientSlot(value, rows), target});
  return success();
}

unsigned EntrySchedule::getOutputSlot(Value value, const RowsAnalysis &rows) {
  auto argument = dyn_cast<BlockArgument>(value);
  Attribute storage = argument ? getArgumentStorage(entry, argument.getArgNumber()) : Attribute();
  if (!storage || !replaced.contains(storage))
    return slotOf[value];
  // The old value, which the new one takes the place of before the caller looks.
  unsigned target = addSlot(value, exec::Space::Fixed, 0, rows);
  firstCopies.push_back({slotOf[value], target});
  return target;
}

LogicalResult EntrySchedule::assignResults(const RowsAnalysis &rows) {
  auto returned = entry.getBody().front().getTerminator()->getOperands();
  for (auto [index, value] : llvm::enumerate(returned))
    if (getResultStorage(entry, index) && failed(placeUpdate(index, getRoot(value), rows)))
      return failure();
  for (Step &step : steps)
    for (Value result : step.op.getResults())
      if (!slotOf.contains(result))
        getTransientSlot(result, rows);
  for (auto [index, value] : llvm::enumerate(returned))
    if (!getResultStorage(entry, index))
      outputs.push_back(getOutputSlot(getRoot(value), rows));
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void EntrySchedule::computeLifeTimes() {
  unsigned end = 0;
  for (const Step &step : steps)
    end = std::max(end, step.level + 1);
  for (Slot &slot : slots)
    slot.first = end;
  for (const Step &step : steps) {
    for (Value result : step.op.getResults()) {
      Slot &slot = slots[slotOf[result]];
      slot.first = std::min(slot.first, step.level);
      slot.last = std::max(slot.last, step.level);
    }
    for (Value operand : step.op.getOperands()) {
      Slot &slot = slots[slotOf[getRoot(operand)]];
      slot.last = std::max(slot.last, step.level);
    }
  }
  for (const Copy &copy : firstCopies)
    slots[copy.target].first = 0;
  for (unsigned output : outputs)
    slots[output].last = end;
  for (const Copy &copy : copies)
    slots[copy.source].last = end;
}

void EntrySchedule::placeTransients() {
  for (exec::Space space : {exec::Space::Fixed, exec::Space::Rows}) {
    bool isFixed = space == exec::Space::Fixed;
    SmallVector<LifeTime> tensors;
    SmallVector<unsigned> numbers;
    for (auto [number, slot] : llvm::enumerate(slots)) {
      if (slot.space != space)
        continue;
      // A multiple of the alignment per row keeps every offset aligned, whatever the number of
      // rows.
      int64_t size = isFixed ? slot.size.fixed : slot.size.perRow;
      tensors.push_back(
          {int64_t(llvm::alignTo(size, exec::kSlotAlignment)), slot.first, slot.last, 0});
      numbers.push_back(number);
    }
    int64_t bytes = planMemory(tensors, exec::kSlotAlignment);
    for (auto [tensor, number] : llvm::zip(tensors, numbers))
      slots[number].offset = tensor.offset;
    (isFixed ? fixedBytes : rowBytes) = bytes;
  }
}

// The declaration that stays must still say of how many rows per batch row a dynamic dimension is.
void EntrySchedule::recordMultipliers(const RowsAnalysis &rows) {
  Builder builder(entry.getContext());
  // With its multiplier, if that is not 1.
  auto record = [&](DictionaryAttr old, Value value) -> DictionaryAttr {
    NamedAttrList attributes(old);
    if (int64_t multiplier = rows.getMultiplier(value); multiplier > 1)
      attributes.set(kRowsAttrName, builder.getI64IntegerAttr(multiplier));
    return attributes.getDictionary(entry.getContext());
  };
  SmallVector<DictionaryAttr> ofArguments, ofResults;
  for (BlockArgument argument : entry.getArguments())
    ofArguments.push_back(record(entry.getArgAttrDict(argument.getArgNumber()), argument));
  for (OpOperand &returned : entry.getBody().front().getTerminator()->getOpOperands())
    ofResults.push_back(
        record(entry.getResultAttrDict(returned.getOperandNumber()), returned.get()));
  entry.setAllArgAttrs(ofArguments);
  entry.setAllResultAttrs(ofResults);
}

LogicalResult EntrySchedule::compute() {
  FailureOr<RowsAnalysis> rows = RowsAnalysis::create(entry);
  if (failed(rows) || failed(collectSteps()))
    return failure();
  collectStorage();
  if (failed(assignArguments(*rows)) || failed(assignResults(*rows)))
    return failure();
  for (auto [index, step] : llvm::enumerate(steps))
    step.level = order.getLevel(index);
  computeLifeTimes();
  placeTransients();
  recordMultipliers(*rows);
  return success();
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

void EntrySchedule::emitStep(OpBuilder &builder, const Step &step) {
  SmallVector<Value> bindings;
  for (const KernelBinding &binding : step.kernel.bindings) {
    Value value = binding.isResult ? Value(step.op.getResult(binding.index))
                                   : getRoot(step.op.getOperands()[binding.index]);
    bindings.push_back(slots[slotOf[value]].ssa);
  }
  auto kernel = SymbolRefAttr::get(model.getSymNameAttr(), {step.op.getKernelAttr()});
  exec::DispatchOp::create(builder, step.op.getLoc(), kernel, bindings, step.op.getConstants(),
                           step.op.getRows());
}

void EntrySchedule::emit(OpBuilder &builder) {
  Location loc = entry.getLoc();
  auto program = exec::ProgramOp::create(builder, loc, entry.getSymName(), fixedBytes, rowBytes);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  for (Slot &slot : slots)
    slot.ssa = exec::SlotOp::create(builder, loc, exec::SlotType::get(builder.getContext()),
                                    slot.space, slot.offset, slot.size.fixed, slot.size.perRow);
  SmallVector<const Step *> order;
  for (const Step &step : steps)
    order.push_back(&step);
  llvm::stable_sort(order, [](const Step *a, const Step *b) { return a->level < b->level; });
  auto emitCopies = [&](ArrayRef<Copy> list) {
    for (const Copy &copy : list)
      exec::CopyOp::create(builder, loc, slots[copy.source].ssa, slots[copy.target].ssa);
  };
  emitCopies(firstCopies);
  unsigned level = 0;
  auto barrier = [&] {
    exec::BarrierOp::create(builder, loc);
    ++numBarriers;
  };
  for (const Step *step : order) {
    if (step->level != level)
      barrier();
    level = step->level;
    emitStep(builder, *step);
  }
  if (!copies.empty())
    barrier();
  emitCopies(copies);
  auto values = [&](ArrayRef<unsigned> numbers) {
    return llvm::map_to_vector(numbers, [&](unsigned number) { return slots[number].ssa; });
  };
  exec::InterfaceOp::create(builder, loc, values(inputs), values(outputs));
}

} // namespace weft
