// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of passes that takes memref-level kernel functions to the LLVM dialect.
#include "weft/Target/CPU/Lowering.h"

#include "ElementaryFunctions.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// Kernel images have no imports, so `exp` and its like must not become calls of a math library.
struct ApproximateMathPass : PassWrapper<ApproximateMathPass, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ApproximateMathPass)

  StringRef getArgument() const final { return "weft-cpu-approximate-math"; }
  StringRef getDescription() const final { return "Replace math functions by arithmetic"; }
  void getDependentDialects(DialectRegistry &registry) const final {
    registry.insert<arith::ArithDialect, func::FuncDialect, math::MathDialect, scf::SCFDialect,
                    vector::VectorDialect>();
  }

  void runOnOperation() final {
    RewritePatternSet patterns(&getContext());
    math::populateExpansionPatterns(
        patterns, {"sinh", "cosh", "tan", "asinh", "acosh", "atanh", "exp2", "rsqrt"});
    populateElementaryFunctionPatterns(patterns);
    populateMathPolynomialApproximationPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

struct AddMathFunctionsPass : PassWrapper<AddMathFunctionsPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AddMathFunctionsPass)

  StringRef getArgument() const final { return "weft-cpu-add-math-functions"; }
  StringRef getDescription() const final {
    return "Add the functions that approximations of math functions call";
  }
  void getDependentDialects(DialectRegistry &registry) const final {
    registry
        .insert<arith::ArithDialect, func::FuncDialect, math::MathDialect, memref::MemRefDialect>();
  }

  void runOnOperation() final { addLargeAngleFunction(getOperation()); }
};

/// `scf.for` carries loop annotations through to the branches of the LLVM dialect, but there they
/// are an attribute of another name.
struct AttachLoopAnnotationsPass : PassWrapper<AttachLoopAnnotationsPass, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AttachLoopAnnotationsPass)

  StringRef getArgument() const final { return "weft-cpu-attach-loop-annotations"; }
  StringRef getDescription() const final {
    return "Make loop annotations properties of LLVM branches";
  }

  void runOnOperation() final {
    getOperation()->walk([](LLVM::BrOp branch) {
      if (auto annotation = dyn_cast_or_null<LLVM::LoopAnnotationAttr>(
              branch->removeDiscardableAttr("llvm.loop_annotation")))
        branch.setLoopAnnotationAttr(annotation);
    });
  }
};

/// What makes the loops small before they are torn into branches.
void addSimplification(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
}

} // namespace

std::unique_ptr<Pass> createApproximateMathPass() {
  return std::make_unique<ApproximateMathPass>();
}

void buildKernelLoweringPipeline(OpPassManager &pm, const KernelLoweringOptions &options) {
  pm.addPass(std::make_unique<AddMathFunctionsPass>());
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createApproximateMathPass());
  addSimplification(functions);
  functions.addPass(createConvertVectorToSCFPass());
  functions.addPass(createSCFToControlFlowPass());
  functions.addPass(memref::createExpandStridedMetadataPass());

  pm.addPass(createLowerAffinePass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertMathToLLVMPass());
  ConvertVectorToLLVMPassOptions vectorOptions;
  vectorOptions.x86Vector = options.useX86Vector;
  pm.addPass(createConvertVectorToLLVMPass(vectorOptions));
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(std::make_unique<AttachLoopAnnotationsPass>());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

} // namespace weft::cpu
