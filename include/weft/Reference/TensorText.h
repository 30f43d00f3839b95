// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors of the reference interpreter for people: printing them, and saying where two differ.
#ifndef WEFT_REFERENCE_TENSORTEXT_H
#define WEFT_REFERENCE_TENSORTEXT_H

#include "dialects/Interfaces/ReferenceTensor.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace weft {

// `[[1, 2.5], [0, -3]]`, floating-point elements with `precision` significant digits.
void printElements(llvm::raw_ostream &os, const ReferenceTensor &tensor, unsigned precision);

// Elements agree if they differ by at most absolute + relative * |expected|. Integers must be
// equal; a NaN agrees with a NaN.
struct Tolerance {
  double relative = 0;
  double absolute = 0;
};

// What compiled code may differ by from the exact value of one op, by element type.
Tolerance getDefaultTolerance(mlir::Type elementType);

// Empty if the tensors agree. Otherwise the place of the worst element and both values:
// "element [1, 0]: expected 2.5, got 3 (off by 0.5, tolerance 2.5e-06)".
std::string describeDifference(const ReferenceTensor &expected, const ReferenceTensor &actual,
                               Tolerance tolerance);

} // namespace weft

#endif
