// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a dispatch function becomes a kernel: per part, the kind of code, its tiles and scratch
// memory.
#ifndef WEFT_LIB_TARGET_CPU_KERNELPLAN_H
#define WEFT_LIB_TARGET_CPU_KERNELPLAN_H

#include "AttentionPlan.h"
#include "weft/Codegen/MemoryPlan.h"
#include "weft/Codegen/StagePlan.h"
#include "weft/Target/CPU/Contraction.h"
#include "weft/Target/CPU/CpuTraits.h"

#include "mlir/IR/OwningOpRef.h"

namespace weft::cpu {

struct PartKernel {
  /// The stages are one contraction and what is done with its result in registers; tiles are the
  /// generator's.
  bool registerEpilogue = false;
  /// For each stage that is a contraction.
  std::map<unsigned, ContractionPlan> contractions;
  KernelTiles tiles;
  /// Where the scratch buffers of the part begin, by number of the buffer.
  std::map<unsigned, int64_t> bufferOffsets;
  int64_t generatorScratch = 0;
  /// Attention: queries of a block, 0 if a head is computed as a whole.
  int64_t blockQueries = 0;
  /// Attention: where the place of the head among all of the step is kept, an i64, and, behind it,
  /// whether the head is the first of its tile, a byte.
  int64_t headPlaceOffset = 0;
  int64_t scratchBytes = 0;

  /// Indices of the dimension that is sliced of which a buffer has memory.
  int64_t sliceSize() const { return blockQueries ? blockQueries : tiles.tile; }
};

class KernelPlan {
public:
  /// Plans the kernel of a dispatch function. Emits an error if it is not supported, or if it takes
  /// more scratch memory than a kernel should and is not required, that is, can be cut in several.
  static mlir::FailureOr<KernelPlan> create(mlir::func::FuncOp dispatch, const CpuTraits &traits,
                                            int64_t tunedRows, bool isRequired);

  /// The function that the stages compute: the dispatch's, or that of one head of an attention.
  mlir::func::FuncOp getFunction() const { return stages.getFunction(); }
  mlir::func::FuncOp getDispatch() const { return dispatch ? dispatch : getFunction(); }
  /// Null if the dispatch is no attention.
  const AttentionPlan *getAttention() const { return attention ? &*attention : nullptr; }
  const StagePlan &getStages() const { return stages; }
  llvm::ArrayRef<PartKernel> getParts() const { return parts; }
  const CpuTraits &getTraits() const { return traits; }
  /// Whether the function's argument is a constant of the dispatch.
  std::optional<int64_t> getConstant(unsigned argument) const;

  /// Bindings, tiles, scratch memory and work.
  KernelInfo describe(llvm::StringRef name, mlir::func::FuncOp dispatch) const;

private:
  static mlir::FailureOr<KernelPlan> createForAttention(mlir::func::FuncOp dispatch,
                                                        const CpuTraits &traits, int64_t tunedRows);
  /// Plans a head's part as a whole or, if that needs much memory, in blocks of queries.
  mlir::LogicalResult planHead(StagePart &part, PartKernel &kernel);
  /// Whether a head has dimensions of queries that its part can be cut along; cuts it.
  bool cutQueries(StagePart &part);
  mlir::LogicalResult planPart(const StagePart &part, PartKernel &kernel);
  mlir::LogicalResult planContractions(const StagePart &part, PartKernel &kernel);
  void chooseTiles(const StagePart &part, PartKernel &kernel);
  mlir::LogicalResult layOutScratch(const StagePart &part, PartKernel &kernel);
  std::map<unsigned, LifeTime> findLifeTimes(const StagePart &part) const;
  int64_t sliceBytes(unsigned buffer, int64_t tile) const;

  CpuTraits traits;
  int64_t tunedRows = 64;
  int64_t maxScratchBytes = 0;
  /// The function in linalg, and the module that owns it.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  StagePlan stages;
  /// Attention: the dispatch's function in `module`, and how it is cut.
  mutable mlir::func::FuncOp dispatch;
  std::optional<AttentionPlan> attention;
  std::vector<PartKernel> parts;
};

/// The clone of a dispatch function in a module of its own.
mlir::OwningOpRef<mlir::ModuleOp> cloneForLowering(mlir::func::FuncOp dispatch);

} // namespace weft::cpu

#endif // WEFT_LIB_TARGET_CPU_KERNELPLAN_H
