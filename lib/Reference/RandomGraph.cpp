// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Grows a model: chooses steps, and closes the graph with classes and a loss.
#include "weft/Reference/RandomGraph.h"

#include "GraphGrower.h"
#include "mlir/AsmParser/AsmParser.h"

#include <cmath>

using namespace mlir;

namespace weft {

//===----------------------------------------------------------------------===//
// Building blocks
//===----------------------------------------------------------------------===//

GraphNode GraphGrower::pickLike(const GraphNode &node) {
  SmallVector<GraphNode> alike;
  for (const GraphNode &other : nodes)
    if (other.getType() == node.getType() && other.times == node.times)
      alike.push_back(other);
  return alike[below(alike.size())];
}

// A recent value of this rank; if there is none, one made by reshaping the last.
GraphNode GraphGrower::pickOfRank(int64_t rank) {
  for (const GraphNode &node : llvm::reverse(nodes))
    if (node.getRank() == rank)
      return node;
  rank == 3 ? split() : mergeDims();
  return nodes.back();
}

void GraphGrower::add(Value value, int64_t times, double bound) {
  GraphNode node{value, times, bound};
  if (bound > kLargest)
    node = {bring(node, 1), times, 1};
  nodes.push_back(node);
}

// The value squeezed to at most `bound`, if it is not that small already.
Value GraphGrower::bring(const GraphNode &node, double bound) {
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
  for (unsigned i = 0; i < options.size; ++i)
    appendRandomStep();
  // Back to one row per sample, and all features to the classes.
  GraphNode last = nodes.back();
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
  Value loss = classes     ? make<CrossEntropyOp>(y, labels, Value(), reduction, int64_t(-100),
                                                  APFloat(smoothing))
               : kind == 0 ? make<MseLossOp>(y, labels, reduction)
               : kind == 1 ? make<BinaryCrossEntropyWithLogitsOp>(y, labels, reduction)
                           : make<L1LossOp>(y, labels, reduction);
  func::ReturnOp::create(builder, loc, loss);
}

void GraphGrower::grow() {
  if (isWide())
    return buildWideLoss();
  buildLogits();
  buildLoss();
  nameInputs();
}

void GraphGrower::nameInputs() {
  for (func::FuncOp function : model.getBody().getOps<func::FuncOp>())
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      function.setArgAttr(i, kInputAttr, builder.getStringAttr(i == 0 ? "x" : "labels"));
      function.setArgAttr(i, kDimsAttr, builder.getStrArrayAttr({"batch"}));
    }
}

ModelOp buildRandomGraph(ModuleOp module, const RandomModelOptions &options) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto optimizer = cast<OptimizerAttrInterface>(parseAttribute("#weft.sgd<>", module.getContext()));
  auto model = ModelOp::create(builder, module.getLoc(), "random", optimizer, TaskAttr(),
                               StringAttr(), ArgumentDefaultsAttr());
  model.getBodyRegion().emplaceBlock();
  GraphGrower(model, options).grow();
  return model;
}

} // namespace weft
