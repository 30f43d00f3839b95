// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What dispatch formation, scheduling and the module writer ask a target: which primitives one
// kernel can hold, the kernel of a dispatch function, and the native code of a set of kernels.
#ifndef WEFT_TARGET_TARGETINTERFACE_H
#define WEFT_TARGET_TARGETINTERFACE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

/// The attribute of a dispatch function's argument that says of how many rows per batch row its
/// dynamic dimension is: the size is `weft.rows * rows`. One if absent.
constexpr llvm::StringLiteral kRowsAttrName = "weft.rows";
/// The attribute of a dispatch function's rank-0 i64 argument that is not a tensor in memory but
/// number `weft.constant` of the dispatch command's constants.
constexpr llvm::StringLiteral kConstantAttrName = "weft.constant";
/// The attribute of a dispatch function that says how many rows its code is tuned for.
constexpr llvm::StringLiteral kTunedRowsAttrName = "weft.tuned_rows";

/// A size that may depend on the batch: `fixed + rows * perRow`.
struct LinearSize {
  int64_t fixed = 0;
  int64_t perRow = 0;

  int64_t at(int64_t rows) const { return fixed + rows * perRow; }
  bool operator==(const LinearSize &) const = default;
};

/// Tiles of one part of a kernel: ceil(extent / tile) * times.
struct KernelTiles {
  LinearSize extent;
  int64_t tile = 1;
  int64_t times = 1;

  int64_t at(int64_t rows) const { return (extent.at(rows) + tile - 1) / tile * times; }
};

/// One pointer of a kernel: an operand of the dispatch that is read, or a result that is written.
struct KernelBinding {
  bool isResult = false;
  /// Number of the operand or of the result.
  unsigned index = 0;
  /// Bytes that the kernel may touch.
  LinearSize bytes;
  /// For a result: bindings whose memory it may take over, because each element of them is read
  /// only by the tile that writes the same element of the result, before it does. All other
  /// bindings must not overlap it.
  llvm::SmallVector<unsigned, 1> mayOverwrite;
};

/// A place where a kernel finds indices out of range: its number is what the error word says.
struct KernelCheck {
  /// The op that reads the indices, and where it stands: "weft.gather", "model.mlir:7:10" or
  /// nothing.
  std::string user;
  std::string location;
  /// Valid: low <= i < high.
  int64_t low = 0;
  int64_t high = 0;
};

/// What a schedule and a module need to know of a kernel.
struct KernelInfo {
  std::string name;
  /// Operands that are read (not those read for their shape only, nor constants), in order, then
  /// all results.
  llvm::SmallVector<KernelBinding> bindings;
  /// Numbers that each dispatch must bring.
  unsigned constantCount = 0;
  /// One entry per part; a call's tile range covers the parts one after the other.
  llvm::SmallVector<KernelTiles> tiles;
  /// Per worker, whatever the batch.
  int64_t scratchBytes = 0;
  LinearSize flops;
  llvm::SmallVector<KernelCheck, 0> checks;
};

/// Native code of kernels.
struct TargetImage {
  std::string triple;
  std::string cpu;
  /// What the processor must have, in LLVM's names.
  std::vector<std::string> features;
  std::vector<char> image;
  /// Address of each kernel in the image before relocation, in the order of the kernels in the
  /// module.
  std::vector<uint64_t> entries;
};

class TargetInterface {
public:
  virtual ~TargetInterface();

  /// Whether one part of a kernel can, and should, hold these connected primitives of one block.
  /// `ops` is in program order; `outputs` are those of their results that are needed outside.
  /// `numRepeated` of the ops are cheap ones, computed here although others compute them too. If
  /// not, `reason` says why. A kernel of one op, whose operands are in memory, is always possible.
  virtual bool canFuse(llvm::ArrayRef<mlir::Operation *> ops, llvm::ArrayRef<mlir::Value> outputs,
                       unsigned numRepeated, std::string &reason) const = 0;

  /// Lowers a dispatch function to a kernel function in `kernels`, a module that is not the
  /// function's own. Kernels carry all of KernelInfo as attributes, see `readKernelInfo`. Emits an
  /// error on failure.
  virtual mlir::FailureOr<KernelInfo> buildKernel(mlir::func::FuncOp dispatch,
                                                  mlir::ModuleOp kernels) const = 0;

  /// Compiles all kernels of a module, which is consumed. Emits an error on failure.
  virtual mlir::FailureOr<TargetImage> compile(mlir::ModuleOp kernels) const = 0;
};

/// Kernel information from and to the attributes of a kernel function.
mlir::FailureOr<KernelInfo> readKernelInfo(mlir::func::FuncOp kernel);
void writeKernelInfo(mlir::func::FuncOp kernel, const KernelInfo &info);

} // namespace weft

#endif // WEFT_TARGET_TARGETINTERFACE_H
