// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass over Weft's ops outside Weft: every relu becomes a silu.
#include "dialects/Weft/Weft.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

namespace {

struct ReluToSilu : mlir::PassWrapper<ReluToSilu, mlir::OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ReluToSilu)
  llvm::StringRef getArgument() const override { return "relu-to-silu"; }
  llvm::StringRef getDescription() const override { return "Make every relu a silu"; }
  void runOnOperation() override {
    getOperation()->walk([](weft::ReluOp relu) {
      mlir::OpBuilder builder(relu);
      relu.replaceAllUsesWith(
          weft::SiluOp::create(builder, relu.getLoc(), relu->getOperand(0)).getResult());
      relu.erase();
    });
  }
};

} // namespace

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<weft::WeftDialect, mlir::func::FuncDialect>();
  mlir::PassRegistration<ReluToSilu>();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "activation passes\n", registry));
}
