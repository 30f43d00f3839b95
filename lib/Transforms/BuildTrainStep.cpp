// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Training as IR: @train_step, @eval_step and @predict from @loss and @logits.
#include "EvaluationForm.h"
#include "StepBuilder.h"
#include "mlir/AsmParser/AsmParser.h"
#include "weft/Autodiff/Autodiff.h"
#include "weft/Transforms/IndexRange.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_BUILDTRAINSTEP
#include "weft/Transforms/Passes.h.inc"

namespace {

// torch.nn.utils.clip_grad_norm_ adds it to the norm.
constexpr double kClipEpsilon = 1e-6;

struct GradientOf {
  ParameterOp parameter;
  Value gradient;
};

// A loss, its weight, and the gradient of the sum with respect to each parameter that it depends
// on.
struct LossTerms {
  Value sum;
  Value weight;
  SmallVector<GradientOf> gradients;
  SmallVector<std::pair<StringAttr, Value>> buffers;
};

RankedTensorType getScalarType(Type element) { return RankedTensorType::get({}, element); }

Value castTo(OpBuilder &builder, Location loc, Value value, Type element) {
  if (cast<RankedTensorType>(value.getType()).getElementType() == element)
    return value;
  return CastOp::create(builder, loc, value, element);
}

bool isConstantOne(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto splat = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : nullptr;
  return splat && isa<FloatType>(splat.getElementType()) &&
         splat.getSplatValue<APFloat>().isExactlyValue(1.0);
}

// Builds the steps of one bucket.
class TrainStepBuilder {
public:
  TrainStepBuilder(ModelOp model, func::FuncOp loss, func::FuncOp evalLoss, func::FuncOp logits,
                   OptimizerAttrInterface optimizer, bool clip)
      : model(model), loss(loss), evalLoss(evalLoss), logits(logits), optimizer(optimizer),
        clip(clip) {}

  static LogicalResult verifyLoss(func::FuncOp loss);
  // Return the number of parameters updated.
  FailureOr<unsigned> buildTrainStep();
  LogicalResult buildAccumulateStep();
  void buildApplyStep();
  LogicalResult buildEvalStep();
  LogicalResult buildPredict();

private:
  FailureOr<LossTerms> buildLossTerms(StepBuilder &step, func::FuncOp function);
  FailureOr<LossTerms> buildGradients(StepBuilder &step);
  Value buildScale(StepBuilder &step, ArrayRef<GradientOf> gradients, Value weight, Value &norm);
  void buildUpdates(StepBuilder &step, ArrayRef<GradientOf> gradients, Value scale);
  void addLossOutputs(StepBuilder &step, Value sum, Value weight, Value norm);
  void finish(StepBuilder &step) { recordIndexRanges(step.finish()); }

