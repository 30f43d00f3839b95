// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entry points of kernels: from the arguments of runtime/schema/kernel_abi.h to memref descriptors.
#include "KernelEmitter.h"

#include "runtime/schema/kernel_abi.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <cstddef>

using namespace mlir;

namespace weft::cpu {
namespace {

class EntryPoint {
public:
  EntryPoint(ModuleOp module, const KernelInfo &info, FunctionType type)
      : builder(module.getContext()), loc(module.getLoc()), info(info), type(type),
        pointer(LLVM::LLVMPointerType::get(module.getContext())), i64(builder.getI64Type()) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  void emit(StringRef body) {
    auto signature =
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), {pointer});
    auto function = LLVM::LLVMFuncOp::create(builder, loc, info.name, signature);
    builder.setInsertionPointToStart(function.addEntryBlock(builder));
    arguments = function.getArgument(0);

    SmallVector<Value> operands;
    Value rows = field(i64, offsetof(weft_kernel_args_t, rows));
    Value bindings = field(pointer, offsetof(weft_kernel_args_t, bindings));
    for (auto [i, binding] : llvm::enumerate(info.bindings)) {
      Value address = load(pointer, bindings, i * sizeof(void *));
      addDescriptor(operands, address, cast<MemRefType>(type.getInput(i)), rows, binding.bytes);
    }
    operands.push_back(rows);
    operands.push_back(field(i64, offsetof(weft_kernel_args_t, tile_begin)));
    operands.push_back(field(i64, offsetof(weft_kernel_args_t, tile_end)));
    addBytes(operands, offsetof(weft_kernel_args_t, scratch), info.scratchBytes);
    if (info.constantCount)
      addBytes(operands, offsetof(weft_kernel_args_t, constants),
               info.constantCount * sizeof(int64_t));
    if (!info.checks.empty()) {
      Value error = field(pointer, offsetof(weft_kernel_args_t, error));
      operands.append({error, error, constant(0)});
    }
    LLVM::CallOp::create(builder, loc, TypeRange(), body, operands);
    LLVM::ReturnOp::create(builder, loc, ValueRange());
  }

private:
  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, i64, builder.getI64IntegerAttr(value));
  }

  Value load(Type loaded, Value base, int64_t offset) {
    Value address = LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                                        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
    return LLVM::LoadOp::create(builder, loc, loaded, address);
  }

  Value field(Type loaded, size_t offset) { return load(loaded, arguments, offset); }

  /// Allocated and aligned pointer, offset, sizes, strides.
  void addDescriptor(SmallVector<Value> &operands, Value address, MemRefType memref, Value rows,
                     LinearSize bytes) {
    operands.append({address, address, constant(0)});
    int64_t rank = memref.getRank();
    SmallVector<int64_t> strides(rank, 1);
    for (int64_t i = rank - 2; i >= 0; --i)
      strides[i] = strides[i + 1] * memref.getDimSize(i + 1);
    for (int64_t i = 0; i < rank; ++i) {
      if (!memref.isDynamicDim(i)) {
        operands.push_back(constant(memref.getDimSize(i)));
        continue;
      }
      int64_t rowBytes = strides[0] * memref.getElementTypeBitWidth() / 8;
      operands.push_back(
          LLVM::MulOp::create(builder, loc, rows, constant(bytes.perRow / rowBytes)));
    }
    for (int64_t stride : strides)
      operands.push_back(constant(stride));
  }

  void addBytes(SmallVector<Value> &operands, size_t offset, int64_t size) {
    Value address = field(pointer, offset);
    operands.append({address, address, constant(0), constant(size), constant(1)});
  }

  OpBuilder builder;
  Location loc;
  const KernelInfo &info;
  FunctionType type;
  LLVM::LLVMPointerType pointer;
  Type i64;
  Value arguments;
};

} // namespace

void emitEntryPoint(ModuleOp module, const KernelInfo &info, FunctionType type, StringRef body) {
  EntryPoint(module, info, type).emit(body);
}

} // namespace weft::cpu
