// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles one dispatch function for the CPU, runs it and compares it with the reference.
#ifndef WEFT_TEST_UNIT_KERNELHARNESS_H
#define WEFT_TEST_UNIT_KERNELHARNESS_H

#include "dialects/Interfaces/ReferenceTensor.h"
#include "weft/Target/CPU/Kernels.h"

#include <random>

namespace weft::test {

/// Memory of a binding, aligned, with a margin that must not be touched.
class BindingMemory {
public:
  explicit BindingMemory(size_t size);
  char *data();
  size_t size() const { return bytes; }
  bool isMarginIntact() const;

private:
  size_t bytes;
  std::vector<char> storage;
};

/// Copies of a tensor's elements in the types of memory and back.
void writeTensor(const ReferenceTensor &tensor, char *memory);
void readTensor(const char *memory, ReferenceTensor &tensor);

class KernelHarness {
public:
  /// Parses `text`, a module with one function, and compiles it. Adds a test failure and leaves the
  /// harness invalid if that does not work.
  KernelHarness(const std::string &text, const std::string &cpu = "native");
  ~KernelHarness();

  bool isValid() const { return entry != nullptr; }
  const KernelInfo &getInfo() const { return info; }
  int64_t countTiles(int64_t rows) const;

  /// Random operands for a batch of `rows`: floats in the range of the argument's attribute
  /// `test.range`, or [-2, 2].
  std::vector<ReferenceTensor> makeOperands(int64_t rows, unsigned seed);
  /// The results of the reference interpreter, rounded to their types.
  std::vector<ReferenceTensor> evaluate(const std::vector<ReferenceTensor> &operands);

  /// Runs the kernel with its tiles cut at random in `pieces` ranges, in random order. With
  /// `inPlace`, results take over the memory of operands where they may.
  std::vector<ReferenceTensor> run(const std::vector<ReferenceTensor> &operands, int64_t rows,
                                   int64_t pieces, unsigned seed, bool inPlace = false);

  /// Milliseconds of one call over all tiles, the best of several.
  double measure(int64_t rows);

  std::vector<int64_t> constants;

private:
  struct Loaded;

  void compile(const std::string &text, const std::string &cpu);

  std::vector<void *> bind(const std::vector<ReferenceTensor> &operands, int64_t rows,
                           bool inPlace);
  void call(const std::vector<void *> &pointers, int64_t rows, int64_t begin, int64_t end,
            std::vector<char> &scratch);
  ReferenceTensor makeResult(unsigned number, int64_t rows);

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  KernelInfo info;
  std::unique_ptr<Loaded> loaded;
  std::vector<BindingMemory> memory;
  void *entry = nullptr;
};

/// Checks the kernel of `text` against the reference, for several batch sizes, splits and in place.
/// The tolerance is in units of 2^-23 of the expected value, or of 1 for values below it.
void checkKernel(const std::string &text, double tolerance = 8, const std::string &cpu = "native",
                 const std::vector<int64_t> &batches = {1, 3, 64});

} // namespace weft::test

#endif // WEFT_TEST_UNIT_KERNELHARNESS_H
