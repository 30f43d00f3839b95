// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs: slots inside their regions, and commands that fit kernels and slots.
#include "module/verify.h"

#include "module/sizes.h"
#include "schema/kernel_abi.h"

#include <vector>

namespace weft::rt {

namespace {

class ProgramVerifier {
public:
  ProgramVerifier(const schema::Module &module, const schema::Program &program)
      : module(module), program(program) {}
  Status verify();

private:
  Status verifyRegions() const;
  Status verifySlot(const schema::Slot &slot) const;
  Status verifyStaticSlot(const schema::Slot &slot, uint64_t regionBytes, const char *region) const;
  Status verifyRowsSlot(const schema::Slot &slot) const;
  Status verifyInputs() const;
  Status verifyCommand(const schema::CommandEntry &entry) const;
  Status verifyDispatch(const schema::Dispatch &dispatch) const;
  Status verifyDispatchOn(const schema::Executable &executable,
                          const schema::Dispatch &dispatch) const;
  Status verifyBinding(const schema::Kernel &kernel, const schema::Dispatch &dispatch,
                       flatbuffers::uoffset_t index) const;
  Status verifyCopy(const schema::Copy &copy) const;
  Status verifyIndex(const char *field, uint32_t slot) const;
  Status verifyWritable(const char *field, uint32_t slot) const;

  const schema::Slot &slot(uint32_t index) const { return *program.slots()->Get(index); }

