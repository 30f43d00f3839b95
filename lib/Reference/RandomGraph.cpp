// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Grows a model step by step: a step takes values that are there and appends one or a few ops to
// them. A bound on the size of elements is kept per value, and brought down where it grows too
// large, so that results are numbers that can be compared.
#include "weft/Reference/RandomGraph.h"

#include "dialects/Weft/Weft.h"
#include "mlir/AsmParser/AsmParser.h"
#include "weft/Reference/RandomValues.h"

#include <cmath>

using namespace mlir;

namespace weft {

namespace {

// A floating-point value whose dimension 0 is `times` x batch, elements at most `bound` in size.
struct Node {
  Value value;
  int64_t times = 1;
  double bound = 1;

  RankedTensorType getType() const { return cast<RankedTensorType>(value.getType()); }
  int64_t getRank() const { return getType().getRank(); }
  int64_t getLastDim() const { return getType().getShape().back(); }
};

constexpr double kLargest = 6; // bounds above it are brought down
constexpr int64_t kClasses = 5;

class GraphGrower {
public:
  GraphGrower(ModelOp model, const RandomModelOptions &options)
      : model(model), builder(model.getContext()), loc(model.getLoc()), options(options),
        words(options.seed, streamOfName("random graph")) {}

  void grow();

private:
  using Step = void (GraphGrower::*)();
  struct StepKind {
    Step step;
    bool smooth;
  };
  static const StepKind steps[];

  // Choices.
  int64_t below(int64_t bound) { return words.nextBelow(bound); }
  bool flip() { return below(2) == 0; }
  const Node &pick() { return nodes[nodes.size() - 1 - below(std::min<int64_t>(nodes.size(), 4))]; }
  // A value of the same type and number of rows: another one, or the same again.
  Node pickLike(const Node &node);
  Node pickOfRank(int64_t rank);

  // Building blocks.
  template <typename OpTy, typename... Args>
  Value make(Args &&...args) {
    return OpTy::create(builder, loc, std::forward<Args>(args)...)->getResult(0);
  }
  void add(Value value, int64_t times, double bound);
  Value bring(const Node &node, double bound);
  Value fill(Value like, double value);
  Value addParameter(ArrayRef<int64_t> shape);
  Value integer(int64_t value);
  RankedTensorType withShape(ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, builder.getF32Type());
  }

  // Steps.
  void smoothUnary();
  void kinkedUnary();
  void positiveUnary();
  void binary();
  void kinkedBinary();
  void quotient();
  void power();
  void choose();
  void normalize();
  void linear();
  void matmul();
  void batchedMatmul();
  void bias();
  void reduce();
  void reduceMax();
  void split();
  void mergeDims();
  void transpose();
  void slice();
  void concat();
  void pad();
  void rowsOfRows();
  void throughDouble();
  void dropout();

  void buildLogits();
  void buildLoss();

  ModelOp model;
  OpBuilder builder;
  Location loc;
  RandomModelOptions options;
  WordStream words;
  SmallVector<Node> nodes;
  unsigned numParameters = 0, numRandomOps = 0;
};

const GraphGrower::StepKind GraphGrower::steps[] = {
    {&GraphGrower::smoothUnary, true},   {&GraphGrower::kinkedUnary, false},
    {&GraphGrower::positiveUnary, true}, {&GraphGrower::binary, true},
    {&GraphGrower::kinkedBinary, false}, {&GraphGrower::quotient, true},
    {&GraphGrower::power, true},         {&GraphGrower::choose, false},
    {&GraphGrower::normalize, true},     {&GraphGrower::linear, true},
    {&GraphGrower::matmul, true},        {&GraphGrower::batchedMatmul, true},
    {&GraphGrower::bias, true},          {&GraphGrower::reduce, true},
    {&GraphGrower::reduceMax, false},    {&GraphGrower::split, true},
    {&GraphGrower::mergeDims, true},     {&GraphGrower::transpose, true},
    {&GraphGrower::slice, true},         {&GraphGrower::concat, true},
    {&GraphGrower::pad, true},           {&GraphGrower::rowsOfRows, true},
    {&GraphGrower::throughDouble, true}, {&GraphGrower::dropout, true},
};

} // namespace

