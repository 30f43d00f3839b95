// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Range reduction and series for functions of f64. Series are Taylor's: after reduction, a few more
// terms than of a minimax polynomial do, and their coefficients need no source.
#include "DoubleMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;

namespace weft {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// ln 2 and pi / 2 in two pieces; products of the first with small integers are exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kHalfPiHigh = 0x1.921fb54400000p+0, kHalfPiLow = 0x1.0b4611a626331p-34;

} // namespace

//===----------------------------------------------------------------------===//
// Building blocks
//===----------------------------------------------------------------------===//

Type DoubleMath::integers() const {
  Type i64 = builder.getI64Type();
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(i64);
  return i64;
}

Value DoubleMath::constant(double value) {
  TypedAttr attribute = builder.getF64FloatAttr(value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, attribute);
  return arith::ConstantOp::create(builder, loc, attribute);
}

Value DoubleMath::integer(int64_t value) {
  TypedAttr attribute = builder.getI64IntegerAttr(value);
  if (auto vector = dyn_cast<VectorType>(integers()))
    attribute = DenseElementsAttr::get(vector, attribute);
  return arith::ConstantOp::create(builder, loc, attribute);
}

Value DoubleMath::add(Value a, Value b) { return arith::AddFOp::create(builder, loc, a, b); }
Value DoubleMath::sub(Value a, Value b) { return arith::SubFOp::create(builder, loc, a, b); }
Value DoubleMath::mul(Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); }
Value DoubleMath::div(Value a, Value b) { return arith::DivFOp::create(builder, loc, a, b); }
Value DoubleMath::negative(Value a) { return arith::NegFOp::create(builder, loc, a); }
Value DoubleMath::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, loc, condition, a, b);
}
Value DoubleMath::isBelow(Value a, Value b) {
  return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT, a, b);
}
Value DoubleMath::isEqual(Value a, Value b) {
  return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, a, b);
}
Value DoubleMath::round(Value x) { return math::RoundEvenOp::create(builder, loc, x); }
Value DoubleMath::toInteger(Value x) {
  return arith::FPToSIOp::create(builder, loc, integers(), x);
}
Value DoubleMath::toDouble(Value k) { return arith::SIToFPOp::create(builder, loc, type, k); }

Value DoubleMath::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = constant(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = add(mul(sum, x), constant(coefficient));
  return sum;
}

Value DoubleMath::powerOfTwo(Value k) {
  Value biased = arith::AddIOp::create(builder, loc, k, integer(1023));
  Value bits = arith::ShLIOp::create(builder, loc, biased, integer(52));
  return arith::BitcastOp::create(builder, loc, type, bits);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

// exp(x) = 2^k exp(r), |r| <= ln 2 / 2.
Value DoubleMath::exp(Value x) {
  Value low = constant(-746.0), high = constant(710.0);
  Value clamped = select(isBelow(x, low), low, select(isBelow(high, x), high, x));
  Value k = round(mul(clamped, constant(0x1.71547652b82fep+0)));
  Value r = sub(sub(clamped, mul(k, constant(kLn2High))), mul(k, constant(kLn2Low)));
  double coefficients[15];
  double factorial = 1;
  for (int i = 0; i < 15; ++i) {
    coefficients[i] = 1 / factorial;
    factorial *= i + 1;
  }
  // In two steps, because 2^k may not be a normal number.
  Value whole = toInteger(k);
  Value half = arith::ShRSIOp::create(builder, loc, whole, integer(1));
  Value rest = arith::SubIOp::create(builder, loc, whole, half);
  Value result = mul(mul(polynomial(r, coefficients), powerOfTwo(half)), powerOfTwo(rest));
  // NaN: r is NaN already, but what the exponent then is, is undefined.
  Value isNumber = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::ORD, x, x);
  return select(isNumber, result, x);
}

