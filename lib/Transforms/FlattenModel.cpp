// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a model whose functions call one another and touch its storage to pure functions: the phase
// `flat`.
#include "dialects/Weft/Weft.h"
#include "weft/Transforms/Inlining.h"
#include "weft/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_FLATTENMODEL
#include "weft/Transforms/Passes.h.inc"

namespace {

// Names of storage in the order in which it is declared.
SmallVector<StringAttr> getDeclaredStorage(ModelOp model) {
  SmallVector<StringAttr> names;
  for (Operation &op : model.getBody().front())
    if (isa<ParameterOp, BufferOp>(op))
      names.push_back(SymbolTable::getSymbolName(&op));
  return names;
}

// Makes what one function reads its arguments and what it writes its results. Functions that its
// value_and_grad ops call are done before it.
class Threading {
public:
  Threading(func::FuncOp function, ArrayRef<StringAttr> declared)
      : function(function), declared(declared), body(function.getBody().front()) {}

  // Returns the number of new arguments.
  unsigned threadStorage();
  // Numbers the random ops from `firstId` on and returns how many there are.
  unsigned numberRandomOps(int64_t firstId);

private:
  void collect();
  void addArguments();
  void rewrite(ValueAndGradOp op);
  SmallVector<Value> getOperands(ValueAndGradOp op, func::FuncOp callee);
  void addResults();
  Value getScalar(ScalarRole role);

  func::FuncOp function;
  ArrayRef<StringAttr> declared;
  Block &body;
  // Type of what must come in, and value at the place that the walk has reached.
  llvm::MapVector<StringAttr, Type> needed;
  DenseMap<StringAttr, Value> current;
  DenseSet<StringAttr> written;
  DenseMap<unsigned, Value> scalars; // by role
};

func::FuncOp getCallee(ValueAndGradOp op) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, op.getCalleeAttr());
}

StringAttr getStorage(func::FuncOp function, unsigned argument) {
  auto symbol = function.getArgAttrOfType<FlatSymbolRefAttr>(argument, kParameterAttr);
  return symbol ? symbol.getAttr() : StringAttr();
}

StringAttr getReplacedStorage(func::FuncOp function, unsigned result) {
  auto symbol = function.getResultAttrOfType<FlatSymbolRefAttr>(result, kParameterAttr);
  return symbol ? symbol.getAttr() : StringAttr();
}

void Threading::collect() {
  // Storage that is an argument already: the function was flat when it was parsed.
  for (BlockArgument argument : body.getArguments())
    if (StringAttr name = getStorage(function, argument.getArgNumber()))
      current[name] = argument;
  auto need = [&](StringAttr name, Type type) {
    if (!current.contains(name) && !written.contains(name))
      needed.insert({name, type});
  };
  for (Operation &op : body) {
    if (auto read = dyn_cast<ReadOp>(op))
      need(read.getStorageAttr().getAttr(), read.getType());
    if (auto write = dyn_cast<WriteOp>(op))
      written.insert(write.getStorageAttr().getAttr());
    auto gradient = dyn_cast<ValueAndGradOp>(op);
    if (!gradient)
      continue;
    func::FuncOp callee = getCallee(gradient);
    for (unsigned i : llvm::seq(callee.getNumArguments()))
      if (StringAttr name = getStorage(callee, i))
        need(name, callee.getArgumentTypes()[i]);
    for (unsigned i : llvm::seq(callee.getNumResults()))
      if (StringAttr name = getReplacedStorage(callee, i))
        written.insert(name);
  }
}

// All at once: a function's type is as long as its list of arguments.
void Threading::addArguments() {
  Builder builder(function.getContext());
  SmallVector<StringAttr> names;
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  for (StringAttr name : declared) {
    auto entry = needed.find(name);
    if (entry == needed.end())
      continue;
    NamedAttribute attr(kParameterAttr, FlatSymbolRefAttr::get(name));
    names.push_back(name);
    types.push_back(entry->second);
    attributes.push_back(builder.getDictionaryAttr(attr));
  }
  // Inserting in front of other arguments cannot fail.
  SmallVector<unsigned> indices(names.size(), 0);
  SmallVector<Location> locations(names.size(), function.getLoc());
  (void)function.insertArguments(indices, types, attributes, locations);
  for (auto [index, name] : llvm::enumerate(names))
    current[name] = body.getArgument(index);
}

// The argument that is this number of the step, added if it is not there yet.
Value Threading::getScalar(ScalarRole role) {
  if (Value known = scalars.lookup(static_cast<unsigned>(role)))
    return known;
  Value &scalar = scalars[static_cast<unsigned>(role)];
  for (BlockArgument argument : body.getArguments()) {
    auto attr = function.getArgAttrOfType<ScalarRoleAttr>(argument.getArgNumber(), kScalarAttr);
    if (attr && attr.getValue() == role)
      return scalar = argument;
  }
  Builder builder(function.getContext());
  NamedAttribute attr(kScalarAttr, ScalarRoleAttr::get(function.getContext(), role));
  (void)function.insertArgument(function.getNumArguments(),
                                RankedTensorType::get({}, builder.getI64Type()),
                                builder.getDictionaryAttr(attr), function.getLoc());
  return scalar = body.getArguments().back();
}

