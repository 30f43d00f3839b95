// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In-process compilation of kernels: the lowering pipeline of the CPU target, LLVM -O3, ORC.
#include "KernelJit.h"

#include "dialects/Assert.h"
#include "weft/Target/CPU/Lowering.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

namespace weft::test {
namespace {

llvm::orc::JITTargetMachineBuilder targetFor(StringRef cpu) {
  static bool initialized = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)initialized;
  if (cpu == "host")
    return llvm::cantFail(llvm::orc::JITTargetMachineBuilder::detectHost())
        .setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  llvm::orc::JITTargetMachineBuilder builder{llvm::Triple(llvm::sys::getProcessTriple())};
  return builder.setCPU(cpu.str()).setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
}

llvm::Error failure(const llvm::Twine &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), what);
}

/// MLIR to optimized LLVM IR.
llvm::Expected<std::unique_ptr<llvm::Module>> lower(ModuleOp module, llvm::LLVMContext &context,
                                                    llvm::TargetMachine &machine) {
  for (auto function : module.getOps<func::FuncOp>()) {
    function.setPublic();
    function->setAttr("llvm.emit_c_interface", UnitAttr::get(module.getContext()));
  }
  PassManager passes(module.getContext());
  cpu::buildKernelLoweringPipeline(passes);
  if (mlir::failed(passes.run(module)))
    return failure("lowering failed");
  DialectRegistry registry;
  registerAllToLLVMIRTranslations(registry);
  module.getContext()->appendDialectRegistry(registry);
  std::unique_ptr<llvm::Module> result = translateModuleToLLVMIR(module, context);
  if (!result)
    return failure("translation to LLVM IR failed");
  result->setDataLayout(machine.createDataLayout());
  result->setTargetTriple(machine.getTargetTriple());

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(*result, modules);
  return result;
}

} // namespace

BufferArgument::BufferArgument(void *data, ArrayRef<int64_t> shape) : words{} {
  WEFT_ASSERT(shape.size() <= 5 && "rank");
  words[0] = words[1] = reinterpret_cast<int64_t>(data);
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0; stride *= shape[i]) {
    words[3 + i] = shape[i];
    words[3 + shape.size() + i] = stride;
  }
}

KernelJit::KernelJit() = default;
KernelJit::~KernelJit() = default;

llvm::Expected<std::unique_ptr<KernelJit>> KernelJit::compile(ModuleOp module, StringRef cpu) {
  auto context = std::make_unique<llvm::LLVMContext>();
  llvm::orc::JITTargetMachineBuilder target = targetFor(cpu);
  auto machine = target.createTargetMachine();
  if (!machine)
    return machine.takeError();
  auto lowered = lower(module, *context, **machine);
  if (!lowered)
    return lowered.takeError();
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(target).create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error =
          (*jit)->addIRModule(llvm::orc::ThreadSafeModule(std::move(*lowered), std::move(context))))
    return error;
  std::unique_ptr<KernelJit> result(new KernelJit);
  result->jit = std::move(*jit);
  return result;
}

void *KernelJit::find(StringRef name) {
  return llvm::cantFail(jit->lookup(("_mlir_ciface_" + name).str())).toPtr<void *>();
}

void KernelJit::call(void *kernel, ArrayRef<BufferArgument> buffers, int64_t rows,
                     int64_t tileBegin, int64_t tileEnd, MutableArrayRef<char> scratch) {
  SmallVector<BufferArgument> arguments(buffers);
  BufferArgument scratchArgument(scratch.data(), {static_cast<int64_t>(scratch.size())});
  auto at = [&](size_t i) { return arguments[i].descriptor(); };
  auto call = [&](auto... descriptors) {
    using Kernel = void(decltype(descriptors)..., int64_t, int64_t, int64_t, void *);
    reinterpret_cast<Kernel *>(kernel)(descriptors..., rows, tileBegin, tileEnd,
                                       scratchArgument.descriptor());
  };
  switch (arguments.size()) {
  case 3:
    return call(at(0), at(1), at(2));
  case 4:
    return call(at(0), at(1), at(2), at(3));
  case 6:
    return call(at(0), at(1), at(2), at(3), at(4), at(5));
  default:
    llvm::report_fatal_error("no call for this number of buffers");
  }
}

bool KernelJit::hostSupports(StringRef cpu) {
  auto features = llvm::sys::getHostCPUFeatures();
  if (cpu == "x86-64-v2")
    return features.lookup("sse4.2");
  if (cpu == "x86-64-v3")
    return features.lookup("avx2") && features.lookup("fma");
  if (cpu == "x86-64-v4")
    return features.lookup("avx512f") && features.lookup("avx512vl") &&
           features.lookup("avx512bw") && features.lookup("avx512dq");
  return false;
}

llvm::Expected<std::string> compileToAssembly(ModuleOp module, StringRef cpu) {
  llvm::LLVMContext context;
  auto machine = targetFor(cpu).createTargetMachine();
  if (!machine)
    return machine.takeError();
  (*machine)->setOptLevel(llvm::CodeGenOptLevel::Aggressive);
  auto lowered = lower(module, context, **machine);
  if (!lowered)
    return lowered.takeError();
  llvm::SmallVector<char> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
    return failure("the target cannot emit assembly");
  passes.run(**lowered);
  return std::string(text.begin(), text.end());
}

} // namespace weft::test
