// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise primitives as arithmetic: a table for what is one op of `arith` or `math`, a function
// for the rest.
#include "weft/Conversion/ScalarBody.h"

#include "dialects/Weft/Weft.h"
#include "weft/Conversion/DoubleMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace weft {
namespace {

/// `element`, or vectors of it shaped like `like`.
Type withElement(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return vector.clone(element);
  return element;
}

class ScalarBody {
public:
  ScalarBody(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  Value constant(Type type, double value) {
    Type element = getElementTypeOrSelf(type);
    TypedAttr attribute;
    if (isa<FloatType>(element))
      attribute = builder.getFloatAttr(element, value);
    else
      attribute = builder.getIntegerAttr(element, static_cast<int64_t>(value));
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, attribute);
    return arith::ConstantOp::create(builder, loc, attribute);
  }

  Value compare(arith::CmpFPredicate predicate, Value lhs, Value rhs) {
    return arith::CmpFOp::create(builder, loc, predicate, lhs, rhs);
  }

  Value select(Value condition, Value lhs, Value rhs) {
    return arith::SelectOp::create(builder, loc, condition, lhs, rhs);
  }

  /// A float op that may be contracted to a multiply-add.
  template <typename OpTy>
  Value fast(Value lhs, Value rhs) {
    return OpTy::create(builder, loc, lhs, rhs, arith::FastMathFlags::contract);
  }

  template <typename OpTy>
  Value unary(Value value) {
    return OpTy::create(builder, loc, value);
  }

