// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of f64 as arithmetic, because kernels have no mathematical library.
#ifndef WEFT_CONVERSION_DOUBLEMATH_H
#define WEFT_CONVERSION_DOUBLEMATH_H

#include "mlir/IR/Builders.h"

namespace weft {

/// Each takes f64, a scalar or a vector, and is right to two units in the last place, of numbers of
/// any size and of what is none, but where it says otherwise.
class DoubleMath {
public:
  DoubleMath(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type)
      : builder(builder), loc(loc), type(type) {}

  mlir::Value exp(mlir::Value x) { return exp(x, {}); }
  mlir::Value log(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value erf(mlir::Value x);
  /// As C's pow: to 2^-43 if it is to be rounded to f32, else to two units in the last place.
  mlir::Value pow(mlir::Value base, mlir::Value exponent, bool isRounded);

  /// Up to here, angles are reduced by subtraction.
  static constexpr double kLargestAngle = 0x1p20;
  /// sin(x), or cos(x) with a `quadrant` of 1, for |x| below `kLargestAngle`; if it is to be
  /// rounded to f32, to 2^-60 in absolute terms.
  mlir::Value sin(mlir::Value x, int64_t quadrant, bool isRounded);
  /// The sine of (high + low) + number * pi / 2, where the sum is at most pi / 4 in size and `low`
  /// less than the last place of `high`.
  mlir::Value sinOfRest(mlir::Value high, mlir::Value low, mlir::Value number);

  mlir::Value constant(double value);
  mlir::Value integer(int64_t value);
  /// 2^k of i64 `k` in the range of normal numbers.
  mlir::Value powerOfTwo(mlir::Value k);

private:
  /// A number as a sum: the second is less than the last place of the first.
  struct Pair {
    mlir::Value high, low;
  };

  mlir::Type integers() const;
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value negative(mlir::Value a);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// Sum of coefficients[i] x^i.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<double> coefficients);
  mlir::Value isBelow(mlir::Value a, mlir::Value b);
  mlir::Value isEqual(mlir::Value a, mlir::Value b);
  mlir::Value isNegative(mlir::Value a);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value round(mlir::Value x);
  mlir::Value toInteger(mlir::Value x);
  mlir::Value toDouble(mlir::Value k);

  /// a + b and a * b, exactly (the product to 2^-105).
  Pair exactSum(mlir::Value a, mlir::Value b);
  Pair exactProduct(mlir::Value a, mlir::Value b);
  /// The upper half of the digits.
  mlir::Value upperHalf(mlir::Value a);

  /// exp(x + low), where `low` may be null.
  mlir::Value exp(mlir::Value x, mlir::Value low);
  /// x = 2^exponent * mantissa, the mantissa from sqrt(1/2) to sqrt(2).
  struct Split {
    mlir::Value exponent, mantissa;
  };
  Split split(mlir::Value x);
  /// The logarithm of a positive number to about 2^-66.
  Pair preciseLog(mlir::Value x);
  /// What pow is for zeros, infinities, negative bases and NaN, where `result` is right for others.
  mlir::Value powOfSpecial(mlir::Value base, mlir::Value exponent, mlir::Value result);
  mlir::Value chooseQuadrant(mlir::Value sine, mlir::Value cosine, mlir::Value number);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
};

} // namespace weft

#endif // WEFT_CONVERSION_DOUBLEMATH_H
