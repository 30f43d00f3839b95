// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters stored transposed where that makes their products cheaper. The values that must change
// with a parameter (its state, its gradient, its new value) are found first; they change only if
// all can.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
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

// The parameter that an argument or result with these attributes is, or whose state or accumulator
// it is; empty if none.
StringRef getOwner(DictionaryAttr attributes) {
  Attribute storage = getStorage(attributes);
  FlatSymbolRefAttr owner = storage ? getStorageParameter(storage) : FlatSymbolRefAttr();
  return owner ? owner.getValue() : StringRef();
}

// An argument or a result of a function.
struct Place {
  func::FuncOp function;
  unsigned index;
  bool isResult;

  BlockArgument getArgument() { return function.getArgument(index); }
  OpOperand &getReturned() {
    return function.getBody().front().getTerminator()->getOpOperand(index);
  }
};

// Whose places these are, found once.
class Places {
public:
  explicit Places(ModelOp model);

  // Of the parameter, its state and its accumulator, in the order of functions, arguments first.
  MutableArrayRef<Place> getPlaces(ParameterOp parameter) { return places[parameter.getSymName()]; }
  // Whether the pass has been here before.
  bool hasLayout(ParameterOp parameter) const { return placed.contains(parameter.getSymName()); }
  // Writes down that what a place holds is transposed now.
  void setTransposed(Place place) {
    (place.isResult ? results : arguments)[place.function].push_back(place.index);
  }
  // Makes the functions say so. All at once: their types and attributes are as long as the list of
  // parameters.
  void updateFunctions();

private:
  void add(Place place, DictionaryAttr attributes);
  void updateFunction(func::FuncOp function);

  ModelOp model;
  llvm::StringMap<SmallVector<Place>> places;
  llvm::StringSet<> placed;
  DenseMap<Operation *, SmallVector<unsigned>> arguments, results;
};

Places::Places(ModelOp model) : model(model) {
  for (auto function : model.getBody().getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    for (unsigned i : llvm::seq(function.getNumArguments()))
      add({function, i, /*isResult=*/false}, function.getArgAttrDict(i));
    for (unsigned i : llvm::seq(function.getNumResults()))
      add({function, i, /*isResult=*/true}, function.getResultAttrDict(i));
  }
}

void Places::add(Place place, DictionaryAttr attributes) {
  StringRef owner = getOwner(attributes);
  if (owner.empty())
    return;
  places[owner].push_back(place);
  if (!place.isResult && attributes.contains(kParameterAttr) && attributes.contains(kLayoutAttr))
    placed.insert(owner);
}

void Places::updateFunction(func::FuncOp function) {
  MLIRContext *context = function.getContext();
  NamedAttribute layout(kLayoutAttr, DenseI64ArrayAttr::get(context, {1, 0}));
  auto mark = [&](MutableArrayRef<DictionaryAttr> attributes, ArrayRef<unsigned> indices) {
    for (unsigned index : indices) {
      NamedAttrList list(attributes[index]);
      list.set(layout.getName(), layout.getValue());
      attributes[index] = list.getDictionary(context);
    }
  };
  SmallVector<DictionaryAttr> ofArguments, ofResults;
  function.getAllArgAttrs(ofArguments);
  function.getAllResultAttrs(ofResults);
  mark(ofArguments, arguments.lookup(function));
  mark(ofResults, results.lookup(function));
  function.setAllArgAttrs(ofArguments);
  function.setAllResultAttrs(ofResults);
  Block &body = function.getBody().front();
  function.setFunctionType(
      FunctionType::get(context, body.getArgumentTypes(), body.getTerminator()->getOperandTypes()));
}

void Places::updateFunctions() {
  for (auto function : model.getBody().getOps<func::FuncOp>())
    if (arguments.contains(function) || results.contains(function))
      updateFunction(function);
}

// All that changes when one parameter is stored transposed.
class Transposition {
public:
  Transposition(ParameterOp parameter, Places &places) : parameter(parameter), places(places) {}

  // Products that read the parameter transposed, less those that read it as it is.
  int64_t countVotes();
  // Why the parameter must stay as it is, or nothing; collects what changes.
  std::optional<std::string> plan();
  void apply();

private:
  bool belongsToParameter(DictionaryAttr attributes) {
    return getOwner(attributes) == parameter.getSymName();
  }
  void add(Value value);
  std::optional<std::string> visitProducer(Value value);
  std::optional<std::string> visitUse(OpOperand &use);
  void transposeUse(OpOperand &use);
  void transposeProduct(MatmulOp op);

  ParameterOp parameter;
  Places &places;
  llvm::SetVector<Value> values;
};

void Transposition::add(Value value) { values.insert(value); }

int64_t Transposition::countVotes() {
  int64_t votes = 0;
  for (Place &place : places.getPlaces(parameter)) {
    if (place.isResult || !place.function.getArgAttr(place.index, kParameterAttr))
      continue;
    for (OpOperand &use : place.getArgument().getUses())
      if (auto product = dyn_cast<MatmulOp>(use.getOwner()); product && use.getOperandNumber() == 1)
        votes += product.getTransposeB() ? 1 : -1;
  }
  return votes;
}

std::optional<std::string> Transposition::visitProducer(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    unsigned index = argument.getArgNumber();
    if (belongsToParameter(function.getArgAttrDict(index)))
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
    if (belongsToParameter(function.getResultAttrDict(index)))
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
  for (Place &place : places.getPlaces(parameter))
    if (!place.isResult)
      add(place.getArgument());
    else if (Value returned = place.getReturned().get(); !isRepeated(returned))
      add(returned);
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
  for (Place &place : places.getPlaces(parameter)) {
    if (place.isResult && !values.contains(place.getReturned().get()))
      place.getReturned().set(buildTransposed(place.getReturned().get()));
    places.setTransposed(place);
  }
}

struct ChooseLayouts : impl::ChooseLayoutsBase<ChooseLayouts> {
  void runOnOperation() override {
    ModelOp model = getOperation();
    Places places(model);
    for (auto parameter : model.getBody().getOps<ParameterOp>()) {
      if (cast<RankedTensorType>(parameter.getType()).getRank() != 2 || places.hasLayout(parameter))
        continue;
      Transposition transposition(parameter, places);
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
    places.updateFunctions();
  }
};
} // namespace
} // namespace weft
