// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments, results and bodies of step functions.
#include "StepBuilder.h"
#include "dialects/Weft/GraphBuilder.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "weft/Transforms/Inlining.h"

using namespace mlir;
using namespace weft;

StepBuilder::StepBuilder(ModelOp model, func::FuncOp source, StringRef name, bool isPerBucket)
    : model(model), builder(source) {
  // A bucket's suffix is what its name has behind that of the entry.
  auto entry = isPerBucket ? source->getAttrOfType<StringAttr>(kEntryAttr) : StringAttr();
  StringRef suffix = entry ? source.getName().drop_front(entry.size()) : "";
  function = func::FuncOp::create(builder, source.getLoc(), (name + suffix).str(),
                                  builder.getFunctionType({}, {}));
  if (entry) {
    function->setAttr(kEntryAttr, builder.getStringAttr(name));
    function->setAttr(kBucketAttr, source->getAttr(kBucketAttr));
  }
  body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  for (Operation &op : model.getBody().front())
    if (isa<ParameterOp, BufferOp>(op))
      declared.insert({SymbolTable::getSymbolName(&op), declared.size()});
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

Value StepBuilder::addArgument(Section section, unsigned position, Type type,
                               ArrayRef<NamedAttribute> attrs) {
  for (unsigned before : llvm::seq<unsigned>(0, section))
    position += sectionSizes[before];
  ++sectionSizes[section];
  argumentAttrs.insert(argumentAttrs.begin() + position, builder.getDictionaryAttr(attrs));
  return body->insertArgument(position, type, function.getLoc());
}

Value StepBuilder::addArgument(Section section, Type type, StringRef attribute, Attribute value) {
  Value &argument = arguments[section][value];
  if (!argument)
    argument = addArgument(section, sectionSizes[section], type,
                           NamedAttribute(builder.getStringAttr(attribute), value));
  return argument;
}

Value StepBuilder::getStorage(StringAttr name, Type type) {
  auto symbol = FlatSymbolRefAttr::get(name);
  Value &argument = arguments[Storage][symbol];
  if (argument)
    return argument;
  unsigned place = declared.lookup(name);
  auto next = llvm::upper_bound(storageOrder, place);
  unsigned position = next - storageOrder.begin();
  storageOrder.insert(next, place);
  argument = addArgument(Storage, position, type,
                         NamedAttribute(builder.getStringAttr(kParameterAttr), symbol));
  return argument;
}

Value StepBuilder::findStorage(StringAttr name) const {
  return arguments[Storage].lookup(FlatSymbolRefAttr::get(name));
}

Value StepBuilder::getState(Attribute state, Type type) {
  return addArgument(State, type, kStateAttr, state);
}

Value StepBuilder::buildBatchSize() {
  GraphBuilder g(builder, getLoc());
  for (auto &[name, input] : arguments[Input])
    if (cast<RankedTensorType>(input.getType()).getRank() > 0)
      return g.count(input, {0}, builder.getF64Type());
  return g.scalar(builder.getF64Type(), 1);
}

Value StepBuilder::getScalar(ScalarRole role) {
  bool isCount =
      role == ScalarRole::Step || role == ScalarRole::Seed || role == ScalarRole::SampleOffset;
  Type element = isCount ? Type(builder.getI64Type()) : Type(builder.getF64Type());
  return addArgument(Scalar, RankedTensorType::get({}, element), kScalarAttr,
                     ScalarRoleAttr::get(builder.getContext(), role));
}

FailureOr<Value> StepBuilder::getInput(func::FuncOp flat, unsigned index) {
  auto name = flat.getArgAttrOfType<StringAttr>(index, kInputAttr);
  Type type = flat.getArgumentTypes()[index];
  if (!name)
    return flat.emitOpError("argument ")
           << index << ": expected a name (weft.input), as weft-flatten-model gives it, got none";
  Value &argument = arguments[Input][name];
  if (!argument)
    argument = addArgument(Input, sectionSizes[Input], type,
                           DictionaryAttr(flat.getArgAttrDict(index)).getValue());
  if (argument.getType() != type)
    return flat.emitOpError("argument ")
           << index << ": expected type " << argument.getType() << ", which input " << name
           << " has in @loss, got " << type;
  return argument;
}

//===----------------------------------------------------------------------===//
// Bodies and results
//===----------------------------------------------------------------------===//

FailureOr<FlatResults> StepBuilder::inlineFlat(func::FuncOp flat) {
  SmallVector<Value> operands;
  for (auto [index, type] : llvm::enumerate(flat.getArgumentTypes())) {
    if (auto storage = flat.getArgAttrOfType<FlatSymbolRefAttr>(index, kParameterAttr)) {
      operands.push_back(getStorage(storage.getAttr(), type));
    } else if (auto scalar = flat.getArgAttrOfType<ScalarRoleAttr>(index, kScalarAttr)) {
      operands.push_back(getScalar(scalar.getValue()));
    } else {
      FailureOr<Value> input = getInput(flat, index);
      if (failed(input))
        return failure();
      operands.push_back(*input);
    }
  }
  FlatResults flatResults;
  for (auto [index, value] : llvm::enumerate(inlineBody(builder, flat, operands))) {
    if (auto buffer = flat.getResultAttrOfType<FlatSymbolRefAttr>(index, kParameterAttr)) {
      flatResults.buffers.push_back({buffer.getAttr(), value});
      continue;
    }
    auto name = flat.getResultAttrOfType<StringAttr>(index, kOutputAttr);
    flatResults.values.push_back(value);
    flatResults.names.push_back(name ? name : builder.getStringAttr("result" + Twine(index)));
  }
  return flatResults;
}

void StepBuilder::addResult(Value value, StringRef attribute, Attribute attributeValue) {
  results.push_back(value);
  resultAttrs.push_back(
      builder.getDictionaryAttr(NamedAttribute(builder.getStringAttr(attribute), attributeValue)));
}

void StepBuilder::addOutput(Value value, StringRef name) {
  addResult(value, kOutputAttr, builder.getStringAttr(name));
}

void StepBuilder::useEvaluationForm() {
  OpBuilder::InsertionGuard guard(builder);
  for (Operation &op : llvm::make_early_inc_range(*body)) {
    auto training = dyn_cast<TrainingModeOpInterface>(op);
    if (!training)
      continue;
    builder.setInsertionPoint(&op);
    SmallVector<Value> evaluation;
    training.buildEvaluation(builder, evaluation);
    for (auto [result, value] : llvm::zip_equal(op.getResults(), evaluation))
      for (Value &output : results)
        if (output == result)
          output = value;
    op.replaceAllUsesWith(evaluation);
    op.erase();
  }
}

void StepBuilder::eraseDeadCode() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

// Inputs stay: what a caller brings does not depend on what the model makes of it.
void StepBuilder::eraseUnusedArguments() {
  unsigned firstInput = sectionSizes[Storage] + sectionSizes[State];
  unsigned firstScalar = firstInput + sectionSizes[Input];
  for (unsigned i = body->getNumArguments(); i-- > 0;) {
    bool isInput = i >= firstInput && i < firstScalar;
    if (isInput || !body->getArgument(i).use_empty())
      continue;
    body->eraseArgument(i);
    argumentAttrs.erase(argumentAttrs.begin() + i);
  }
}

func::FuncOp StepBuilder::finish() {
  func::ReturnOp::create(builder, function.getLoc(), results);
  eraseDeadCode();
  eraseUnusedArguments();
  function.setFunctionType(
      builder.getFunctionType(body->getArgumentTypes(), ValueRange(results).getTypes()));
  function.setAllArgAttrs(llvm::to_vector_of<Attribute>(argumentAttrs));
  function.setAllResultAttrs(llvm::to_vector_of<Attribute>(resultAttrs));
  return function;
}
