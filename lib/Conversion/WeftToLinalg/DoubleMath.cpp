// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Range reduction and series for functions of f64. Series are Taylor's: after reduction, a few more
// terms than of a minimax polynomial do, and their coefficients need no source.
#include "weft/Conversion/DoubleMath.h"

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
// In four: the first three are short, too.
constexpr double kHalfPi[] = {kHalfPiHigh, 0x1.0b4611a600000p-34, 0x1.3198a2e000000p-69,
                              0x1.b839a252049c1p-104};
constexpr double kTwoThirdsHigh = 0x1.5555555555555p-1, kTwoThirdsLow = 0x1.5555555555555p-55;

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
Value DoubleMath::isNegative(Value a) {
  Value bits = arith::BitcastOp::create(builder, loc, integers(), a);
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, bits, integer(0));
}
Value DoubleMath::both(Value a, Value b) { return arith::AndIOp::create(builder, loc, a, b); }
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

DoubleMath::Pair DoubleMath::exactSum(Value a, Value b) {
  Value sum = add(a, b), other = sub(sum, a);
  return {sum, add(sub(a, sub(sum, other)), sub(b, other))};
}

Value DoubleMath::upperHalf(Value a) {
  Value bits = arith::BitcastOp::create(builder, loc, integers(), a);
  bits = arith::AndIOp::create(builder, loc, bits, integer(-(int64_t(1) << 27)));
  return arith::BitcastOp::create(builder, loc, type, bits);
}

DoubleMath::Pair DoubleMath::exactProduct(Value a, Value b) {
  Value aHigh = upperHalf(a), bHigh = upperHalf(b);
  Value aLow = sub(a, aHigh), bLow = sub(b, bHigh), product = mul(a, b);
  Value rest = add(add(sub(mul(aHigh, bHigh), product), mul(aHigh, bLow)), mul(aLow, bHigh));
  return {product, add(rest, mul(aLow, bLow))};
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

// exp(x) = 2^k exp(r), |r| <= ln 2 / 2.
Value DoubleMath::exp(Value x, Value low) {
  Value least = constant(-746.0), most = constant(710.0);
  Value clamped = select(isBelow(x, least), least, select(isBelow(most, x), most, x));
  Value k = round(mul(clamped, constant(0x1.71547652b82fep+0)));
  Value r = sub(sub(clamped, mul(k, constant(kLn2High))), mul(k, constant(kLn2Low)));
  if (low)
    r = add(r, low);
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

DoubleMath::Split DoubleMath::split(Value x) {
  Value isTiny = isBelow(x, constant(0x1p-1022));
  Value scaled = select(isTiny, mul(x, constant(0x1p54)), x);
  Value bits = arith::BitcastOp::create(builder, loc, integers(), scaled);
  Value shifted =
      arith::SubIOp::create(builder, loc, bits, integer(0x3fe6a09e667f3bcd)); // sqrt(1/2)
  Value e = arith::ShRSIOp::create(builder, loc, shifted, integer(52));
  Value mantissa = arith::SubIOp::create(builder, loc, bits,
                                         arith::ShLIOp::create(builder, loc, e, integer(52)));
  return {add(toDouble(e), select(isTiny, constant(-54), constant(0))),
          arith::BitcastOp::create(builder, loc, type, mantissa)};
}

// x = 2^e m; ln m = 2 artanh s, s = (m - 1) / (m + 1).
Value DoubleMath::log(Value x) {
  auto [exponent, m] = split(x);
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

// With t = exp(2 |x|) - 1, t / (t + 2); t = 2^k (exp(r) - 1) + (2^k - 1), |r| <= ln 2 / 2, where
// nothing cancels.
Value DoubleMath::tanh(Value x) {
  // Beyond 22, the rest of 1 is less than its last place.
  Value magnitude = math::AbsFOp::create(builder, loc, x), most = constant(44);
  Value twice = mul(magnitude, constant(2));
  Value clamped = select(isBelow(most, twice), most, twice);
  Value k = round(mul(clamped, constant(0x1.71547652b82fep+0)));
  Value r = sub(sub(clamped, mul(k, constant(kLn2High))), mul(k, constant(kLn2Low)));
  double coefficients[14];
  double factorial = 2;
  for (int i = 0; i < 14; ++i) {
    coefficients[i] = 1 / factorial;
    factorial *= i + 3;
  }
  Value growth = add(r, mul(mul(r, r), polynomial(r, coefficients)));
  Value scale = powerOfTwo(toInteger(k));
  Value t = add(mul(scale, growth), sub(scale, constant(1)));
  Value divisor = add(t, constant(2)), lost = sub(t, sub(divisor, constant(2)));
  Value quotient = div(t, divisor);
  Value result = sub(quotient, div(mul(quotient, lost), divisor));
  Value isNumber = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::ORD, x, x);
  return select(isNumber, math::CopySignOp::create(builder, loc, result, x), x);
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

// As `log`, with the first two terms of the series, and the quotient, as pairs.
DoubleMath::Pair DoubleMath::preciseLog(Value x) {
  auto [exponent, m] = split(x);
  Value two = constant(2), f = sub(m, constant(1));
  Pair divisor = exactSum(two, f);
  Value quotient = div(f, divisor.high);
  Pair back = exactProduct(quotient, divisor.high);
  Value rest = sub(sub(sub(f, back.high), back.low), mul(quotient, divisor.low));
  Value quotientLow = div(rest, divisor.high);
  Pair square = exactProduct(quotient, quotient);
  square.low = add(square.low, mul(mul(two, quotient), quotientLow));
  Pair cube = exactProduct(quotient, square.high);
  cube.low = add(cube.low, add(mul(quotient, square.low), mul(quotientLow, square.high)));
  Pair second = exactProduct(cube.high, constant(kTwoThirdsHigh));
  second.low = add(second.low, add(mul(cube.high, constant(kTwoThirdsLow)),
                                   mul(cube.low, constant(kTwoThirdsHigh))));
  double coefficients[10];
  for (int i = 0; i < 10; ++i)
    coefficients[i] = 2.0 / (2 * i + 5);
  Value tail = mul(mul(cube.high, square.high), polynomial(square.high, coefficients));
  Pair sum = exactSum(mul(exponent, constant(kLn2High)), mul(two, quotient));
  Pair all = exactSum(sum.high, second.high);
  Value low = add(add(sum.low, all.low), add(mul(two, quotientLow), second.low));
  low = add(low, add(tail, mul(exponent, constant(kLn2Low))));
  return exactSum(all.high, low);
}

Value DoubleMath::pow(Value base, Value exponent, bool isRounded) {
  Value magnitude = math::AbsFOp::create(builder, loc, base);
  if (isRounded)
    return powOfSpecial(base, exponent, exp(mul(exponent, log(magnitude))));
  // Larger exponents give 0, 1 or infinity, as these do.
  Value most = constant(0x1p70), least = constant(-0x1p70);
  Value y =
      select(isBelow(most, exponent), most, select(isBelow(exponent, least), least, exponent));
  Pair logarithm = preciseLog(magnitude), product = exactProduct(y, logarithm.high);
  Value low = add(product.low, mul(y, logarithm.low));
  Value size = math::AbsFOp::create(builder, loc, product.high);
  low = select(isBelow(size, constant(800)), low, constant(0));
  return powOfSpecial(base, exponent, exp(product.high, low));
}

Value DoubleMath::powOfSpecial(Value base, Value exponent, Value result) {
  Value zero = constant(0), one = constant(1), infinity = constant(kInfinity);
  Value magnitude = math::AbsFOp::create(builder, loc, base);
  Value isWhole = isEqual(math::FloorOp::create(builder, loc, exponent), exponent);
  Value half = mul(exponent, constant(0.5));
  Value isUneven = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNE,
                                         math::FloorOp::create(builder, loc, half), half);
  Value grows = isBelow(zero, exponent);
  result = select(isEqual(magnitude, one), one, result);
  result = select(isEqual(magnitude, zero), select(grows, zero, infinity), result);
  result = select(isEqual(magnitude, infinity), select(grows, infinity, zero), result);
  Value isMinus = both(both(isWhole, isUneven), isNegative(base));
  result = select(isMinus, negative(result), result);
  // Between whole numbers, powers of negative numbers are none.
  Value isProper = both(isBelow(base, zero), isBelow(constant(-kInfinity), base));
  Value isBetween = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNE,
                                          math::FloorOp::create(builder, loc, exponent), exponent);
  result =
      select(both(isProper, isBetween), constant(std::numeric_limits<double>::quiet_NaN()), result);
  Value areNumbers = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::ORD, base, exponent);
  result = select(areNumbers, result, add(base, exponent));
  result = select(isEqual(base, one), one, result);
  return select(isEqual(exponent, zero), one, result);
}

