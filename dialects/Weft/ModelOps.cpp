// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verification of models, parameters and access to them.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace weft;

#define GET_OP_CLASSES
#include "dialects/Weft/ModelOps.cpp.inc"

//===----------------------------------------------------------------------===//
// ModelOp, ParameterOp, BufferOp
//===----------------------------------------------------------------------===//

// Fails where a name of the model's storage means two things, or is none.
static LogicalResult verifyStorageNames(Block &body) {
  llvm::StringMap<Operation *> owners;
  auto add = [&](Operation *op, StringRef what, StringRef name) -> LogicalResult {
    if (std::string fault = describeNameFault(name); !fault.empty())
      return op->emitOpError() << what << ": " << fault;
    auto [owner, isNew] = owners.insert({name, op});
    if (isNew)
      return success();
    return op->emitOpError() << what << ": expected a name that nothing else has, got '" << name
                             << "', which is a name of @"
                             << SymbolTable::getSymbolName(owner->second).getValue();
  };
  auto isStorage = llvm::IsaPred<ParameterOp, BufferOp>;
  for (Operation &op : llvm::make_filter_range(body, isStorage))
    if (failed(add(&op, "name", SymbolTable::getSymbolName(&op).getValue())))
      return failure();
  for (Operation &op : llvm::make_filter_range(body, isStorage))
    if (auto aliases = op.getAttrOfType<ArrayAttr>("aliases"))
      for (StringAttr alias : aliases.getAsRange<StringAttr>())
        if (failed(add(&op, "aliases", alias.getValue())))
          return failure();
  return success();
}

static LogicalResult verifyTensors(Operation *op, StringRef kind, TypeRange types) {
  for (auto [index, type] : llvm::enumerate(types)) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || tensor.getEncoding() || !isElementType(tensor.getElementType()))
      return op->emitOpError() << kind << " " << index
                               << ": expected a ranked tensor of f32, f64, bf16, f16, i64, i32, "
                                  "i8 or i1, got "
                               << type;
    if (std::string fault = describeShapeFault(type); !fault.empty())
      return op->emitOpError() << kind << " " << index << ": " << fault;
  }
  return success();
}

// Passes take it for granted that a model's functions are straight-line code over tensors.
static LogicalResult verifyFunction(func::FuncOp function) {
  if (std::string fault = describeNameFault(function.getName()); !fault.empty())
    return function.emitOpError("name: ") << fault;
  if (failed(verifyTensors(function, "argument", function.getArgumentTypes())) ||
      failed(verifyTensors(function, "result", function.getResultTypes())))
    return failure();
  if (function.isExternal())
    return success();
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected straight-line code (one block), got ")
           << function.getBody().getBlocks().size() << " blocks";
  for (Operation &op : function.getBody().front()) {
    if (isa<func::ReturnOp>(op))
      continue;
    if (op.getNumRegions() || op.hasTrait<OpTrait::IsTerminator>())
      return op.emitOpError("expected ops without regions and a func.return in a model's function");
    if (failed(verifyTensors(&op, "result", op.getResultTypes())))
      return failure();
  }
  return success();
}

// What a run holds from step to step is summed up without overflow.
static LogicalResult verifyStorageSize(ModelOp model) {
  int64_t elements = 0;
  for (Operation &op : model.getBody().front()) {
    auto type = op.getAttrOfType<TypeAttr>("type");
    if (!isa<ParameterOp, BufferOp>(op))
      continue;
    elements += cast<RankedTensorType>(type.getValue()).getNumElements();
    if (elements > kMaxElements)
      return op.emitOpError("expected at most ")
             << kMaxElements << " elements in all parameters and buffers, got " << elements
             << " up to here";
  }
  return success();
}

