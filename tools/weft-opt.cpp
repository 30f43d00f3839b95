// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mlir-opt with Weft's dialects and passes.
#include "ShortHelp.h"
#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "weft/Conversion/WeftToLinalg.h"
#include "weft/Pipelines/InputText.h"
#include "weft/Pipelines/Pipelines.h"
#include "weft/Reference/Passes.h"
#include "weft/Schedule/Passes.h"
#include "weft/Target/CPU/Kernels.h"
#include "weft/Transforms/Passes.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

static constexpr llvm::StringLiteral help =
    R"help(usage: weft-opt [passes and options] [FILE|-]

mlir-opt with Weft's dialects: runs passes on IR and prints what comes out.

  --weft-flatten-model, --weft-differentiate, --weft-build-train-step, --weft-decompose, ...
                              one pass; those of a model as --pass-pipeline="builtin.module(weft.model(...))"
  --weft-pipeline="from=input to=optimized"
                              the passes of some phases of a compilation
  --weft-evaluate="function=loss rows=4 seed=1"
                              evaluate functions with the reference interpreter
  --weft-check-equivalent="pipeline=weft-decompose,canonicalize"
                              check that passes keep what functions compute
  --weft-check-op-cases, --weft-check-gradients
                              check numbers that functions carry (test/Ops/README.md)
  --weft-random-graph="seed=7 size=20"
                              make a random model
  --emit-bytecode             write bytecode
  --allow-bytecode            read bytecode; its reader trusts what it reads
  -o FILE                     output (default: stdout)
  --split-input-file, --verify-diagnostics, --mlir-print-ir-after-all, --mlir-timing
                              as in mlir-opt
  --help-list                 every pass and option

Example:
  weft-opt --weft-decompose --canonicalize model.mlir
)help";

static llvm::cl::opt<bool> allowBytecode("allow-bytecode",
                                         llvm::cl::desc("Read bytecode, which must be trusted"));

static int fail(llvm::StringRef message) {
  llvm::errs() << message << "\n";
  return EXIT_FAILURE;
}

// As mlir::MlirOptMain, but for the look at the input before it is parsed.
static int processFile(llvm::StringRef inputName, llvm::StringRef outputName,
                       mlir::DialectRegistry &registry) {
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> input = mlir::openInputFile(inputName, &error);
  if (!input)
    return fail(error);
  error = weft::describeInputFault(inputName, input->getBuffer(), allowBytecode);
  if (!error.empty())
    return fail(error);
  std::unique_ptr<llvm::ToolOutputFile> output = mlir::openOutputFile(outputName, &error);
  if (!output)
    return fail(error);
  auto config = mlir::MlirOptMainConfig::createFromCLOptions();
  if (failed(mlir::MlirOptMain(output->os(), std::move(input), registry, config)))
    return EXIT_FAILURE;
  output->keep();
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  if (weft::printShortHelp(argc, argv, help))
    return 0;
  weft::cpu::registerCpuTarget();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  registry.insert<weft::WeftDialect, weft::exec::ExecDialect>();
  weft::registerWeftConversionPasses();
  weft::registerWeftTransformsPasses();
  weft::registerWeftSchedulePasses();
  weft::registerPipelines();
  weft::registerWeftReferencePasses();
  llvm::InitLLVM init(argc, argv);
  auto [inputName, outputName] =
      mlir::registerAndParseCLIOptions(argc, argv, "Weft's optimizer driver\n", registry);
  auto config = mlir::MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, inputName, outputName, registry));
  return processFile(inputName, outputName, registry);
}