  /// exp, log, tanh and erf of f32 have polynomials, see the target's lowering of `math`, of which
  /// what is missing is added here; of f64 there is nothing. The others the target has for both.
  Value exp(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).exp(value);
    // The polynomial loses digits as x grows, and its least result is the least normal number:
    // exp(x) = exp(x -+ 44) exp(+-44).
    Type type = value.getType();
    Value isLow = compare(arith::CmpFPredicate::OLT, value, constant(type, -40.0));
    Value isHigh = compare(arith::CmpFPredicate::OGT, value, constant(type, 40.0));
    auto choose = [&](double low, double middle, double high) {
      return select(isLow, constant(type, low),
                    select(isHigh, constant(type, high), constant(type, middle)));
    };
    Value shift = choose(44.0, 0.0, -44.0), scale = choose(0x1.6f741ep-64, 1.0, 0x1.64b41cp+63);
    Value result = unary<math::ExpOp>(arith::AddFOp::create(builder, loc, value, shift));
    return arith::MulFOp::create(builder, loc, result, scale);
  }
  Value log(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).log(value);
    // The polynomial is for normal numbers.
    Type type = value.getType();
    Value isTiny = compare(arith::CmpFPredicate::OLT, value, constant(type, 0x1p-126));
    Value scale = select(isTiny, constant(type, 0x1p23), constant(type, 1.0));
    Value shift = select(isTiny, constant(type, -0x1.fe2804p+3), constant(type, 0.0)); // -23 ln 2
    Value result = unary<math::LogOp>(arith::MulFOp::create(builder, loc, value, scale));
    return arith::AddFOp::create(builder, loc, result, shift);
  }
  Value tanh(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).tanh(value);
    return tanhOfSingle(value);
  }
  Value erf(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).erf(value);
    return erfOfSingle(value);
  }
  static bool isDouble(Value value) { return getElementTypeOrSelf(value.getType()).isF64(); }

  /// Sum of coefficients[i] x^i.
  Value polynomial(Value x, ArrayRef<double> coefficients) {
    Value sum = constant(x.getType(), coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      sum = multiplyAdd(sum, x, constant(x.getType(), coefficient));
    return sum;
  }
  Value multiplyAdd(Value a, Value b, Value c) {
    return math::FmaOp::create(builder, loc, a, b, c);
  }

  /// As DoubleMath::tanh. What rounding t + 2 loses is made good by way of 1 / (t + 2) =
  /// (1 - tanh) / 2.
  Value tanhOfSingle(Value value) {
    Type type = value.getType(), integers = withElement(type, builder.getI32Type());
    auto add = [&](Value a, Value b) { return arith::AddFOp::create(builder, loc, a, b); };
    auto sub = [&](Value a, Value b) { return arith::SubFOp::create(builder, loc, a, b); };
    auto mul = [&](Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); };
    Value x = unary<math::AbsFOp>(value), one = constant(type, 1.0), two = constant(type, 2.0);
    Value twice = add(x, x), most = constant(type, 20.0);
    twice = select(compare(arith::CmpFPredicate::OGT, twice, most), most, twice);
    Value k = unary<math::RoundEvenOp>(mul(twice, constant(type, 1.44269504)));
    // ln 2 in two pieces; products of the first with small integers are exact.
    Value r = multiplyAdd(k, constant(type, -0.693359375), twice);
    r = multiplyAdd(k, constant(type, 2.12194440e-4), r);
    Value series = polynomial(r, {1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040});
    Value growth = multiplyAdd(mul(r, r), series, r);
    Value bits = arith::FPToSIOp::create(builder, loc, integers, k);
    bits = arith::AddIOp::create(builder, loc, bits, constant(integers, 127));
    bits = arith::ShLIOp::create(builder, loc, bits, constant(integers, 23));
    Value scale = arith::BitcastOp::create(builder, loc, type, bits);
    Value t = multiplyAdd(scale, growth, sub(scale, one)), divisor = add(t, two);
    Value lost = mul(sub(t, sub(divisor, two)), constant(type, 0.5));
    // For large ones nothing else is lost.
    Value isSmall = compare(arith::CmpFPredicate::OLT, t, constant(type, 16.0));
    lost = select(isSmall, lost, constant(type, 0.0));
    Value quotient = arith::DivFOp::create(builder, loc, t, divisor);
    Value result = sub(quotient, mul(mul(quotient, lost), sub(one, quotient)));
    Value isNumber = compare(arith::CmpFPredicate::ORD, value, value);
    return select(isNumber, math::CopySignOp::create(builder, loc, result, value), value);
  }

  /// x + x p(x^2) near 0, else 1 - exp(q(x)), where q is the logarithm of the rest of 1. Both
  /// polynomials are minimax ones, found by weighted least squares.
  Value erfOfSingle(Value value) {
    Type type = value.getType();
    Value x = unary<math::AbsFOp>(value), most = constant(type, 4.0);
    Value square = arith::MulFOp::create(builder, loc, x, x);
    Value sum = polynomial(square, {0.128379151, -0.376124829, 0.112816818, -0.0267611071,
                                    0.00498437881, -0.000594314246});
    Value small = multiplyAdd(sum, x, x);
    // Beyond, the rest is less than the last place of 1.
    Value bounded = select(compare(arith::CmpFPredicate::OGT, x, most), most, x);
    Value logarithm = polynomial(bounded, {-0.000218773173, -1.12757909, -0.637346447, -0.103786021,
                                           0.0221560877, -0.00302529428, 0.00019409573});
    Value large =
        arith::SubFOp::create(builder, loc, constant(type, 1.0), unary<math::ExpOp>(logarithm));
    Value isSmall = compare(arith::CmpFPredicate::OLT, x, constant(type, 0.9375));
    return math::CopySignOp::create(builder, loc, select(isSmall, small, large), value);
  }

  Value relu(Value value) {
    // max(0, x) of x86, which gives x if it is NaN.
    Value zero = constant(value.getType(), 0.0);
    return select(compare(arith::CmpFPredicate::OLT, value, zero), zero, value);
  }

  Value sigmoid(Value value) {
    Value one = constant(value.getType(), 1.0);
    Value exponential = exp(unary<arith::NegFOp>(value));
    return fast<arith::DivFOp>(one, fast<arith::AddFOp>(one, exponential));
  }

  Value rsqrt(Value value) {
    return fast<arith::DivFOp>(constant(value.getType(), 1.0), unary<math::SqrtOp>(value));
  }

  /// -1, 0 or 1; 0 for NaN.
  Value sign(Value value) {
    Type type = value.getType();
    Value zero = constant(type, 0), one = constant(type, 1), minus = constant(type, -1);
    Value above, below;
    if (isa<FloatType>(getElementTypeOrSelf(type))) {
      above = compare(arith::CmpFPredicate::OGT, value, zero);
      below = compare(arith::CmpFPredicate::OLT, value, zero);
    } else {
      above = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, value, zero);
      below = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, value, zero);
    }
    return select(above, one, select(below, minus, zero));
  }

  Value clamp(ClampOp op, Value value) {
    Type type = value.getType();
    if (auto min = op.getMin()) {
      Value bound = constant(type, min->convertToDouble());
      value = select(compare(arith::CmpFPredicate::OLT, value, bound), bound, value);
    }
    if (auto max = op.getMax()) {
      Value bound = constant(type, max->convertToDouble());
      value = select(compare(arith::CmpFPredicate::OGT, value, bound), bound, value);
    }
    return value;
  }

  Value compareAs(ComparePredicate predicate, Type element, Value lhs, Value rhs) {
    if (isa<FloatType>(element)) {
      using P = arith::CmpFPredicate;
      constexpr P predicates[] = {P::OEQ, P::UNE, P::OLT, P::OLE, P::OGT, P::OGE};
      return compare(predicates[static_cast<int>(predicate)], lhs, rhs);
    }
    using P = arith::CmpIPredicate;
    constexpr P ofSigned[] = {P::eq, P::ne, P::slt, P::sle, P::sgt, P::sge};
    // false < true
    constexpr P ofBool[] = {P::eq, P::ne, P::ult, P::ule, P::ugt, P::uge};
    int number = static_cast<int>(predicate);
    P chosen = element.isInteger(1) ? ofBool[number] : ofSigned[number];
    return arith::CmpIOp::create(builder, loc, chosen, lhs, rhs);
  }

  Value ofFloats(Operation *op, ValueRange x) {
    return llvm::TypeSwitch<Operation *, Value>(op)
        .Case([&](AddOp) { return fast<arith::AddFOp>(x[0], x[1]); })
        .Case([&](SubOp) { return fast<arith::SubFOp>(x[0], x[1]); })
        .Case([&](MulOp) { return fast<arith::MulFOp>(x[0], x[1]); })
        .Case([&](DivOp) { return fast<arith::DivFOp>(x[0], x[1]); })
        .Case([&](MaximumOp) { return fast<arith::MaximumFOp>(x[0], x[1]); })
        .Case([&](MinimumOp) { return fast<arith::MinimumFOp>(x[0], x[1]); })
        .Case([&](PowOp) { return binary<math::PowFOp>(x); })
        .Case([&](NegOp) { return unary<arith::NegFOp>(x[0]); })
        .Case([&](AbsOp) { return unary<math::AbsFOp>(x[0]); })
        .Case([&](SignOp) { return sign(x[0]); })
        .Case([&](ExpOp) { return exp(x[0]); })
        .Case([&](LogOp) { return log(x[0]); })
        .Case([&](SqrtOp) { return unary<math::SqrtOp>(x[0]); })
        .Case([&](RsqrtOp) { return rsqrt(x[0]); })
        .Case([&](TanhOp) { return tanh(x[0]); })
        .Case([&](ErfOp) { return erf(x[0]); })
        .Case([&](SinOp) { return unary<math::SinOp>(x[0]); })
        .Case([&](CosOp) { return unary<math::CosOp>(x[0]); })
        .Case([&](SigmoidOp) { return sigmoid(x[0]); })
        .Case([&](ReluOp) { return relu(x[0]); })
        .Case([&](ClampOp clampOp) { return clamp(clampOp, x[0]); })
        .Default([](Operation *) { return Value(); });
  }

  template <typename OpTy>
  Value binary(ValueRange x) {
    return OpTy::create(builder, loc, x[0], x[1]);
  }

  // Without the processor's traps: the least integer divided by -1 wraps, and by zero, which lanes
  // past the end of a row do, everything is 0.
  Value divideIntegers(Value a, Value b) {
    Type type = a.getType();
    auto equals = [&](double value) {
      return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, b,
                                   constant(type, value));
    };
    auto choose = [&](Value condition, Value yes, Value no) {
      return arith::SelectOp::create(builder, loc, condition, yes, no).getResult();
    };
    Value zero = constant(type, 0), one = constant(type, 1);
    Value isZero = equals(0), isMinusOne = equals(-1);
    Value divisor = choose(isZero, one, choose(isMinusOne, one, b));
    Value quotient = arith::DivSIOp::create(builder, loc, a, divisor);
    Value negated = arith::SubIOp::create(builder, loc, zero, a);
    return choose(isZero, zero, choose(isMinusOne, negated, quotient));
  }

  Value ofIntegers(Operation *op, ValueRange x) {
    return llvm::TypeSwitch<Operation *, Value>(op)
        .Case([&](AddOp) { return binary<arith::AddIOp>(x); })
        .Case([&](SubOp) { return binary<arith::SubIOp>(x); })
        .Case([&](MulOp) { return binary<arith::MulIOp>(x); })
        .Case([&](DivOp) { return divideIntegers(x[0], x[1]); })
        .Case([&](MaximumOp) { return binary<arith::MaxSIOp>(x); })
        .Case([&](MinimumOp) { return binary<arith::MinSIOp>(x); })
        .Case([&](AndOp) { return binary<arith::AndIOp>(x); })
        .Case([&](OrOp) { return binary<arith::OrIOp>(x); })
        .Case([&](NotOp) {
          return arith::XOrIOp::create(builder, loc, x[0], constant(x[0].getType(), 1)).getResult();
        })
        .Case([&](NegOp) {
          return arith::SubIOp::create(builder, loc, constant(x[0].getType(), 0), x[0]).getResult();
        })
        .Case([&](AbsOp) { return unary<math::AbsIOp>(x[0]); })
        .Case([&](SignOp) { return sign(x[0]); })
        .Default([](Operation *) { return Value(); });
  }

