// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors whose inner dimensions all primitives treat alike (positions of a sequence) become
// matrices, one row per sample and position. Products are matrices already; what surrounds them
// then fuses with them, and no longer knows the length of the sequence, so that buckets share it.
#include "dialects/Weft/ShapePatterns.h"
#include "dialects/Weft/TypeInference.h"
#include "dialects/Weft/Weft.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "weft/Transforms/Passes.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_FLATTENROWS
#include "weft/Transforms/Passes.h.inc"

namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

bool isDynamic(Value value) {
  RankedTensorType type = typeOf(value);
  return type.getRank() > 0 && type.isDynamicDim(0) && hasStaticInnerDims(type.getShape());
}

// Whether a tensor with the first dimensions of `whole` flattened is `flat`.
bool isFlattened(Value whole, Value flat) {
  if (!isDynamic(whole) || !isDynamic(flat))
    return false;
  ArrayRef<int64_t> from = typeOf(whole).getShape(), to = typeOf(flat).getShape();
  return to.size() < from.size() && to.drop_front() == from.take_back(to.size() - 1);
}

// The rank that `value` has flattened where it comes from or goes to, or `rank` if that is lower.
int64_t getFlattenedRank(Value value, int64_t rank) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  if (reshape && isFlattened(value, reshape.getInput()))
    rank = std::min(rank, reshape.getInput().getType().getRank());
  for (Operation *user : value.getUsers())
    if (auto reshape = dyn_cast<ReshapeOp>(user);
        reshape && isFlattened(value, reshape.getResult()))
      rank = std::min(rank, reshape.getType().getRank());
  return rank;
}

class RowFlattener {
public:
  RowFlattener(PatternRewriter &rewriter, Location loc) : rewriter(rewriter), loc(loc) {}

  // `value` with its first dimensions flattened, so that `rank` remain.
  Value flatten(Value value, int64_t rank) {
    RankedTensorType type = typeOf(value);
    SmallVector<int64_t> shape = {ShapedType::kDynamic};
    llvm::append_range(shape, type.getShape().take_back(rank - 1));
    return rewriter.createOrFold<ReshapeOp>(loc, type.clone(shape), value);
  }

  // The new value of `op`, under its old shape.
  void replace(Operation *op, Value flattened) {
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op->getResult(0).getType(), flattened);
  }

  PatternRewriter &rewriter;
  Location loc;
};

// Whether a broadcast gives each sample the same rows: a matrix [positions, width].
bool repeatsRows(BroadcastOp op, int64_t rank) {
  RankedTensorType from = op.getInput().getType(), to = op.getType();
  return rank == 2 && to.getRank() == 3 && op.getDimensions() == ArrayRef<int64_t>{1, 2} &&
         from.getShape() == to.getShape().drop_front() && isa<FloatType>(from.getElementType());
}

// Whether a broadcast repeats what it is given along the flattened dimensions: all or none of these
// are among those of its operand. Or it repeats rows, which can be picked by number.
bool isFlattenable(BroadcastOp op, int64_t rank) {
  if (repeatsRows(op, rank))
    return true;
  int64_t dropped = op.getType().getRank() - rank;
  ArrayRef<int64_t> dims = op.getDimensions();
  // Dimensions 0 to `dropped` become one.
  int64_t among = llvm::count_if(dims, [&](int64_t dim) { return dim <= dropped; });
  if (among == 0)
    return true;
  return among == dropped + 1 && isDynamic(op.getInput()) && llvm::is_sorted(dims) &&
         typeOf(op.getInput()).getShape().take_front(dropped + 1) ==
             op.getType().getShape().take_front(dropped + 1);
}

bool isFlattenable(DropoutMaskOp op, int64_t rank) {
  return op.getType().getRank() == 3 && rank == 2 && !op.getRowsPerSample();
}

bool isFlattenable(IotaOp op, int64_t rank) {
  return static_cast<int64_t>(op.getDim()) > op.getType().getRank() - rank;
}

// An operand that is made of nothing or of less, and whether it can be made flattened.
std::optional<bool> isFlattenableFill(Value value, int64_t rank) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return std::nullopt;
  return llvm::TypeSwitch<Operation *, std::optional<bool>>(op)
      .Case<BroadcastOp, DropoutMaskOp, IotaOp>([&](auto op) { return isFlattenable(op, rank); })
      .Default(std::nullopt);
}

