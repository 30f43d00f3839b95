// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code for Philox4x32-10, on numbers or on vectors.
#ifndef WEFT_CONVERSION_PHILOXEMITTER_H
#define WEFT_CONVERSION_PHILOXEMITTER_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace weft {

/// The place of a random word, each an i64 of which the low 32 bits count (all 64 of the seed).
/// Those that vary from lane to lane are vectors, the others numbers.
struct RandomWordPlace {
  mlir::Value seed, id, step, row, column;
};

/// The random word of a place (`weft.random_word`), an i32; a vector of them if row or column is
/// one.
mlir::Value emitRandomWord(mlir::OpBuilder &builder, mlir::Location loc,
                           const RandomWordPlace &place);

/// The words of `lanes` columns that follow each other from `place.column` on, a number that is a
/// multiple of four: each group of four is drawn once. `lanes` is a multiple of four.
mlir::Value emitRandomWords(mlir::OpBuilder &builder, mlir::Location loc,
                            const RandomWordPlace &place, int64_t lanes);

} // namespace weft

#endif // WEFT_CONVERSION_PHILOXEMITTER_H
