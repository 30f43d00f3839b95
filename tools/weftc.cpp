// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler: a model in the graph IR, or a Hugging Face folder, to a `.weft` module, or to the
// IR of any phase on the way.
#include "FolderOptions.h"
#include "Printable.h"
#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "module/module.h"
#include "weft/Models/Files.h"
#include "weft/Module/ModuleWriter.h"
#include "weft/Pipelines/InputText.h"
#include "weft/Pipelines/Pipelines.h"
#include "weft/Target/CPU/Kernels.h"
#include "weft/Transforms/DimensionBinding.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

#include <csignal>

using namespace mlir;
namespace cl = llvm::cl;

static cl::OptionCategory category("weftc options");
static cl::opt<std::string> inputName(cl::Positional, cl::desc("<model.mlir or folder>"),
                                      cl::init("-"), cl::cat(category));
static cl::opt<std::string> outputName(
    "o", cl::desc("Output file (default: the input's name with .weft, or - with --compile-to)"),
    cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string>
    compileTo("compile-to",
              cl::desc("Stop after a phase and print its IR: input, flat, specialized, training, "
                       "optimized, dispatch, kernels, schedule"),
              cl::value_desc("phase"), cl::init("module"), cl::cat(category));
static cl::opt<std::string>
    optimizer("optimizer",
              cl::desc("sgd, adam, adamw, or an attribute such as '#weft.sgd<momentum = 0.9>' "
                       "(default: the model's own)"),
              cl::cat(category));
static cl::alias optim("optim", cl::desc("Same as --optimizer"), cl::aliasopt(optimizer),
                       cl::cat(category));
static cl::list<std::string> binds(
    "bind",
    cl::desc("Sizes of a named dimension: batch=64 (tuned for; any size runs), seq=16:128:16"),
    cl::value_desc("name=sizes"), cl::cat(category));
static cl::opt<bool> staticBatch("static-batch", cl::desc("Compile the batch in"),
                                 cl::cat(category));
static cl::opt<double> maxGradNorm("max-grad-norm",
                                   cl::desc("Clip gradients by global norm; 0: never (default: 0, "
                                            "for a Hugging Face folder 1)"),
                                   cl::init(0), cl::cat(category));
static cl::opt<unsigned> accumulationSteps("gradient-accumulation-steps",
                                           cl::desc("More than 1: able to accumulate gradients"),
                                           cl::init(1), cl::cat(category));
static cl::opt<double> labelSmoothing("label-smoothing-factor",
                                      cl::desc("Smooth the labels of cross entropies (0)"),
                                      cl::init(0), cl::cat(category));
static cl::opt<std::string> target("target", cl::desc("Kind of target: cpu"), cl::init("cpu"),
                                   cl::cat(category));
static cl::list<std::string>
    processors("mcpu",
               cl::desc("native (default), x86-64-v2, x86-64-v3, x86-64-v4 or LLVM's name; several "
                        "make a module for all of them"),
               cl::CommaSeparated, cl::cat(category));
static cl::opt<bool>
    saveTemps("save-temps", cl::desc("Also write the IR after each phase, <output>.<phase>.mlir"),
              cl::cat(category));
static cl::opt<bool> bf16("bf16", cl::desc("Compute in bf16 (not in this version)"),
                          cl::cat(category));
static cl::opt<bool> checkpointing("gradient-checkpointing",
                                   cl::desc("Recompute in the backward pass (not in this version)"),
                                   cl::cat(category));
static cl::opt<bool> allowBytecode("allow-bytecode",
                                   cl::desc("Read MLIR bytecode too; its reader trusts the file"),
                                   cl::cat(category));
static weft::FolderOptions folderOptions(category);
static cl::opt<bool> dumpPipeline("dump-pass-pipeline",
                                  cl::desc("Print the pass pipeline and go on"), cl::cat(category));

// Of a model as text or bytecode.
static constexpr uint64_t maxInputBytes = uint64_t{2} << 30;

static const char *const overview =
    "Weft's compiler: a model in the graph IR to a module that the runtime trains\n\n"
    "  example: weftc mlp.mlir --optimizer=sgd --bind=batch=64 -o mlp.weft\n"
    "           weftc MODEL_DIR --task sequence-classification --bind=batch=16 "
    "--bind=seq=16:128:16 -o "
    "bert.weft\n";

namespace {

// One compilation, phase after phase.
class Compilation {
public:
  Compilation(MLIRContext &context, TimingScope &timing)
      : context(context), timing(timing), output(getOutputName()) {}

  LogicalResult run();

private:
  LogicalResult parse();
  LogicalResult parseFile();
  LogicalResult buildFromFolder();
  void bindMaskedPositions();
  LogicalResult smoothLabels();
  weft::CompileOptions getOptions() const;
  LogicalResult runPhases(weft::Phase from, weft::Phase to, const weft::CompileOptions &options);
  LogicalResult writeModule(const weft::CompileOptions &options);
  static LogicalResult checkNoInput(StringRef name);
  LogicalResult write(StringRef name, llvm::function_ref<void(raw_ostream &)> print);
  static std::string getOutputName();

  MLIRContext &context;
  TimingScope &timing;
  // Taken from the options once: the linker resets them.
  std::string output;
  OwningOpRef<ModuleOp> module;
  std::string source;
  // Where the user names none: TrainingArguments' of a model from a Hugging Face folder.
  double gradNormBound = maxGradNorm;
  SmallVector<std::string> dimensions{binds.begin(), binds.end()};
};

} // namespace

static LogicalResult fail(const Twine &message) {
  llvm::errs() << "weftc: error: " << weft::printable(message.str()) << "\n";
  return failure();
}

LogicalResult Compilation::parse() {
  if (llvm::sys::fs::is_directory(inputName))
    return buildFromFolder();
  if (folderOptions.areGiven())
    return fail(
        "--task, --num-labels, --labels, --labels-file, --problem-type, --ignore-config-field and "
        "--explain: expected a Hugging Face folder, got '" +
        inputName + "'");
  return parseFile();
}

LogicalResult Compilation::buildFromFolder() {
  std::string error;
  module = folderOptions.build(context, inputName, error);
  if (!module)
    return fail(error);
  if (failed(verify(*module)))
    return failure();
  llvm::raw_string_ostream stream(source);
  weft::models::printReadable(*module, stream);
  if (!maxGradNorm.getNumOccurrences())
    gradNormBound = 1;
  bindMaskedPositions();
  return success();
}

// Enough for each length of a sequence, unless the user says how many.
void Compilation::bindMaskedPositions() {
  auto model = *module->getOps<weft::ModelOp>().begin();
  weft::TaskKind task = model.getTask()->getKind();
  bool hasMasked =
      task == weft::TaskKind::MaskedLanguageModeling || task == weft::TaskKind::Pretraining;
  std::string ignored;
  auto parsed = weft::parseDimensionBindings(dimensions, ignored);
  if (!hasMasked || failed(parsed))
    return; // what is wrong with them is said where they are used
  std::string sizes;
  for (const weft::DimensionBinding &binding : *parsed) {
    if (binding.name == "masked")
      return;
    if (binding.name == "seq")
      for (int64_t length : binding.sizes)
        sizes += (sizes.empty() ? "masked@seq=" : ",") +
                 std::to_string(weft::models::getMaskedPositions(length));
  }
  if (!sizes.empty())
    dimensions.push_back(sizes);
}

// Of all cross entropies that smooth nothing themselves: in training and in evaluation, as Hugging
// Face's Trainer does it. Where smoothing is a number of the step, this is its default.
LogicalResult Compilation::smoothLabels() {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    return fail("--label-smoothing-factor: expected 0 to 1, got " +
                Twine(std::to_string(labelSmoothing.getValue())));
  unsigned smoothed = 0;
  module->walk([&](weft::CrossEntropyOp op) {
    if (!op.getLabelSmoothing().isZero())
      return;
    if (!op.getSmoothing())
      op.setLabelSmoothing(llvm::APFloat(labelSmoothing.getValue()));
    ++smoothed;
  });
  if (labelSmoothing > 0 && smoothed == 0)
    return fail("--label-smoothing-factor: expected a loss by weft.cross_entropy without label "
                "smoothing of its own, got none");
  return success();
}

LogicalResult Compilation::parseFile() {
  std::unique_ptr<llvm::MemoryBuffer> file;
  if (inputName == "-") {
    auto text = llvm::MemoryBuffer::getSTDIN();
    if (!text)
      return fail("cannot read stdin: " + text.getError().message());
    file = std::move(*text);
  } else {
    auto opened = weft::models::readInputFile(inputName, maxInputBytes);
    if (!opened)
      return fail("cannot open input file '" + inputName +
                  "': " + llvm::toString(opened.takeError()));
    file = std::move(*opened);
  }
  source = file->getBuffer().str();
  std::string fault = weft::describeInputFault(inputName, source, allowBytecode);
  if (!fault.empty()) {
    llvm::errs() << fault << "\n";
    return failure();
  }
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(file), SMLoc());
  module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
  if (!module)
    return failure();
  // Bytecode has no text to keep: print it.
  if (weft::isBytecode(source)) {
    source.clear();
    llvm::raw_string_ostream stream(source);
    module->print(stream);
  }
  return success();
}

