// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Graph text through the compiler, as weftc does it: parsed, and then phase by phase to a schedule;
// one in four also to a module, which the runtime must accept. What is refused must be explained.
// MLIR and the compiler are not instrumented: which ops each pass left, and what was said, counts
// as what was reached.
#include "GraphMutator.h"
#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "module/module.h"
#include "weft/Module/ModuleWriter.h"
#include "weft/Pipelines/InputText.h"
#include "weft/Pipelines/Pipelines.h"
#include "weft/Reference/RandomGraph.h"
#include "weft/Target/CPU/Kernels.h"

#include "llvm/Support/xxhash.h"

#include <set>

using namespace mlir;
using namespace weft;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

static constexpr size_t kCounters = 1 << 15;
__attribute__((used, section("__libfuzzer_extra_counters"))) static uint8_t counters[kCounters];

namespace {

void count(size_t hash) {
  uint8_t &counter = counters[hash % kCounters];
  counter = std::max<uint8_t>(counter, counter + 1);
}

// How far texts came, said at the end.
struct Totals {
  size_t texts = 0, parsed = 0, scheduled = 0, modules = 0;
  ~Totals() {
    llvm::errs() << "fuzz-graph: " << texts << " texts, " << parsed << " parsed, " << scheduled
                 << " scheduled, " << modules << " made modules\n";
  }
} totals;

class CountOps : public PassInstrumentation {
public:
  void runAfterPass(Pass *pass, Operation *top) override {
    size_t passHash = llvm::hash_value(pass->getName());
    top->walk([&](Operation *op) {
      llvm::hash_code hash = llvm::hash_combine(passHash, op->getName().getAsOpaquePointer());
      for (Type type : op->getOperandTypes())
        if (auto tensor = dyn_cast<RankedTensorType>(type))
          hash = llvm::hash_combine(hash, tensor.getRank());
      count(hash);
    });
  }
};

const DialectRegistry &getRegistry() {
  static const DialectRegistry *registry = [] {
    cpu::registerCpuTarget();
    auto *made = new DialectRegistry;
    made->insert<WeftDialect, exec::ExecDialect, func::FuncDialect>();
    cpu::registerCpuTargetDialects(*made);
    return made;
  }();
  return *registry;
}

// Every size that a model leaves open but the batch gets two.
CompileOptions chooseOptions(ModuleOp module, size_t choice) {
  CompileOptions options;
  std::set<std::string> names;
  module.walk([&](func::FuncOp function) {
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (auto dims = function.getArgAttrOfType<ArrayAttr>(i, kDimsAttr))
        for (Attribute dim : dims)
          if (auto name = dyn_cast<StringAttr>(dim); name && name.getValue() != "batch")
            names.insert(name.str());
  });
  for (const std::string &name : names)
    options.binds.push_back(name + "=4,6");
  options.binds.push_back("batch=4");
  static constexpr const char *optimizers[] = {"", "", "sgd", "adamw"};
  options.optimizer = optimizers[choice % 4];
  options.clipGradients = choice / 4 % 2;
  options.accumulateGradients = choice / 8 % 2;
  options.processors.push_back(choice / 16 % 2 ? "x86-64-v2" : "x86-64-v3");
  return options;
}

// Compiles a text; false if it was refused.
class Compilation {
public:
  explicit Compilation(llvm::StringRef text)
      : text(text), context(getRegistry(), MLIRContext::Threading::DISABLED),
        handler(&context, [this](Diagnostic &diagnostic) {
          isExplained |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
          for (char &c : (message = diagnostic.str()))
            if (llvm::isDigit(c))
              c = '0';
          count(llvm::hash_value(llvm::StringRef(message).take_front(40)));
          return success();
        }) {}