// What the flat callee takes: storage, the op's own operands, numbers of the step.
SmallVector<Value> Threading::getOperands(ValueAndGradOp op, func::FuncOp callee) {
  SmallVector<Value> operands;
  auto own = op.getOperands().begin();
  for (unsigned i : llvm::seq(callee.getNumArguments())) {
    if (StringAttr name = getStorage(callee, i))
      operands.push_back(current.lookup(name));
    else if (auto scalar = callee.getArgAttrOfType<ScalarRoleAttr>(i, kScalarAttr))
      operands.push_back(getScalar(scalar.getValue()));
    else
      operands.push_back(*own++);
  }
  return operands;
}

void Threading::rewrite(ValueAndGradOp op) {
  func::FuncOp callee = getCallee(op);
  DenseMap<Attribute, int64_t> numbers;
  for (unsigned i : llvm::seq(callee.getNumArguments()))
    if (StringAttr name = getStorage(callee, i))
      numbers[FlatSymbolRefAttr::get(name)] = i;
  OpBuilder builder(op);
  unsigned numOwnResults = op.getNumResults() - op.getWrt().size();
  SmallVector<Attribute> wrt;
  SmallVector<Type> types(callee.getResultTypes());
  SmallVector<Value> replacements(op.getNumResults());
  for (auto [index, entry] : llvm::enumerate(op.getWrt())) {
    unsigned result = numOwnResults + index;
    auto type = cast<RankedTensorType>(op.getResult(result).getType());
    auto number = dyn_cast<IntegerAttr>(entry);
    if (!number && !numbers.contains(entry)) {
      // The callee does not read this parameter.
      replacements[result] = ConstantOp::create(
          builder, op.getLoc(),
          DenseElementsAttr::get(type, builder.getZeroAttr(type.getElementType())));
      continue;
    }
    wrt.push_back(builder.getI64IntegerAttr(number ? number.getInt() + numbers.size()
                                                   : numbers.lookup(entry)));
    types.push_back(type);
  }
  auto flat = ValueAndGradOp::create(builder, op.getLoc(), types, op.getCallee(),
                                     getOperands(op, callee), builder.getArrayAttr(wrt));
  unsigned nextGradient = callee.getNumResults();
  for (auto [index, replacement] : llvm::enumerate(replacements))
    if (!replacement)
      replacement = flat.getResult(index < numOwnResults ? index : nextGradient++);
  for (unsigned i : llvm::seq(callee.getNumResults()))
    if (StringAttr name = getReplacedStorage(callee, i))
      current[name] = flat.getResult(i);
  op.replaceAllUsesWith(replacements);
  op.erase();
}

void Threading::addResults() {
  Builder builder(function.getContext());
  SmallVector<Value> values;
  SmallVector<DictionaryAttr> attributes;
  for (StringAttr name : declared) {
    if (!written.contains(name))
      continue;
    NamedAttribute attr(kParameterAttr, FlatSymbolRefAttr::get(name));
    values.push_back(current.lookup(name));
    attributes.push_back(builder.getDictionaryAttr(attr));
  }
  SmallVector<unsigned> indices(values.size(), function.getNumResults());
  SmallVector<Type> types(ValueRange(values).getTypes());
  (void)function.insertResults(indices, types, attributes);
  cast<func::ReturnOp>(body.getTerminator()).getOperandsMutable().append(values);
}

unsigned Threading::threadStorage() {
  collect();
  addArguments();
  for (Operation &op : llvm::make_early_inc_range(body)) {
    if (auto read = dyn_cast<ReadOp>(op)) {
      read.replaceAllUsesWith(current.lookup(read.getStorageAttr().getAttr()));
      read.erase();
    } else if (auto write = dyn_cast<WriteOp>(op)) {
      current[write.getStorageAttr().getAttr()] = write.getValue();
      write.erase();
    } else if (auto gradient = dyn_cast<ValueAndGradOp>(op)) {
      // It has them all if the model was flat when it was parsed.
      if (gradient.getOperands().size() != getCallee(gradient).getNumArguments())
        rewrite(gradient);
    }
  }
  addResults();
  return needed.size();
}

unsigned Threading::numberRandomOps(int64_t firstId) {
  int64_t id = firstId;
  for (Operation &op : body) {
    auto random = dyn_cast<RandomOpInterface>(op);
    if (random && !random.isNumbered())
      random.setNumber(id++, getScalar(ScalarRole::Seed), getScalar(ScalarRole::Step),
                       getScalar(ScalarRole::SampleOffset));
  }
  return id - firstId;
}

