// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Angles are reduced by subtraction where that is exact. Larger ones, which are rare, are left to a
// function of one number: the digits of 2 / pi that decide are chosen by the exponent and
// multiplied with the mantissa in integers (M. Payne and R. Hanek, 1983). Each lane gets what it
// would get alone.
#include "ElementaryFunctions.h"

#include "weft/Conversion/DoubleMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace weft::cpu {
namespace {

constexpr llvm::StringLiteral kFunction = "weft.sin_of_large_angle";
constexpr llvm::StringLiteral kTable = "weft.two_over_pi";

/// 64 zeros, then the binary digits of 2 / pi.
constexpr uint64_t kTwoOverPi[] = {0,
                                   0xa2f9836e4e441529,
                                   0xfc2757d1f534ddc0,
                                   0xdb6295993c439041,
                                   0xfe5163abdebbc561,
                                   0xb7246e3a424dd2e0,
                                   0x06492eea09d1921c,
                                   0xfe1deb1cb129a73e,
                                   0xe88235f52ebb4484,
                                   0xe99c7026b45f7e41,
                                   0x3991d639835339f4,
                                   0x9c845f8bbdf9283b,
                                   0x1ff897ffde05980f,
                                   0xef2f118b5a0a6d1f,
                                   0x6d367ecf27cb09b7,
                                   0x4f463f669e5fea2d,
                                   0x7527bac7ebe5f17b,
                                   0x3d0739f78a5292ea,
                                   0x6bfb5fb11f8d5d08,
                                   0x56033046fc7b6bab};
/// pi / 2, as 2^-127 times a number of 128 bits.
constexpr uint64_t kHalfPiHigh = 0xc90fdaa22168c234, kHalfPiLow = 0xc4c6628b80dc1cd1;

/// The body of the function of a large angle.
class LargeAngle {
public:
  LargeAngle(OpBuilder &builder, Location loc)
      : builder(builder), loc(loc), math(builder, loc, builder.getF64Type()) {}

  /// sin(x + quadrant * pi / 2).
  Value sine(Value x, Value quadrant) {
    Value magnitude = math::AbsFOp::create(builder, loc, x);
    readDigits(magnitude);
    multiply();
    toRadians();
    Value isNegative =
        arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT, x, math.constant(0));
    Value flips = arith::XOrIOp::create(builder, loc, isNegative, restIsNegative);
    Value number = select(isNegative, sub(integer(0), turns), turns);
    Value result =
        math.sinOfRest(withSign(high, flips), withSign(low, flips), add(number, quadrant));
    Value infinity = math.constant(std::numeric_limits<double>::infinity());
    Value isFinite =
        arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT, magnitude, infinity);
    return select(isFinite, result, math.constant(std::numeric_limits<double>::quiet_NaN()));
  }

