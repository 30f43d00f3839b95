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

// Rational approximations on four intervals, from FreeBSD's msun (s_erf.c, Sun Microsystems, 1993).
Value DoubleMath::erf(Value x) {
  Value a = math::AbsFOp::create(builder, loc, x);
  auto ratio = [&](Value at, ArrayRef<double> numerator, ArrayRef<double> denominator) {
    return div(polynomial(at, numerator), polynomial(at, denominator));
  };
  Value small = add(a, mul(a, ratio(mul(a, a),
                                    {1.28379167095512558561e-01, -3.25042107247001499370e-01,
                                     -2.84817495755985104766e-02, -5.77027029648944159157e-03,
                                     -2.37630166566501626084e-05},
                                    {1, 3.97917223959155352819e-01, 6.50222499887672944485e-02,
                                     5.08130628187576562776e-03, 1.32494738004321644526e-04,
                                     -3.96022827877536812320e-06})));
  Value middle = add(
      constant(8.45062911510467529297e-01),
      ratio(sub(a, constant(1)),
            {-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
             3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
             -2.16637559486879084300e-03},
            {1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
             1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02}));
  Value square = mul(a, a);
  Value inverse = div(constant(1), square);
  Value near =
      ratio(inverse,
            {-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
             -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02,
             -8.12874355063065934246e+01, -9.81432934416914548592e+00},
            {1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
             6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02,
             6.57024977031928170135e+00, -6.04244152148580987438e-02});
  Value far =
      ratio(inverse,
            {-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
             -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03,
             -4.83519191608651397019e+02},
            {1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
             3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02,
             -2.24409524465858183362e+01});
  Value exponent =
      add(sub(constant(-0.5625), square), select(isBelow(a, constant(1 / 0.35)), near, far));
  Value large = sub(constant(1), div(exp(exponent), a));
  Value result = select(isBelow(a, constant(0.84375)), small,
                        select(isBelow(a, constant(1.25)), middle, large));
  // Beyond 6, the rest of 1 is less than its last place.
  result = select(isBelow(constant(6), a), constant(1), result);
  return math::CopySignOp::create(builder, loc, result, x);
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