weft::CompileOptions Compilation::getOptions() const {
  weft::CompileOptions options;
  options.optimizer = optimizer;
  options.binds = dimensions;
  options.staticBatch = staticBatch;
  options.clipGradients = gradNormBound > 0;
  options.accumulateGradients = accumulationSteps > 1;
  options.target = target;
  options.processors.assign(processors.begin(), processors.end());
  return options;
}

std::string Compilation::getOutputName() {
  if (!outputName.empty())
    return outputName;
  if (compileTo != "module" || inputName == "-")
    return "-";
  StringRef input = StringRef(inputName).rtrim('/');
  SmallString<128> name(llvm::sys::path::filename(input));
  if (llvm::sys::fs::is_directory(input))
    return (name + ".weft").str();
  llvm::sys::path::replace_extension(name, "weft");
  return name.str().str();
}

// Files that are read are never written: their content would be gone. Of a model's folder these are
// all but what the compiler itself writes.
LogicalResult Compilation::checkNoInput(StringRef name) {
  namespace path = llvm::sys::path;
  StringRef folder = path::parent_path(name), extension = path::extension(name);
  bool inFolder = llvm::sys::fs::is_directory(inputName) && llvm::sys::fs::exists(name) &&
                  llvm::sys::fs::equivalent(folder.empty() ? "." : folder, inputName) &&
                  extension != ".weft" && extension != ".mlir";
  if (inFolder || llvm::sys::fs::equivalent(name, inputName) ||
      llvm::sys::fs::equivalent(name, folderOptions.labelsFile))
    return fail("cannot write '" + name + "': it is an input");
  return success();
}