private:
  OpBuilder &builder;
  Location loc;
};

bool isNarrowFloat(Type type) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  return element && element.getWidth() < 32;
}

Value castFloat(OpBuilder &builder, Location loc, Value value, FloatType target) {
  FloatType source = cast<FloatType>(getElementTypeOrSelf(value.getType()));
  Type type = withElement(value.getType(), target);
  Type f32 = withElement(value.getType(), builder.getF32Type());
  // Between narrow types, and between them and f64, by way of f32.
  if (source.getWidth() != 32 && target.getWidth() != 32) {
    bool up = source.getWidth() < 32;
    value = up ? arith::ExtFOp::create(builder, loc, f32, value).getResult()
               : arith::TruncFOp::create(builder, loc, f32, value).getResult();
    source = Float32Type::get(builder.getContext());
  }
  if (source.getWidth() < target.getWidth())
    return arith::ExtFOp::create(builder, loc, type, value);
  return arith::TruncFOp::create(builder, loc, type, value);
}

Value castInteger(OpBuilder &builder, Location loc, Value value, IntegerType target) {
  auto source = cast<IntegerType>(getElementTypeOrSelf(value.getType()));
  Type type = withElement(value.getType(), target);
  if (source.getWidth() > target.getWidth())
    return arith::TruncIOp::create(builder, loc, type, value);
  if (source.getWidth() == 1)
    return arith::ExtUIOp::create(builder, loc, type, value);
  return arith::ExtSIOp::create(builder, loc, type, value);
}

