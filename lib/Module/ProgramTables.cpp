// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs in the module format.
#include "EntryTables.h"

using namespace mlir;

namespace weft {

namespace {

class ProgramBuilder {
public:
  ProgramBuilder(schema::ProgramT &table, const llvm::StringMap<unsigned> &kernelNumbers)
      : table(table), kernelNumbers(kernelNumbers) {}

  void add(Operation &op) {
    llvm::TypeSwitch<Operation *>(&op)
        .Case<exec::SlotOp>([&](auto op) { addSlot(op); })
        .Case<exec::DispatchOp>([&](auto op) { addDispatch(op); })
        .Case<exec::CopyOp>([&](auto op) {
          schema::CopyT copy;
          copy.source = slotNumber(op.getSource());
          copy.target = slotNumber(op.getTarget());
          addCommand(std::move(copy));
        })
        .Case<exec::FillOp>([&](auto op) {
          schema::FillT fill;
          fill.target = slotNumber(op.getTarget());
          fill.pattern = op.getPattern();
          addCommand(std::move(fill));
        })
        .Case<exec::BarrierOp>([&](auto) { addCommand(schema::BarrierT()); })
        .Case<exec::AllReduceOp>([&](auto op) {
          schema::AllReduceT reduce;
          reduce.slots = slotNumbersOf(op.getSlots());
          addCommand(std::move(reduce));
        })
        .Case<exec::InterfaceOp>([&](auto op) {
          table.inputs = slotNumbersOf(op.getInputs());
          table.outputs = slotNumbersOf(op.getOutputs());
        });
  }

private:
  template <typename T>
  void addCommand(T command) {
    auto entry = std::make_unique<schema::CommandEntryT>();
    entry->command.Set(std::move(command));
    table.commands.push_back(std::move(entry));
  }

  void addSlot(exec::SlotOp op) {
    numbers[op.getSlot()] = table.slots.size();
    table.slots.push_back(schema::Slot(op.getOffset(),
                                       schema::LinearSize(op.getFixed(), op.getPerRow()),
                                       static_cast<schema::SlotSpace>(op.getSpace())));
  }

  void addDispatch(exec::DispatchOp op) {
    schema::DispatchT dispatch;
    dispatch.kernel = kernelNumbers.lookup(op.getKernel().getLeafReference());
    dispatch.bindings = slotNumbersOf(op.getBindings());
    dispatch.constants.assign(op.getConstants().begin(), op.getConstants().end());
    dispatch.rows = op.getRows();
    addCommand(std::move(dispatch));
  }

  unsigned slotNumber(Value slot) const { return numbers.lookup(slot); }
  std::vector<unsigned> slotNumbersOf(ValueRange slots) const {
    std::vector<unsigned> result;
    for (Value slot : slots)
      result.push_back(slotNumber(slot));
    return result;
  }

  schema::ProgramT &table;
  const llvm::StringMap<unsigned> &kernelNumbers;
  DenseMap<Value, unsigned> numbers;
};

} // namespace

std::unique_ptr<schema::ProgramT> buildProgram(exec::ProgramOp program,
                                               const llvm::StringMap<unsigned> &kernelNumbers) {
  auto table = std::make_unique<schema::ProgramT>();
  table->fixed_bytes = program.getFixedBytes();
  table->row_bytes = program.getRowBytes();
  ProgramBuilder builder(*table, kernelNumbers);
  for (Operation &op : program.getBody().front())
    builder.add(op);
  return table;
}

} // namespace weft