LogicalResult Compilation::write(StringRef name, llvm::function_ref<void(raw_ostream &)> print) {
  if (failed(checkNoInput(name)))
    return failure();
  if (llvm::Error error = weft::models::writeOutputFile(name, print))
    return fail("cannot open output file '" + name + "': " + llvm::toString(std::move(error)));
  return success();
}

LogicalResult Compilation::runPhases(weft::Phase from, weft::Phase to,
                                     const weft::CompileOptions &options) {
  PassManager pm(&context, ModuleOp::getOperationName());
  if (failed(applyPassManagerCLOptions(pm)))
    return failure();
  TimingScope scope = timing.nest("Compile");
  pm.enableTiming(scope);
  weft::buildPhasePipeline(pm, from, to, options);
  if (dumpPipeline) {
    pm.printAsTextualPipeline(llvm::errs());
    llvm::errs() << "\n";
  }
  return pm.run(*module);
}

LogicalResult Compilation::writeModule(const weft::CompileOptions &options) {
  TimingScope scope = timing.nest("Module");
  weft::ModuleOptions moduleOptions;
  moduleOptions.source = source;
  moduleOptions.tunedRows = weft::getTunedBatch(options);
  moduleOptions.clipsGradients = options.clipGradients;
  moduleOptions.maxGradNorm = gradNormBound;
  moduleOptions.labelSmoothing = labelSmoothing;
  moduleOptions.accumulatesGradients = options.accumulateGradients;
  FailureOr<std::vector<char>> bytes = weft::buildModuleFile(*module, moduleOptions);
  if (failed(bytes))
    return failure();
  // What no error above foresaw must not reach those who would load it.
  auto loaded =
      weft::rt::Module::parse({reinterpret_cast<const uint8_t *>(bytes->data()), bytes->size()});
  if (!loaded.ok())
    return fail("expected a module that the runtime accepts: " + loaded.status().message());
  return write(output, [&](raw_ostream &os) { os.write(bytes->data(), bytes->size()); });
}