// Row i of the result is row i mod n of `matrix`, which has n.
Value repeatRows(RowFlattener &f, Value matrix, RankedTensorType type, Value like) {
  auto indexType = RankedTensorType::get({ShapedType::kDynamic}, f.rewriter.getI32Type());
  Value row = IotaOp::create(f.rewriter, f.loc, indexType, like, /*dim=*/0);
  Value count = createSplat(f.rewriter, f.loc, row, typeOf(matrix).getDimSize(0));
  Value sample = DivOp::create(f.rewriter, f.loc, row, count);
  Value first = MulOp::create(f.rewriter, f.loc, sample, count);
  Value position = SubOp::create(f.rewriter, f.loc, row, first);
  // Rows of a table that begin with its first are picked from the table.
  if (auto slice = matrix.getDefiningOp<SliceOp>())
    if (llvm::all_of(slice.getStarts(), [](int64_t start) { return start == 0; }) &&
        llvm::all_of(slice.getStrides(), [](int64_t stride) { return stride == 1; }) &&
        slice.getInput().getType().getDimSize(1) == type.getDimSize(1))
      matrix = slice.getInput();
  return EmbeddingOp::create(f.rewriter, f.loc, type, position, matrix, /*padding_idx=*/nullptr);
}

// A fill made flattened, as long as `like`.
Value flattenFill(RowFlattener &f, Operation *op, int64_t rank, Value like) {
  int64_t dropped = typeOf(op->getResult(0)).getRank() - rank;
  RankedTensorType type = typeOf(op->getResult(0));
  SmallVector<int64_t> shape = {ShapedType::kDynamic};
  llvm::append_range(shape, type.getShape().take_back(rank - 1));
  auto result = RankedTensorType::get(shape, type.getElementType());
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](BroadcastOp op) -> Value {
        if (repeatsRows(op, rank))
          return repeatRows(f, op.getInput(), result, like);
        SmallVector<int64_t> dims;
        for (int64_t dim : op.getDimensions())
          if (dim == 0 || dim > dropped)
            dims.push_back(dim == 0 ? 0 : dim - dropped);
        bool hasRows = llvm::is_contained(op.getDimensions(), 0);
        Value input = op.getInput();
        if (hasRows)
          input = f.flatten(input, typeOf(input).getRank() - dropped);
        return BroadcastOp::create(f.rewriter, op.getLoc(), result, input, hasRows ? Value() : like,
                                   dims);
      })
      .Case([&](DropoutMaskOp op) -> Value {
        auto rows = f.rewriter.getI64IntegerAttr(type.getDimSize(1));
        return DropoutMaskOp::create(f.rewriter, op.getLoc(), result, op.getSeed(), op.getStep(),
                                     op.getSampleOffset(), like, op.getNumbers(), op.getPAttr(),
                                     op.getIdAttr(), rows);
      })
      .Case([&](IotaOp op) -> Value {
        return IotaOp::create(f.rewriter, op.getLoc(), result, like,
                              static_cast<int64_t>(op.getDim()) - dropped);
      });
}

struct FlattenElementwise : RewritePattern {
  FlattenElementwise(MLIRContext *context, Pass::Statistic &count)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), count(count) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isElementwise(op) || !isDynamic(op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "no elementwise op on a dynamic tensor");
    int64_t rank = getTargetRank(op);
    if (rank == typeOf(op->getResult(0)).getRank())
      return rewriter.notifyMatchFailure(op, "flat already");
    Value like;
    int64_t likeRank = rank;
    for (Value operand : op->getOperands()) {
      std::optional<bool> fill = isFlattenableFill(operand, rank);
      if (fill && !*fill)
        return rewriter.notifyMatchFailure(op, "an operand tells positions apart");
      if (!fill && !like)
        like = operand;
    }
    // Or what is repeated along the last dimensions.
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      if (like || !broadcast || !llvm::is_contained(broadcast.getDimensions(), 0))
        continue;
      like = broadcast.getInput();
      likeRank = rank - (typeOf(operand).getRank() - typeOf(like).getRank());
    }
    if (!like)
      return rewriter.notifyMatchFailure(op, "its size is that of no data");
    RowFlattener f(rewriter, op->getLoc());
    like = f.flatten(like, likeRank);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(isFlattenableFill(operand, rank)
                             ? flattenFill(f, operand.getDefiningOp(), rank, like)
                             : f.flatten(operand, rank));
    f.replace(op, cloneElementwise(rewriter, op, operands));
    ++count;
    return success();
  }

