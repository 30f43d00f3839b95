// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a kernel reads, writes and costs.
#include "KernelPlan.h"

#include "dialects/Weft/Weft.h"
#include "weft/Codegen/StageMemory.h"
#include "weft/Conversion/WeftToLinalg.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// Bytes of a tensor in memory.
LinearSize bytesOf(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t bytes = getMemoryElementType(type.getElementType()).getIntOrFloatBitWidth() / 8;
  bool isDynamic = false;
  for (int64_t size : type.getShape()) {
    isDynamic |= ShapedType::isDynamic(size);
    bytes *= ShapedType::isDynamic(size) ? getRowsPerBatchRow(value) : size;
  }
  return isDynamic ? LinearSize{0, bytes} : LinearSize{bytes, 0};
}

/// Far more work than any kernel does in a day; more is not told apart.
constexpr int64_t kMostWork = int64_t{1} << 60;

int64_t boundedProduct(int64_t a, int64_t b) {
  return std::min<uint64_t>(llvm::SaturatingMultiply<uint64_t>(a, b), kMostWork);
}

LinearSize boundedSum(LinearSize a, LinearSize b) {
  return {std::min(a.fixed + b.fixed, kMostWork), std::min(a.perRow + b.perRow, kMostWork)};
}

/// The size of a dimension times what is known already; at most one of all is dynamic.
LinearSize multiply(LinearSize total, LinearSize size) {
  return boundedSum(
      {boundedProduct(total.fixed, size.fixed), boundedProduct(total.perRow, size.fixed)},
      {0, boundedProduct(total.fixed, size.perRow)});
}

/// Arguments of a kernel that a result may take the place of.
class OverwriteAnalysis {
public:
  explicit OverwriteAnalysis(const StagePlan &plan) : plan(plan) {
    for (const StagePart &part : plan.getParts())
      for (const Stage &stage : part.stages)
        plan.forEachRead(stage, [&](Value value, AffineMap map) {
          Value storage = plan.getStorage(value);
          if (isa<BlockArgument>(storage))
            reads.push_back({storage, &stage, map.isIdentity() && value == storage});
        });
  }

  /// Whether each element of the argument is read only where the same element of the result is
  /// written.
  bool mayOverwrite(unsigned result, BlockArgument argument) const {
    const Stage *writer = nullptr;
    for (const StagePart &part : plan.getParts())
      for (const Stage &stage : part.stages)
        for (const StageStore &store : stage.stores)
          if (llvm::is_contained(plan.getBuffer(store.buffer).results, result)) {
            if (writer || !store.map.isIdentity() || stage.kind != Stage::Kind::Elementwise ||
                plan.getBuffer(store.buffer).value.getType() != argument.getType())
              return false;
            writer = &stage;
          }
    return writer && llvm::all_of(reads, [&](const Read &read) {
             return read.argument != argument || (read.stage == writer && read.sameElement);
           });
  }

private:
  struct Read {
    Value argument;
    const Stage *stage;
    bool sameElement;
  };

  const StagePlan &plan;
  SmallVector<Read> reads;
};

/// Where an op stands in a file: "model.mlir:7:10", or nothing.
std::string textOf(Location location) {
  std::string text;
  location->walk([&](Location nested) {
    auto file = dyn_cast<FileLineColLoc>(nested);
    if (!file)
      return WalkResult::advance();
    text = (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" +
            Twine(file.getColumn()))
               .str();
    return WalkResult::interrupt();
  });
  return text;
}

/// Numbers the guarded indices of a function.
void collectChecks(func::FuncOp function, KernelInfo &info) {
  function.walk([&](GuardedIndexOp op) {
    op.setSite(info.checks.size());
    info.checks.push_back({op.getUser().str(), textOf(op.getLoc()),
                           static_cast<int64_t>(op.getLow()), static_cast<int64_t>(op.getHigh())});
  });
}

} // namespace

KernelInfo KernelPlan::describe(llvm::StringRef name, func::FuncOp dispatch) const {
  KernelInfo info;
  info.name = name.str();
  func::FuncOp function = getFunction();
  // Of an attention, what the dispatch has, not what a head has of it.
  auto argumentOf = [&](BlockArgument argument) -> Value {
    return attention ? dispatch.getArgument(argument.getArgNumber()) : argument;
  };
  DenseSet<Value> read;
  for (const StagePart &part : stages.getParts())
    for (const Stage &stage : part.stages)
      stages.forEachRead(stage,
                         [&](Value value, AffineMap) { read.insert(stages.getStorage(value)); });
  // Behind those of the dispatch, a head's function may have arguments that are no bindings.
  unsigned numArguments = (attention ? dispatch : function).getNumArguments();
  for (BlockArgument argument : function.getArguments().take_front(numArguments)) {
    if (std::optional<int64_t> number = getConstant(argument.getArgNumber()))
      info.constantCount = std::max<unsigned>(info.constantCount, *number + 1);
    else if (read.contains(argument))
      info.bindings.push_back({false, argument.getArgNumber(), bytesOf(argumentOf(argument)), {}});
  }
  OverwriteAnalysis overwrites(stages);
  unsigned numOperands = info.bindings.size();
  Operation *terminator = (attention ? dispatch : function).getBody().front().getTerminator();
  for (auto [number, value] : llvm::enumerate(terminator->getOperands())) {
    KernelBinding binding{true, static_cast<unsigned>(number), bytesOf(value), {}};
    for (unsigned i = 0; i < numOperands && !attention; ++i)
      if (overwrites.mayOverwrite(number, function.getArgument(info.bindings[i].index)))
        binding.mayOverwrite.push_back(i);
    info.bindings.push_back(std::move(binding));
  }
  // A tile of an attention is a head, whatever its parts.
  for (const PartKernel &part : parts) {
    if (!attention || info.tiles.empty())
      info.tiles.push_back(part.tiles);
    info.scratchBytes = std::max(info.scratchBytes, part.scratchBytes);
  }
  LinearSize times{1, 0};
  if (attention)
    times = {attention->samples.fixed * attention->heads,
             attention->samples.perRow * attention->heads};
  for (const StagePart &part : stages.getParts())
    for (const Stage &stage : part.stages) {
      // One operation for each store or sum; a multiply-add is two.
      LinearSize work{stage.kind == Stage::Kind::Contraction ? 2 : 1, 0};
      // What is added up by index goes to one place of that loop.
      auto scatterLoop =
          stage.op ? stage.op->getAttrOfType<IntegerAttr>(kScatterLoopAttrName) : IntegerAttr();
      for (auto [loop, extent] : llvm::enumerate(stage.extents))
        if (!scatterLoop || scatterLoop.getInt() != static_cast<int64_t>(loop))
          work = multiply(work, extent);
      work = multiply(work, times);
      info.flops = boundedSum(info.flops, work);
    }
  collectChecks(function, info);
  return info;
}

} // namespace weft::cpu
