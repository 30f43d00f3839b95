// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The function of one head: the op on a batch of one sample and one head, taken apart.
#include "AttentionPlan.h"

#include "dialects/Weft/Weft.h"
#include "weft/Codegen/StagePlan.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace weft::cpu {
namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// How an operand or a result is cut.
enum class Role { Positions, Mask, Scores, Number };

/// Numbers of the op's results.
enum : unsigned { kQueryResult, kKeyResult, kValueResult, kBiasResult };

/// Dimensions of the op's tensors: [samples, positions, heads, width] and, of scores, [samples,
/// heads, queries, keys].
Role roleOf(Value value, Value mask, Value bias) {
  if (value == mask)
    return Role::Mask;
  if (value == bias)
    return Role::Scores;
  return typeOf(value).getRank() == 0 ? Role::Number : Role::Positions;
}

Role roleOf(OpResult result) {
  return result.getResultNumber() == kBiasResult ? Role::Scores : Role::Positions;
}

int64_t elementsOf(ArrayRef<int64_t> shape) { return ShapedType::getNumElements(shape); }

/// The type that the function of a head has in place of `type`, and where a head lies in it.
std::pair<RankedTensorType, HeadSlice> sliceOf(RankedTensorType type, Role role) {
  ArrayRef<int64_t> shape = type.getShape();
  HeadSlice slice;
  switch (role) {
  case Role::Number:
    return {type, slice};
  case Role::Mask:
    slice.perSample = shape[1];
    slice.strides = {shape[1], 1};
    return {type.clone({1, shape[1]}), slice};
  case Role::Positions:
    slice.perSample = elementsOf(shape.drop_front());
    slice.perHead = shape[3];
    slice.strides = {slice.perSample, shape[3], shape[2] * shape[3], 1};
    return {type.clone({1, 1, shape[1], shape[3]}), slice};
  case Role::Scores:
    // What has size 1 is the same for all.
    slice.perHead = shape[1] == 1 ? 0 : shape[2] * shape[3];
    slice.perSample = shape[0] == 1 ? 0 : shape[1] * shape[2] * shape[3];
    slice.strides = {slice.perSample, slice.perHead, shape[3], 1};
    return {type.clone({1, 1, shape[2], shape[3]}), slice};
  }
  llvm_unreachable("all roles are listed");
}

/// The op's type for a head: positions before heads.
RankedTensorType toPositions(RankedTensorType type) {
  ArrayRef<int64_t> shape = type.getShape();
  return type.clone({shape[0], shape[2], shape[1], shape[3]});
}

/// A permutation that moves dimensions of size 1 only is another shape.
struct PermuteToReshape : OpRewritePattern<PermuteOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PermuteOp op, PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getInput());
    SmallVector<int64_t> moved;
    for (int64_t dim : op.getDims())
      if (type.getDimSize(dim) != 1)
        moved.push_back(dim);
    if (!type.hasStaticShape() || !llvm::is_sorted(moved))
      return rewriter.notifyMatchFailure(op, "it moves elements");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};

/// Elements divided by what is the same for a whole row are multiplied by its reciprocal, which
/// differs by a rounding.
struct DivideByRow : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    auto row = op.getRhs().getDefiningOp<BroadcastOp>();
    if (!row || typeOf(row.getInput()).getRank() == 0)
      return rewriter.notifyMatchFailure(op, "no number per row");
    RankedTensorType type = typeOf(row.getInput());
    Value one = ConstantOp::create(rewriter, op.getLoc(), type, 1.0);
    Value reciprocal = DivOp::create(rewriter, op.getLoc(), one, row.getInput());
    Value factor =
        BroadcastOp::create(rewriter, op.getLoc(), row.getType(), reciprocal, row.getDimensions());
    rewriter.replaceOpWithNewOp<MulOp>(op, op.getLhs(), factor);
    return success();
  }
};

/// A sum over queries is a product, which can be added up block by block.
struct SumQueriesByProduct : OpRewritePattern<ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceSumOp op, PatternRewriter &rewriter) const override {
    constexpr int64_t kQueries = 2;
    RankedTensorType type = typeOf(op.getX());
    if (type.getRank() != 4 || !op.getKeepdim() || !llvm::is_contained(op.getDims(), kQueries))
      return rewriter.notifyMatchFailure(op, "no sum over queries");
    Location loc = op.getLoc();
    Value rows = op.getX();
    SmallVector<int64_t> others;
    for (int64_t dim : op.getDims())
      if (dim != kQueries)
        others.push_back(dim);
    if (!others.empty())
      rows = ReduceSumOp::create(rewriter, loc, rows, others, /*keepdim=*/true);
    Value ones =
        ConstantOp::create(rewriter, loc, type.clone({1, 1, 1, type.getDimSize(kQueries)}), 1.0);
    rewriter.replaceOpWithNewOp<MatmulOp>(op, ones, rows, false, false);
    return success();
  }
};

class HeadBuilder {
public:
  HeadBuilder(func::FuncOp dispatch, Operation *op, AttentionPlan &plan)
      : dispatch(dispatch), op(op), plan(plan),
        builder(dispatch->getNextNode() ? OpBuilder(dispatch->getNextNode())
                                        : OpBuilder::atBlockEnd(dispatch->getBlock())) {}

