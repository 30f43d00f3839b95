// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters stored transposed where that makes their products cheaper. The values that must change
// with a parameter (its state, its gradient, its new value) are found first; they change only if
// all can.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "weft-choose-layouts"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_CHOOSELAYOUTS
#include "weft/Transforms/Passes.h.inc"

namespace {

RankedTensorType getTransposed(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.clone({tensor.getDimSize(1), tensor.getDimSize(0)});
}

bool isElementwise(Operation *op) {
  auto fusable = dyn_cast<FusableOpInterface>(op);
  return fusable && fusable.getFusionKind() == FusionKind::Elementwise;
}

// A value that can be made again in the other layout for nothing: a number, repeated.
bool isRepeated(Value value) {
  if (auto constant = value.getDefiningOp<ConstantOp>())
    return isa<SplatElementsAttr>(constant.getValue());
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast && !broadcast.getLike() && broadcast.getDimensions().size() <= 1;
}

Value buildTransposed(Value value) {
  OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value);
  RankedTensorType type = getTransposed(value.getType());
  if (auto constant = value.getDefiningOp<ConstantOp>()) {
    auto splat = cast<SplatElementsAttr>(constant.getValue());
    return ConstantOp::create(builder, value.getLoc(), splat.resizeSplat(type));
  }
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  auto dimensions = llvm::map_to_vector(broadcast.getDimensions(), [](int64_t i) { return 1 - i; });
  return BroadcastOp::create(builder, value.getLoc(), type, broadcast.getInput(), dimensions);
}

// All that changes when one parameter is stored transposed.
class Transposition {
public:
  Transposition(ModelOp model, ParameterOp parameter) : model(model), parameter(parameter) {}

  // Products that read the parameter transposed, less those that read it as it is.
  int64_t countVotes();
  // Why the parameter must stay as it is, or nothing; collects what changes.
  std::optional<std::string> plan();
  void apply();

private:
  bool belongsToParameter(Attribute storage, Attribute state);
  void add(Value value);
  std::optional<std::string> visitProducer(Value value);
  std::optional<std::string> visitUse(OpOperand &use);
  void transposeUse(OpOperand &use);
  void transposeProduct(MatmulOp op);

  ModelOp model;
  ParameterOp parameter;
  llvm::SetVector<Value> values;
};

// Whether an argument or result with these attributes is the parameter, its state or its
// accumulator.
bool Transposition::belongsToParameter(Attribute storage, Attribute state) {
  if (storage)
    return cast<FlatSymbolRefAttr>(storage).getValue() == parameter.getSymName();
  auto name = dyn_cast_or_null<StringAttr>(state);
  if (!name)
    return false;
  StringRef slot = name.getValue();
  if (slot.consume_front("grad."))
    return slot == parameter.getSymName();
  auto optimizer = dyn_cast_or_null<OptimizerAttrInterface>(model.getOptimizerAttr());
  return optimizer && slot.consume_front(parameter.getSymName()) && slot.consume_front(".") &&
         llvm::is_contained(optimizer.getStateSlots(), slot);
}

void Transposition::add(Value value) { values.insert(value); }

int64_t Transposition::countVotes() {
  int64_t votes = 0;
  for (auto function : model.getBody().getOps<func::FuncOp>()) {
    for (BlockArgument argument : function.getArguments()) {
      if (!belongsToParameter(function.getArgAttr(argument.getArgNumber(), kParameterAttr), {}))
        continue;
      for (OpOperand &use : argument.getUses())
        if (auto product = dyn_cast<MatmulOp>(use.getOwner());
            product && use.getOperandNumber() == 1)
          votes += product.getTransposeB() ? 1 : -1;
    }
  }
  return votes;
}

std::optional<std::string> Transposition::visitProducer(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    unsigned index = argument.getArgNumber();
    if (belongsToParameter(function.getArgAttr(index, kParameterAttr),
                           function.getArgAttr(index, kStateAttr)))
      return std::nullopt;
    return "it meets another argument";
  }
  Operation *op = value.getDefiningOp();
  if (isa<MatmulOp>(op))
    return std::nullopt;
  if (!isElementwise(op))
    return "it meets a result of " + op->getName().getStringRef().str();
  for (Value operand : op->getOperands())
    if (!isRepeated(operand))
      add(operand);
  return std::nullopt;
}

std::optional<std::string> Transposition::visitUse(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto terminator = dyn_cast<func::ReturnOp>(op)) {
    auto function = cast<func::FuncOp>(op->getParentOp());
    unsigned index = use.getOperandNumber();
    if (belongsToParameter(function.getResultAttr(index, kParameterAttr),
                           function.getResultAttr(index, kStateAttr)))
      return std::nullopt;
    return "it is returned";
  }
  auto reduction = dyn_cast<ReduceSumOp>(op);
  if (isa<MatmulOp>(op) || (reduction && !reduction.getKeepdim()))
    return std::nullopt;
  if (auto permute = dyn_cast<PermuteOp>(op); permute && permute.getDims()[0] == 1)
    return std::nullopt;
  if (!isElementwise(op))
    return "it is read by " + op->getName().getStringRef().str();
  for (Value result : op->getResults())
    add(result);
  return std::nullopt;
}

