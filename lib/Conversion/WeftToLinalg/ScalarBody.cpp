// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise primitives as arithmetic: a table for what is one op of `arith` or `math`, a function
// for the rest.
#include "weft/Conversion/ScalarBody.h"

#include "DoubleMath.h"

#include "dialects/Weft/Weft.h"

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

  /// Functions of f32 have polynomials of their own, see the target's lowering of `math`; of f64
  /// there is nothing.
  Value exp(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).exp(value);
    return unary<math::ExpOp>(value);
  }
  Value log(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).log(value);
    return unary<math::LogOp>(value);
  }
  Value tanh(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).tanh(value);
    return unary<math::TanhOp>(value);
  }
  Value erf(Value value) {
    if (isDouble(value))
      return DoubleMath(builder, loc, value.getType()).erf(value);
    return unary<math::ErfOp>(value);
  }
  static bool isDouble(Value value) { return getElementTypeOrSelf(value.getType()).isF64(); }

  /// The function computed in f64, whatever the operands are.
  Value inDouble(ValueRange x, llvm::function_ref<Value(DoubleMath &, ValueRange)> function) {
    SmallVector<Value> wide;
    for (Value value : x)
      wide.push_back(emitScalarCast(builder, loc, value, builder.getF64Type()));
    DoubleMath math(builder, loc, wide[0].getType());
    return emitScalarCast(builder, loc, function(math, wide), getElementTypeOrSelf(x[0].getType()));
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
        .Case([&](PowOp) {
          return inDouble(x, [](DoubleMath &m, ValueRange v) { return m.pow(v[0], v[1]); });
        })
        .Case([&](NegOp) { return unary<arith::NegFOp>(x[0]); })
        .Case([&](AbsOp) { return unary<math::AbsFOp>(x[0]); })
        .Case([&](SignOp) { return sign(x[0]); })
        .Case([&](ExpOp) { return exp(x[0]); })
        .Case([&](LogOp) { return log(x[0]); })
        .Case([&](SqrtOp) { return unary<math::SqrtOp>(x[0]); })
        .Case([&](RsqrtOp) { return rsqrt(x[0]); })
        .Case([&](TanhOp) { return tanh(x[0]); })
        .Case([&](ErfOp) { return erf(x[0]); })
        .Case([&](SinOp) {
          return inDouble(x, [](DoubleMath &m, ValueRange v) { return m.sin(v[0], 0); });
        })
        .Case([&](CosOp) {
          return inDouble(x, [](DoubleMath &m, ValueRange v) { return m.sin(v[0], 1); });
        })
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