//===----------------------------------------------------------------------===//
// Building blocks
//===----------------------------------------------------------------------===//

Node GraphGrower::pickLike(const Node &node) {
  SmallVector<Node> alike;
  for (const Node &other : nodes)
    if (other.getType() == node.getType() && other.times == node.times)
      alike.push_back(other);
  return alike[below(alike.size())];
}

// A recent value of this rank; if there is none, one made by reshaping the last.
Node GraphGrower::pickOfRank(int64_t rank) {
  for (const Node &node : llvm::reverse(nodes))
    if (node.getRank() == rank)
      return node;
  rank == 3 ? split() : mergeDims();
  return nodes.back();
}

void GraphGrower::add(Value value, int64_t times, double bound) {
  Node node{value, times, bound};
  if (bound > kLargest)
    node = {bring(node, 1), times, 1};
  nodes.push_back(node);
}

// The value squeezed to at most `bound`, if it is not that small already.
Value GraphGrower::bring(const Node &node, double bound) {
  if (node.bound <= bound)
    return node.value;
  Value small = make<TanhOp>(node.value);
  return bound >= 1 ? small : make<MulOp>(small, fill(small, bound));
}

// A tensor of `like`'s type, all elements the same.
Value GraphGrower::fill(Value like, double value) {
  Value scalar = make<ConstantOp>(withShape({}), value);
  return make<BroadcastOp>(scalar, like, ArrayRef<int64_t>());
}

Value GraphGrower::integer(int64_t value) {
  auto type = RankedTensorType::get({}, builder.getI64Type());
  return make<ConstantOp>(DenseElementsAttr::get(type, value));
}

// A parameter of elements up to 1 / sqrt(last dimension), and its value here.
Value GraphGrower::addParameter(ArrayRef<int64_t> shape) {
  std::string name = ("p" + Twine(numParameters++) + ".weight").str();
  double bound = 1 / std::sqrt(static_cast<double>(shape.back()));
  auto attribute = UniformAttr::get(builder.getContext(), APFloat(-bound), APFloat(bound));
  OpBuilder outer = OpBuilder::atBlockBegin(&model.getBody().front());
  ParameterOp::create(outer, loc, name, withShape(shape), attribute, /*trainable=*/true,
                      /*decay=*/true, /*aliases=*/ArrayAttr());
  return make<ReadOp>(withShape(shape), name);
}

//===----------------------------------------------------------------------===//
// Elementwise steps
//===----------------------------------------------------------------------===//

void GraphGrower::smoothUnary() {
  Node x = pick();
  Value v = x.value;
  switch (below(9)) {
  case 0:
    return add(make<NegOp>(v), x.times, x.bound);
  case 1:
    return add(make<TanhOp>(v), x.times, 1);
  case 2:
    return add(make<SigmoidOp>(v), x.times, 1);
  case 3:
    return add(make<SinOp>(v), x.times, 1);
  case 4:
    return add(make<CosOp>(v), x.times, 1);
  case 5:
    return add(make<ErfOp>(v), x.times, 1);
  case 6:
    return add(
        make<GeluOp>(v.getType(), v, flip() ? GeluApproximation::Tanh : GeluApproximation::None),
        x.times, x.bound);
  case 7:
    return add(make<SiluOp>(v), x.times, x.bound);
  default:
    return add(make<ExpOp>(bring(x, 1)), x.times, std::exp(1.0));
  }
}

void GraphGrower::kinkedUnary() {
  Node x = pick();
  Value v = x.value;
  switch (below(3)) {
  case 0:
    return add(make<ReluOp>(v), x.times, x.bound);
  case 1:
    return add(make<AbsOp>(v), x.times, x.bound);
  default:
    return add(make<ClampOp>(v.getType(), v, builder.getF64FloatAttr(-0.75),
                             flip() ? builder.getF64FloatAttr(0.5) : FloatAttr()),
               x.times, x.bound);
  }
}