  ModelOp model;
  func::FuncOp loss;
  // The loss of evaluation; null where it is that of training.
  func::FuncOp evalLoss;
  func::FuncOp logits;
  OptimizerAttrInterface optimizer;
  bool clip;
  // Parameters with a gradient, and the type of the loss, as @accumulate_step found them.
  SmallVector<ParameterOp> accumulated;
  RankedTensorType accumulatedLoss;
};

// What the state of a parameter is stored as, slot by slot.
SmallVector<Attribute> getStateAttrs(OptimizerAttrInterface optimizer, ParameterOp parameter) {
  auto symbol = FlatSymbolRefAttr::get(parameter.getSymNameAttr());
  return llvm::map_to_vector(optimizer.getStateSlots(), [&](StringRef slot) -> Attribute {
    return StateAttr::get(parameter.getContext(), symbol, slot);
  });
}

Attribute getAccumulatorAttr(ParameterOp parameter) {
  return AccumulatorAttr::get(parameter.getContext(),
                              FlatSymbolRefAttr::get(parameter.getSymNameAttr()));
}

LogicalResult TrainStepBuilder::verifyLoss(func::FuncOp loss) {
  Type type = loss.getNumResults() ? loss.getResultTypes()[0] : Type();
  auto tensor = dyn_cast_or_null<RankedTensorType>(type);
  if (!tensor || tensor.getRank() != 0 || !isa<FloatType>(tensor.getElementType()))
    return loss.emitOpError(
               "expected a floating-point scalar, such as tensor<f32>, as its first result, got ")
           << loss.getResultTypes();
  for (Operation &op : loss.getBody().front())
    if (isa<ReadOp, WriteOp, func::CallOp, ValueAndGradOp>(op))
      return op.emitOpError("expected a flat function without gradients to expand; run "
                            "weft-flatten-model and weft-differentiate first");
  return success();
}

//===----------------------------------------------------------------------===//
// Loss and gradients
//===----------------------------------------------------------------------===//

// Inlines a loss and takes it apart into a sum and a weight, which is null if the loss does not
// say.
FailureOr<LossTerms> TrainStepBuilder::buildLossTerms(StepBuilder &step, func::FuncOp function) {
  FailureOr<FlatResults> results = step.inlineFlat(function);
  if (failed(results))
    return failure();
  OpBuilder &builder = step.getBuilder();
  LossTerms terms;
  terms.buffers = results->buffers;
  Value value = results->values[0];
  auto lossOp = value.getDefiningOp<LossOpInterface>();
  if (lossOp && succeeded(lossOp.buildSumAndWeight(builder, terms.sum, terms.weight)))
    return terms;
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  terms.sum = castTo(builder, value.getLoc(), value,
                     element.isF64() ? element : Type(builder.getF32Type()));
  return terms;
}

FailureOr<LossTerms> TrainStepBuilder::buildGradients(StepBuilder &step) {
  FailureOr<LossTerms> terms = buildLossTerms(step, loss);
  if (failed(terms))
    return failure();
  OpBuilder &builder = step.getBuilder();
  auto lossType = cast<RankedTensorType>(terms->sum.getType());
  // Each batch counts the same, as in a loop that adds up means.
  if (!terms->weight)
    terms->weight = ConstantOp::create(builder, terms->sum.getLoc(), lossType, 1.0);
  SmallVector<Value> wrt;
  for (auto parameter : model.getBody().getOps<ParameterOp>()) {
    Type element = cast<RankedTensorType>(parameter.getType()).getElementType();
    if (!parameter.getTrainable() || !isa<FloatType>(element))
      continue;
    wrt.push_back(step.getStorage(parameter.getSymNameAttr(), parameter.getType()));
    terms->gradients.push_back({parameter, Value()});
  }
  Value one = ConstantOp::create(builder, terms->sum.getLoc(), lossType, 1.0);
  SmallVector<Value> gradients;
  if (failed(differentiate(builder, terms->sum, one, wrt, gradients)))
    return failure();
  for (auto [entry, gradient] : llvm::zip_equal(terms->gradients, gradients))
    entry.gradient = gradient;
  llvm::erase_if(terms->gradients, [](const GradientOf &entry) { return !entry.gradient; });
  if (terms->gradients.empty())
    return loss.emitOpError("expected a loss that depends on a trainable parameter");
  return terms;
}

//===----------------------------------------------------------------------===//
// Updates
//===----------------------------------------------------------------------===//

// The root of the sum of all squares, computed in `element`.
Value buildNorm(OpBuilder &builder, Location loc, ArrayRef<GradientOf> gradients, Type element) {
  Value squares;
  for (const GradientOf &entry : gradients) {
    Value gradient = castTo(builder, loc, entry.gradient, element);
    Value square = MulOp::create(builder, loc, gradient, gradient);
    int64_t rank = cast<RankedTensorType>(square.getType()).getRank();
    if (rank > 0)
      square =
          ReduceSumOp::create(builder, loc, square, llvm::to_vector(llvm::seq<int64_t>(0, rank)),
                              /*keepdim=*/false);
    squares = squares ? AddOp::create(builder, loc, squares, square).getResult() : square;
  }
  return SqrtOp::create(builder, loc, squares);
}

// f64 if the loss or a gradient is, else f32.
Type getScaleType(ArrayRef<GradientOf> gradients, Value weight) {
  for (const GradientOf &entry : gradients)
    if (Type element = cast<RankedTensorType>(entry.gradient.getType()).getElementType();
        element.isF64())
      return element;
  return cast<RankedTensorType>(weight.getType()).getElementType();
}

// What a gradient of the sum is multiplied by, or null for 1. With clipping, `norm` is that of the
// mean's gradient, before clipping. A batch without weight has a sum of 0 and a gradient of 0,
// which stay so.
Value TrainStepBuilder::buildScale(StepBuilder &step, ArrayRef<GradientOf> gradients, Value weight,
                                   Value &norm) {
  OpBuilder &builder = step.getBuilder();
  Location loc = step.getLoc();
  Type element = getScaleType(gradients, weight);
  RankedTensorType type = getScalarType(element);
  Value one = ConstantOp::create(builder, loc, type, 1.0);
  Value scale;
  if (!isConstantOne(weight)) {
    Value divisor =
        MaximumOp::create(builder, loc, castTo(builder, loc, weight, element), one).getResult();
    scale = DivOp::create(builder, loc, one, divisor);
  }
  if (!clip)
    return scale;
  norm = buildNorm(builder, loc, gradients, element);
  if (scale)
    norm = MulOp::create(builder, loc, norm, scale);
  Value bound = castTo(builder, loc, step.getScalar(ScalarRole::MaxGradNorm), element);
  Value epsilon = ConstantOp::create(builder, loc, type, kClipEpsilon);
  Value ratio =
      DivOp::create(builder, loc, bound, AddOp::create(builder, loc, norm, epsilon).getResult());
  Value coefficient = MinimumOp::create(builder, loc, ratio, one);
  return scale ? MulOp::create(builder, loc, scale, coefficient).getResult() : coefficient;
}

Value scaleBy(OpBuilder &builder, Location loc, Value gradient, Value scale) {
  if (!scale)
    return gradient;
  auto type = cast<RankedTensorType>(gradient.getType());
  Value factor = castTo(builder, loc, scale, type.getElementType());
  if (type.getRank() > 0)
    factor = BroadcastOp::create(builder, loc, type, factor, ArrayRef<int64_t>());
  return MulOp::create(builder, loc, gradient, factor);
}

void TrainStepBuilder::buildUpdates(StepBuilder &step, ArrayRef<GradientOf> gradients,
                                    Value scale) {
  OpBuilder &builder = step.getBuilder();
  SmallVector<Value> scalars = llvm::map_to_vector(
      optimizer.getScalars(), [&](ScalarRole role) { return step.getScalar(role); });
  SmallVector<std::pair<Attribute, Value>> newState;
  for (auto [parameter, gradient] : gradients) {
    Value value = step.getStorage(parameter.getSymNameAttr(), parameter.getType());
    SmallVector<Attribute> names = getStateAttrs(optimizer, parameter);
    SmallVector<Value> state = llvm::map_to_vector(
        names, [&](Attribute name) { return step.getState(name, parameter.getType()); });
    Value scaled = scaleBy(builder, parameter.getLoc(), gradient, scale);
    SmallVector<Value> updated = optimizer.buildUpdate(builder, parameter.getLoc(), value, scaled,
                                                       state, scalars, parameter.getDecay());
    step.addResult(updated[0], kParameterAttr, FlatSymbolRefAttr::get(parameter.getSymNameAttr()));
    for (auto [name, newValue] : llvm::zip_equal(names, ArrayRef(updated).drop_front()))
      newState.push_back({name, newValue});
  }
  for (auto &[name, value] : newState)
    step.addResult(value, kStateAttr, name);
}

void TrainStepBuilder::addLossOutputs(StepBuilder &step, Value sum, Value weight, Value norm) {
  step.addOutput(sum, "loss_sum");
  step.addOutput(weight, "loss_weight");
  if (norm)
    step.addOutput(norm, "grad_norm");
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

FailureOr<unsigned> TrainStepBuilder::buildTrainStep() {
  StepBuilder step(model, loss, "train_step");
  FailureOr<LossTerms> terms = buildGradients(step);
  if (failed(terms))
    return failure();
  Value norm;
  Value scale = buildScale(step, terms->gradients, terms->weight, norm);
  buildUpdates(step, terms->gradients, scale);
  for (auto [name, value] : terms->buffers)
    step.addResult(value, kParameterAttr, FlatSymbolRefAttr::get(name));
  addLossOutputs(step, terms->sum, terms->weight, norm);
  finish(step);
  return terms->gradients.size();
}

LogicalResult TrainStepBuilder::buildAccumulateStep() {
  StepBuilder step(model, loss, "accumulate_step");
  FailureOr<LossTerms> terms = buildGradients(step);
  if (failed(terms))
    return failure();
  OpBuilder &builder = step.getBuilder();
  MLIRContext *context = builder.getContext();
  auto accumulate = [&](Attribute name, Value value) {
    Value before = step.getState(name, value.getType());
    Value after = AddOp::create(builder, value.getLoc(), before, value);
    step.addResult(after, kStateAttr, name);
  };
  for (auto [parameter, gradient] : terms->gradients) {
    accumulate(getAccumulatorAttr(parameter), gradient);
    accumulated.push_back(parameter);
  }
  accumulatedLoss = cast<RankedTensorType>(terms->sum.getType());
  accumulate(LossPartAttr::get(context, LossPart::Sum), terms->sum);
  accumulate(LossPartAttr::get(context, LossPart::Weight), terms->weight);
  for (auto [name, value] : terms->buffers)
    step.addResult(value, kParameterAttr, FlatSymbolRefAttr::get(name));
  addLossOutputs(step, terms->sum, terms->weight, {});
  finish(step);
  return success();
}

void TrainStepBuilder::buildApplyStep() {
  StepBuilder step(model, loss, "apply_step", /*isPerBucket=*/false);
  OpBuilder &builder = step.getBuilder();
  MLIRContext *context = builder.getContext();
  SmallVector<std::pair<Attribute, Type>> accumulators;
  SmallVector<GradientOf> gradients;
  for (ParameterOp parameter : accumulated) {
    accumulators.push_back({getAccumulatorAttr(parameter), parameter.getType()});
    // Optimizer state comes first, as in @train_step.
    for (Attribute state : getStateAttrs(optimizer, parameter))
      step.getState(state, parameter.getType());
  }
  for (auto [parameter, accumulator] : llvm::zip_equal(accumulated, accumulators))
    gradients.push_back({parameter, step.getState(accumulator.first, accumulator.second)});
  for (LossPart part : {LossPart::Sum, LossPart::Weight})
    accumulators.push_back({LossPartAttr::get(context, part), accumulatedLoss});
  Value sum = step.getState(LossPartAttr::get(context, LossPart::Sum), accumulatedLoss);
  Value weight = step.getState(LossPartAttr::get(context, LossPart::Weight), accumulatedLoss);

  Value norm;
  Value scale = buildScale(step, gradients, weight, norm);
  buildUpdates(step, gradients, scale);
  for (auto &[name, type] : accumulators) {
    Value zero = ConstantOp::create(builder, step.getLoc(), cast<RankedTensorType>(type), 0.0);
    step.addResult(zero, kStateAttr, name);
  }
  addLossOutputs(step, sum, weight, norm);
  finish(step);
}

// A loss that does not say its weight is a mean of samples, as Trainer takes it. In f64 the mean
// comes out as it went in.
void buildMeanOfSamples(StepBuilder &step, LossTerms &terms) {
  OpBuilder &builder = step.getBuilder();
  Location loc = terms.sum.getLoc();
  terms.weight = step.buildBatchSize();
  if (isConstantOne(terms.weight))
    return;
  Value mean = castTo(builder, loc, terms.sum, builder.getF64Type());
  terms.sum = MulOp::create(builder, loc, mean, terms.weight);
}

LogicalResult TrainStepBuilder::buildEvalStep() {
  func::FuncOp function = evalLoss ? evalLoss : loss;
  StepBuilder step(model, function, "eval_step");
  FailureOr<LossTerms> terms = buildLossTerms(step, function);
  if (failed(terms))
    return failure();
  if (!terms->weight)
    buildMeanOfSamples(step, *terms);
  addLossOutputs(step, terms->sum, terms->weight, {});
  auto newValues = llvm::map_to_vector(terms->buffers, [](auto &buffer) { return buffer.second; });
  bool ofBatch = !evalLoss && sharesBatchStatistics(terms->sum, newValues);
  Operation *end = nullptr; // dead, behind the loss
  if (ofBatch)
    end = ConstantOp::create(step.getBuilder(), step.getLoc(),
                             getScalarType(step.getBuilder().getF32Type()), 0.0);
  if (logits) {
    FailureOr<FlatResults> results = step.inlineFlat(logits);
    if (failed(results))
      return failure();
    for (auto [value, name] : llvm::zip_equal(results->values, results->names))
      step.addOutput(value, name);
  }
  step.useEvaluationForm();
  llvm::DenseSet<Value> kept;
  for (auto [name, value] : terms->buffers)
    if (Value argument = step.findStorage(name))
      kept.insert(argument);
  if (ofBatch && !usePredictions(end, step.getResults().drop_front(2), kept))
    loss.emitRemark("evaluation computes @loss with statistics of each batch, as training does, so "
                    "that its result depends on the batch size; a function @eval_loss says what it "
                    "is to compute instead");
  finish(step);
  return success();
}

LogicalResult TrainStepBuilder::buildPredict() {
  StepBuilder step(model, logits, "predict");
  FailureOr<FlatResults> results = step.inlineFlat(logits);
  if (failed(results))
    return failure();
  for (auto [value, name] : llvm::zip_equal(results->values, results->names))
    step.addOutput(value, name);
  step.useEvaluationForm();
  finish(step);
  return success();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

// The functions of one bucket.
struct BucketFunctions {
  func::FuncOp loss;
  func::FuncOp evalLoss;
  func::FuncOp logits;
};

struct BuildTrainStep : impl::BuildTrainStepBase<BuildTrainStep> {
  using BuildTrainStepBase::BuildTrainStepBase;

  void runOnOperation() override {
    ModelOp model = getOperation();
    if (!optimizer.empty() && failed(overrideOptimizer(model)))
      return signalPassFailure();
    llvm::MapVector<Attribute, BucketFunctions> buckets = collectBuckets(model);
    bool hasLoss = llvm::any_of(buckets, [](auto &bucket) { return bucket.second.loss; });
    if (model.getOptimizer() && !hasLoss) {
      model.emitOpError("expected a function @loss for the optimizer ")
          << *model.getOptimizer() << " to minimize, got none";
      return signalPassFailure();
    }
    bool isFirst = true;
    for (auto &[bucket, functions] : buckets)
      if (failed(build(model, functions, std::exchange(isFirst, false))))
        return signalPassFailure();
    for (auto &[bucket, functions] : buckets)
      for (func::FuncOp function : {functions.loss, functions.evalLoss, functions.logits})
        if (function)
          function.erase();
    for (auto function : model.getBody().getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal())
        recordIndexRanges(function);
  }

  llvm::MapVector<Attribute, BucketFunctions> collectBuckets(ModelOp model) {
    llvm::MapVector<Attribute, BucketFunctions> buckets;
    for (auto function : model.getBody().getOps<func::FuncOp>()) {
      auto entry = function->getAttrOfType<StringAttr>(kEntryAttr);
      StringRef name = entry ? entry.getValue() : function.getName();
      if (function.isExternal() || !llvm::is_contained({"loss", "eval_loss", "logits"}, name))
        continue;
      BucketFunctions &functions = buckets[function->getAttr(kBucketAttr)];
      (name == "loss"        ? functions.loss
       : name == "eval_loss" ? functions.evalLoss
                             : functions.logits) = function;
    }
    return buckets;
  }

  LogicalResult build(ModelOp model, BucketFunctions functions, bool isFirst) {
    auto attr = dyn_cast_or_null<OptimizerAttrInterface>(model.getOptimizerAttr());
    TrainStepBuilder steps(model, functions.loss, functions.evalLoss, functions.logits, attr,
                           clipGradients);
    for (func::FuncOp function : {functions.loss, functions.evalLoss})
      if (function && failed(TrainStepBuilder::verifyLoss(function)))
        return failure();
    if (functions.loss && attr) {
      FailureOr<unsigned> updates = steps.buildTrainStep();
      if (failed(updates))
        return failure();
      numUpdates += *updates;
      ++numSteps;
      if (accumulateGradients && failed(buildAccumulation(steps, isFirst)))
        return failure();
    }
    if (functions.loss || functions.evalLoss) {
      if (failed(steps.buildEvalStep()))
        return failure();
      ++numSteps;
    }
    if (functions.logits) {
      if (failed(steps.buildPredict()))
        return failure();
      ++numSteps;
    }
    return success();
  }

  // One @apply_step serves all buckets: it sees no batch.
  LogicalResult buildAccumulation(TrainStepBuilder &steps, bool isFirst) {
    if (failed(steps.buildAccumulateStep()))
      return failure();
    ++numSteps;
    if (!isFirst)
      return success();
    steps.buildApplyStep();
    ++numSteps;
    return success();
  }

  // The option as an attribute, with TrainingArguments' numbers in place of those that it does not
  // give if the model asks for them; empty if it is neither a name nor an attribute.
  std::string getOptimizerText(ModelOp model) {
    StringRef text = StringRef(optimizer).trim();
    bool isName = llvm::is_contained({"sgd", "adam", "adamw"}, text);
    if (!isName && !text.starts_with("#"))
      return "";
    auto [name, numbers] = text.split('<');
    std::string result = (isName ? "#weft." : "") + name.str();
    if (model.getArgumentDefaults() != ArgumentDefaults::TrainingArguments)
      return isName ? result + "<>" : text.str();
    SmallVector<std::string> given;
    if (!numbers.contains("lr"))
      given.push_back("lr = 5.0e-05");
    if (!numbers.contains("weight_decay"))
      given.push_back("weight_decay = 0.0");
    if (numbers.consume_back(">") && !numbers.trim().empty())
      given.push_back(numbers.str());
    return result + "<" + llvm::join(given, ", ") + ">";
  }

  LogicalResult overrideOptimizer(ModelOp model) {
    std::string text = getOptimizerText(model);
    Attribute attr = text.empty() ? Attribute() : parseAttribute(text, &getContext());
    if (!isa_and_present<OptimizerAttrInterface>(attr))
      return model.emitOpError("expected an optimizer (sgd, adam, adamw, or an attribute such as "
                               "#weft.sgd<momentum = 0.9>), got '")
             << optimizer << "'";
    model.setOptimizerAttr(cast<OptimizerAttrInterface>(attr));
    return success();
  }
};
} // namespace
} // namespace weft
