// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs become command lists: slots become pointers, kernels get their tile counts.
#include "module/prepared_run.h"

#include "module/sizes.h"

namespace weft::rt {

namespace {

// Relative costs by which concurrent dispatches share the workers: a byte moved takes about as long
// as four floating-point operations in registers.
constexpr double costPerByte = 4;

class ListBuilder {
public:
  ListBuilder(const schema::Program &program, const schema::Executable &executable,
              const RegionBases &bases, PreparedRun &run)
      : program(program), executable(executable), bases(bases), run(run), rows(run.list.rows) {}
  Status build();

private:
  void addArguments();
  void addYields();
  Status addCommand(const schema::CommandEntry &entry);
  Status addDispatch(const schema::Dispatch &dispatch);
  void addCopy(const schema::Copy &copy);
  void addFill(const schema::Fill &fill);
  void addBarrier();
  void addPointer(uint32_t slotIndex);
  uint8_t *address(const schema::Slot &slot) const;
  int64_t bytesOf(uint32_t slotIndex) const {
    return linear(program.slots()->Get(slotIndex)->size()).at(rows);
  }

  const schema::Program &program;
  const schema::Executable &executable;
  const RegionBases &bases;
  PreparedRun &run;
  const int64_t rows;
};

} // namespace

Status ListBuilder::build() {
  addArguments();
  for (const schema::CommandEntry *entry : *program.commands())
    WEFT_RETURN_IF_ERROR(addCommand(*entry));
  std::vector<Command> &commands = run.list.commands;
  if (!commands.empty() && commands.back().kind == Command::Kind::barrier)
    commands.pop_back();
  addYields();
  return Status();
}

void ListBuilder::addArguments() {
  for (const schema::Input *input : *run.signature->inputs()) {
    PreparedRun::Argument argument;
    argument.bytes = static_cast<uint64_t>(tensorBytes(*input->shape(), input->type())->at(rows));
    run.arguments.push_back(std::move(argument));
  }
}

void ListBuilder::addYields() {
  for (flatbuffers::uoffset_t i = 0; i < program.outputs()->size(); ++i) {
    const schema::Output &output = *run.signature->outputs()->Get(i);
    const schema::Slot &slot = *program.slots()->Get(program.outputs()->Get(i));
    PreparedRun::Yield yield;
    yield.bytes = static_cast<uint64_t>(tensorBytes(*output.shape(), output.type())->at(rows));
    if (slot.space() == schema::SlotSpace::Argument)
      yield.argument = slot.offset();
    else
      yield.memory = address(slot);
    run.yields.push_back(yield);
  }
}

Status ListBuilder::addCommand(const schema::CommandEntry &entry) {
  switch (entry.command_type()) {
  case schema::Command::Dispatch:
    return addDispatch(*entry.command_as_Dispatch());
  case schema::Command::Copy:
    addCopy(*entry.command_as_Copy());
    break;
  case schema::Command::Fill:
    addFill(*entry.command_as_Fill());
    break;
  case schema::Command::Barrier:
    addBarrier();
    break;
  default: // the sum over one process is what is there
    break;
  }
  return Status();
}

Status ListBuilder::addDispatch(const schema::Dispatch &dispatch) {
  const schema::Kernel &kernel = *executable.kernels()->Get(dispatch.kernel());
  const int64_t kernelRows = rows * dispatch.rows();
  std::optional<int64_t> tiles = tileCount(kernel, kernelRows);
  if (!tiles)
    return outOfRange("kernel '%s' has too many tiles for %lld rows", kernel.name()->c_str(),
                      static_cast<long long>(kernelRows));
  Command command;
  command.kind = Command::Kind::dispatch;
  command.kernel = dispatch.kernel();
  command.tiles = *tiles;
  command.rows = kernelRows;
  command.firstPointer = static_cast<uint32_t>(run.list.pointers.size());
  command.firstConstant = static_cast<uint32_t>(run.list.constants.size());
  command.cost =
      1 + (kernel.flops() ? static_cast<double>(linear(*kernel.flops()).at(kernelRows)) : 0);
  for (flatbuffers::uoffset_t i = 0; i < dispatch.bindings()->size(); ++i) {
    addPointer(dispatch.bindings()->Get(i));
    Linear size = linear(*kernel.bindings()->Get(i)->size());
    command.cost += costPerByte * static_cast<double>(size.at(kernelRows));
  }
  if (dispatch.constants())
    run.list.constants.insert(run.list.constants.end(), dispatch.constants()->begin(),
                              dispatch.constants()->end());
  run.list.commands.push_back(command);
  return Status();
}

void ListBuilder::addCopy(const schema::Copy &copy) {
  Command command;
  command.kind = Command::Kind::copy;
  command.bytes = static_cast<uint64_t>(bytesOf(copy.target()));
  command.cost = 1 + 2 * costPerByte * static_cast<double>(command.bytes);
  command.firstPointer = static_cast<uint32_t>(run.list.pointers.size());
  addPointer(copy.source());
  addPointer(copy.target());
  run.list.commands.push_back(command);
}

void ListBuilder::addFill(const schema::Fill &fill) {
  Command command;
  command.kind = Command::Kind::fill;
  command.bytes = static_cast<uint64_t>(bytesOf(fill.target()));
  command.cost = 1 + costPerByte * static_cast<double>(command.bytes);
  command.pattern = fill.pattern();
  command.firstPointer = static_cast<uint32_t>(run.list.pointers.size());
  addPointer(fill.target());
  run.list.commands.push_back(command);
}

void ListBuilder::addBarrier() {
  std::vector<Command> &commands = run.list.commands;
  if (!commands.empty() && commands.back().kind != Command::Kind::barrier)
    commands.push_back(Command());
}

void ListBuilder::addPointer(uint32_t slotIndex) {
  const schema::Slot &slot = *program.slots()->Get(slotIndex);
  if (slot.space() == schema::SlotSpace::Argument)
    run.arguments[slot.offset()].positions.push_back(run.list.pointers.size());
  run.list.pointers.push_back(address(slot));
}

uint8_t *ListBuilder::address(const schema::Slot &slot) const {
  switch (slot.space()) {
  case schema::SlotSpace::Persistent:
    return bases.persistent + slot.offset();
  case schema::SlotSpace::Constant:
    return bases.constants + slot.offset();
  case schema::SlotSpace::Fixed:
    return bases.fixed + slot.offset();
  case schema::SlotSpace::Rows:
    return bases.rows + slot.offset() * static_cast<uint64_t>(rows);
  case schema::SlotSpace::Argument:
    break; // bound for each run
  }
  return nullptr;
}

Status buildPreparedRun(const schema::Program &program, const schema::Executable &executable,
                        const RegionBases &bases, PreparedRun &run) {
  return ListBuilder(program, executable, bases, run).build();
}

} // namespace weft::rt