DictionaryAttr withName(DictionaryAttr attributes, StringRef attribute, StringRef name,
                        MLIRContext *context) {
  NamedAttrList list(attributes);
  list.set(attribute, StringAttr::get(context, name));
  return list.getDictionary(context);
}

bool isLoss(func::FuncOp function) {
  return function.getName() == "loss" || function.getName() == "eval_loss";
}

// Names of inputs that the model did not name: "x" for the only input of @logits, its names for the
// inputs that @loss and @eval_loss share with it, "labels" for the only other input of those; else
// "arg0", "arg1" ...
void nameInputs(func::FuncOp function, func::FuncOp logits) {
  SmallVector<unsigned> own;
  for (unsigned i : llvm::seq(function.getNumArguments()))
    if (!function.getArgAttr(i, kParameterAttr) && !function.getArgAttr(i, kScalarAttr))
      own.push_back(i);
  SmallVector<StringAttr> shared;
  if (logits && logits != function)
    for (unsigned i : llvm::seq(logits.getNumArguments()))
      if (auto name = logits.getArgAttrOfType<StringAttr>(i, kInputAttr))
        shared.push_back(name);
  SmallVector<DictionaryAttr> attributes;
  function.getAllArgAttrs(attributes);
  for (auto [position, index] : llvm::enumerate(own)) {
    if (function.getArgAttr(index, kInputAttr))
      continue;
    std::string name = "arg" + std::to_string(position);
    if (function == logits && own.size() == 1)
      name = "x";
    else if (isLoss(function) && position < shared.size())
      name = shared[position].str();
    else if (isLoss(function) && position + 1 == own.size() && position == shared.size())
      name = "labels";
    attributes[index] = withName(attributes[index], kInputAttr, name, function.getContext());
  }
  function.setAllArgAttrs(attributes);
}

// Likewise for results: "logits", "loss", else "result0", "result1" ...
void nameOutputs(func::FuncOp function) {
  SmallVector<DictionaryAttr> attributes;
  function.getAllResultAttrs(attributes);
  for (unsigned i : llvm::seq(function.getNumResults())) {
    if (function.getResultAttr(i, kParameterAttr) || function.getResultAttr(i, kOutputAttr))
      continue;
    std::string name = i != 0                           ? "result" + std::to_string(i)
                       : isLoss(function)               ? "loss"
                       : function.getName() == "logits" ? "logits"
                                                        : "result0";
    attributes[i] = withName(attributes[i], kOutputAttr, name, function.getContext());
  }
  function.setAllResultAttrs(attributes);
}

// Two inputs of one name could not be told apart by whoever brings them.
LogicalResult verifyInputNames(func::FuncOp function) {
  DenseMap<Attribute, unsigned> seen;
  for (unsigned i : llvm::seq(function.getNumArguments())) {
    auto name = function.getArgAttrOfType<StringAttr>(i, kInputAttr);
    if (!name)
      continue;
    auto [first, isNew] = seen.insert({name, i});
    if (!isNew)
      return function.emitOpError("expected inputs of different names, got ")
             << name << " for arguments " << first->second << " and " << i;
  }
  return success();
}

struct FlattenModel : impl::FlattenModelBase<FlattenModel> {
  void runOnOperation() override {
    ModelOp model = getOperation();
    FailureOr<SmallVector<func::FuncOp>> order = getFunctionsCalleesFirst(model);
    if (failed(order) || failed(checkInlinedSizes(*order)))
      return signalPassFailure();
    for (func::FuncOp function : *order)
      numInlined += inlineCalls(function);
    eraseUnused(*order);

    SmallVector<StringAttr> declared = getDeclaredStorage(model);
    int64_t nextId = 0;
    for (func::FuncOp function : *order) {
      Threading threading(function, declared);
      numArguments += threading.threadStorage();
      nextId += threading.numberRandomOps(nextId);
    }
    numRandomOps += nextId;
    auto logits = model.lookupSymbol<func::FuncOp>("logits");
    if (logits)
      nameInputs(logits, logits);
    for (func::FuncOp function : *order) {
      if (!function.isPublic())
        continue;
      nameInputs(function, logits);
      nameOutputs(function);
      if (failed(verifyInputNames(function)))
        return signalPassFailure();
    }
  }

  // Private functions that only calls needed.
  void eraseUnused(SmallVectorImpl<func::FuncOp> &order) {
    llvm::StringSet<> needed;
    SmallVector<func::FuncOp> kept;
    for (func::FuncOp function : llvm::reverse(order)) {
      if (!function.isPublic() && !needed.contains(function.getName())) {
        function.erase();
        continue;
      }
      function.walk([&](ValueAndGradOp op) { needed.insert(op.getCallee()); });
      kept.push_back(function);
    }
    order.assign(kept.rbegin(), kept.rend());
  }
};
} // namespace
} // namespace weft
