// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The persistent arena: declarations give parameters and buffers, the arguments of entry functions
// give physical layouts and state.
#include "weft/Schedule/PersistentLayout.h"
#include "dialects/Exec/Exec.h"

using namespace mlir;

namespace weft {

Attribute getArgumentStorage(func::FuncOp function, unsigned argument) {
  return getStorage(function.getArgAttrDict(argument));
}

Attribute getResultStorage(func::FuncOp function, unsigned result) {
  return getStorage(function.getResultAttrDict(result));
}

int64_t getElementBytes(Type elementType) { return (elementType.getIntOrFloatBitWidth() + 7) / 8; }

void PersistentLayout::addDeclarations(ModelOp model) {
  auto add = [&](Operation *op, StringAttr name, Type type, PersistentVariable::Kind kind) {
    PersistentVariable variable;
    variable.name = name.str();
    variable.kind = kind;
    variable.type = cast<RankedTensorType>(type);
    variable.declaration = op;
    byStorage[FlatSymbolRefAttr::get(name)] = variables.size();
    variables.push_back(std::move(variable));
  };
  for (bool decays : {true, false})
    for (auto parameter : model.getOps<ParameterOp>())
      if (parameter.getDecay() == decays)
        add(parameter, parameter.getSymNameAttr(), parameter.getType(),
            PersistentVariable::Kind::Parameter);
  for (auto buffer : model.getOps<BufferOp>())
    add(buffer, buffer.getSymNameAttr(), buffer.getType(), PersistentVariable::Kind::Buffer);
}

LogicalResult PersistentLayout::addState(func::FuncOp function, unsigned argument,
                                         Attribute state) {
  PersistentVariable variable;
  variable.name = getStorageName(state);
  variable.type = cast<RankedTensorType>(function.getArgumentTypes()[argument]);
  variable.kind = PersistentVariable::Kind::GradientAccumulator;
  if (auto ofOptimizer = dyn_cast<StateAttr>(state)) {
    variable.kind = PersistentVariable::Kind::OptimizerState;
    variable.slot = ofOptimizer.getSlot().str();
  }
  if (FlatSymbolRefAttr parameter = getStorageParameter(state)) {
    auto found = byStorage.find(parameter);
    if (found == byStorage.end() ||
        variables[found->second].kind != PersistentVariable::Kind::Parameter)
      return function.emitError("argument ")
             << argument << ": expected state of a parameter of the model, got " << state;
    variable.parameter = found->second;
  }
  byStorage[state] = variables.size();
  variables.push_back(std::move(variable));
  return success();
}

LogicalResult PersistentLayout::addLayoutsAndStates(func::FuncOp function) {
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    Attribute storage = getArgumentStorage(function, i);
    if (!storage)
      continue;
    if (!byStorage.contains(storage)) {
      if (isa<FlatSymbolRefAttr>(storage))
        return function.emitError("argument ")
               << i << ": expected a parameter or buffer of the model, got " << storage;
      if (failed(addState(function, i, storage)))
        return failure();
    }
    PersistentVariable &variable = variables[byStorage[storage]];
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

const PersistentVariable *PersistentLayout::lookup(Attribute storage) const {
  auto found = byStorage.find(storage);
  return found == byStorage.end() ? nullptr : &variables[found->second];
}

} // namespace weft