// Functions of positive numbers, of x^2 + 0.5.
void GraphGrower::positiveUnary() {
  Node x = pick();
  Value v = bring(x, 2);
  Value positive = make<AddOp>(make<MulOp>(v, v), fill(v, 0.5));
  switch (below(3)) {
  case 0:
    return add(make<LogOp>(positive), x.times, 2);
  case 1:
    return add(make<SqrtOp>(positive), x.times, 2.2);
  default:
    return add(make<RsqrtOp>(positive), x.times, 1.5);
  }
}

void GraphGrower::binary() {
  Node a = pick(), b = pickLike(a);
  switch (below(3)) {
  case 0:
    return add(make<AddOp>(a.value, b.value), a.times, a.bound + b.bound);
  case 1:
    return add(make<SubOp>(a.value, b.value), a.times, a.bound + b.bound);
  default:
    return add(make<MulOp>(a.value, b.value), a.times, a.bound * b.bound);
  }
}

void GraphGrower::kinkedBinary() {
  Node a = pick(), b = pickLike(a);
  double bound = std::max(a.bound, b.bound);
  add(flip() ? make<MaximumOp>(a.value, b.value) : make<MinimumOp>(a.value, b.value), a.times,
      bound);
}

void GraphGrower::quotient() {
  Node a = pick(), b = pickLike(a);
  Value divisor = make<AddOp>(make<MulOp>(b.value, b.value), fill(b.value, 1));
  add(make<DivOp>(a.value, divisor), a.times, a.bound);
}

void GraphGrower::power() {
  Node a = pick(), b = pickLike(a);
  Value base = make<AddOp>(make<SigmoidOp>(a.value), fill(a.value, 0.5));
  add(make<PowOp>(base, bring(b, 2)), a.times, 4);
}

void GraphGrower::choose() {
  Node a = pick(), b = pickLike(a);
  Value condition = make<CompareOp>(flip() ? ComparePredicate::GT : ComparePredicate::LE, a.value,
                                    fill(a.value, 0.125));
  if (flip())
    condition = make<NotOp>(condition);
  add(make<SelectOp>(condition, a.value, b.value), a.times, std::max(a.bound, b.bound));
}

void GraphGrower::throughDouble() {
  Node x = pick();
  Value wide = make<CastOp>(x.value, builder.getF64Type());
  add(make<CastOp>(make<MulOp>(wide, wide), builder.getF32Type()), x.times, x.bound * x.bound);
}

void GraphGrower::dropout() {
  Node x = pick();
  Value seed = integer(7), step = integer(1), offset = integer(0);
  add(make<DropoutOp>(x.value.getType(), x.value, seed, step, offset, builder.getF64FloatAttr(0.25),
                      builder.getI64IntegerAttr(numRandomOps++)),
      x.times, x.bound * 4 / 3);
}

//===----------------------------------------------------------------------===//
// Contractions, reductions and normalizations
//===----------------------------------------------------------------------===//

void GraphGrower::linear() {
  Node x = pick();
  int64_t inputs = x.getLastDim(), outputs = 2 + below(6);
  Value weight = addParameter({outputs, inputs});
  Value bias = flip() ? addParameter({outputs}) : Value();
  Value result = LinearOp::create(builder, loc, x.value, weight, bias);
  add(result, x.times, x.bound * std::sqrt(double(inputs)) + 1);
}

void GraphGrower::matmul() {
  Node x = pickOfRank(2);
  int64_t inputs = x.getLastDim(), outputs = 1 + below(7);
  bool transposed = flip();
  Value weight = transposed ? addParameter({outputs, inputs}) : addParameter({inputs, outputs});
  add(make<MatmulOp>(x.value, weight, /*transpose_a=*/false, transposed), x.times,
      x.bound * double(inputs));
}

// The Gram matrices of a batch, as attention scores are.
void GraphGrower::batchedMatmul() {
  Node x = pickOfRank(3);
  bool inner = flip();
  int64_t summed = inner ? x.getLastDim() : x.getType().getDimSize(1);
  Value scaled = make<MulOp>(x.value, fill(x.value, 1 / std::sqrt(double(summed))));
  add(make<MatmulOp>(scaled, x.value, /*transpose_a=*/!inner, /*transpose_b=*/inner), x.times,
      x.bound * x.bound * std::sqrt(double(summed)));
}

