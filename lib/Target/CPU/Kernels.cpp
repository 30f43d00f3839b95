// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CPU's answers to dispatch formation, and its way from dispatch functions to an image.
#include "weft/Target/CPU/Kernels.h"

#include "KernelEmitter.h"
#include "KernelPlan.h"
#include "NarrowFloats.h"
#include "weft/Conversion/WeftToLinalg.h"
#include "weft/Target/CPU/Lowering.h"

#include "dialects/Weft/Weft.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/ADT/SetVector.h"

#include <numeric>

using namespace mlir;

namespace weft::cpu {
namespace {

/// Loads what kernels are made of. Only the first call changes the context.
void loadDialects(MLIRContext &context) {
  context
      .loadDialect<affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect,
                   func::FuncDialect, index::IndexDialect, linalg::LinalgDialect, LLVM::LLVMDialect,
                   math::MathDialect, memref::MemRefDialect, scf::SCFDialect, tensor::TensorDialect,
                   ub::UBDialect, vector::VectorDialect, x86vector::X86VectorDialect>();
}

/// How many rows per batch row dimension 0 of a value of the graph has: of all ops, only reshapes
/// change that.
int64_t rowsInGraph(Value value) {
  int64_t factor = 1, divisor = 1;
  auto inner = [](Value tensor) {
    int64_t count = 1;
    for (int64_t size : cast<RankedTensorType>(tensor.getType()).getShape().drop_front())
      count *= size;
    return count;
  };
  auto isDynamic = [](Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    return type.getRank() > 0 && type.isDynamicDim(0);
  };
  while (Operation *op = value.getDefiningOp()) {
    auto operand = llvm::find_if(op->getOperands(), isDynamic);
    if (operand == op->operand_end())
      return 1;
    if (isa<ReshapeOp>(op)) {
      factor *= inner(*operand);
      divisor *= inner(value);
      int64_t common = std::gcd(factor, divisor);
      factor /= common;
      divisor /= common;
    }
    value = *operand;
  }
  auto argument = cast<BlockArgument>(value);
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto rows = function
                  ? function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), kRowsAttrName)
                  : IntegerAttr();
  return std::max<int64_t>(1, (rows ? rows.getInt() : 1) * factor / divisor);
}

/// The ops as a function: what they read and do not make themselves are its arguments.
OwningOpRef<ModuleOp> outline(ArrayRef<Operation *> ops, ArrayRef<Value> outputs) {
  llvm::SetVector<Value> inputs;
  llvm::SmallPtrSet<Operation *, 16> inside(ops.begin(), ops.end());
  for (Operation *op : ops) {
    for (Value operand : op->getOperands())
      if (!operand.getDefiningOp() || !inside.contains(operand.getDefiningOp()))
        inputs.insert(operand);
  }
  OwningOpRef<ModuleOp> module = ModuleOp::create(ops.front()->getLoc());
  OpBuilder builder = OpBuilder::atBlockBegin(module->getBody());
  auto type = builder.getFunctionType(ValueRange(inputs.getArrayRef()).getTypes(),
                                      ValueRange(outputs).getTypes());
  auto function = func::FuncOp::create(builder, ops.front()->getLoc(), "region", type);
  for (auto [i, input] : llvm::enumerate(inputs))
    function.setArgAttr(i, kRowsAttrName, builder.getI64IntegerAttr(rowsInGraph(input)));
  builder.setInsertionPointToStart(function.addEntryBlock());
  IRMapping mapping;
  mapping.map(inputs.getArrayRef(), function.getArguments());
  for (Operation *op : ops)
    builder.clone(*op, mapping);
  SmallVector<Value> results;
  for (Value output : outputs)
    results.push_back(mapping.lookup(output));
  func::ReturnOp::create(builder, ops.front()->getLoc(), results);
  return module;
}

class CpuTargetInterface : public TargetInterface {
public:
  CpuTargetInterface(CpuTarget target, KernelOptions options)
      : target(std::move(target)), options(options) {}

  bool canFuse(ArrayRef<Operation *> ops, ArrayRef<Value> outputs, unsigned numRepeated,
               std::string &reason) const override;
  FailureOr<KernelInfo> buildKernel(func::FuncOp dispatch, ModuleOp kernels) const override;
  FailureOr<TargetImage> compile(ModuleOp kernels) const override;

private:
  CpuTarget target;
  KernelOptions options;
};

/// Work that may be left to one worker, in elements.
constexpr int64_t kMaxUnslicedElements = 1 << 14;

bool isSmall(const StagePlan &plan, const StagePart &part, int64_t rows) {
  double elements = 0;
  for (const Stage &stage : part.stages) {
    double points = 1; // a product of sizes of several tensors
    for (LinearSize extent : stage.extents)
      points *= extent.at(rows);
    elements += points;
  }
  return elements <= kMaxUnslicedElements;
}

/// Whether the values have no dimension to slice, however they are computed.
bool areNumbers(ArrayRef<Value> values) {
  return llvm::all_of(values, [](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return type.hasStaticShape() && type.getNumElements() == 1;
  });
}