  void run() {
    ++totals.texts;
    if (!describeInputFault("input", text, /*allowBytecode=*/false).empty())
      return;
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return refused();
    ++totals.parsed;
    size_t choice = llvm::xxh3_64bits(text);
    PassManager passes(&context, ModuleOp::getOperationName());
    passes.addInstrumentation(std::make_unique<CountOps>());
    buildPhasePipeline(passes, Phase::Input, Phase::Schedule, chooseOptions(*module, choice));
    if (failed(passes.run(*module)))
      return refused();
    ++totals.scheduled;
    if (choice / 64 % 4 == 0 && llvm::range_size(module->getOps<ModelOp>()) == 1)
      writeModule(*module);
  }

private:
  void writeModule(ModuleOp module) {
    FailureOr<std::vector<char>> file = buildModuleFile(module, {});
    if (failed(file))
      return refused();
    ++totals.modules;
    auto loaded =
        rt::Module::parse({reinterpret_cast<const uint8_t *>(file->data()), file->size()});
    if (loaded.ok())
      return;
    llvm::errs() << "the runtime refuses the module: " << loaded.status().message() << "\n";
    std::abort();
  }

  void refused() {
    if (isExplained)
      return;
    llvm::errs() << "refused without an error\n";
    std::abort();
  }

  llvm::StringRef text;
  bool isExplained = false;
  std::string message;
  MLIRContext context;
  ScopedDiagnosticHandler handler;
};

// A new model, printed.
std::string growGraph(unsigned seed) {
  MLIRContext context(getRegistry(), MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  RandomModelOptions options;
  options.seed = seed;
  options.size = 1 + seed % 12;
  buildRandomGraph(*module, options);
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  return text;
}

// Ops that can be written as each other, found by trying: of one value, and of two.
const GraphMutator::Families &listFamilies() {
  static const GraphMutator::Families families = [] {
    MLIRContext context(getRegistry(), MLIRContext::Threading::DISABLED);
    context.loadAllAvailableDialects();
    ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) { return success(); });
    GraphMutator::Families found(2);
    for (RegisteredOperationName op : context.getRegisteredOperationsByDialect("weft"))
      for (size_t i = 0; i < found.size(); ++i)
        if (const char *operands = i == 0 ? "%x" : "%x, %x"; parseSourceString<ModuleOp>(
                ("func.func @f(%x: tensor<4xf32>) { %y = " + op.getStringRef() + " " + operands +
                 " : tensor<4xf32> return }")
                    .str(),
                &context))
          found[i].push_back(op.getStringRef().str());
    return found;
  }();
  return families;
}

// Another value of the same type in place of an operand: a graph of another form, which is valid.
// Empty if the text is none.
std::string rewire(llvm::StringRef text, unsigned seed) {
  MLIRContext context(getRegistry(), MLIRContext::Threading::DISABLED);
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) { return success(); });
  OwningOpRef<ModuleOp> module;
  if (describeInputFault("input", text, /*allowBytecode=*/false).empty())
    module = parseSourceString<ModuleOp>(text, &context);
  SmallVector<OpOperand *> operands;
  if (module)
    module->walk([&](Operation *op) {
      for (OpOperand &operand : op->getOpOperands())
        operands.push_back(&operand);
    });
  if (operands.empty())
    return "";
  std::minstd_rand random(seed);
  for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
    OpOperand &chosen = *operands[random() % operands.size()];
    Block *block = chosen.getOwner()->getBlock();
    SmallVector<Value> values(block->getArguments());
    for (Operation &op : llvm::make_range(block->begin(), chosen.getOwner()->getIterator()))
      llvm::append_range(values, op.getResults());
    llvm::erase_if(values, [&](Value value) { return value.getType() != chosen.get().getType(); });
    if (!values.empty())
      chosen.set(values[random() % values.size()]);
  }
  std::string result;
  llvm::raw_string_ostream(result) << *module;
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Compilation({reinterpret_cast<const char *>(data), size}).run();
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  if (seed % 16 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::string grown;
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  if (size < 16 || seed % 8 == 1)
    text = grown = growGraph(seed);
  std::string changed = seed % 4 == 2 ? rewire(text, seed) : "";
  if (changed.empty())
    changed = GraphMutator(text, seed, listFamilies()).mutate();
  if (changed.size() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::memcpy(data, changed.data(), changed.size());
  return changed.size();
}
