// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding to bf16 and conversions of f16 in integer arithmetic, on scalars and vectors.
#include "NarrowFloats.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

using namespace mlir;

namespace weft::cpu {
namespace {

/// i32 and f32 arithmetic on values of one shape.
class Bits {
public:
  Bits(OpBuilder &builder, Location loc, Type like) : builder(builder), loc(loc), like(like) {}

  Type shaped(Type element) const {
    if (auto vector = dyn_cast<VectorType>(like))
      return vector.clone(element);
    return element;
  }
  Type i32() const { return shaped(builder.getI32Type()); }
  Type i16() const { return shaped(builder.getI16Type()); }

  Value constant(uint32_t value) {
    TypedAttr attribute = builder.getI32IntegerAttr(static_cast<int32_t>(value));
    if (auto vector = dyn_cast<VectorType>(i32()))
      attribute = DenseElementsAttr::get(vector, attribute);
    return arith::ConstantOp::create(builder, loc, attribute);
  }
  template <typename OpTy>
  Value apply(Value lhs, uint32_t rhs) {
    return OpTy::create(builder, loc, lhs, constant(rhs));
  }
  template <typename OpTy>
  Value apply(Value lhs, Value rhs) {
    return OpTy::create(builder, loc, lhs, rhs);
  }
  Value bitcast(Value value, Type element) {
    return arith::BitcastOp::create(builder, loc, shaped(element), value);
  }
  Value toBits(Value f32) { return bitcast(f32, builder.getI32Type()); }
  Value toFloat(Value bits) { return bitcast(bits, builder.getF32Type()); }
  Value narrow(Value bits, Type element) {
    return bitcast(arith::TruncIOp::create(builder, loc, i16(), bits), element);
  }
  Value widen(Value narrow) {
    Value bits = bitcast(narrow, builder.getI16Type());
    return arith::ExtUIOp::create(builder, loc, i32(), bits);
  }
  Value above(Value lhs, uint32_t rhs) {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ugt, lhs, constant(rhs));
  }
  Value select(Value condition, Value lhs, Value rhs) {
    return arith::SelectOp::create(builder, loc, condition, lhs, rhs);
  }

private:
  OpBuilder &builder;
  Location loc;
  Type like;
};

/// To nearest, ties to even; a NaN stays one.
Value roundToBf16(Bits &b, Value f32, Type bf16) {
  Value bits = b.toBits(f32);
  Value odd = b.apply<arith::AndIOp>(b.apply<arith::ShRUIOp>(bits, 16), 1);
  Value rounded = b.apply<arith::AddIOp>(b.apply<arith::AddIOp>(bits, 0x7fff), odd);
  Value magnitude = b.apply<arith::AndIOp>(bits, 0x7fffffff);
  Value quiet = b.apply<arith::OrIOp>(bits, 0x00400000);
  Value chosen = b.select(b.above(magnitude, 0x7f800000), quiet, rounded);
  return b.narrow(b.apply<arith::ShRUIOp>(chosen, 16), bf16);
}

/// The exponent is moved by a multiplication, which makes denormal numbers right too.
Value extendF16(Bits &b, Value f16) {
  Value bits = b.widen(f16);
  Value sign = b.apply<arith::ShLIOp>(b.apply<arith::AndIOp>(bits, 0x8000), 16);
  Value magnitude = b.apply<arith::ShLIOp>(b.apply<arith::AndIOp>(bits, 0x7fff), 13);
  Value power = b.toFloat(b.constant(0x77800000)); // 2^112
  Value scaled = b.toBits(b.apply<arith::MulFOp>(b.toFloat(magnitude), power));
  Value infinite = b.apply<arith::OrIOp>(scaled, 0x7f800000);
  Value chosen = b.select(b.above(magnitude, 0x0f7fffff), infinite, scaled);
  return b.toFloat(b.apply<arith::OrIOp>(chosen, sign));
}

/// To nearest, ties to even. What is below 2^-14 is rounded by adding 1/2, the place of whose last
/// bit is that of the smallest denormal number.
Value roundToF16(Bits &b, Value f32, Type f16) {
  Value bits = b.toBits(f32);
  Value sign = b.apply<arith::AndIOp>(bits, 0x80000000);
  Value magnitude = b.apply<arith::XOrIOp>(bits, sign);
  Value half = b.toFloat(b.constant(0x3f000000));
  Value denormal = b.apply<arith::SubIOp>(
      b.toBits(b.apply<arith::AddFOp>(b.toFloat(magnitude), half)), 0x3f000000);
  Value odd = b.apply<arith::AndIOp>(b.apply<arith::ShRUIOp>(magnitude, 13), 1);
  Value biased = b.apply<arith::AddIOp>(magnitude, 0xc8000fff);
  Value normal = b.apply<arith::ShRUIOp>(b.apply<arith::AddIOp>(biased, odd), 13);
  Value large = b.select(b.above(magnitude, 0x7f800000), b.constant(0x7e00), b.constant(0x7c00));
  Value chosen = b.select(b.above(magnitude, 0x387fffff), normal, denormal);
  chosen = b.select(b.above(magnitude, 0x477fffff), large, chosen);
  return b.narrow(b.apply<arith::OrIOp>(chosen, b.apply<arith::ShRUIOp>(sign, 16)), f16);
}

struct ExpandTruncation : OpRewritePattern<arith::TruncFOp> {
  ExpandTruncation(MLIRContext *context, CpuTraits traits)
      : OpRewritePattern(context), traits(traits) {}

  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    Type source = getElementTypeOrSelf(op.getIn().getType());
    Type target = getElementTypeOrSelf(op.getType());
    if (!source.isF32())
      return rewriter.notifyMatchFailure(op, "not from f32");
    Bits bits(rewriter, op.getLoc(), op.getType());
    // vcvtneps2bf16 is for vectors only.
    bool hasBf16 = traits.hasAvx512Bf16 && isa<VectorType>(op.getType());
    if (target.isBF16() && !hasBf16)
      rewriter.replaceOp(op, roundToBf16(bits, op.getIn(), target));
    else if (target.isF16() && !traits.hasF16Conversion)
      rewriter.replaceOp(op, roundToF16(bits, op.getIn(), target));
    else
      return rewriter.notifyMatchFailure(op, "an instruction does it");
    return success();
  }

