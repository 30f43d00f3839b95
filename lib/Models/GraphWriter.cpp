// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters, functions and layers.
#include "GraphWriter.h"

using namespace mlir;

namespace weft::models {

GraphWriter::GraphWriter(ModelOp model, StringRef file)
    : model(model), builder(OpBuilder::atBlockEnd(&model.getBody().front())),
      fileLoc(FileLineColLoc::get(builder.getStringAttr(file), 1, 1)) {}

Location GraphWriter::at(StringRef name) {
  return NameLoc::get(builder.getStringAttr(name), fileLoc);
}

RankedTensorType GraphWriter::getFloats(ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, builder.getF32Type());
}

RankedTensorType GraphWriter::getIndices(ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, builder.getI32Type());
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

Attribute GraphWriter::getConstant(double value) {
  return ConstantInitAttr::get(builder.getContext(), APFloat(value));
}

Attribute GraphWriter::getNormal(int64_t zeroRow) {
  return NormalAttr::get(builder.getContext(), APFloat(0.0), APFloat(initializerRange), zeroRow);
}

// Each name may also stand without the prefix of the encoder.
static SmallVector<std::string> withoutPrefix(ArrayRef<std::string> names, StringRef prefix) {
  SmallVector<std::string> all;
  for (StringRef name : names) {
    all.push_back(name.str());
    if (!prefix.empty() && name.consume_front(prefix))
      all.push_back(name.str());
  }
  return all;
}

void GraphWriter::declare(const std::string &name, ArrayRef<int64_t> shape, Attribute init,
                          bool decays, ArrayRef<std::string> aliases) {
  SmallVector<std::string> names{name};
  names.append(aliases.begin(), aliases.end());
  SmallVector<std::string> others = withoutPrefix(names, optionalPrefix);
  others.erase(others.begin());
  SmallVector<StringRef> views(others.begin(), others.end());
  RankedTensorType type = getFloats(shape);
  parameterTypes[name] = type;
  ParameterOp::create(builder, at(name), name, type, init, /*trainable=*/true, decays,
                      views.empty() ? ArrayAttr() : builder.getStrArrayAttr(views));
}

void GraphWriter::declareLinear(const std::string &name, int64_t out, int64_t in) {
  declare(name + ".weight", {out, in}, getNormal(), /*decays=*/true, {});
  declareBias(name + ".bias", out);
}

void GraphWriter::declareEmbedding(const std::string &name, int64_t rows, int64_t width,
                                   ArrayRef<std::string> aliases, std::optional<int64_t> padding) {
  declare(name + ".weight", {rows, width}, getNormal(padding.value_or(-1)), /*decays=*/true,
          aliases);
}

// Old files call them gamma and beta.
void GraphWriter::declareLayerNorm(const std::string &name, int64_t width) {
  declare(name + ".weight", {width}, getConstant(1), /*decays=*/false, {name + ".gamma"});
  declare(name + ".bias", {width}, getConstant(0), /*decays=*/false, {name + ".beta"});
}

void GraphWriter::declareBias(const std::string &name, int64_t size,
                              ArrayRef<std::string> aliases) {
  declare(name, {size}, getConstant(0), /*decays=*/false, aliases);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

SmallVector<Value> GraphWriter::beginFunction(StringRef name, bool isPublic,
                                              ArrayRef<Argument> arguments) {
  builder.setInsertionPointToEnd(&model.getBody().front());
  SmallVector<Type> types;
  SmallVector<Location> locs;
  for (const Argument &argument : arguments) {
    types.push_back(argument.type);
    locs.push_back(at(argument.name));
  }
  function = func::FuncOp::create(builder, at(name), name, builder.getFunctionType(types, {}));
  if (!isPublic)
    function.setPrivate();
  Block *body = builder.createBlock(&function.getBody(), {}, types, locs);
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    if (argument.scalar)
      function.setArgAttr(i, kScalarAttr,
                          ScalarRoleAttr::get(builder.getContext(), *argument.scalar));
    if (argument.scalar || (!isPublic && argument.dimensions.empty()))
      continue;
    if (isPublic)
      function.setArgAttr(i, kInputAttr, builder.getStringAttr(argument.name));
    function.setArgAttr(i, kDimsAttr, builder.getStrArrayAttr(argument.dimensions));
  }
  return SmallVector<Value>(body->getArguments());
}