Value DoubleMath::chooseQuadrant(Value sine, Value cosine, Value number) {
  auto hasBit = [&](int64_t bit) {
    Value masked = arith::AndIOp::create(builder, loc, number, integer(bit));
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, masked, integer(0));
  };
  Value result = select(hasBit(1), cosine, sine);
  return select(hasBit(2), negative(result), result);
}

// x = k pi / 2 + r, |r| <= pi / 4; which of sin r, cos r and their negatives it is depends on k
// mod 4.
Value DoubleMath::sin(Value x, int64_t quadrant, bool isRounded) {
  Value k = round(mul(x, constant(0x1.45f306dc9c883p-1)));
  Value number = arith::AddIOp::create(builder, loc, toInteger(k), integer(quadrant));
  Value r = sub(x, mul(k, constant(kHalfPi[0])));
  // The sine of -0 is -0.
  auto keepZero = [&](Value result) {
    return quadrant == 0 ? select(isEqual(x, constant(0)), x, result) : result;
  };
  if (!isRounded) {
    // Products are exact, and so is what each difference loses.
    Pair first = exactSum(r, negative(mul(k, constant(kHalfPi[1]))));
    Pair second = exactSum(first.high, negative(mul(k, constant(kHalfPi[2]))));
    Value low = sub(add(first.low, second.low), mul(k, constant(kHalfPi[3])));
    Pair rest = exactSum(second.high, low);
    return keepZero(sinOfRest(rest.high, rest.low, number));
  }
  r = sub(r, mul(k, constant(kHalfPiLow)));
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
  return keepZero(chooseQuadrant(sine, polynomial(square, cosines), number));
}

// The first terms apart, for what they lose counts.
Value DoubleMath::sinOfRest(Value high, Value low, Value number) {
  double sines[8], cosines[8];
  double factorial = 2;
  for (int i = 0; i < 8; ++i) {
    double sign = i % 2 ? 1 : -1;
    factorial *= 2 * i + 3;
    sines[i] = sign / factorial;
    factorial *= 2 * i + 4;
    cosines[i] = -sign / factorial;
  }
  Value square = mul(high, high), one = constant(1), half = mul(square, constant(0.5));
  Value tail = mul(mul(high, square), polynomial(square, sines));
  Value sine = add(high, add(tail, mul(low, sub(one, half))));
  Value start = sub(one, half);
  tail = sub(mul(mul(square, square), polynomial(square, cosines)), mul(high, low));
  Value cosine = add(start, add(sub(sub(one, start), half), tail));
  return chooseQuadrant(sine, cosine, number);
}

} // namespace weft