private:
  // Matrices, or vectors where an operand is one under another shape.
  static int64_t getTargetRank(Operation *op) {
    Value result = op->getResult(0);
    int64_t target = getFlattenedRank(result, std::min<int64_t>(typeOf(result).getRank(), 2));
    for (Value operand : op->getOperands())
      if (auto reshape = operand.getDefiningOp<ReshapeOp>())
        target = getFlattenedRank(operand, target);
    return target;
  }

  Pass::Statistic &count;
};

// A pattern that counts what it flattens.
template <typename OpT>
struct CountingPattern : OpRewritePattern<OpT> {
  CountingPattern(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern<OpT>(context), count(count) {}

  Pass::Statistic &count;
};

// A reduction over the last dimensions, or over the first ones and maybe all.
template <typename ReduceOp>
struct FlattenReduction : CountingPattern<ReduceOp> {
  using CountingPattern<ReduceOp>::CountingPattern;

  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    Value x = op.getX();
    if (!isDynamic(x))
      return rewriter.notifyMatchFailure(op, "its operand is not dynamic");
    int64_t from = typeOf(x).getRank();
    int64_t rank = getFlattenedRank(x, std::min<int64_t>(from, 2));
    int64_t dropped = from - rank;
    if (dropped == 0)
      return rewriter.notifyMatchFailure(op, "flat already");
    // Dimensions 0 to `dropped` become one: all or none of them are reduced.
    ArrayRef<int64_t> dims = op.getDims();
    int64_t among = llvm::count_if(dims, [&](int64_t dim) { return dim <= dropped; });
    if (among != 0 && among != dropped + 1)
      return rewriter.notifyMatchFailure(op, "it reduces some of the dimensions to flatten");
    SmallVector<int64_t> flat;
    if (among)
      flat.push_back(0);
    for (int64_t dim : dims)
      if (dim > dropped)
        flat.push_back(dim - dropped);
    RowFlattener f(rewriter, op.getLoc());
    Value reduced = ReduceOp::create(rewriter, op.getLoc(), f.flatten(x, rank), flat, false);
    if (reduced.getType() == op.getType())
      rewriter.replaceOp(op, reduced);
    else
      f.replace(op, reduced);
    ++this->count;
    return success();
  }
};

// reshape(embedding(i)) -> embedding(reshape(i)).
struct FlattenEmbedding : CountingPattern<ReshapeOp> {
  using CountingPattern::CountingPattern;

  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto embedding = op.getInput().getDefiningOp<EmbeddingOp>();
    if (!embedding || !isDynamic(embedding.getIndices()) || op.getType().getRank() < 2 ||
        !isFlattened(embedding.getResult(), op.getResult()))
      return rewriter.notifyMatchFailure(op, "no flattened rows of a table");
    RowFlattener f(rewriter, op.getLoc());
    rewriter.replaceOpWithNewOp<EmbeddingOp>(
        op, f.flatten(embedding.getIndices(), op.getType().getRank() - 1), embedding.getWeight(),
        embedding.getPaddingIdxAttr());
    ++count;
    return success();
  }
};

struct FlattenEmbeddingGradient : CountingPattern<EmbeddingGradientOp> {
  using CountingPattern::CountingPattern;

  LogicalResult matchAndRewrite(EmbeddingGradientOp op, PatternRewriter &rewriter) const override {
    if (!isDynamic(op.getDy()) || op.getDy().getType().getRank() <= 2)
      return rewriter.notifyMatchFailure(op, "flat already, or not dynamic");
    RowFlattener f(rewriter, op.getLoc());
    rewriter.replaceOpWithNewOp<EmbeddingGradientOp>(
        op, f.flatten(op.getDy(), 2), f.flatten(op.getIndices(), 1), op.getNumEmbeddingsAttr(),
        op.getPaddingIdxAttr());
    ++count;
    return success();
  }
};

struct FlattenRows : impl::FlattenRowsBase<FlattenRows> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FlattenElementwise>(&getContext(), numElementwise);
    patterns.add<FlattenReduction<ReduceSumOp>, FlattenReduction<ReduceMaxOp>>(&getContext(),
                                                                               numReductions);
    patterns.add<FlattenEmbedding, FlattenEmbeddingGradient>(&getContext(), numEmbeddings);
    ReshapeOp::getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace weft