LogicalResult Compilation::run() {
  std::optional<weft::Phase> last = weft::parsePhase(compileTo);
  if (!last)
    return fail(
        "--compile-to: expected input, flat, specialized, training, optimized, dispatch, kernels, "
        "schedule or module, got '" +
        compileTo + "'");
  if (bf16 || checkpointing)
    return fail(bf16 ? "--bf16: this version computes in f32 only, mixed precision is missing"
                     : "--gradient-checkpointing: this version stores what backward needs, "
                       "recomputation is missing");
  if (!(maxGradNorm >= 0 && maxGradNorm <= 0x1p53))
    return fail("--max-grad-norm: expected 0 to 2^53, got " +
                Twine(std::to_string(maxGradNorm.getValue())));
  if (failed(checkNoInput(output)) || failed(parse()) || failed(smoothLabels()))
    return failure();
  weft::CompileOptions options = getOptions();
  auto printModule = [&](raw_ostream &os) { module->print(os); };
  weft::Phase done = weft::Phase::Input;
  weft::Phase end = std::min(*last, weft::Phase::Schedule);
  while (done != end) {
    weft::Phase next = saveTemps ? static_cast<weft::Phase>(static_cast<int>(done) + 1) : end;
    if (failed(runPhases(done, next, options)))
      return failure();
    done = next;
    if (saveTemps &&
        failed(write(output + "." + weft::getPhaseName(done).str() + ".mlir", printModule)))
      return failure();
  }
  if (*last == weft::Phase::Module)
    return writeModule(options);
  return write(output, printModule);
}

// Values that are empty, as a variable that is not set leaves them.
static LogicalResult checkValues(ArrayRef<char *> words) {
  StringRef before = "";
  for (StringRef word : words) {
    auto [name, value] = word.split('=');
    if (word.empty() || (name.starts_with("-") && name.size() + 1 == word.size()))
      return fail((word.empty() ? before.starts_with("-") ? before : "a word" : name) +
                  ": expected a value, got an empty one");
    before = word;
  }
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A file that may grow no more is an error like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  weft::cpu::registerCpuTarget();
  registerAsmPrinterCLOptions();
  registerMLIRContextCLOptions();
  registerPassManagerCLOptions();
  registerDefaultTimingManagerCLOptions();
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) {
    os << "weftc " WEFT_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  if (failed(checkValues(ArrayRef(argv, argc).drop_front())))
    return 2;
  std::string errors;
  llvm::raw_string_ostream errorStream(errors);
  if (!cl::ParseCommandLineOptions(argc, argv, overview, &errorStream)) {
    llvm::errs() << errors;
    return 2;
  }
  // The linker, a library here, registers an option of this name when it is first used.
  processors.removeArgument();
  DialectRegistry registry;
  registry.insert<weft::WeftDialect, weft::exec::ExecDialect, func::FuncDialect>();
  weft::cpu::registerCpuTargetDialects(registry);
  MLIRContext context(registry);
  // An error names its place; the op there may be the whole model.
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  DefaultTimingManager timingManager;
  applyDefaultTimingManagerCLOptions(timingManager);
  TimingScope timing = timingManager.getRootScope();
  return succeeded(Compilation(context, timing).run()) ? 0 : 1;
}
