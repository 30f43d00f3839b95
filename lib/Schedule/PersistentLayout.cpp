// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The persistent arena: declarations give parameters and buffers, the arguments of entry functions
// give physical layouts and state.
#include "weft/Schedule/PersistentLayout.h"
#include "dialects/Exec/Exec.h"

using namespace mlir;

namespace weft {

static StringRef getStorage(Attribute parameter, Attribute state) {
  if (auto symbol = dyn_cast_or_null<FlatSymbolRefAttr>(parameter))
    return symbol.getValue();
  if (auto name = dyn_cast_or_null<StringAttr>(state))
    return name.getValue();
  return {};
}

StringRef getArgumentStorage(func::FuncOp function, unsigned argument) {
  return getStorage(function.getArgAttr(argument, kParameterAttr),
                    function.getArgAttr(argument, kStateAttr));
}

StringRef getResultStorage(func::FuncOp function, unsigned result) {
  return getStorage(function.getResultAttr(result, kParameterAttr),
                    function.getResultAttr(result, kStateAttr));
}

int64_t getElementBytes(Type elementType) { return (elementType.getIntOrFloatBitWidth() + 7) / 8; }

void PersistentLayout::addDeclarations(ModelOp model) {
  auto add = [&](Operation *op, StringRef name, Type type, PersistentVariable::Kind kind) {
    PersistentVariable variable;
    variable.name = name.str();
    variable.kind = kind;
    variable.type = cast<RankedTensorType>(type);
    variable.declaration = op;
    byName[name] = variables.size();
    variables.push_back(std::move(variable));
  };
  for (bool decays : {true, false})
    for (auto parameter : model.getOps<ParameterOp>())
      if (parameter.getDecay() == decays)
        add(parameter, parameter.getSymName(), parameter.getType(),
            PersistentVariable::Kind::Parameter);
  for (auto buffer : model.getOps<BufferOp>())
    add(buffer, buffer.getSymName(), buffer.getType(), PersistentVariable::Kind::Buffer);
}

LogicalResult PersistentLayout::addState(func::FuncOp function, unsigned argument,
                                         StringAttr name) {
  PersistentVariable variable;
  variable.name = name.str();
  variable.type = cast<RankedTensorType>(function.getArgumentTypes()[argument]);
  StringRef rest = name.getValue();
  // Sums over micro-batches: of each gradient, and of the loss and its weight.
  bool isAccumulator = rest.consume_front("grad.") || rest.starts_with("accumulated.");
  variable.kind = isAccumulator ? PersistentVariable::Kind::GradientAccumulator
                                : PersistentVariable::Kind::OptimizerState;
  for (auto [index, other] : llvm::enumerate(variables)) {
    if (other.kind != PersistentVariable::Kind::Parameter)
      continue;
    StringRef slot = rest;
    if (isAccumulator && rest == other.name)
      variable.parameter = index;
    if (!isAccumulator && slot.consume_front(other.name) && slot.consume_front(".") &&
        !slot.contains('.')) {
      variable.parameter = index;
      variable.slot = slot.str();
    }
  }
  if (!isAccumulator && variable.parameter < 0)
    return function.emitError("argument ") << argument
                                           << ": expected state named '<parameter>.<slot>', "
                                              "'grad.<parameter>' or 'accumulated.<what>', got '"
                                           << name.getValue() << "'";
  byName[name.getValue()] = variables.size();
  variables.push_back(std::move(variable));
  return success();
}

LogicalResult PersistentLayout::addLayoutsAndStates(func::FuncOp function) {
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    StringRef name = getArgumentStorage(function, i);
    if (name.empty())
      continue;
    if (!byName.contains(name)) {
      auto state = function.getArgAttrOfType<StringAttr>(i, kStateAttr);
      if (!state)
        return function.emitError("argument ")
               << i << ": expected a parameter or buffer of the model, got @" << name;
      if (failed(addState(function, i, state)))
        return failure();
    }
    PersistentVariable &variable = variables[byName[name]];
    if (auto layout = function.getArgAttrOfType<DenseI64ArrayAttr>(i, kLayoutAttr)) {
      variable.layout = SmallVector<int64_t>(layout.asArrayRef());
      variable.type = cast<RankedTensorType>(function.getArgumentTypes()[i]);
    }
  }
  return success();
}

void PersistentLayout::assignOffsets() {
  for (PersistentVariable &variable : variables) {
    variable.offset = bytes;
    int64_t size = variable.type.getNumElements() * getElementBytes(variable.type.getElementType());
    bytes += llvm::alignTo(size, exec::kSlotAlignment);
  }
}

FailureOr<PersistentLayout> PersistentLayout::compute(ModelOp model) {
  PersistentLayout layout;
  layout.addDeclarations(model);
  for (auto function : model.getOps<func::FuncOp>())
    if (failed(layout.addLayoutsAndStates(function)))
      return failure();
  layout.assignOffsets();
  return layout;
}

const PersistentVariable *PersistentLayout::lookup(StringRef name) const {
  auto found = byName.find(name);
  return found == byName.end() ? nullptr : &variables[found->second];
}

} // namespace weft