func::FuncOp GraphWriter::endFunction(ArrayRef<Value> results, ArrayRef<StringRef> names) {
  func::ReturnOp::create(builder, fileLoc, results);
  function.setFunctionType(
      builder.getFunctionType(function.getArgumentTypes(), TypeRange(ValueRange(results))));
  for (auto [i, name] : llvm::enumerate(names))
    function.setResultAttr(i, kOutputAttr, builder.getStringAttr(name));
  return function;
}

SmallVector<Value> GraphWriter::call(StringRef name, func::FuncOp callee,
                                     ArrayRef<Value> operands) {
  return SmallVector<Value>(func::CallOp::create(builder, at(name), callee, operands).getResults());
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

Value GraphWriter::read(StringRef name, StringRef parameter) {
  return ReadOp::create(builder, at(name), getParameterType(parameter), parameter);
}

Value GraphWriter::linear(StringRef name, Value x, Value weight, Value bias) {
  return build<LinearOp>(name, x, weight, bias);
}

Value GraphWriter::linear(StringRef name, Value x, const std::string &module) {
  Value weight = read("weight", module + ".weight");
  return linear(name, x, weight, read("bias", module + ".bias"));
}

Value GraphWriter::layerNorm(StringRef name, Value x, Value weight, Value bias, double eps) {
  return build<LayerNormOp>(name, x.getType(), x, weight, bias, builder.getF64FloatAttr(eps));
}

Value GraphWriter::layerNorm(StringRef name, Value x, const std::string &module, double eps) {
  Value weight = read("weight", module + ".weight");
  return layerNorm(name, x, weight, read("bias", module + ".bias"), eps);
}

Value GraphWriter::dropout(StringRef name, Value x, double p) {
  return p > 0 && dropsOut ? build<DropoutOp>(name, x, p) : x;
}

Value GraphWriter::activate(StringRef name, Value x, Activation activation) {
  switch (activation) {
  case Activation::Gelu:
    return build<GeluOp>(name, x);
  case Activation::GeluTanh:
    return build<GeluOp>(name, x, GeluApproximation::Tanh);
  case Activation::Relu:
    return build<ReluOp>(name, x);
  case Activation::Relu6:
    return build<ClampOp>(name, x, builder.getF64FloatAttr(0), builder.getF64FloatAttr(6));
  case Activation::Silu:
    return build<SiluOp>(name, x);
  case Activation::Tanh:
    return build<TanhOp>(name, x);
  case Activation::Sigmoid:
    return build<SigmoidOp>(name, x);
  case Activation::Linear:
    return x;
  }
  llvm_unreachable("an activation without an op");
}

Value GraphWriter::add(StringRef name, Value a, Value b) { return build<AddOp>(name, a, b); }

Value GraphWriter::reshape(StringRef name, Value x, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(x.getType());
  return build<ReshapeOp>(name, RankedTensorType::get(shape, type.getElementType()), x);
}

Value GraphWriter::pick(StringRef name, Value x, int64_t index) {
  auto type = cast<RankedTensorType>(x.getType());
  Value one = build<SliceOp>(name, x, int64_t(1), index, index + 1);
  return reshape(name, one, {ShapedType::kDynamic, type.getDimSize(2)});
}

Value GraphWriter::pickLast(StringRef name, Value x, int64_t index) {
  Value one = build<SliceOp>(name, x, int64_t(2), index, index + 1);
  return reshape(name, one, {ShapedType::kDynamic, ShapedType::kDynamic});
}

} // namespace weft::models