  FailureOr<func::FuncOp> build() {
    if (auto attention = dyn_cast<AttentionOp>(op))
      setUp(attention);
    else
      setUp(cast<AttentionGradientOp>(op));
    createFunction();
    cloneOp();
    if (failed(takeApart()))
      return failure();
    return head;
  }

private:
  template <typename OpT>
  void setUp(OpT attention) {
    mask = attention.getMask();
    bias = attention.getBias();
    if (attention.getSampleOffset())
      plan.sampleOffset = cast<BlockArgument>(attention.getSampleOffset()).getArgNumber();
    Value query = attention.getQuery();
    RankedTensorType type = typeOf(query);
    plan.heads = type.getDimSize(2);
    plan.samples = type.isDynamicDim(0) ? LinearSize{0, getRowsPerBatchRow(query)}
                                        : LinearSize{type.getDimSize(0), 0};
    for (auto [number, value] :
         llvm::enumerate(dispatch.getBody().front().getTerminator()->getOperands()))
      if (cast<OpResult>(value).getResultNumber() == kBiasResult)
        setUpBiasGradient(typeOf(value), number);
  }

  void setUpBiasGradient(RankedTensorType type, int64_t result) {
    plan.sumsSamples = type.getDimSize(0) == 1 && plan.samples != LinearSize{1, 0};
    plan.sumsHeads = type.getDimSize(1) == 1 && plan.heads != 1;
    if (plan.sumsSamples || plan.sumsHeads)
      plan.summedResult = result;
  }

  void createFunction() {
    SmallVector<Type> inputs, outputs;
    for (BlockArgument argument : dispatch.getArguments()) {
      auto [type, slice] = sliceOf(typeOf(argument), roleOf(argument, mask, bias));
      inputs.push_back(type);
      plan.arguments.push_back(slice);
    }
    for (Value value : dispatch.getBody().front().getTerminator()->getOperands()) {
      auto result = cast<OpResult>(value);
      auto [type, slice] = sliceOf(typeOf(value), roleOf(result));
      if (result.getResultNumber() == kQueryResult)
        slice.queries = 2;
      outputs.push_back(type);
      plan.results.push_back(slice);
    }
    if (plan.sums())
      inputs.append({RankedTensorType::get({}, builder.getI1Type()), outputs[plan.summedResult]});
    head = func::FuncOp::create(builder, dispatch.getLoc(), "head",
                                builder.getFunctionType(inputs, outputs));
    for (unsigned i = 0; i < dispatch.getNumArguments(); ++i)
      if (Attribute constant = dispatch.getArgAttr(i, kConstantAttrName))
        head.setArgAttr(i, kConstantAttrName, constant);
    builder.setInsertionPointToStart(head.addEntryBlock());
  }

  void cloneOp() {
    IRMapping mapping;
    for (BlockArgument outer : dispatch.getArguments()) {
      Value value = head.getArgument(outer.getArgNumber());
      if (roleOf(outer, mask, bias) == Role::Positions)
        value = ReshapeOp::create(builder, op->getLoc(), toPositions(typeOf(value)), value);
      mapping.map(outer, value);
    }
    copy = builder.clone(*op, mapping);
    for (auto [inner, outer] : llvm::zip(copy->getResults(), op->getResults())) {
      auto [type, slice] = sliceOf(typeOf(outer), roleOf(outer));
      inner.setType(roleOf(outer) == Role::Positions ? toPositions(type) : type);
    }
    SmallVector<Value> returned;
    for (Value outer : dispatch.getBody().front().getTerminator()->getOperands()) {
      Value inner = mapping.lookup(outer);
      RankedTensorType type = typeOf(inner);
      if (roleOf(cast<OpResult>(outer)) == Role::Positions)
        inner = ReshapeOp::create(builder, op->getLoc(), toPositions(type), inner);
      returned.push_back(inner);
    }
    if (plan.sums())
      addToSum(returned[plan.summedResult]);
    func::ReturnOp::create(builder, op->getLoc(), returned);
  }

  /// What the tile's heads before this one have added up, and this one's part.
  void addToSum(Value &part) {
    Location loc = op->getLoc();
    RankedTensorType type = typeOf(part);
    Value isFirst = head.getArgument(dispatch.getNumArguments());
    Value before = head.getArgument(dispatch.getNumArguments() + 1);
    isFirst = BroadcastOp::create(builder, loc, type.clone(builder.getI1Type()), isFirst, Value(),
                                  ArrayRef<int64_t>());
    Value sum = AddOp::create(builder, loc, before, part);
    part = SelectOp::create(builder, loc, isFirst, part, sum);
  }

  LogicalResult takeApart() {
    IRRewriter rewriter(builder.getContext());
    rewriter.setInsertionPoint(copy);
    SmallVector<Value> results;
    if (failed(cast<DecomposableOpInterface>(copy).decompose(rewriter, results)))
      return op->emitOpError("expected the numbers of its dropout");
    rewriter.replaceOp(copy, results);
    RewritePatternSet patterns(builder.getContext());
    patterns.add<PermuteToReshape, DivideByRow, SumQueriesByProduct>(builder.getContext());
    return applyPatternsGreedily(head, std::move(patterns));
  }

  func::FuncOp dispatch;
  Operation *op;
  AttentionPlan &plan;
  OpBuilder builder;
  func::FuncOp head;
  Operation *copy = nullptr;
  Value mask, bias;
};

} // namespace

bool isAttention(func::FuncOp dispatch) {
  Block &body = dispatch.getBody().front();
  return !body.without_terminator().empty() &&
         isa<AttentionOp, AttentionGradientOp>(body.front()) &&
         body.front().getNextNode() == body.getTerminator();
}

FailureOr<func::FuncOp> buildHeadFunction(func::FuncOp dispatch, AttentionPlan &plan) {
  return HeadBuilder(dispatch, &dispatch.getBody().front().front(), plan).build();
}

} // namespace weft::cpu