std::optional<std::string> Transposition::plan() {
  for (auto function : model.getBody().getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    for (BlockArgument argument : function.getArguments()) {
      unsigned index = argument.getArgNumber();
      if (belongsToParameter(function.getArgAttr(index, kParameterAttr),
                             function.getArgAttr(index, kStateAttr)))
        add(argument);
    }
    for (OpOperand &result : function.getBody().front().getTerminator()->getOpOperands()) {
      unsigned index = result.getOperandNumber();
      if (belongsToParameter(function.getResultAttr(index, kParameterAttr),
                             function.getResultAttr(index, kStateAttr)) &&
          !isRepeated(result.get()))
        add(result.get());
    }
  }
  for (size_t i = 0; i < values.size(); ++i) {
    Value value = values[i];
    if (auto reason = visitProducer(value))
      return reason;
    for (OpOperand &use : value.getUses())
      if (auto reason = visitUse(use))
        return reason;
  }
  return std::nullopt;
}

// The transpose of a product is the product of the transposes, in the other order.
void Transposition::transposeProduct(MatmulOp op) {
  Value a = op.getA(), b = op.getB();
  bool transposeA = !op.getTransposeB(), transposeB = !op.getTransposeA();
  op.getAMutable().assign(b);
  op.getBMutable().assign(a);
  op.setTransposeA(transposeA);
  op.setTransposeB(transposeB);
}

void Transposition::transposeUse(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto product = dyn_cast<MatmulOp>(op)) {
    if (use.getOperandNumber() == 0)
      product.setTransposeA(!product.getTransposeA());
    else
      product.setTransposeB(!product.getTransposeB());
  } else if (auto reduction = dyn_cast<ReduceSumOp>(op)) {
    auto dims = llvm::map_to_vector(reduction.getDims(), [](int64_t i) { return 1 - i; });
    llvm::sort(dims);
    reduction.setDims(dims);
  } else if (auto permute = dyn_cast<PermuteOp>(op)) {
    permute.replaceAllUsesWith(permute.getInput());
  }
}

void Transposition::apply() {
  Builder builder(model.getContext());
  Attribute layout = builder.getDenseI64ArrayAttr({1, 0});
  for (Value value : values)
    for (OpOperand &use : llvm::make_early_inc_range(value.getUses()))
      transposeUse(use);
  for (Value value : values) {
    if (auto product = value.getDefiningOp<MatmulOp>())
      transposeProduct(product);
    else if (Operation *op = value.getDefiningOp())
      for (OpOperand &operand : op->getOpOperands())
        if (!values.contains(operand.get()))
          operand.set(buildTransposed(operand.get()));
  }
  for (Value value : values)
    value.setType(getTransposed(value.getType()));
  for (auto function : model.getBody().getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    Operation *terminator = function.getBody().front().getTerminator();
    for (unsigned i : llvm::seq(function.getNumArguments()))
      if (values.contains(function.getArgument(i)))
        function.setArgAttr(i, kLayoutAttr, layout);
    for (OpOperand &result : terminator->getOpOperands()) {
      unsigned i = result.getOperandNumber();
      if (!belongsToParameter(function.getResultAttr(i, kParameterAttr),
                              function.getResultAttr(i, kStateAttr)))
        continue;
      if (!values.contains(result.get()))
        result.set(buildTransposed(result.get()));
      function.setResultAttr(i, kLayoutAttr, layout);
    }
    function.setFunctionType(builder.getFunctionType(function.getBody().front().getArgumentTypes(),
                                                     terminator->getOperandTypes()));
  }
}

// Whether the pass has been here before.
bool hasLayout(ModelOp model, ParameterOp parameter) {
  for (auto function : model.getBody().getOps<func::FuncOp>())
    for (unsigned i : llvm::seq(function.getNumArguments())) {
      auto storage = function.getArgAttrOfType<FlatSymbolRefAttr>(i, kParameterAttr);
      if (storage && storage.getValue() == parameter.getSymName() &&
          function.getArgAttr(i, kLayoutAttr))
        return true;
    }
  return false;
}

struct ChooseLayouts : impl::ChooseLayoutsBase<ChooseLayouts> {
  void runOnOperation() override {
    ModelOp model = getOperation();
    for (auto parameter : model.getBody().getOps<ParameterOp>()) {
      if (cast<RankedTensorType>(parameter.getType()).getRank() != 2 || hasLayout(model, parameter))
        continue;
      Transposition transposition(model, parameter);
      if (transposition.countVotes() <= 0)
        continue;
      if (std::optional<std::string> reason = transposition.plan()) {
        ++numKept;
        LLVM_DEBUG(llvm::dbgs() << "kept " << parameter.getSymName() << ": " << *reason << "\n");
        continue;
      }
      transposition.apply();
      ++numTransposed;
    }
  }
};
} // namespace
} // namespace weft
