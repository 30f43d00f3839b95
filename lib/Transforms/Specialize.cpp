// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sizes for named dimensions: one copy of each function per bucket, its types inferred again.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/DimensionBinding.h"
#include "weft/Transforms/Passes.h"
#include "weft/Transforms/TypePropagation.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_SPECIALIZE
#include "weft/Transforms/Passes.h.inc"

namespace {

// The size of each named dimension in one bucket.
using Bucket = llvm::MapVector<StringRef, int64_t>;

// The name of dimension `dimension` of an argument; an unnamed outermost one is the batch.
StringRef getDimensionName(func::FuncOp function, unsigned argument, unsigned dimension) {
  auto names = function.getArgAttrOfType<ArrayAttr>(argument, kDimsAttr);
  if (names && dimension < names.size())
    if (auto name = cast<StringAttr>(names[dimension]); !name.empty())
      return name.getValue();
  return dimension == 0 ? "batch" : "";
}

// Calls `visit(argument, dimension, name)` for each dynamic dimension of the arguments.
LogicalResult
forEachDynamicDimension(func::FuncOp function,
                        function_ref<LogicalResult(unsigned, unsigned, StringRef)> visit) {
  for (auto [argument, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    for (unsigned dimension : llvm::seq<unsigned>(0, tensor ? tensor.getRank() : 0))
      if (tensor.isDynamicDim(dimension) &&
          failed(visit(argument, dimension, getDimensionName(function, argument, dimension))))
        return failure();
  }
  return success();
}

class Specializer {
public:
  Specializer(ModelOp model, ArrayRef<DimensionBinding> bindings, bool staticBatch)
      : model(model), bindings(bindings), staticBatch(staticBatch) {}

  // Returns the number of copies.
  FailureOr<unsigned> run();

private:
  LogicalResult collectNames();
  LogicalResult checkBindings();
  LogicalResult checkCopies();
  SmallVector<Bucket> getBuckets(const llvm::SetVector<StringRef> &names) const;
  FailureOr<func::FuncOp> specialize(func::FuncOp function, const Bucket &bucket);
  FailureOr<FlatSymbolRefAttr> specializeCallee(ValueAndGradOp op, const Bucket &bucket);

  ModelOp model;
  ArrayRef<DimensionBinding> bindings;
  bool staticBatch;
  // The dimensions to bind, by function, in the order of `bindings`.
  llvm::MapVector<func::FuncOp, llvm::SetVector<StringRef>> namesOf;
  // Callees of gradients that have copies, after those that they call.
  llvm::SetVector<Operation *> copiedCallees;
};

LogicalResult Specializer::collectNames() {
  for (auto function : model.getBody().getOps<func::FuncOp>()) {
    if (function.isExternal() || !function.isPublic())
      continue;
    llvm::SetVector<StringRef> used;
    auto visit = [&](unsigned argument, unsigned dimension, StringRef name) -> LogicalResult {
      if (name.empty())
        return function.emitOpError("argument ")
               << argument << ": expected a name for dynamic dimension " << dimension
               << ", such as weft.dims = [\"batch\", \"seq\"]";
      if (name == "batch" && !staticBatch)
        return success();
      if (llvm::none_of(bindings, [&](const DimensionBinding &b) { return b.name == name; }))
        return function.emitOpError("argument ")
               << argument << ": expected sizes for dimension '" << name
               << "', such as --bind=" << name << "=16:128:16, got none";
      used.insert(name);
      return success();
    };
    if (failed(forEachDynamicDimension(function, visit)))
      return failure();
    llvm::SetVector<StringRef> &ordered = namesOf[function];
    for (const DimensionBinding &binding : bindings)
      if (used.contains(binding.name))
        ordered.insert(binding.name);
  }
  return success();
}

LogicalResult Specializer::checkBindings() {
  for (const DimensionBinding &binding : bindings) {
    if (binding.name == "batch") {
      if (binding.sizes.size() != 1)
        return model.emitOpError("expected one size of the batch to tune for, got ")
               << binding.sizes.size();
      model->setAttr(kTunedBatchAttr, Builder(model).getI64IntegerAttr(binding.sizes[0]));
      continue;
    }
    bool isUsed =
        llvm::any_of(namesOf, [&](auto &entry) { return entry.second.contains(binding.name); });
    if (!isUsed)
      return model.emitOpError("expected a dynamic dimension named '")
             << binding.name << "', for which sizes are given, got none";
  }
  return success();
}

// The size that goes with the bucket's size of the partner; nothing if any size goes with any.
static std::optional<int64_t> findPairedSize(const DimensionBinding &binding, const Bucket &bucket,
                                             ArrayRef<DimensionBinding> bindings) {
  auto size = bucket.find(binding.partner);
  if (binding.partner.empty() || size == bucket.end())
    return std::nullopt;
  const DimensionBinding *partner = llvm::find_if(
      bindings, [&](const DimensionBinding &other) { return other.name == binding.partner; });
  return binding.sizes[llvm::find(partner->sizes, size->second) - partner->sizes.begin()];
}

// Each tuple of sizes, the last dimension varying fastest; those that have a partner vary with it.
SmallVector<Bucket> Specializer::getBuckets(const llvm::SetVector<StringRef> &names) const {
  SmallVector<const DimensionBinding *> used;
  for (bool isPaired : {false, true})
    for (const DimensionBinding &binding : bindings)
      if (names.contains(binding.name) && binding.partner.empty() != isPaired)
        used.push_back(&binding);
  SmallVector<Bucket> buckets(1);
  for (const DimensionBinding *binding : used) {
    SmallVector<Bucket> longer;
    for (const Bucket &bucket : buckets) {
      std::optional<int64_t> paired = findPairedSize(*binding, bucket, bindings);
      llvm::SetVector<int64_t> sizes(binding->sizes.begin(), binding->sizes.end());
      if (paired) {
        sizes.clear();
        sizes.insert(*paired);
      }
      for (int64_t size : sizes) {
        longer.push_back(bucket);
        longer.back()[binding->name] = size;
      }
    }
    buckets = std::move(longer);
  }
  return buckets;
}

// "__seq16"; the batch has one size only and stays out of names.
std::string getSuffix(const Bucket &bucket) {
  std::string suffix;
  for (auto &[name, size] : bucket)
    if (name != "batch")
      suffix += "__" + name.str() + std::to_string(size);
  return suffix;
}

LogicalResult setArgumentTypes(func::FuncOp function, const Bucket &bucket) {
  for (BlockArgument argument : function.getArguments()) {
    auto tensor = cast<RankedTensorType>(argument.getType());
    SmallVector<int64_t> shape(tensor.getShape());
    for (auto [dimension, size] : llvm::enumerate(shape)) {
      auto bound = bucket.find(getDimensionName(function, argument.getArgNumber(), dimension));
      if (ShapedType::isDynamic(size) && bound != bucket.end())
        size = bound->second;
    }
    argument.setType(tensor.clone(shape));
    if (std::string fault = describeShapeFault(argument.getType()); !fault.empty())
      return function.emitOpError("argument ")
             << argument.getArgNumber() << ", after dimensions are bound: " << fault;
  }
  return success();
}

// The callee's copy for the operands' types, which its own named dimensions give.
FailureOr<FlatSymbolRefAttr> Specializer::specializeCallee(ValueAndGradOp op,
                                                           const Bucket &bucket) {
  auto callee = model.lookupSymbol<func::FuncOp>(op.getCallee());
  std::string name = (callee.getName() + getSuffix(bucket)).str();
  if (name == callee.getName())
    return op.getCalleeAttr();
  if (!model.lookupSymbol(name)) {
    FailureOr<func::FuncOp> copy = specialize(callee, bucket);
    if (failed(copy))
      return failure();
    copy->setPrivate();
    copiedCallees.insert(callee);
  }
  return FlatSymbolRefAttr::get(model.getContext(), name);
}

FailureOr<func::FuncOp> Specializer::specialize(func::FuncOp function, const Bucket &bucket) {
  func::FuncOp copy = function.clone();
  OpBuilder builder(function);
  builder.insert(copy);
  Builder attributes(model.getContext());
  if (std::string suffix = getSuffix(bucket); !suffix.empty()) {
    copy.setName((function.getName() + suffix).str());
    SmallVector<NamedAttribute> sizes;
    for (auto &[name, size] : bucket)
      if (name != "batch")
        sizes.emplace_back(attributes.getStringAttr(name), attributes.getI64IntegerAttr(size));
    copy->setAttr(kEntryAttr, attributes.getStringAttr(function.getName()));
    copy->setAttr(kBucketAttr, attributes.getDictionaryAttr(sizes));
  }
  if (failed(setArgumentTypes(copy, bucket)))
    return failure();
  for (auto gradient : copy.getBody().getOps<ValueAndGradOp>()) {
    FailureOr<FlatSymbolRefAttr> callee = specializeCallee(gradient, bucket);
    if (failed(callee))
      return failure();
    gradient.setCalleeAttr(*callee);
  }
  if (failed(propagateTypes(copy)))
    return failure();
  return copy;
}

// All copies together are kept to a size before the first is made.
LogicalResult Specializer::checkCopies() {
  int64_t ops = 0;
  for (auto &[function, names] : namesOf) {
    int64_t copies = 1;
    for (const DimensionBinding &binding : bindings)
      if (names.contains(binding.name) &&
          (binding.partner.empty() || !names.contains(binding.partner)))
        copies = llvm::SaturatingMultiply<uint64_t>(copies, binding.sizes.size());
    if (copies > kMaxBuckets)
      return function.emitOpError("expected at most ")
             << kMaxBuckets << " copies for sizes of dimensions, got " << copies;
    ops += copies * function.getBody().front().getOperations().size();
    if (ops > kMaxModelOps)
      return model.emitOpError("expected at most ")
             << kMaxModelOps << " ops in all copies for sizes of dimensions, got " << ops
             << " up to @" << function.getName();
  }
  return success();
}

FailureOr<unsigned> Specializer::run() {
  if (failed(collectNames()) || failed(checkBindings()) || failed(checkCopies()))
    return failure();
  unsigned copies = 0;
  for (auto &[function, names] : namesOf) {
    if (names.empty())
      continue;
    for (const Bucket &bucket : getBuckets(names)) {
      if (failed(specialize(function, bucket)))
        return failure();
      ++copies;
    }
  }
  for (auto &[function, names] : namesOf)
    if (!names.empty())
      function.erase();
  for (Operation *callee : llvm::reverse(copiedCallees))
    if (!cast<func::FuncOp>(callee).isPublic() && SymbolTable::symbolKnownUseEmpty(callee, model))
      callee->erase();
  return copies;
}

struct Specialize : impl::SpecializeBase<Specialize> {
  using SpecializeBase::SpecializeBase;

  void runOnOperation() override {
    std::string error;
    SmallVector<std::string> items(binds.begin(), binds.end());
    FailureOr<SmallVector<DimensionBinding>> bindings = parseDimensionBindings(items, error);
    if (failed(bindings)) {
      getOperation().emitOpError(error);
      return signalPassFailure();
    }
    FailureOr<unsigned> copies = Specializer(getOperation(), *bindings, staticBatch).run();
    if (failed(copies))
      return signalPassFailure();
    numCopies += *copies;
  }
};
} // namespace
} // namespace weft
