// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM dialect -> LLVM IR -> -O3 -> object file -> freestanding image.
#include "weft/Target/CPU/ObjectCode.h"

#include "ImageLinker.h"
#include "dialects/Assert.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// What LLVM may call whatever the source says. `no-builtins` keeps the loops from becoming calls
/// of themselves; what is not called is dropped by the linker.
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

/// Leaves only the entry points visible.
void hideFunctions(llvm::Module &module, ArrayRef<std::string> entryPoints) {
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
ObjectFile compile(llvm::Module &module, llvm::TargetMachine &machine) {
  module.setDataLayout(machine.createDataLayout());
  module.setTargetTriple(machine.getTargetTriple());
  optimize(module, machine);
  ObjectFile object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return {};
  passes.run(module);
  return object;
}

std::unique_ptr<llvm::Module> parseMemoryFunctions(llvm::LLVMContext &context) {
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(kMemoryFunctions, diagnostic, context);
  WEFT_ASSERT(module && "the memory functions parse");
  return module;
}

/// An entry point and all that it refers to, as a module.
OwningOpRef<ModuleOp> extract(ModuleOp module, SymbolTable &symbols, StringRef entryPoint) {
  OwningOpRef<ModuleOp> extracted = ModuleOp::create(module.getLoc());
  llvm::SetVector<Operation *> needed;
  needed.insert(symbols.lookup(entryPoint));
  for (size_t i = 0; i < needed.size(); ++i) {
    auto uses = SymbolTable::getSymbolUses(needed[i]);
    for (SymbolTable::SymbolUse use : *uses)
      if (Operation *symbol = symbols.lookup(use.getSymbolRef().getRootReference()))
        needed.insert(symbol);
  }
  for (Operation *op : needed)
    extracted->push_back(op->clone());
  return extracted;
}

/// The object file of one entry point; empty on failure.
ObjectFile compileEntry(ModuleOp module, const CpuTarget &target, ArrayRef<std::string> entry) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, context, entry[0]);
  if (!llvmModule)
    return {};
  hideFunctions(*llvmModule, entry);
  return compile(*llvmModule, *target.createMachine());
}

} // namespace

FailureOr<Image> compileToImage(ModuleOp module, const CpuTarget &target,
                                ArrayRef<std::string> entryPoints) {
  SymbolTable symbols(module);
  std::vector<OwningOpRef<ModuleOp>> modules;
  for (const std::string &entry : entryPoints)
    modules.push_back(extract(module, symbols, entry));
  std::vector<ObjectFile> objects(entryPoints.size());
  parallelFor(module.getContext(), 0, objects.size(), [&](size_t i) {
    objects[i] = compileEntry(*modules[i], target, entryPoints.slice(i, 1));
  });
  for (const ObjectFile &object : objects)
    if (object.empty())
      return module.emitError("no native code for ") << target.getTriple();
  // A model whose results are its inputs has no kernels, but an image all the same.
  if (objects.empty() || callsMemoryFunctions(objects)) {
    llvm::LLVMContext context;
    objects.push_back(compile(*parseMemoryFunctions(context), *target.createMachine()));
  }
  // At the place of the module rather than of the operation, which would be printed.
  return linkImage(objects, entryPoints, [&] { return mlir::emitError(module.getLoc()); });
}

} // namespace weft::cpu
