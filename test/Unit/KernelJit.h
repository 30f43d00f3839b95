// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles memref-level kernel functions in process, so that tests and benchmarks can call them.
#ifndef WEFT_TEST_UNIT_KERNELJIT_H
#define WEFT_TEST_UNIT_KERNELJIT_H

#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace weft::test {

/// A memref argument in MLIR's C interface, rank at most 5.
class BufferArgument {
public:
  BufferArgument(void *data, llvm::ArrayRef<int64_t> shape);
  void *descriptor() { return &words; }

private:
  /// allocated, aligned, offset, sizes..., strides...
  std::array<int64_t, 13> words;
};

class KernelJit {
public:
  /// Compiles every function of the module, which is consumed, for `cpu` ("host", "x86-64-v2",
  /// ...).
  static llvm::Expected<std::unique_ptr<KernelJit>> compile(mlir::ModuleOp module,
                                                            llvm::StringRef cpu);
  ~KernelJit();

  /// The address of a kernel, for `call`.
  void *find(llvm::StringRef name);

  /// Calls a kernel: buffers, rows, tile range, scratch.
  static void call(void *kernel, llvm::ArrayRef<BufferArgument> buffers, int64_t rows,
                   int64_t tileBegin, int64_t tileEnd, llvm::MutableArrayRef<char> scratch);

  /// Whether this machine can run code of a level.
  static bool hostSupports(llvm::StringRef cpu);

private:
  KernelJit();
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

/// The assembly of a module, which is consumed, for any CPU of this machine's architecture.
llvm::Expected<std::string> compileToAssembly(mlir::ModuleOp module, llvm::StringRef cpu);

} // namespace weft::test

#endif // WEFT_TEST_UNIT_KERNELJIT_H
