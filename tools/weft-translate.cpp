// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mlir-translate with Weft's dialects: from IR to other formats and back.
#include "ShortHelp.h"
#include "mlir/InitAllTranslations.h"
#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

static constexpr llvm::StringLiteral help =
    R"(usage: weft-translate TRANSLATION [options] [FILE|-]

Translates between IR and other formats.

  --mlir-to-llvmir    IR of the LLVM dialect, as compiled kernels have it, to LLVM IR
  --import-llvm       LLVM IR to the LLVM dialect
  -o FILE             output (default: stdout)
  --split-input-file  treat pieces between lines of '// -----' as files of their own
  --help-list         every translation and option

Example:
  weft-translate --mlir-to-llvmir kernels.mlir -o kernels.ll
)";

int main(int argc, char **argv) {
  if (weft::printShortHelp(argc, argv, help))
    return 0;
  mlir::registerAllTranslations();
  return mlir::failed(mlir::mlirTranslateMain(argc, argv, "Weft's translation driver\n"));
}
