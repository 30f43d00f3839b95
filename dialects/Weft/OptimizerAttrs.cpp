// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optimizers as attributes: their state, their numbers, and the update ops that they build.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"

#include <cmath>

using namespace mlir;
using namespace weft;

// The runtime's largest number of a step: whole numbers up to it are exact.
static constexpr double kMaxNumber = 0x1p53;

// Whether `value` is a number of a step that is not negative.
static bool isNonNegative(const APFloat &value) {
  return value.isFinite() && !(value.convertToDouble() < 0) &&
         value.convertToDouble() <= kMaxNumber;
}

// Checks the numbers that all optimizers have.
static LogicalResult verifyNonNegative(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                       const APFloat &value) {
  if (isNonNegative(value))
    return success();
  return emitError() << "expected " << name << " to be finite, at least 0 and at most 2^53, got "
                     << value.convertToDouble();
}

static std::pair<ScalarRole, double> getDefault(ScalarRole role, const APFloat &value) {
  return {role, value.convertToDouble()};
}

//===----------------------------------------------------------------------===//
// SGD
//===----------------------------------------------------------------------===//

LogicalResult SGDAttr::verify(function_ref<InFlightDiagnostic()> emitError, APFloat lr,
                              APFloat momentum, APFloat dampening, APFloat weightDecay,
                              bool nesterov) {
  if (failed(verifyNonNegative(emitError, "lr", lr)) ||
      failed(verifyNonNegative(emitError, "momentum", momentum)) ||
      failed(verifyNonNegative(emitError, "weight_decay", weightDecay)))
    return failure();
  if (!(std::fabs(dampening.convertToDouble()) <= kMaxNumber))
    return emitError() << "expected dampening to be finite, from -2^53 to 2^53, got "
                       << dampening.convertToDouble();
  if (nesterov && (momentum.isZero() || !dampening.isZero()))
    return emitError()
           << "expected a momentum above 0 and no dampening with nesterov, got momentum "
           << momentum.convertToDouble() << " and dampening " << dampening.convertToDouble();
  return success();
}

StringRef SGDAttr::getOptimizerName() const { return "sgd"; }

SmallVector<StringRef> SGDAttr::getStateSlots() const {
  if (getMomentum().isZero())
    return {};
  return {"momentum_buffer"};
}

// Dampening without momentum, or of zero, is no part of the update.
static bool hasDampening(SGDAttr attr) {
  return !attr.getMomentum().isZero() && !attr.getDampening().isZero();
}

SmallVector<ScalarRole> SGDAttr::getScalars() const {
  SmallVector<ScalarRole> roles = {ScalarRole::LearningRate, ScalarRole::WeightDecay};
  if (!getMomentum().isZero())
    roles.push_back(ScalarRole::Momentum);
  if (hasDampening(*this))
    roles.append({ScalarRole::Dampening, ScalarRole::Step});
  return roles;
}

SmallVector<std::pair<ScalarRole, double>> SGDAttr::getDefaults() const {
  SmallVector<std::pair<ScalarRole, double>> defaults = {
      getDefault(ScalarRole::LearningRate, getLr()),
      getDefault(ScalarRole::WeightDecay, getWeightDecay())};
  if (!getMomentum().isZero())
    defaults.push_back(getDefault(ScalarRole::Momentum, getMomentum()));
  if (hasDampening(*this))
    defaults.push_back(getDefault(ScalarRole::Dampening, getDampening()));
  return defaults;
}

SmallVector<Value> SGDAttr::buildUpdate(OpBuilder &builder, Location loc, Value parameter,
                                        Value gradient, ValueRange state, ValueRange scalars,
                                        bool decay) const {
  bool hasMomentum = !getMomentum().isZero();
  bool dampened = hasDampening(*this);
  auto update = SGDUpdateOp::create(builder, loc, parameter, gradient, /*learning_rate=*/scalars[0],
                                    /*weight_decay=*/decay ? scalars[1] : Value(),
                                    /*momentum_buffer=*/hasMomentum ? state[0] : Value(),
                                    /*momentum=*/hasMomentum ? scalars[2] : Value(),
                                    /*dampening=*/dampened ? scalars[3] : Value(),
                                    /*step=*/dampened ? scalars[4] : Value(), getNesterov());
  return llvm::to_vector_of<Value>(update.getResults());
}

//===----------------------------------------------------------------------===//
// Adam and AdamW
//===----------------------------------------------------------------------===//