private:
  Value integer(int64_t value) { return math.integer(value); }
  Value add(Value a, Value b) { return arith::AddIOp::create(builder, loc, a, b); }
  Value sub(Value a, Value b) { return arith::SubIOp::create(builder, loc, a, b); }
  Value bitAnd(Value a, Value b) { return arith::AndIOp::create(builder, loc, a, b); }
  Value bitOr(Value a, Value b) { return arith::OrIOp::create(builder, loc, a, b); }
  Value left(Value a, Value by) { return arith::ShLIOp::create(builder, loc, a, by); }
  Value right(Value a, Value by) { return arith::ShRUIOp::create(builder, loc, a, by); }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  /// 1 where a < b, as unsigned numbers, else 0.
  Value borrow(Value a, Value b) {
    Value less = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, a, b);
    return arith::ExtUIOp::create(builder, loc, builder.getI64Type(), less);
  }
  std::pair<Value, Value> product(Value a, Value b) { // low, high
    auto op = arith::MulUIExtendedOp::create(builder, loc, a, b);
    return {op.getLow(), op.getHigh()};
  }
  /// The upper 64 bits of the 128 bits of `a` and `b` shifted to the left by less than 64.
  Value shifted(Value a, Value b, Value by) {
    Value rest = right(right(b, integer(1)), sub(integer(63), by));
    return bitOr(left(a, by), rest);
  }
  Value toDouble(Value a) { return arith::SIToFPOp::create(builder, loc, builder.getF64Type(), a); }
  Value times(Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); }
  Value withSign(Value a, Value isNegative) {
    return select(isNegative, arith::NegFOp::create(builder, loc, a), a);
  }

  /// x = mantissa * 2^e. The digits of 2 / pi from the one on whose product with 2^e is 2: what
  /// those before it give are whole turns.
  void readDigits(Value x) {
    Value bits = arith::BitcastOp::create(builder, loc, builder.getI64Type(), x);
    mantissa = bitOr(bitAnd(bits, integer((int64_t(1) << 52) - 1)), integer(int64_t(1) << 52));
    Value place = sub(right(bits, integer(52)), integer(1075 - 62));
    Value word = right(place, integer(6)), shift = bitAnd(place, integer(63));
    auto type = MemRefType::get({int64_t(std::size(kTwoOverPi))}, builder.getI64Type());
    Value table = memref::GetGlobalOp::create(builder, loc, type, kTable);
    Value words[4];
    for (int64_t i = 0; i < 4; ++i) {
      Value index =
          arith::IndexCastOp::create(builder, loc, builder.getIndexType(), add(word, integer(i)));
      words[i] = memref::LoadOp::create(builder, loc, table, index);
    }
    for (int64_t i = 0; i < 3; ++i)
      digits[i] = shifted(words[i], words[i + 1], shift);
  }

  /// x as a whole number of quarter turns and the rest, at most one half in size: `first` in units
  /// of 2^-62 of them, `second` of 2^-126.
  void multiply() {
    auto [lowest, carried] = product(mantissa, digits[2]);
    auto [low, high] = product(mantissa, digits[1]);
    second = add(low, carried);
    first = add(arith::MulIOp::create(builder, loc, mantissa, digits[0]),
                add(high, borrow(second, low)));
    turns = right(add(first, integer(int64_t(1) << 61)), integer(62));
    first = sub(first, left(turns, integer(62)));
    restIsNegative =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, first, integer(0));
    Value isRound = borrow(second, integer(1)), ones = integer(-1);
    Value opposite = add(arith::XOrIOp::create(builder, loc, first, ones), isRound);
    first = select(restIsNegative, opposite, first);
    second = select(restIsNegative, sub(integer(0), second), second);
  }

  /// The rest times pi / 2, in two numbers.
  void toRadians() {
    Value zeros = math::CountLeadingZerosOp::create(builder, loc, first);
    zeros = arith::MinUIOp::create(builder, loc, zeros, integer(63));
    Value a = shifted(first, second, zeros), b = left(second, zeros);
    auto [below, above] = product(a, integer(kHalfPiHigh));
    for (Value part :
         {product(a, integer(kHalfPiLow)).second, product(b, integer(kHalfPiHigh)).second}) {
      Value sum = add(below, part);
      above = add(above, borrow(sum, below));
      below = sum;
    }
    // In units of 2^(-61 - zeros).
    Value scale = math.powerOfTwo(sub(integer(11 - 61), zeros));
    high = times(toDouble(right(above, integer(11))), scale);
    Value rest = bitOr(left(above, integer(53)), right(below, integer(11)));
    low = times(toDouble(right(rest, integer(11))), times(scale, math.constant(0x1p-53)));
  }

  OpBuilder &builder;
  Location loc;
  DoubleMath math;
  Value mantissa, digits[3], turns, first, second, restIsNegative, high, low;
};