bool CpuTargetInterface::canFuse(ArrayRef<Operation *> ops, ArrayRef<Value> outputs,
                                 unsigned numRepeated, std::string &reason) const {
  loadDialects(*ops.front()->getContext());
  if (llvm::count_if(ops, [](Operation *op) { return isa<MatmulOp>(op); }) > 1) {
    reason = "a part has one contraction at most";
    return false;
  }
  if (ops.size() > 1 &&
      llvm::any_of(ops, [](Operation *op) { return isa<AttentionOp, AttentionGradientOp>(op); })) {
    reason = "attention is computed on its own";
    return false;
  }
  ScopedDiagnosticHandler quiet(ops.front()->getContext(), [&](Diagnostic &diagnostic) {
    reason = diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module = outline(ops, outputs);
  FailureOr<KernelPlan> plan = KernelPlan::create(*module->getOps<func::FuncOp>().begin(),
                                                  target.getTraits(), options.tunedRows,
                                                  /*isRequired=*/false);
  if (failed(plan))
    return false;
  bool contracts = llvm::any_of(ops, [](Operation *op) { return isa<MatmulOp>(op); });
  bool generates = llvm::any_of(
      plan->getParts(), [](const PartKernel &kernel) { return !kernel.contractions.empty(); });
  if (contracts && ops.size() > 1 && !generates) {
    reason = "the contraction cannot be computed in blocks of rows";
    return false;
  }
  if (plan->getAttention())
    return true;
  for (auto [part, kernel] : llvm::zip(plan->getStages().getParts(), plan->getParts())) {
    if (!kernel.registerEpilogue &&
        llvm::any_of(kernel.contractions, [](auto &entry) { return entry.second.splitsDepth; })) {
      reason = "blocks of rows would each copy all of a long sum's operands";
      return false;
    }
    // What only one op makes is as well computed with its cheap operands, if slices do that too.
    bool isOne = ops.size() == numRepeated + 1;
    bool isSliced = part.axisExtent && (isOne || !part.hasWholeStages);
    bool isUnsliceable = isOne && kernel.contractions.empty() && areNumbers(outputs);
    if (!kernel.registerEpilogue && !isSliced && !isUnsliceable && ops.size() > 1 &&
        (!kernel.contractions.empty() || !isSmall(plan->getStages(), part, options.tunedRows))) {
      reason = "there is no dimension along which all of it can be sliced";
      return false;
    }
  }
  return true;
}

FailureOr<KernelInfo> CpuTargetInterface::buildKernel(func::FuncOp dispatch,
                                                      ModuleOp kernels) const {
  loadDialects(*dispatch.getContext());
  auto tuned = dispatch->getAttrOfType<IntegerAttr>(kTunedRowsAttrName);
  FailureOr<KernelPlan> plan =
      KernelPlan::create(dispatch, target.getTraits(),
                         tuned ? std::clamp<int64_t>(tuned.getInt(), 1, kMaxRows * kMaxRowElements)
                               : options.tunedRows,
                         /*isRequired=*/true);
  if (failed(plan))
    return failure();
  KernelInfo info = plan->describe(dispatch.getSymName(), dispatch);
  writeKernelInfo(emitKernel(kernels, *plan, info), info);
  return info;
}

/// Without the instruction, LLVM would call a library for a multiply-add that must not round in
/// between. Kernels do not insist on that.
void splitMultiplyAdds(ModuleOp module) {
  module.walk([](LLVM::FMAOp op) {
    OpBuilder builder(op);
    Value sum = LLVM::FMulAddOp::create(builder, op.getLoc(), op.getA(), op.getB(), op.getC());
    op.replaceAllUsesWith(sum);
    op.erase();
  });
}

FailureOr<TargetImage> CpuTargetInterface::compile(ModuleOp kernels) const {
  MLIRContext &context = *kernels.getContext();
  registerBuiltinDialectTranslation(context);
  registerLLVMDialectTranslation(context);
  struct Entry {
    KernelInfo info;
    FunctionType type;
    std::string body;
  };
  std::vector<Entry> entries;
  for (func::FuncOp kernel : kernels.getOps<func::FuncOp>()) {
    FailureOr<KernelInfo> info = readKernelInfo(kernel);
    if (failed(info))
      return failure();
    std::string body = info->name + ".body";
    entries.push_back({std::move(*info), kernel.getFunctionType(), body});
    kernel.setSymName(body);
  }
  PassManager passes(&context, ModuleOp::getOperationName());
  passes.addNestedPass<func::FuncOp>(createExpandNarrowFloatsPass(target.getTraits()));
  buildKernelLoweringPipeline(passes, {target.getTraits().hasAvx512Bf16});
  if (failed(passes.run(kernels)))
    return failure();
  if (!target.getTraits().hasFma)
    splitMultiplyAdds(kernels);
  TargetImage result;
  std::vector<std::string> names;
  for (const Entry &entry : entries) {
    emitEntryPoint(kernels, entry.info, entry.type, entry.body);
    names.push_back(entry.info.name);
  }
  FailureOr<Image> image = compileToImage(kernels, target, names);
  if (failed(image))
    return failure();
  result.triple = target.getTriple();
  result.cpu = target.getCpu();
  result.features = target.getFeatures();
  result.image = std::move(image->bytes);
  result.entries = std::move(image->entries);
  return result;
}

} // namespace

void registerCpuTargetDialects(DialectRegistry &registry) {
  registry.insert<affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect,
                  func::FuncDialect, index::IndexDialect, linalg::LinalgDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, scf::SCFDialect, tensor::TensorDialect,
                  ub::UBDialect, vector::VectorDialect, x86vector::X86VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

std::unique_ptr<TargetInterface> createCpuTarget(CpuTarget target, KernelOptions options) {
  return std::make_unique<CpuTargetInterface>(std::move(target), options);
}

} // namespace weft::cpu