  CpuTraits traits;
};

struct ExpandExtension : OpRewritePattern<arith::ExtFOp> {
  ExpandExtension(MLIRContext *context, CpuTraits traits)
      : OpRewritePattern(context), traits(traits) {}

  LogicalResult matchAndRewrite(arith::ExtFOp op, PatternRewriter &rewriter) const override {
    Type source = getElementTypeOrSelf(op.getIn().getType());
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "not to f32");
    Bits b(rewriter, op.getLoc(), op.getType());
    if (source.isBF16())
      rewriter.replaceOp(op, b.toFloat(b.apply<arith::ShLIOp>(b.widen(op.getIn()), 16)));
    else if (source.isF16() && !traits.hasF16Conversion)
      rewriter.replaceOp(op, extendF16(b, op.getIn()));
    else
      return rewriter.notifyMatchFailure(op, "an instruction does it");
    return success();
  }

  CpuTraits traits;
};

struct ExpandNarrowFloatsPass : PassWrapper<ExpandNarrowFloatsPass, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ExpandNarrowFloatsPass)

  explicit ExpandNarrowFloatsPass(CpuTraits traits) : traits(traits) {}
  StringRef getArgument() const final { return "weft-cpu-expand-narrow-floats"; }
  StringRef getDescription() const final {
    return "Replace conversions of bf16 and f16 by integer arithmetic";
  }

  void runOnOperation() final {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandTruncation, ExpandExtension>(&getContext(), traits);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }

  CpuTraits traits;
};

} // namespace

std::unique_ptr<Pass> createExpandNarrowFloatsPass(const CpuTraits &traits) {
  return std::make_unique<ExpandNarrowFloatsPass>(traits);
}

} // namespace weft::cpu