LogicalResult ModelOp::verifyRegions() {
  Block &body = getBody().front();
  if (std::string fault = describeNameFault(getSymName()); !fault.empty())
    return emitOpError("name: ") << fault;
  if (std::optional<StringRef> architecture = getArchitecture())
    if (std::string fault = describeNameFault(*architecture); !fault.empty())
      return emitOpError("architecture: ") << fault;
  for (Operation &op : body) {
    if (!isa<ParameterOp, BufferOp, func::FuncOp>(op))
      return op.emitOpError("expected a parameter, a buffer or a function in a model, got '")
             << op.getName() << "'";
    if (auto function = dyn_cast<func::FuncOp>(op); function && failed(verifyFunction(function)))
      return failure();
  }
  if (failed(verifyStorageSize(*this)))
    return failure();
  return verifyStorageNames(body);
}

static LogicalResult verifyStorage(Operation *op, Type type, Attribute init) {
  auto tensor = cast<RankedTensorType>(type);
  if (!tensor.hasStaticShape())
    return op->emitOpError("expected a static shape, got ") << tensor;
  if (std::string fault = describeShapeFault(tensor); !fault.empty())
    return op->emitOpError() << fault;
  if (auto values = dyn_cast<DenseElementsAttr>(init)) {
    if (values.getType() != tensor)
      return op->emitOpError("expected an initializer of type ")
             << tensor << ", got " << values.getType();
    // The module holds each element of it.
    bool isHeld = !values.isSplat() || !isa<FloatType>(tensor.getElementType());
    if (isHeld && values.getNumElements() > kMaxHeldElements)
      return op->emitOpError("expected a literal of at most ")
             << kMaxHeldElements << " elements, got " << tensor;
    return success();
  }
  if (!isa<InitializerAttrInterface>(init))
    return op->emitOpError(
               "expected an initializer (#weft.kaiming_uniform, #weft.uniform, "
               "#weft.normal, #weft.truncated_normal, #weft.constant or dense<...>), got ")
           << init;
  auto normal = dyn_cast<NormalAttr>(init);
  int64_t rows = tensor.getRank() == 0 ? 0 : tensor.getDimSize(0);
  if (normal && (normal.getZeroRow() < -1 || normal.getZeroRow() >= rows)) // parameter_c1
    return op->emitOpError("expected a zero_row below the ")
           << rows << " rows of " << tensor << ", got " << normal.getZeroRow();
  return success();
}

LogicalResult ParameterOp::verify() { return verifyStorage(*this, getType(), getInit()); }
LogicalResult BufferOp::verify() { return verifyStorage(*this, getType(), getInit()); }

//===----------------------------------------------------------------------===//
// ReadOp, WriteOp
//===----------------------------------------------------------------------===//

// The symbol in the model around `op`, or null.
static Operation *lookupInModel(Operation *op, SymbolTableCollection &tables,
                                FlatSymbolRefAttr symbol) {
  auto model = op->getParentOfType<ModelOp>();
  return model ? tables.lookupSymbolIn(model, symbol) : nullptr;
}

static Type getStorageType(Operation *storage) {
  return TypeSwitch<Operation *, Type>(storage)
      .Case<ParameterOp, BufferOp>([](auto op) { return op.getType(); })
      .Default([](Operation *) { return Type(); });
}

LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &tables) {
  Operation *storage = lookupInModel(*this, tables, getStorageAttr());
  Type type = storage ? getStorageType(storage) : Type();
  if (!type)
    return emitOpError("expected a parameter or buffer of the model, got ") << getStorageAttr();
  if (type != getType())
    return emitOpError("expected type ")
           << type << ", as " << getStorageAttr() << " is declared, got " << getType();
  return success();
}

LogicalResult WriteOp::verifySymbolUses(SymbolTableCollection &tables) {
  auto buffer = dyn_cast_or_null<BufferOp>(lookupInModel(*this, tables, getStorageAttr()));
  if (!buffer)
    return emitOpError("expected a buffer of the model, got ") << getStorageAttr();
  if (buffer.getType() != getValue().getType())
    return emitOpError("expected type ") << buffer.getType() << ", as " << getStorageAttr()
                                         << " is declared, got " << getValue().getType();
  return success();
}

