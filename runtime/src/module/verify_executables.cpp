// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Executables: kernels, their tiles and bindings, and the code itself.
#include "module/verify.h"

#include "device/cpu/elf_image.h"
#include "module/sizes.h"

#include <string_view>
#include <unordered_set>

namespace weft::rt {

static Status verifyTiles(const schema::Kernel &kernel) {
  if (kernel.tiles()->size() == 0)
    return dataLoss("no tiles");
  WEFT_RETURN_IF_ERROR(verifyAligned("tiles", *kernel.tiles()));
  for (flatbuffers::uoffset_t i = 0; i < kernel.tiles()->size(); ++i) {
    const schema::TileCount &part = *kernel.tiles()->Get(i);
    if (!linear(part.extent()).isAllowed())
      return dataLoss("tiles[%u]: extent %lld + rows * %lld is out of range", i,
                      static_cast<long long>(part.extent().fixed()),
                      static_cast<long long>(part.extent().per_row()));
    if (part.tile() <= 0 || part.times() <= 0)
      return dataLoss("tiles[%u]: tile %lld and times %lld must be positive", i,
                      static_cast<long long>(part.tile()), static_cast<long long>(part.times()));
  }
  if (!tileCount(kernel, 1))
    return dataLoss("too many tiles");
  return Status();
}

static Status verifyChecks(const schema::Kernel &kernel) {
  for (flatbuffers::uoffset_t i = 0; kernel.checks() && i < kernel.checks()->size(); ++i) {
    const schema::IndexCheck &check = *kernel.checks()->Get(i);
    if (check.low() >= check.high())
      return dataLoss("checks[%u]: low %lld is not less than high %lld", i,
                      static_cast<long long>(check.low()), static_cast<long long>(check.high()));
  }
  return Status();
}

static Status verifyKernel(const schema::Kernel &kernel) {
  WEFT_RETURN_IF_ERROR(verifyName("name", *kernel.name()));
  for (flatbuffers::uoffset_t i = 0; i < kernel.bindings()->size(); ++i) {
    const schema::KernelBinding &binding = *kernel.bindings()->Get(i);
    WEFT_RETURN_IF_ERROR(verifyEnum("access", binding.access()).withContext(place("bindings", i)));
    if (!linear(*binding.size()).isAllowed())
      return dataLoss("bindings[%u]: size %lld + rows * %lld is out of range", i,
                      static_cast<long long>(binding.size()->fixed()),
                      static_cast<long long>(binding.size()->per_row()));
  }
  if (kernel.scratch_bytes() > maxScratchBytes)
    return dataLoss("scratch_bytes is %llu: expected at most %llu",
                    static_cast<unsigned long long>(kernel.scratch_bytes()),
                    static_cast<unsigned long long>(maxScratchBytes));
  WEFT_RETURN_IF_ERROR(verifyAligned("flops", kernel.flops()));
  if (kernel.flops() && !linear(*kernel.flops()).isAllowed())
    return dataLoss("flops is out of range");
  WEFT_RETURN_IF_ERROR(verifyChecks(kernel));
  return verifyTiles(kernel);
}

static Status verifyImage(const schema::Executable &executable) {
  if (executable.target() != schema::TargetKind::Cpu)
    return Status();
  uint16_t machine = elfMachineOfTriple(executable.triple()->str());
  if (machine == 0)
    return dataLoss("triple '%s' is not one that CPU images exist for",
                    executable.triple()->c_str());
  std::span<const uint8_t> image(executable.image()->data(), executable.image()->size());
  auto layout = parseElfImage(image, machine);
  if (!layout.ok())
    return layout.takeStatus().withContext("image");
  for (flatbuffers::uoffset_t i = 0; i < executable.kernels()->size(); ++i)
    if (!layout->isExecutable(executable.kernels()->Get(i)->entry()))
      return dataLoss("kernels[%u]: entry %llu is not in an executable segment of the image", i,
                      static_cast<unsigned long long>(executable.kernels()->Get(i)->entry()));
  return Status();
}

static Status verifyExecutable(const schema::Executable &executable) {
  WEFT_RETURN_IF_ERROR(verifyEnum("target", executable.target()));
  WEFT_RETURN_IF_ERROR(verifyName("triple", *executable.triple()));
  WEFT_RETURN_IF_ERROR(verifyName("cpu", *executable.cpu()));
  for (const flatbuffers::String *feature : *executable.features())
    WEFT_RETURN_IF_ERROR(verifyName("features", *feature));
  std::unordered_set<std::string_view> names;
  for (flatbuffers::uoffset_t i = 0; i < executable.kernels()->size(); ++i) {
    const schema::Kernel &kernel = *executable.kernels()->Get(i);
    WEFT_RETURN_IF_ERROR(verifyKernel(kernel).withContext(place("kernels", i)));
    if (!names.insert(kernel.name()->string_view()).second)
      return dataLoss("kernels[%u]: the name '%s' is taken by another kernel", i,
                      kernel.name()->c_str());
  }
  return verifyImage(executable);
}

Status verifyExecutables(const schema::Module &module) {
  for (flatbuffers::uoffset_t i = 0; i < module.executables()->size(); ++i)
    WEFT_RETURN_IF_ERROR(
        verifyExecutable(*module.executables()->Get(i)).withContext(place("executables", i)));
  return Status();
}

} // namespace weft::rt