  const schema::Module &module;
  const schema::Program &program;
  std::vector<const schema::Executable *> executables; // of the program's target
};

} // namespace

static const char *spaceName(schema::SlotSpace space) {
  switch (space) {
  case schema::SlotSpace::Persistent:
    return "persistent";
  case schema::SlotSpace::Constant:
    return "constant";
  case schema::SlotSpace::Fixed:
    return "fixed";
  case schema::SlotSpace::Rows:
    return "rows";
  case schema::SlotSpace::Argument:
    return "an argument";
  }
  return "unknown";
}

Status ProgramVerifier::verify() {
  WEFT_RETURN_IF_ERROR(verifyEnum("target", program.target()));
  for (const schema::Executable *executable : *module.executables())
    if (executable->target() == program.target())
      executables.push_back(executable);
  if (executables.empty())
    return dataLoss("there is no executable for its target");
  WEFT_RETURN_IF_ERROR(verifyRegions());
  WEFT_RETURN_IF_ERROR(verifyAligned("slots", *program.slots()));
  for (flatbuffers::uoffset_t i = 0; i < program.slots()->size(); ++i)
    WEFT_RETURN_IF_ERROR(verifySlot(slot(i)).withContext(place("slots", i)));
  WEFT_RETURN_IF_ERROR(verifyInputs());
  for (flatbuffers::uoffset_t i = 0; i < program.outputs()->size(); ++i)
    WEFT_RETURN_IF_ERROR(
        verifyIndex("slot", program.outputs()->Get(i)).withContext(place("outputs", i)));
  for (flatbuffers::uoffset_t i = 0; i < program.commands()->size(); ++i)
    WEFT_RETURN_IF_ERROR(
        verifyCommand(*program.commands()->Get(i)).withContext(place("commands", i)));
  return Status();
}

Status ProgramVerifier::verifyRegions() const {
  if (program.fixed_bytes() > static_cast<uint64_t>(maxFixedBytes))
    return dataLoss("fixed_bytes is %llu: expected at most %lld",
                    static_cast<unsigned long long>(program.fixed_bytes()),
                    static_cast<long long>(maxFixedBytes));
  if (program.row_bytes() > static_cast<uint64_t>(maxBytesPerRow))
    return dataLoss("row_bytes is %llu: expected at most %lld",
                    static_cast<unsigned long long>(program.row_bytes()),
                    static_cast<long long>(maxBytesPerRow));
  return Status();
}

Status ProgramVerifier::verifySlot(const schema::Slot &slot) const {
  WEFT_RETURN_IF_ERROR(verifyEnum("space", slot.space()));
  if (!linear(slot.size()).isAllowed())
    return dataLoss("size %lld + rows * %lld is out of range",
                    static_cast<long long>(slot.size().fixed()),
                    static_cast<long long>(slot.size().per_row()));
  if (slot.space() == schema::SlotSpace::Argument) {
    if (slot.offset() >= program.inputs()->size())
      return dataLoss("input %llu: there are %u", static_cast<unsigned long long>(slot.offset()),
                      program.inputs()->size());
    return Status();
  }
  if (slot.offset() % WEFT_KERNEL_ALIGNMENT != 0)
    return dataLoss("offset %llu is not a multiple of %d",
                    static_cast<unsigned long long>(slot.offset()), WEFT_KERNEL_ALIGNMENT);
  switch (slot.space()) {
  case schema::SlotSpace::Persistent:
    return verifyStaticSlot(slot, module.persistent_bytes(), "persistent arena");
  case schema::SlotSpace::Constant:
    return verifyStaticSlot(slot, module.constants() ? module.constants()->size() : 0, "constants");
  case schema::SlotSpace::Fixed:
    return verifyStaticSlot(slot, program.fixed_bytes(), "fixed region");
  default:
    return verifyRowsSlot(slot);
  }
}

Status ProgramVerifier::verifyStaticSlot(const schema::Slot &slot, uint64_t regionBytes,
                                         const char *region) const {
  if (slot.size().per_row() != 0)
    return dataLoss("a slot of the %s may not grow with the rows", region);
  uint64_t bytes = static_cast<uint64_t>(slot.size().fixed());
  if (slot.offset() > regionBytes || bytes > regionBytes - slot.offset())
    return dataLoss("%llu bytes at offset %llu exceed the %s of %llu",
                    static_cast<unsigned long long>(bytes),
                    static_cast<unsigned long long>(slot.offset()), region,
                    static_cast<unsigned long long>(regionBytes));
  return Status();
}

// rows * offset + fixed + rows * perRow <= rows * rowBytes holds for all rows if it does for one.
Status ProgramVerifier::verifyRowsSlot(const schema::Slot &slot) const {
  uint64_t bytes = static_cast<uint64_t>(linear(slot.size()).at(1));
  if (slot.offset() > program.row_bytes() || bytes > program.row_bytes() - slot.offset())
    return dataLoss("%llu bytes a row at offset %llu exceed the rows region of %llu a row",
                    static_cast<unsigned long long>(bytes),
                    static_cast<unsigned long long>(slot.offset()),
                    static_cast<unsigned long long>(program.row_bytes()));
  return Status();
}

Status ProgramVerifier::verifyInputs() const {
  for (flatbuffers::uoffset_t i = 0; i < program.inputs()->size(); ++i) {
    uint32_t index = program.inputs()->Get(i);
    WEFT_RETURN_IF_ERROR(verifyIndex("slot", index).withContext(place("inputs", i)));
    if (slot(index).space() != schema::SlotSpace::Argument || slot(index).offset() != i)
      return dataLoss("inputs[%u]: slot %u is not argument %u", i, index, i);
  }
  return Status();
}

Status ProgramVerifier::verifyIndex(const char *field, uint32_t slot) const {
  if (slot >= program.slots()->size())
    return dataLoss("%s is %u: there are %u slots", field, slot, program.slots()->size());
  return Status();
}

Status ProgramVerifier::verifyWritable(const char *field, uint32_t index) const {
  WEFT_RETURN_IF_ERROR(verifyIndex(field, index));
  schema::SlotSpace space = slot(index).space();
  if (space == schema::SlotSpace::Constant || space == schema::SlotSpace::Argument)
    return dataLoss("%s writes slot %u, which is %s", field, index, spaceName(space));
  return Status();
}

Status ProgramVerifier::verifyCommand(const schema::CommandEntry &entry) const {
  switch (entry.command_type()) {
  case schema::Command::Dispatch:
    return verifyDispatch(*entry.command_as_Dispatch());
  case schema::Command::Copy:
    return verifyCopy(*entry.command_as_Copy());
  case schema::Command::Fill:
    return verifyWritable("fill", entry.command_as_Fill()->target());
  case schema::Command::Barrier:
    return Status();
  case schema::Command::AllReduce:
    for (uint32_t slot : *entry.command_as_AllReduce()->slots())
      WEFT_RETURN_IF_ERROR(verifyWritable("all-reduce", slot));
    return Status();
  default:
    return dataLoss("unknown command %d", static_cast<int>(entry.command_type()));
  }
}

Status ProgramVerifier::verifyDispatch(const schema::Dispatch &dispatch) const {
  WEFT_RETURN_IF_ERROR(verifyAligned("constants", dispatch.constants()));
  for (const schema::Executable *executable : executables)
    WEFT_RETURN_IF_ERROR(verifyDispatchOn(*executable, dispatch));
  return Status();
}

// A size of a kernel whose rows are a multiple of the batch's. Kernels are verified before: no
// overflow.
static Linear scaled(Linear size, int64_t rows) { return {size.fixed, size.perRow * rows}; }

Status ProgramVerifier::verifyDispatchOn(const schema::Executable &executable,
                                         const schema::Dispatch &dispatch) const {
  if (dispatch.kernel() >= executable.kernels()->size())
    return dataLoss("kernel %u: the executable for '%s' has %u", dispatch.kernel(),
                    executable.cpu()->c_str(), executable.kernels()->size());
  const schema::Kernel &kernel = *executable.kernels()->Get(dispatch.kernel());
  const char *name = kernel.name()->c_str();
  if (dispatch.bindings()->size() != kernel.bindings()->size())
    return dataLoss("%u bindings: kernel '%s' has %u", dispatch.bindings()->size(), name,
                    kernel.bindings()->size());
  size_t constants = dispatch.constants() ? dispatch.constants()->size() : 0;
  if (constants != kernel.constant_count())
    return dataLoss("%zu constants: kernel '%s' takes %u", constants, name,
                    kernel.constant_count());
  if (dispatch.rows() < 1 || dispatch.rows() > maxRows)
    return dataLoss("rows is %lld: expected 1 to %lld", static_cast<long long>(dispatch.rows()),
                    static_cast<long long>(maxRows));
  for (const schema::TileCount *tiles : *kernel.tiles())
    if (!scaled(linear(tiles->extent()), dispatch.rows()).isAllowed())
      return dataLoss("kernel '%s' has too many tiles for %lld rows a sample", name,
                      static_cast<long long>(dispatch.rows()));
  if (kernel.flops() && !scaled(linear(*kernel.flops()), dispatch.rows()).isAllowed())
    return dataLoss("kernel '%s' has too much work for %lld rows a sample", name,
                    static_cast<long long>(dispatch.rows()));
  for (flatbuffers::uoffset_t i = 0; i < dispatch.bindings()->size(); ++i)
    WEFT_RETURN_IF_ERROR(verifyBinding(kernel, dispatch, i));
  return Status();
}

Status ProgramVerifier::verifyBinding(const schema::Kernel &kernel,
                                      const schema::Dispatch &dispatch,
                                      flatbuffers::uoffset_t index) const {
  const schema::KernelBinding &binding = *kernel.bindings()->Get(index);
  uint32_t slotIndex = dispatch.bindings()->Get(index);
  std::string field =
      "binding " + std::to_string(index) + " of kernel '" + kernel.name()->str() + "'";
  if (binding.access() == schema::Access::Read)
    WEFT_RETURN_IF_ERROR(verifyIndex(field.c_str(), slotIndex));
  else
    WEFT_RETURN_IF_ERROR(verifyWritable(field.c_str(), slotIndex));
  Linear needed = scaled(linear(*binding.size()), dispatch.rows()),
         given = linear(slot(slotIndex).size());
  if (!needed.fitsIn(given))
    return dataLoss("%s needs %lld + rows * %lld bytes, slot %u has %lld + rows * %lld",
                    field.c_str(), static_cast<long long>(needed.fixed),
                    static_cast<long long>(needed.perRow), slotIndex,
                    static_cast<long long>(given.fixed), static_cast<long long>(given.perRow));
  return Status();
}

Status ProgramVerifier::verifyCopy(const schema::Copy &copy) const {
  WEFT_RETURN_IF_ERROR(verifyIndex("source", copy.source()));
  WEFT_RETURN_IF_ERROR(verifyWritable("copy", copy.target()));
  if (linear(slot(copy.source()).size()) != linear(slot(copy.target()).size()))
    return dataLoss("slots %u and %u of a copy differ in size", copy.source(), copy.target());
  return Status();
}

Status verifyPrograms(const schema::Module &module) {
  for (flatbuffers::uoffset_t i = 0; i < module.programs()->size(); ++i)
    WEFT_RETURN_IF_ERROR(ProgramVerifier(module, *module.programs()->Get(i))
                             .verify()
                             .withContext(place("programs", i)));
  return Status();
}

} // namespace weft::rt
