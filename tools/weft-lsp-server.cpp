// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mlir-lsp-server with Weft's dialects: errors, definitions and completion in editors.
#include "ShortHelp.h"
#include "dialects/Weft/Weft.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

static constexpr llvm::StringLiteral help =
    R"(usage: weft-lsp-server [options]

A language server (Language Server Protocol, on stdin and stdout) for .mlir files with Weft's dialects. An
editor starts it; by hand it waits for requests.

  --log=error|info|verbose   what is logged to stderr (default: info)
  --pretty                   print JSON indented
  --lit-test                 read the messages of a lit test: separated by lines of '//-----'
  --help-list                every option
  --version                  version of LLVM

Example, settings of Visual Studio Code's MLIR extension:
  "mlir.server_path": "/usr/local/bin/weft-lsp-server"
)";

int main(int argc, char **argv) {
  if (weft::printShortHelp(argc, argv, help))
    return 0;
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<weft::WeftDialect>();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