void GraphGrower::bias() {
  Node x = pick();
  Value vector = addParameter({x.getLastDim()});
  Value repeated = make<BroadcastOp>(vector, x.value, ArrayRef<int64_t>{x.getRank() - 1});
  add(make<AddOp>(x.value, repeated), x.times, x.bound + 1);
}

void GraphGrower::normalize() {
  Node x = pick();
  int64_t dim = x.getRank() - 1 - below(x.getRank() - 1);
  bool logarithm = flip();
  Value v = bring(x, 3);
  if (logarithm)
    return add(make<LogSoftmaxOp>(v.getType(), v, dim), x.times, kLargest);
  add(make<SoftmaxOp>(v.getType(), v, dim), x.times, 1);
}

// A reduction of the last dimension, repeated to the shape it came from.
void GraphGrower::reduce() {
  Node x = pick();
  int64_t last = x.getRank() - 1;
  bool mean = flip();
  Value reduced = mean ? make<ReduceMeanOp>(x.value, ArrayRef<int64_t>{last}, flip())
                       : make<ReduceSumOp>(x.value, ArrayRef<int64_t>{last}, false);
  bool kept = cast<RankedTensorType>(reduced.getType()).getRank() == x.getRank();
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(kept ? x.getRank() : last));
  Value repeated = make<BroadcastOp>(reduced, x.value, ArrayRef<int64_t>(dims));
  add(make<SubOp>(x.value, repeated), x.times, x.bound * (mean ? 2 : 1 + double(x.getLastDim())));
}

void GraphGrower::reduceMax() {
  Node x = pick();
  int64_t last = x.getRank() - 1;
  Value reduced = make<ReduceMaxOp>(x.value, ArrayRef<int64_t>{last}, true);
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(x.getRank()));
  Value repeated = make<BroadcastOp>(reduced, x.value, ArrayRef<int64_t>(dims));
  add(make<SubOp>(x.value, repeated), x.times, 2 * x.bound);
}

//===----------------------------------------------------------------------===//
// Shape steps
//===----------------------------------------------------------------------===//

// [rows, n] to [rows, n / d, d].
void GraphGrower::split() {
  Node x = pickOfRank(2);
  int64_t size = x.getLastDim(), divisor = 1;
  for (int64_t d = 2; d < size; ++d)
    if (size % d == 0)
      divisor = d;
  auto type = withShape({ShapedType::kDynamic, size / divisor, divisor});
  add(make<ReshapeOp>(type, x.value), x.times, x.bound);
}

void GraphGrower::mergeDims() {
  Node x = nodes.back();
  int64_t size = 1;
  for (int64_t dim : x.getType().getShape().drop_front())
    size *= dim;
  add(make<ReshapeOp>(withShape({ShapedType::kDynamic, size}), x.value), x.times, x.bound);
}

void GraphGrower::transpose() {
  Node x = pickOfRank(3);
  add(make<PermuteOp>(x.value, ArrayRef<int64_t>{0, 2, 1}), x.times, x.bound);
}

void GraphGrower::slice() {
  Node x = pick();
  int64_t size = x.getLastDim(), start = below(size), limit = start + 1 + below(size - start);
  add(make<SliceOp>(x.value, x.getRank() - 1, start, limit), x.times, x.bound);
}

void GraphGrower::concat() {
  Node a = pick(), b = pickLike(a);
  int64_t last = a.getRank() - 1;
  if (a.getLastDim() > 12)
    return;
  add(make<ConcatOp>(ValueRange{a.value, b.value}, uint64_t(last)), a.times,
      std::max(a.bound, b.bound));
}

void GraphGrower::pad() {
  Node x = pick();
  if (x.getLastDim() > 12)
    return;
  SmallVector<int64_t> low(x.getRank(), 0), high(x.getRank(), 0);
  low.back() = below(2);
  high.back() = 1;
  add(make<PadOp>(x.value, ArrayRef<int64_t>(low), ArrayRef<int64_t>(high), APFloat(0.5)), x.times,
      std::max(x.bound, 0.5));
}

