// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Training as IR: @train_step, @eval_step and @predict from @loss and @logits.
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
  TrainStepBuilder(ModelOp model, func::FuncOp loss, func::FuncOp logits,
                   OptimizerAttrInterface optimizer, bool clip)
      : model(model), loss(loss), logits(logits), optimizer(optimizer), clip(clip) {}

  LogicalResult verifyLoss();
  // Return the number of parameters updated.
  FailureOr<unsigned> buildTrainStep();
  LogicalResult buildAccumulateStep();
  void buildApplyStep();
  LogicalResult buildEvalStep();
  LogicalResult buildPredict();

private:
  FailureOr<LossTerms> buildLossTerms(StepBuilder &step);
  FailureOr<LossTerms> buildGradients(StepBuilder &step);
  Value buildScale(StepBuilder &step, ArrayRef<GradientOf> gradients, Value weight, Value &norm);
  void buildUpdates(StepBuilder &step, ArrayRef<GradientOf> gradients, Value scale);
  void addLossOutputs(StepBuilder &step, Value sum, Value weight, Value norm);
  void finish(StepBuilder &step) { recordIndexRanges(step.finish()); }

  ModelOp model;
  func::FuncOp loss;
  func::FuncOp logits;
  OptimizerAttrInterface optimizer;
  bool clip;
  // Parameters with a gradient, as @accumulate_step found them.
  SmallVector<ParameterOp> accumulated;
};

