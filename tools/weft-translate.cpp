// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mlir-translate with Weft's dialects: from IR to other formats and back, and from Hugging Face
// folders to IR.
#include "FolderOptions.h"
#include "Printable.h"
#include "ShortHelp.h"
#include "mlir/InitAllTranslations.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "weft/Models/Files.h"
#include "weft/Pipelines/InputText.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdio>
#include <unistd.h>

static constexpr llvm::StringLiteral help =
    R"(usage: weft-translate TRANSLATION [options] [FILE|-]

Translates between IR and other formats.

  --hf-to-weft        a Hugging Face folder to the graph IR; FILE is the folder. --task, --num-labels,
                      --labels, --labels-file and --problem-type choose its head, as for weftc;
                      --ignore-config-field=NAME,... passes over unknown fields of its config.json
  --mlir-to-llvmir    IR of the LLVM dialect, as compiled kernels have it, to LLVM IR
  --import-llvm       LLVM IR to the LLVM dialect
  --allow-bytecode    read bytecode; its reader trusts what it reads
  -o FILE             output (default: stdout)
  --split-input-file  treat pieces between lines of '// -----' as files of their own
  --help-list         every translation and option

Examples:
  weft-translate --mlir-to-llvmir kernels.mlir -o kernels.ll
  weft-translate --hf-to-weft MODEL_DIR --task token-classification --num-labels 13
)";

// Folders are not what mlirTranslateMain reads.
static int translateFolder(int argc, char **argv) {
  namespace cl = llvm::cl;
  cl::OptionCategory category("weft-translate --hf-to-weft options");
  cl::opt<bool> flag("hf-to-weft", cl::desc("A Hugging Face folder to the graph IR"),
                     cl::cat(category));
  cl::opt<std::string> folder(cl::Positional, cl::desc("<folder>"), cl::Required,
                              cl::cat(category));
  cl::opt<std::string> output("o", cl::desc("Output file"), cl::init("-"), cl::cat(category));
  weft::FolderOptions options(category);
  std::string text;
  llvm::raw_string_ostream errors(text);
  if (!cl::ParseCommandLineOptions(argc, argv, "", &errors)) {
    llvm::errs() << text;
    return 2;
  }
  mlir::MLIRContext context;
  std::string error;
  mlir::OwningOpRef<mlir::ModuleOp> module = options.build(context, folder, error);
  if (module)
    if (llvm::Error failure = weft::models::writeOutputFile(
            output, [&](llvm::raw_ostream &os) { weft::models::printReadable(*module, os); }))
      error = "cannot open output file '" + output + "': " + llvm::toString(std::move(failure));
  if (error.empty())
    return 0;
  llvm::errs() << "weft-translate: error: " << weft::printable(error) << "\n";
  return 1;
}

static llvm::cl::opt<bool> allowBytecode("allow-bytecode",
                                         llvm::cl::desc("Read bytecode, which must be trusted"));

// Replaces standard input by a file that holds what was read from it.
static bool rewindInput(llvm::StringRef contents) {
  FILE *copy = std::tmpfile();
  return copy && std::fwrite(contents.data(), 1, contents.size(), copy) == contents.size() &&
         std::fflush(copy) == 0 && std::fseek(copy, 0, SEEK_SET) == 0 &&
         dup2(fileno(copy), STDIN_FILENO) >= 0;
}

// Looks at IR before mlirTranslateMain reads it: false, after an error, where it must not.
static bool checkInput(int argc, char **argv) {
  llvm::StringRef name = "-";
  bool isTrusted = false;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i], option = argument.ltrim('-');
    if (option.starts_with("import-") || option.starts_with("deserialize-"))
      return true; // from another format
    isTrusted |= option == "allow-bytecode";
    if (option == "o")
      ++i;
    else if (!argument.starts_with("-"))
      name = argument;
  }
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> file = mlir::openInputFile(name, &error);
  if (!file)
    return true; // mlirTranslateMain says why
  error = weft::describeInputFault(name, file->getBuffer(), isTrusted);
  if (error.empty() && name == "-" && !rewindInput(file->getBuffer()))
    error = "weft-translate: error: cannot make a temporary file";
  if (!error.empty())
    llvm::errs() << error << "\n";
  return error.empty();
}

int main(int argc, char **argv) {
  if (weft::printShortHelp(argc, argv, help))
    return 0;
  for (int i = 1; i < argc; ++i)
    if (llvm::StringRef(argv[i]).ltrim('-') == "hf-to-weft")
      return translateFolder(argc, argv);
  if (!checkInput(argc, argv))
    return 1;
  mlir::registerAllTranslations();
  return mlir::failed(mlir::mlirTranslateMain(argc, argv, "Weft's translation driver\n"));
}