static LogicalResult verifyAdam(function_ref<InFlightDiagnostic()> emitError, const APFloat &lr,
                                const APFloat &beta1, const APFloat &beta2, const APFloat &eps,
                                const APFloat &weightDecay) {
  if (failed(verifyNonNegative(emitError, "lr", lr)) ||
      failed(verifyNonNegative(emitError, "eps", eps)) ||
      failed(verifyNonNegative(emitError, "weight_decay", weightDecay)))
    return failure();
  for (const APFloat *beta : {&beta1, &beta2})
    if (!isNonNegative(*beta) || beta->convertToDouble() >= 1)
      return emitError() << "expected " << (beta == &beta1 ? "beta1" : "beta2")
                         << " in [0, 1), got " << beta->convertToDouble();
  return success();
}

template <typename AttrT>
static SmallVector<std::pair<ScalarRole, double>> getAdamDefaults(AttrT attr) {
  return {getDefault(ScalarRole::LearningRate, attr.getLr()),
          getDefault(ScalarRole::Beta1, attr.getBeta1()),
          getDefault(ScalarRole::Beta2, attr.getBeta2()),
          getDefault(ScalarRole::Epsilon, attr.getEps()),
          getDefault(ScalarRole::WeightDecay, attr.getWeightDecay())};
}

static SmallVector<ScalarRole> getAdamScalars() {
  return {ScalarRole::LearningRate, ScalarRole::Beta1,           ScalarRole::Beta2,
          ScalarRole::Epsilon,      ScalarRole::BiasCorrection1, ScalarRole::BiasCorrection2,
          ScalarRole::WeightDecay};
}

// `scalars` in the order of getAdamScalars.
template <typename UpdateOp>
static SmallVector<Value> buildAdamUpdate(OpBuilder &builder, Location loc, Value parameter,
                                          Value gradient, ValueRange state, ValueRange scalars,
                                          bool decay) {
  auto update = UpdateOp::create(builder, loc, parameter, gradient, state[0], state[1], scalars[0],
                                 scalars[1], scalars[2], scalars[3], scalars[4], scalars[5],
                                 /*weight_decay=*/decay ? scalars[6] : Value());
  return llvm::to_vector_of<Value>(update->getResults());
}

LogicalResult AdamAttr::verify(function_ref<InFlightDiagnostic()> emitError, APFloat lr,
                               APFloat beta1, APFloat beta2, APFloat eps, APFloat weightDecay) {
  return verifyAdam(emitError, lr, beta1, beta2, eps, weightDecay);
}
StringRef AdamAttr::getOptimizerName() const { return "adam"; }
SmallVector<StringRef> AdamAttr::getStateSlots() const { return {"exp_avg", "exp_avg_sq"}; }
SmallVector<ScalarRole> AdamAttr::getScalars() const { return getAdamScalars(); }
SmallVector<std::pair<ScalarRole, double>> AdamAttr::getDefaults() const {
  return getAdamDefaults(*this);
}
SmallVector<Value> AdamAttr::buildUpdate(OpBuilder &builder, Location loc, Value parameter,
                                         Value gradient, ValueRange state, ValueRange scalars,
                                         bool decay) const {
  return buildAdamUpdate<AdamUpdateOp>(builder, loc, parameter, gradient, state, scalars, decay);
}

LogicalResult AdamWAttr::verify(function_ref<InFlightDiagnostic()> emitError, APFloat lr,
                                APFloat beta1, APFloat beta2, APFloat eps, APFloat weightDecay) {
  return verifyAdam(emitError, lr, beta1, beta2, eps, weightDecay);
}
StringRef AdamWAttr::getOptimizerName() const { return "adamw"; }
SmallVector<StringRef> AdamWAttr::getStateSlots() const { return {"exp_avg", "exp_avg_sq"}; }
SmallVector<ScalarRole> AdamWAttr::getScalars() const { return getAdamScalars(); }
SmallVector<std::pair<ScalarRole, double>> AdamWAttr::getDefaults() const {
  return getAdamDefaults(*this);
}
SmallVector<Value> AdamWAttr::buildUpdate(OpBuilder &builder, Location loc, Value parameter,
                                          Value gradient, ValueRange state, ValueRange scalars,
                                          bool decay) const {
  return buildAdamUpdate<AdamWUpdateOp>(builder, loc, parameter, gradient, state, scalars, decay);
}