//===----------------------------------------------------------------------===//
// ValueAndGradOp
//===----------------------------------------------------------------------===//

// The type of the value that an entry of `wrt` names, or null after an error.
static Type getWrtType(ValueAndGradOp op, SymbolTableCollection &tables, Attribute entry) {
  if (auto symbol = dyn_cast<FlatSymbolRefAttr>(entry)) {
    if (auto parameter = dyn_cast_or_null<ParameterOp>(lookupInModel(op, tables, symbol)))
      return parameter.getType();
    op.emitOpError("wrt: expected a parameter of the model, got ") << entry;
    return {};
  }
  auto number = dyn_cast<IntegerAttr>(entry);
  if (number && number.getType().isSignlessInteger(64) && number.getInt() >= 0 &&
      number.getInt() < static_cast<int64_t>(op.getOperands().size()))
    return op.getOperands()[number.getInt()].getType();
  op.emitOpError("wrt: expected a parameter or the number of one of the ")
      << op.getOperands().size() << " operands, got " << entry;
  return {};
}

LogicalResult ValueAndGradOp::verifySymbolUses(SymbolTableCollection &tables) {
  auto callee = dyn_cast_or_null<func::FuncOp>(lookupInModel(*this, tables, getCalleeAttr()));
  if (!callee)
    return emitOpError("expected a function of the model, got ") << getCalleeAttr();
  FunctionType type = callee.getFunctionType();
  if (TypeRange(type.getInputs()) != TypeRange(getOperands()))
    return emitOpError("expected operands of types ")
           << type.getInputs() << ", got " << TypeRange(getOperands());
  auto value = type.getNumResults() ? dyn_cast<RankedTensorType>(type.getResult(0)) : nullptr;
  if (!value || value.getRank() != 0 || !isa<FloatType>(value.getElementType()))
    return emitOpError("expected a callee whose first result is a floating-point scalar, got ")
           << type.getResults();
  SmallVector<Type> expected(type.getResults());
  for (Attribute entry : getWrt()) {
    Type wrtType = getWrtType(*this, tables, entry);
    if (!wrtType)
      return failure();
    if (!isa<FloatType>(cast<RankedTensorType>(wrtType).getElementType()))
      return emitOpError("wrt: expected a floating-point tensor, got ")
             << entry << " of type " << wrtType;
    expected.push_back(wrtType);
  }
  if (TypeRange(expected) != TypeRange(getResults()))
    return emitOpError("expected results of types ")
           << TypeRange(expected) << ", got " << TypeRange(getResults());
  return success();
}

//===----------------------------------------------------------------------===//
// DispatchOp
//===----------------------------------------------------------------------===//

LogicalResult DispatchOp::verifySymbolUses(SymbolTableCollection &tables) {
  auto kernel = dyn_cast_or_null<func::FuncOp>(lookupInModel(*this, tables, getKernelAttr()));
  if (!kernel)
    return emitOpError("expected a function of the model, got ") << getKernelAttr();
  FunctionType type = kernel.getFunctionType();
  SmallVector<Type> inputs(getOperandTypes());
  inputs.append(getConstants().size(),
                RankedTensorType::get({}, IntegerType::get(getContext(), 64)));
  if (TypeRange(type.getInputs()) != TypeRange(inputs) ||
      TypeRange(type.getResults()) != TypeRange(getResults()))
    return emitOpError("expected the type ")
           << type << " of " << getKernelAttr() << ", got " << TypeRange(inputs) << " -> "
           << TypeRange(getResults());
  if (!kernel.getBody().getOps<DispatchOp>().empty())
    return emitOpError("expected a kernel without dispatches of its own, got ") << getKernelAttr();
  return success();
}