template <typename OpTy>
struct LowerAngle : OpRewritePattern<OpTy> {
  LowerAngle(MLIRContext *context, int64_t quadrant)
      : OpRewritePattern<OpTy>(context, /*benefit=*/2), quadrant(quadrant) {}

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type type = op.getType(), f64 = rewriter.getF64Type();
    auto vector = dyn_cast<VectorType>(type);
    bool isSingle = getElementTypeOrSelf(type).isF32();
    if ((!isSingle && !getElementTypeOrSelf(type).isF64()) || (vector && vector.getRank() != 1))
      return rewriter.notifyMatchFailure(op, "expected f32 or f64, or vectors of them");
    Value x = op.getOperand();
    if (isSingle)
      x = arith::ExtFOp::create(rewriter, loc, vector ? Type(vector.clone(f64)) : f64, x);
    DoubleMath math(rewriter, loc, x.getType());
    Value fast = math.sin(x, quadrant, isSingle);
    Value isLarge = arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::UGE,
                                          math::AbsFOp::create(rewriter, loc, x),
                                          math.constant(DoubleMath::kLargestAngle));
    Value isAny = isLarge;
    if (vector)
      isAny = vector::ReductionOp::create(rewriter, loc, vector::CombiningKind::OR, isLarge);
    auto branch = scf::IfOp::create(rewriter, loc, x.getType(), isAny, /*withElseRegion=*/true);
    {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(branch.thenBlock());
      Value result =
          vector ? replaceLarge(rewriter, loc, x, fast, isLarge) : call(rewriter, loc, x);
      scf::YieldOp::create(rewriter, loc, result);
      rewriter.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(rewriter, loc, fast);
    }
    Value result = branch.getResult(0);
    if (isSingle)
      result = arith::TruncFOp::create(rewriter, loc, type, result);
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  Value call(OpBuilder &builder, Location loc, Value x) const {
    Value number = arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(quadrant));
    return func::CallOp::create(builder, loc, kFunction, builder.getF64Type(),
                                ValueRange{x, number})
        .getResult(0);
  }

  Value replaceLarge(OpBuilder &builder, Location loc, Value x, Value fast, Value isLarge) const {
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(builder, loc, value);
    };
    int64_t lanes = cast<VectorType>(x.getType()).getDimSize(0);
    auto loop = scf::ForOp::create(builder, loc, constant(0), constant(lanes), constant(1), fast);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value lane = loop.getInductionVar(), before = loop.getRegionIterArgs()[0];
    Value here = vector::ExtractOp::create(builder, loc, isLarge, lane);
    auto branch = scf::IfOp::create(builder, loc, x.getType(), here, /*withElseRegion=*/true);
    scf::YieldOp::create(builder, loc, branch.getResult(0));
    builder.setInsertionPointToStart(branch.thenBlock());
    Value result = call(builder, loc, vector::ExtractOp::create(builder, loc, x, lane));
    scf::YieldOp::create(builder, loc,
                         vector::InsertOp::create(builder, loc, result, before, lane).getResult());
    builder.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(builder, loc, before);
    return loop.getResult(0);
  }

  int64_t quadrant;
};

struct LowerPower : OpRewritePattern<math::PowFOp> {
  explicit LowerPower(MLIRContext *context) : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type type = op.getType(), wide = rewriter.getF64Type();
    bool isSingle = getElementTypeOrSelf(type).isF32();
    if (!isSingle && !getElementTypeOrSelf(type).isF64())
      return rewriter.notifyMatchFailure(op, "expected f32 or f64, or vectors of them");
    if (auto vector = dyn_cast<VectorType>(type))
      wide = vector.clone(wide);
    Value base = op.getLhs(), exponent = op.getRhs();
    if (isSingle) {
      base = arith::ExtFOp::create(rewriter, loc, wide, base);
      exponent = arith::ExtFOp::create(rewriter, loc, wide, exponent);
    }
    Value result = DoubleMath(rewriter, loc, wide).pow(base, exponent, isSingle);
    if (isSingle)
      result = arith::TruncFOp::create(rewriter, loc, type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void addLargeAngleFunction(ModuleOp module) {
  bool isNeeded = module
                      .walk([](Operation *op) {
                        return isa<math::SinOp, math::CosOp>(op) ? WalkResult::interrupt()
                                                                 : WalkResult::advance();
                      })
                      .wasInterrupted();
  if (!isNeeded || module.lookupSymbol(kFunction))
    return;
  Location loc = module.getLoc();
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  Type i64 = builder.getI64Type(), f64 = builder.getF64Type();
  auto tableType = RankedTensorType::get({int64_t(std::size(kTwoOverPi))}, i64);
  auto words = DenseElementsAttr::get(tableType, ArrayRef(kTwoOverPi));
  memref::GlobalOp::create(builder, loc, kTable, builder.getStringAttr("private"),
                           MemRefType::get(tableType.getShape(), i64), words, /*constant=*/true,
                           /*alignment=*/IntegerAttr());
  auto function =
      func::FuncOp::create(builder, loc, kFunction, builder.getFunctionType({f64, i64}, f64));
  function.setPrivate();
  // A copy of it in each loop would only be long.
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline", "cold"}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  Value result = LargeAngle(builder, loc).sine(function.getArgument(0), function.getArgument(1));
  func::ReturnOp::create(builder, loc, result);
}

void populateElementaryFunctionPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerAngle<math::SinOp>>(context, /*quadrant=*/0);
  patterns.add<LowerAngle<math::CosOp>>(context, /*quadrant=*/1);
  patterns.add<LowerPower>(context);
}

} // namespace weft::cpu