/// Whether the value is not 0.
Value castToBool(OpBuilder &builder, Location loc, Value value) {
  ScalarBody body(builder, loc);
  Type element = getElementTypeOrSelf(value.getType());
  return body.compareAs(ComparePredicate::NE, element, value, body.constant(value.getType(), 0.0));
}

} // namespace

FloatType getAccumulatorType(Type elementType) {
  if (elementType.isF64())
    return cast<FloatType>(elementType);
  return Float32Type::get(elementType.getContext());
}

Value emitScalarCast(OpBuilder &builder, Location loc, Value value, Type target) {
  Type source = getElementTypeOrSelf(value.getType());
  if (source == target)
    return value;
  if (target.isInteger(1))
    return castToBool(builder, loc, value);
  auto targetFloat = dyn_cast<FloatType>(target);
  if (isa<FloatType>(source)) {
    if (targetFloat)
      return castFloat(builder, loc, value, targetFloat);
    if (isNarrowFloat(source))
      value = castFloat(builder, loc, value, builder.getF32Type());
    return arith::FPToSIOp::create(builder, loc, withElement(value.getType(), target), value);
  }
  if (!targetFloat)
    return castInteger(builder, loc, value, cast<IntegerType>(target));
  FloatType wide = getAccumulatorType(target);
  Type type = withElement(value.getType(), wide);
  Value number = source.isInteger(1)
                     ? arith::UIToFPOp::create(builder, loc, type, value).getResult()
                     : arith::SIToFPOp::create(builder, loc, type, value).getResult();
  return wide == target ? number : castFloat(builder, loc, number, targetFloat);
}

Value emitScalarBody(OpBuilder &builder, Location loc, Operation *op, ValueRange operands) {
  ScalarBody body(builder, loc);
  if (auto select = dyn_cast<SelectOp>(op))
    return body.select(operands[0], operands[1], operands[2]);
  if (auto check = dyn_cast<CheckIndexOp>(op))
    return GuardedIndexOp::create(builder, loc, operands[0], check.getLowAttr(),
                                  check.getHighAttr(), check.getIgnoreAttr(), check.getUserAttr(),
                                  /*site=*/IntegerAttr());
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  if (isa<CastOp>(op))
    return emitScalarCast(builder, loc, operands[0], element);
  SmallVector<Value> wide(operands);
  for (Value &operand : wide)
    if (isNarrowFloat(operand.getType()))
      operand = castFloat(builder, loc, operand, builder.getF32Type());
  Type operandElement = getElementTypeOrSelf(wide[0].getType());
  if (auto compare = dyn_cast<CompareOp>(op))
    return body.compareAs(compare.getPredicate(), operandElement, wide[0], wide[1]);
  if (!isa<FloatType>(operandElement))
    return body.ofIntegers(op, wide);
  Value result = body.ofFloats(op, wide);
  if (result && isNarrowFloat(element))
    return castFloat(builder, loc, result, cast<FloatType>(element));
  return result;
}

} // namespace weft
