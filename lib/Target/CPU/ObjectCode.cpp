// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM dialect -> LLVM IR -> -O3 -> object file -> freestanding image.
#include "weft/Target/CPU/ObjectCode.h"

#include "ImageLinker.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// What LLVM may call whatever the source says. `no-builtins` keeps the loops from becoming calls
/// of themselves; sections that nothing refers to are dropped by the linker.
constexpr llvm::StringLiteral kMemoryFunctions = R"(
define hidden ptr @memcpy(ptr noalias returned %to, ptr noalias %from, i64 %size) #0 {
entry:
  %empty = icmp eq i64 %size, 0
  br i1 %empty, label %done, label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %source = getelementptr i8, ptr %from, i64 %i
  %target = getelementptr i8, ptr %to, i64 %i
  %byte = load i8, ptr %source
  store i8 %byte, ptr %target
  %next = add nuw i64 %i, 1
  %last = icmp eq i64 %next, %size
  br i1 %last, label %done, label %loop
done:
  ret ptr %to
}

define hidden ptr @memset(ptr returned %to, i32 %value, i64 %size) #0 {
entry:
  %byte = trunc i32 %value to i8
  %empty = icmp eq i64 %size, 0
  br i1 %empty, label %done, label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %target = getelementptr i8, ptr %to, i64 %i
  store i8 %byte, ptr %target
  %next = add nuw i64 %i, 1
  %last = icmp eq i64 %next, %size
  br i1 %last, label %done, label %loop
done:
  ret ptr %to
}

define hidden ptr @memmove(ptr returned %to, ptr %from, i64 %size) #0 {
entry:
  %empty = icmp eq i64 %size, 0
  br i1 %empty, label %done, label %choose
choose:
  %upwards = icmp ult ptr %to, %from
  br i1 %upwards, label %up, label %down
up:
  %i = phi i64 [ 0, %choose ], [ %next, %up ]
  %source = getelementptr i8, ptr %from, i64 %i
  %target = getelementptr i8, ptr %to, i64 %i
  %byte = load i8, ptr %source
  store i8 %byte, ptr %target
  %next = add nuw i64 %i, 1
  %last = icmp eq i64 %next, %size
  br i1 %last, label %done, label %up
down:
  %j = phi i64 [ %size, %choose ], [ %previous, %down ]
  %previous = sub nuw i64 %j, 1
  %source.down = getelementptr i8, ptr %from, i64 %previous
  %target.down = getelementptr i8, ptr %to, i64 %previous
  %byte.down = load i8, ptr %source.down
  store i8 %byte.down, ptr %target.down
  %first = icmp eq i64 %previous, 0
  br i1 %first, label %done, label %down
done:
  ret ptr %to
}

attributes #0 = { nounwind "no-builtins" }
)";

/// Adds the memory functions and leaves only the entry points visible.
void finishModule(llvm::Module &module, ArrayRef<std::string> entryPoints) {
  llvm::StringSet<> entries;
  for (const std::string &name : entryPoints)
    entries.insert(name);
  for (llvm::Function &function : module) {
    function.setDoesNotThrow();
    if (function.isDeclaration())
      continue;
    bool entry = entries.contains(function.getName());
    function.setLinkage(entry ? llvm::GlobalValue::ExternalLinkage
                              : llvm::GlobalValue::InternalLinkage);
  }
  llvm::SMDiagnostic diagnostic;
  auto memory = llvm::parseAssemblyString(kMemoryFunctions, diagnostic, module.getContext());
  assert(memory && "the memory functions parse");
  memory->setDataLayout(module.getDataLayout());
  memory->setTargetTriple(module.getTargetTriple());
  [[maybe_unused]] bool failed = llvm::Linker::linkModules(module, std::move(memory));
  assert(!failed && "kernels do not define memory functions");
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
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
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(module, modules);
}

/// The relocatable object file of an LLVM module; empty if the machine cannot emit one.
llvm::SmallVector<char, 0> emitObject(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return {};
  passes.run(module);
  return object;
}

} // namespace

FailureOr<Image> compileToImage(ModuleOp module, const CpuTarget &target,
                                ArrayRef<std::string> entryPoints) {
  std::unique_ptr<llvm::TargetMachine> machine = target.createMachine();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, context, "kernels");
  if (!llvmModule)
    return module.emitError("the kernels could not be translated to LLVM IR");
  llvmModule->setDataLayout(machine->createDataLayout());
  llvmModule->setTargetTriple(machine->getTargetTriple());
  finishModule(*llvmModule, entryPoints);
  optimize(*llvmModule, *machine);
  llvm::SmallVector<char, 0> object = emitObject(*llvmModule, *machine);
  if (object.empty())
    return module.emitError("LLVM cannot emit object files for ") << target.getTriple();
  return linkImage(object, entryPoints, [&] { return module.emitError(); });
}

} // namespace weft::cpu
