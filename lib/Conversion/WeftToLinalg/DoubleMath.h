// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of f64 as arithmetic, because kernels have no mathematical library.
#ifndef WEFT_LIB_CONVERSION_DOUBLEMATH_H
#define WEFT_LIB_CONVERSION_DOUBLEMATH_H

#include "mlir/IR/Builders.h"

namespace weft {

/// Each takes f64, a scalar or a vector, and is right to a few units in the last place.
class DoubleMath {
public:
  DoubleMath(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type)
      : builder(builder), loc(loc), type(type) {}

  mlir::Value exp(mlir::Value x);
  mlir::Value log(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value erf(mlir::Value x);
  /// As C's pow, but that a negative zero counts as zero.
  mlir::Value pow(mlir::Value base, mlir::Value exponent);
  /// sin(x), or cos(x) with a `quadrant` of 1; |x| up to 10^6.
  mlir::Value sin(mlir::Value x, int64_t quadrant);

  mlir::Value constant(double value);

private:
  mlir::Type integers() const;
  mlir::Value integer(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value negative(mlir::Value a);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// Sum of coefficients[i] x^i.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<double> coefficients);
  /// 2^k of i64 `k` in the range of normal numbers.
  mlir::Value powerOfTwo(mlir::Value k);
  mlir::Value isBelow(mlir::Value a, mlir::Value b);
  mlir::Value isEqual(mlir::Value a, mlir::Value b);
  mlir::Value round(mlir::Value x);
  mlir::Value toInteger(mlir::Value x);
  mlir::Value toDouble(mlir::Value k);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
};

} // namespace weft

#endif // WEFT_LIB_CONVERSION_DOUBLEMATH_H
