// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernel information as attributes of kernel functions.
#include "weft/Target/TargetInterface.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace weft {
namespace {

constexpr llvm::StringLiteral kBindings = "weft.bindings";
constexpr llvm::StringLiteral kConstantCount = "weft.constant_count";
constexpr llvm::StringLiteral kTiles = "weft.tiles";
constexpr llvm::StringLiteral kScratchBytes = "weft.scratch_bytes";
constexpr llvm::StringLiteral kFlops = "weft.flops";
constexpr llvm::StringLiteral kChecks = "weft.checks";

ArrayAttr arrayOf(Builder &builder, ArrayRef<Attribute> attributes) {
  return builder.getArrayAttr(attributes);
}

Attribute toAttribute(Builder &builder, const KernelBinding &binding) {
  SmallVector<int64_t> reuse(binding.mayOverwrite.begin(), binding.mayOverwrite.end());
  SmallVector<NamedAttribute> entries = {
      builder.getNamedAttr(binding.isResult ? "result" : "operand",
                           builder.getI64IntegerAttr(binding.index)),
      builder.getNamedAttr(
          "bytes", builder.getDenseI64ArrayAttr({binding.bytes.fixed, binding.bytes.perRow}))};
  if (!reuse.empty())
    entries.push_back(builder.getNamedAttr("may_overwrite", builder.getDenseI64ArrayAttr(reuse)));
  return builder.getDictionaryAttr(entries);
}

Attribute toAttribute(Builder &builder, const KernelCheck &check) {
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("user", builder.getStringAttr(check.user)),
       builder.getNamedAttr("location", builder.getStringAttr(check.location)),
       builder.getNamedAttr("range", builder.getDenseI64ArrayAttr({check.low, check.high}))});
}

LogicalResult fromAttribute(Attribute attribute, KernelCheck &check) {
  auto entries = dyn_cast<DictionaryAttr>(attribute);
  auto user = entries ? entries.getAs<StringAttr>("user") : StringAttr();
  auto location = entries ? entries.getAs<StringAttr>("location") : StringAttr();
  auto range = entries ? entries.getAs<DenseI64ArrayAttr>("range") : DenseI64ArrayAttr();
  if (!user || !location || !range || range.size() != 2)
    return failure();
  check = {user.str(), location.str(), range[0], range[1]};
  return success();
}

LogicalResult fromAttribute(Attribute attribute, KernelBinding &binding) {
  auto entries = dyn_cast<DictionaryAttr>(attribute);
  if (!entries)
    return failure();
  auto result = entries.getAs<IntegerAttr>("result");
  auto index = result ? result : entries.getAs<IntegerAttr>("operand");
  auto bytes = entries.getAs<DenseI64ArrayAttr>("bytes");
  if (!index || !bytes || bytes.size() != 2)
    return failure();
  binding.isResult = static_cast<bool>(result);
  binding.index = index.getInt();
  binding.bytes = {bytes[0], bytes[1]};
  if (auto reuse = entries.getAs<DenseI64ArrayAttr>("may_overwrite"))
    binding.mayOverwrite.append(reuse.asArrayRef().begin(), reuse.asArrayRef().end());
  return success();
}

} // namespace

TargetInterface::~TargetInterface() = default;

void writeKernelInfo(func::FuncOp kernel, const KernelInfo &info) {
  Builder builder(kernel.getContext());
  SmallVector<Attribute> bindings, tiles;
  for (const KernelBinding &binding : info.bindings)
    bindings.push_back(toAttribute(builder, binding));
  // {extent_fixed, extent_per_row, tile, times} of each part.
  for (const KernelTiles &part : info.tiles)
    tiles.push_back(builder.getDenseI64ArrayAttr(
        {part.extent.fixed, part.extent.perRow, part.tile, part.times}));
  kernel->setAttr(kBindings, arrayOf(builder, bindings));
  kernel->setAttr(kTiles, arrayOf(builder, tiles));
  kernel->setAttr(kConstantCount, builder.getI64IntegerAttr(info.constantCount));
  kernel->setAttr(kScratchBytes, builder.getI64IntegerAttr(info.scratchBytes));
  kernel->setAttr(kFlops, builder.getDenseI64ArrayAttr({info.flops.fixed, info.flops.perRow}));
  SmallVector<Attribute> checks;
  for (const KernelCheck &check : info.checks)
    checks.push_back(toAttribute(builder, check));
  if (!checks.empty())
    kernel->setAttr(kChecks, arrayOf(builder, checks));
}

FailureOr<KernelInfo> readKernelInfo(func::FuncOp kernel) {
  auto bindings = kernel->getAttrOfType<ArrayAttr>(kBindings);
  auto tiles = kernel->getAttrOfType<ArrayAttr>(kTiles);
  auto constants = kernel->getAttrOfType<IntegerAttr>(kConstantCount);
  auto scratch = kernel->getAttrOfType<IntegerAttr>(kScratchBytes);
  auto flops = kernel->getAttrOfType<DenseI64ArrayAttr>(kFlops);
  if (!bindings || !tiles || !constants || !scratch || !flops || flops.size() != 2)
    return kernel.emitOpError("expected the attributes of a kernel: ")
           << kBindings << ", " << kTiles << ", " << kConstantCount << ", " << kScratchBytes << ", "
           << kFlops;
  KernelInfo info;
  info.name = kernel.getSymName().str();
  info.constantCount = constants.getInt();
  info.scratchBytes = scratch.getInt();
  info.flops = {flops[0], flops[1]};
  for (Attribute attribute : bindings)
    if (failed(fromAttribute(attribute, info.bindings.emplace_back())))
      return kernel.emitOpError("expected a binding {operand|result, bytes = array<i64: fixed, "
                                "per_row>}, got ")
             << attribute;
  for (Attribute attribute : tiles) {
    auto part = dyn_cast<DenseI64ArrayAttr>(attribute);
    if (!part || part.size() != 4 || part[2] < 1)
      return kernel.emitOpError("expected tiles array<i64: fixed, per_row, tile, times>, got ")
             << attribute;
    info.tiles.push_back({{part[0], part[1]}, part[2], part[3]});
  }
  if (auto checks = kernel->getAttrOfType<ArrayAttr>(kChecks))
    for (Attribute attribute : checks)
      if (failed(fromAttribute(attribute, info.checks.emplace_back())))
        return kernel.emitOpError("expected a check {user, location, range = array<i64: low, "
                                  "high>}, got ")
               << attribute;
  return info;
}

} // namespace weft