// [rows, a, b] to [a x rows, b]: rows that are a multiple of the batch.
void GraphGrower::rowsOfRows() {
  Node x = pickOfRank(3);
  if (x.times > 4)
    return;
  auto type = withShape({ShapedType::kDynamic, x.getLastDim()});
  add(make<ReshapeOp>(type, x.value), x.times * x.getType().getDimSize(1), x.bound);
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

void GraphGrower::buildLogits() {
  int64_t features = 2 + below(6);
  auto inputType = withShape({ShapedType::kDynamic, features});
  auto type = builder.getFunctionType(inputType, withShape({ShapedType::kDynamic, kClasses}));
  builder.setInsertionPointToEnd(&model.getBody().front());
  auto function = func::FuncOp::create(builder, loc, "logits", type);
  builder.setInsertionPointToStart(function.addEntryBlock());
  nodes.push_back({function.getArgument(0), 1, 2});
  for (unsigned i = 0; i < options.size; ++i) {
    const StepKind *kind;
    do
      kind = &steps[below(std::size(steps))];
    while (options.smooth && !kind->smooth);
    (this->*kind->step)();
  }
  // Back to one row per sample, and all features to the classes.
  Node last = nodes.back();
  int64_t size = last.times;
  for (int64_t dim : last.getType().getShape().drop_front())
    size *= dim;
  Value flat = last.value;
  if (last.getRank() != 2 || last.times != 1)
    flat = make<ReshapeOp>(withShape({ShapedType::kDynamic, size}), flat);
  Value weight = addParameter({kClasses, size}), vector = addParameter({kClasses});
  Value result = LinearOp::create(builder, loc, flat, weight, vector);
  func::ReturnOp::create(builder, loc, result);
}

void GraphGrower::buildLoss() {
  auto logits = model.lookupSymbol<func::FuncOp>("logits");
  Type logitsType = logits.getResultTypes()[0];
  bool classes = flip();
  Type labelsType =
      classes ? RankedTensorType::get({ShapedType::kDynamic}, builder.getI64Type()) : logitsType;
  auto type = builder.getFunctionType({logits.getArgumentTypes()[0], labelsType}, withShape({}));
  builder.setInsertionPointToEnd(&model.getBody().front());
  auto function = func::FuncOp::create(builder, loc, "loss", type);
  builder.setInsertionPointToStart(function.addEntryBlock());
  Value y = func::CallOp::create(builder, loc, logits, function.getArgument(0)).getResult(0);
  Value labels = function.getArgument(1);
  LossReduction reduction = flip() ? LossReduction::Mean : LossReduction::Sum;
  double smoothing = flip() ? 0.1 : 0;
  int64_t kind = below(options.smooth ? 2 : 3);
  Value loss = classes
                   ? make<CrossEntropyOp>(y, labels, reduction, int64_t(-100), APFloat(smoothing))
               : kind == 0 ? make<MseLossOp>(y, labels, reduction)
               : kind == 1 ? make<BinaryCrossEntropyWithLogitsOp>(y, labels, reduction)
                           : make<L1LossOp>(y, labels, reduction);
  func::ReturnOp::create(builder, loc, loss);
}

void GraphGrower::grow() {
  buildLogits();
  buildLoss();
  for (func::FuncOp function : model.getBody().getOps<func::FuncOp>())
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      function.setArgAttr(i, kInputAttr, builder.getStringAttr(i == 0 ? "x" : "labels"));
      function.setArgAttr(i, kDimsAttr, builder.getStrArrayAttr({"batch"}));
    }
}

ModelOp buildRandomGraph(ModuleOp module, const RandomModelOptions &options) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto optimizer = cast<OptimizerAttrInterface>(parseAttribute("#weft.sgd<>", module.getContext()));
  auto model = ModelOp::create(builder, module.getLoc(), "random", optimizer);
  model.getBodyRegion().emplaceBlock();
  GraphGrower(model, options).grow();
  return model;
}

} // namespace weft
