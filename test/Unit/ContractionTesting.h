// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds, compiles and calls contractions for tests and benchmarks.
#ifndef WEFT_TEST_UNIT_CONTRACTIONTESTING_H
#define WEFT_TEST_UNIT_CONTRACTIONTESTING_H

#include "KernelJit.h"

#include "weft/Target/CPU/Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace weft::test {

inline void loadDialects(mlir::MLIRContext &context) {
  context.loadDialect<mlir::func::FuncDialect, mlir::arith::ArithDialect, mlir::math::MathDialect,
                      mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                      mlir::vector::VectorDialect, mlir::LLVM::LLVMDialect>();
}

/// Sizes of an operand in memory, leading dimensions first, for a number of rows.
inline llvm::SmallVector<cpu::Extent> storedExtents(const cpu::ContractionShape &shape,
                                                    char operand) {
  llvm::SmallVector<cpu::Extent> extents(shape.batch);
  cpu::Extent outer = operand == 'b' ? shape.k : shape.m,
              inner = operand == 'a' ? shape.k : shape.n;
  if ((operand == 'a' && shape.transposeA) || (operand == 'b' && shape.transposeB))
    std::swap(outer, inner);
  extents.push_back(outer);
  extents.push_back(inner);
  return extents;
}

inline llvm::SmallVector<int64_t> storedSizes(const cpu::ContractionShape &shape, char operand,
                                              int64_t rows) {
  llvm::SmallVector<int64_t> sizes;
  for (const cpu::Extent &extent : storedExtents(shape, operand))
    sizes.push_back(extent.at(rows));
  return sizes;
}

inline mlir::MemRefType storedType(const cpu::ContractionShape &shape, char operand,
                                   mlir::Type element) {
  llvm::SmallVector<int64_t> sizes;
  for (const cpu::Extent &extent : storedExtents(shape, operand))
    sizes.push_back(extent.isDynamic() ? mlir::ShapedType::kDynamic : extent.fixed);
  return mlir::MemRefType::get(sizes, element);
}

inline int64_t product(llvm::ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    result *= size;
  return result;
}

/// A module with the kernel @contraction. `epilogue.outputs` defaults to one memref of C.
inline mlir::OwningOpRef<mlir::ModuleOp>
buildContractionModule(mlir::MLIRContext &context, const cpu::ContractionPlan &plan,
                       cpu::ContractionEpilogue epilogue = {}) {
  mlir::OpBuilder builder(&context);
  mlir::Location loc = builder.getUnknownLoc();
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  const cpu::ContractionShape &shape = plan.shape;
  if (epilogue.outputs.empty())
    epilogue.outputs.push_back(storedType(shape, 'c', plan.accumulator));
  cpu::buildContractionKernel(builder, loc, "contraction", plan,
                              storedType(shape, 'a', shape.elementA),
                              storedType(shape, 'b', shape.elementB), epilogue);
  return module;
}

} // namespace weft::test

#endif // WEFT_TEST_UNIT_CONTRACTIONTESTING_H