LogicalResult TrainStepBuilder::verifyLoss() {
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

// Inlines @loss and takes it apart into a sum and a weight.
FailureOr<LossTerms> TrainStepBuilder::buildLossTerms(StepBuilder &step) {
  FailureOr<FlatResults> results = step.inlineFlat(loss);
  if (failed(results))
    return failure();
  OpBuilder &builder = step.getBuilder();
  LossTerms terms;
  terms.buffers = results->buffers;
  Value value = results->values[0];
  auto lossOp = value.getDefiningOp<LossOpInterface>();
  if (lossOp && succeeded(lossOp.buildSumAndWeight(builder, terms.sum, terms.weight)))
    return terms;
  terms.sum = castTo(builder, value.getLoc(), value, builder.getF32Type());
  terms.weight =
      ConstantOp::create(builder, value.getLoc(), getScalarType(builder.getF32Type()), 1.0);
  return terms;
}

FailureOr<LossTerms> TrainStepBuilder::buildGradients(StepBuilder &step) {
  FailureOr<LossTerms> terms = buildLossTerms(step);
  if (failed(terms))
    return failure();
  OpBuilder &builder = step.getBuilder();
  SmallVector<Value> wrt;
  for (auto parameter : model.getBody().getOps<ParameterOp>()) {
    Type element = cast<RankedTensorType>(parameter.getType()).getElementType();
    if (!parameter.getTrainable() || !isa<FloatType>(element))
      continue;
    wrt.push_back(step.getStorage(parameter.getSymNameAttr(), parameter.getType()));
    terms->gradients.push_back({parameter, Value()});
  }
  Value one = ConstantOp::create(builder, terms->sum.getLoc(),
                                 cast<RankedTensorType>(terms->sum.getType()), 1.0);
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

// What a gradient of the sum is multiplied by, or null for 1. With clipping, `norm` is that of the
// mean's gradient, before clipping.
Value TrainStepBuilder::buildScale(StepBuilder &step, ArrayRef<GradientOf> gradients, Value weight,
                                   Value &norm) {
  OpBuilder &builder = step.getBuilder();
  Location loc = step.getLoc();
  RankedTensorType type = getScalarType(builder.getF32Type());
  Value one = ConstantOp::create(builder, loc, type, 1.0);
  Value scale =
      isConstantOne(weight) ? Value() : DivOp::create(builder, loc, one, weight).getResult();
  if (!clip)
    return scale;
  Value squares;
  for (const GradientOf &entry : gradients) {
    Value gradient = castTo(builder, loc, entry.gradient, builder.getF32Type());
    Value square = MulOp::create(builder, loc, gradient, gradient);
    int64_t rank = cast<RankedTensorType>(square.getType()).getRank();
    if (rank > 0)
      square =
          ReduceSumOp::create(builder, loc, square, llvm::to_vector(llvm::seq<int64_t>(0, rank)),
                              /*keepdim=*/false);
    squares = squares ? AddOp::create(builder, loc, squares, square).getResult() : square;
  }
  norm = SqrtOp::create(builder, loc, squares);
  if (scale)
    norm = MulOp::create(builder, loc, norm, scale);
  Value bound = castTo(builder, loc, step.getScalar(ScalarRole::MaxGradNorm), builder.getF32Type());
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
  SmallVector<StringRef> slots = optimizer.getStateSlots();
  SmallVector<std::pair<std::string, Value>> newState;
  for (auto [parameter, gradient] : gradients) {
    Value value = step.getStorage(parameter.getSymNameAttr(), parameter.getType());
    SmallVector<std::string> names;
    SmallVector<Value> state;
    for (StringRef slot : slots) {
      names.push_back((parameter.getSymName() + "." + slot).str());
      state.push_back(step.getState(names.back(), parameter.getType()));
    }
    Value scaled = scaleBy(builder, parameter.getLoc(), gradient, scale);
    SmallVector<Value> updated = optimizer.buildUpdate(builder, parameter.getLoc(), value, scaled,
                                                       state, scalars, parameter.getDecay());
    step.addResult(updated[0], kParameterAttr, FlatSymbolRefAttr::get(parameter.getSymNameAttr()));
    for (auto [name, newValue] : llvm::zip_equal(names, ArrayRef(updated).drop_front()))
      newState.push_back({name, newValue});
  }
  for (auto &[name, value] : newState)
    step.addResult(value, kStateAttr, builder.getStringAttr(name));
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

std::string getAccumulatorName(ParameterOp parameter) {
  return "grad." + parameter.getSymName().str();
}
constexpr llvm::StringLiteral kSumAccumulator = "accumulated.loss_sum";
constexpr llvm::StringLiteral kWeightAccumulator = "accumulated.loss_weight";

LogicalResult TrainStepBuilder::buildAccumulateStep() {
  StepBuilder step(model, loss, "accumulate_step");
  FailureOr<LossTerms> terms = buildGradients(step);
  if (failed(terms))
    return failure();
  OpBuilder &builder = step.getBuilder();
  auto accumulate = [&](StringRef name, Value value) {
    Value before = step.getState(name, value.getType());
    Value after = AddOp::create(builder, value.getLoc(), before, value);
    step.addResult(after, kStateAttr, builder.getStringAttr(name));
  };
  for (auto [parameter, gradient] : terms->gradients) {
    accumulate(getAccumulatorName(parameter), gradient);
    accumulated.push_back(parameter);
  }
  accumulate(kSumAccumulator, terms->sum);
  accumulate(kWeightAccumulator, terms->weight);
  for (auto [name, value] : terms->buffers)
    step.addResult(value, kParameterAttr, FlatSymbolRefAttr::get(name));
  addLossOutputs(step, terms->sum, terms->weight, {});
  finish(step);
  return success();
}

void TrainStepBuilder::buildApplyStep() {
  StepBuilder step(model, loss, "apply_step", /*isPerBucket=*/false);
  OpBuilder &builder = step.getBuilder();
  SmallVector<std::pair<std::string, Type>> accumulators;
  SmallVector<GradientOf> gradients;
  for (ParameterOp parameter : accumulated) {
    accumulators.push_back({getAccumulatorName(parameter), parameter.getType()});
    // Optimizer state comes first, as in @train_step.
    for (StringRef slot : optimizer.getStateSlots())
      step.getState((parameter.getSymName() + "." + slot).str(), parameter.getType());
  }
  for (auto [parameter, accumulator] : llvm::zip_equal(accumulated, accumulators))
    gradients.push_back({parameter, step.getState(accumulator.first, accumulator.second)});
  Type scalar = getScalarType(builder.getF32Type());
  Value sum = step.getState(kSumAccumulator, scalar);
  Value weight = step.getState(kWeightAccumulator, scalar);
  accumulators.push_back({kSumAccumulator.str(), scalar});
  accumulators.push_back({kWeightAccumulator.str(), scalar});

  Value norm;
  Value scale = buildScale(step, gradients, weight, norm);
  buildUpdates(step, gradients, scale);
  for (auto &[name, type] : accumulators) {
    Value zero = ConstantOp::create(builder, step.getLoc(), cast<RankedTensorType>(type), 0.0);
    step.addResult(zero, kStateAttr, builder.getStringAttr(name));
  }
  addLossOutputs(step, sum, weight, norm);
  finish(step);
}

LogicalResult TrainStepBuilder::buildEvalStep() {
  StepBuilder step(model, loss, "eval_step");
  FailureOr<LossTerms> terms = buildLossTerms(step);
  if (failed(terms))
    return failure();
  addLossOutputs(step, terms->sum, terms->weight, {});
  if (logits) {
    FailureOr<FlatResults> results = step.inlineFlat(logits);
    if (failed(results))
      return failure();
    for (auto [value, name] : llvm::zip_equal(results->values, results->names))
      step.addOutput(value, name);
  }
  step.useEvaluationForm();
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
  func::FuncOp logits;
};

struct BuildTrainStep : impl::BuildTrainStepBase<BuildTrainStep> {
  using BuildTrainStepBase::BuildTrainStepBase;

  void runOnOperation() override {
    ModelOp model = getOperation();
    if (!optimizer.empty() && failed(overrideOptimizer(model)))
      return signalPassFailure();
    llvm::MapVector<Attribute, BucketFunctions> buckets = collectBuckets(model);
    bool hasLoss = llvm::any_of(buckets, [](auto &bucket) { return !!bucket.second.loss; });
    if (model.getOptimizer() && !hasLoss) {
      model.emitOpError("expected a function @loss for the optimizer ")
          << *model.getOptimizer() << " to minimize, got none";
      return signalPassFailure();
    }
    bool isFirst = true;
    for (auto &[bucket, functions] : buckets)
      if (failed(build(model, functions, std::exchange(isFirst, false))))
        return signalPassFailure();
    for (auto &[bucket, functions] : buckets) {
      if (functions.loss)
        functions.loss.erase();
      if (functions.logits)
        functions.logits.erase();
    }
    for (auto function : model.getBody().getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal())
        recordIndexRanges(function);
  }

  llvm::MapVector<Attribute, BucketFunctions> collectBuckets(ModelOp model) {
    llvm::MapVector<Attribute, BucketFunctions> buckets;
    for (auto function : model.getBody().getOps<func::FuncOp>()) {
      auto entry = function->getAttrOfType<StringAttr>(kEntryAttr);
      StringRef name = entry ? entry.getValue() : function.getName();
      if (function.isExternal() || (name != "loss" && name != "logits"))
        continue;
      BucketFunctions &functions = buckets[function->getAttr(kBucketAttr)];
      (name == "loss" ? functions.loss : functions.logits) = function;
    }
    return buckets;
  }

  LogicalResult build(ModelOp model, BucketFunctions functions, bool isFirst) {
    auto attr = dyn_cast_or_null<OptimizerAttrInterface>(model.getOptimizerAttr());
    TrainStepBuilder steps(model, functions.loss, functions.logits, attr, clipGradients);
    if (functions.loss) {
      if (failed(steps.verifyLoss()))
        return failure();
      if (attr) {
        FailureOr<unsigned> updates = steps.buildTrainStep();
        if (failed(updates))
          return failure();
        numUpdates += *updates;
        ++numSteps;
        if (accumulateGradients && failed(buildAccumulation(steps, isFirst)))
          return failure();
      }
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