// x = 2^e m, sqrt(1/2) <= m < sqrt(2); ln m = 2 artanh s, s = (m - 1) / (m + 1).
Value DoubleMath::log(Value x) {
  Value isTiny = isBelow(x, constant(0x1p-1022));
  Value scaled = select(isTiny, mul(x, constant(0x1p54)), x);
  Value bits = arith::BitcastOp::create(builder, loc, integers(), scaled);
  Value shifted =
      arith::SubIOp::create(builder, loc, bits, integer(0x3fe6a09e667f3bcd)); // sqrt(1/2)
  Value e = arith::ShRSIOp::create(builder, loc, shifted, integer(52));
  Value mantissa = arith::SubIOp::create(builder, loc, bits,
                                         arith::ShLIOp::create(builder, loc, e, integer(52)));
  Value m = arith::BitcastOp::create(builder, loc, type, mantissa);
  Value exponent = add(toDouble(e), select(isTiny, constant(-54), constant(0)));
  Value f = sub(m, constant(1));
  Value s = div(f, add(constant(2), f));
  double coefficients[11];
  for (int i = 0; i < 11; ++i)
    coefficients[i] = 2.0 / (2 * i + 3);
  // ln m = 2 s + s^3 (...), and 2 s = f - s f.
  Value square = mul(s, s);
  Value tail = mul(mul(square, s), polynomial(square, coefficients));
  Value mantissaLog = sub(f, sub(mul(s, f), tail));
  Value result =
      add(mul(exponent, constant(kLn2High)), add(mantissaLog, mul(exponent, constant(kLn2Low))));
  result = select(isEqual(x, constant(kInfinity)), x, result);
  result = select(isEqual(x, constant(0)), constant(-kInfinity), result);
  Value isDefined = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGE, x, constant(0));
  return select(isDefined, result, constant(std::numeric_limits<double>::quiet_NaN()));
}

// The series near 0, where 1 - exp loses digits.
Value DoubleMath::tanh(Value x) {
  Value magnitude = math::AbsFOp::create(builder, loc, x);
  Value e = exp(mul(magnitude, constant(-2)));
  Value large = div(sub(constant(1), e), add(constant(1), e));
  large = math::CopySignOp::create(builder, loc, large, x);
  Value square = mul(x, x);
  Value small = mul(x, polynomial(square, {1.0, -1.0 / 3, 2.0 / 15, -17.0 / 315, 62.0 / 2835,
                                           -1382.0 / 155925, 21844.0 / 6081075}));
  return select(isBelow(magnitude, constant(0.0625)), small, large);
}

Value DoubleMath::pow(Value base, Value exponent) {
  Value zero = constant(0), one = constant(1);
  Value magnitude = math::AbsFOp::create(builder, loc, base);
  Value result = exp(mul(exponent, log(magnitude)));
  Value isWhole = isEqual(math::FloorOp::create(builder, loc, exponent), exponent);
  Value half = mul(exponent, constant(0.5));
  Value isEven = isEqual(math::FloorOp::create(builder, loc, half), half);
  Value ofNegative = select(isWhole, select(isEven, result, negative(result)),
                            constant(std::numeric_limits<double>::quiet_NaN()));
  result = select(isBelow(base, zero), ofNegative, result);
  result = select(isEqual(base, one), one, result);
  return select(isEqual(exponent, zero), one, result);
}

// x = k pi / 2 + r, |r| <= pi / 4; which of sin r, cos r and their negatives it is depends on k
// mod 4.
Value DoubleMath::sin(Value x, int64_t quadrant) {
  Value k = round(mul(x, constant(0x1.45f306dc9c883p-1)));
  Value r = sub(sub(x, mul(k, constant(kHalfPiHigh))), mul(k, constant(kHalfPiLow)));
  Value square = mul(r, r);
  double sines[9], cosines[9];
  double factorial = 1;
  for (int i = 0; i < 9; ++i) {
    double sign = i % 2 ? -1 : 1;
    cosines[i] = sign / factorial;
    factorial *= 2 * i + 1;
    sines[i] = sign / factorial;
    factorial *= 2 * i + 2;
  }
  Value sine = mul(r, polynomial(square, sines));
  Value cosine = polynomial(square, cosines);
  Value number = arith::AddIOp::create(builder, loc, toInteger(k), integer(quadrant));
  auto hasBit = [&](int64_t bit) {
    Value masked = arith::AndIOp::create(builder, loc, number, integer(bit));
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, masked, integer(0));
  };
  Value result = select(hasBit(1), cosine, sine);
  return select(hasBit(2), negative(result), result);
}

} // namespace weft
