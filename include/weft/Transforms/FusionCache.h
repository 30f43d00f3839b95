// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The target's answers to what it can fuse, kept by what was asked: the layers of a model, its
// entries and its buckets ask the same many times.
#ifndef WEFT_TRANSFORMS_FUSIONCACHE_H
#define WEFT_TRANSFORMS_FUSIONCACHE_H

#include "weft/Target/TargetInterface.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"

namespace weft {

class FusionCache {
public:
  // How many rows per batch row dimension 0 of a value has, if it is dynamic, else 0.
  using Multiplier = llvm::function_ref<int64_t(mlir::Value)>;

  explicit FusionCache(const TargetInterface &target) : target(target) {}

  // As TargetInterface::canFuse.
  bool canFuse(llvm::ArrayRef<mlir::Operation *> ops, llvm::ArrayRef<mlir::Value> outputs,
               unsigned numRepeated, Multiplier rows, std::string &reason);

  // What two regions have in common exactly if one kernel computes both. The numbers of random ops
  // do not count, nor does what all sizes are multiples of.
  static std::string getKey(llvm::ArrayRef<mlir::Operation *> ops,
                            llvm::ArrayRef<mlir::Value> outputs, Multiplier rows);

  unsigned getNumQuestions() const { return answers.size(); }

private:
  struct Answer {
    bool isYes;
    std::string reason;
  };

  const TargetInterface &target;
  llvm::StringMap<Answer> answers;
};

} // namespace weft

#endif
