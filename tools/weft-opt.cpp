// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mlir-opt with Weft's dialects and passes.
#include "dialects/Exec/Exec.h"
#include "dialects/Weft/Weft.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "weft/Schedule/Passes.h"
#include "weft/Pipelines/Pipelines.h"
#include "weft/Reference/Passes.h"
#include "weft/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  registry.insert<weft::WeftDialect, weft::exec::ExecDialect>();
  weft::registerWeftTransformsPasses();
  weft::registerWeftSchedulePasses();
  weft::registerPipelines();
  weft::registerWeftReferencePasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "Weft's optimizer driver\n\nExample: weft-opt --weft-decompose model.mlir\n",
      registry));
}
