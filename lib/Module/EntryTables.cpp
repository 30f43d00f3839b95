// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variables, inputs and outputs in the module format.
#include "EntryTables.h"
#include "weft/Target/TargetInterface.h"
#include "weft/Transforms/IndexRange.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace weft {

FailureOr<schema::ElementType> toSchema(Location loc, Type type) {
  auto found = TypeSwitch<Type, std::optional<schema::ElementType>>(type)
                   .Case<Float32Type>([](Type) { return schema::ElementType::F32; })
                   .Case<BFloat16Type>([](Type) { return schema::ElementType::BF16; })
                   .Case<Float16Type>([](Type) { return schema::ElementType::F16; })
                   .Case<Float64Type>([](Type) { return schema::ElementType::F64; })
                   .Case<IntegerType>([](IntegerType type) -> std::optional<schema::ElementType> {
                     switch (type.getWidth()) {
                     case 64:
                       return schema::ElementType::I64;
                     case 32:
                       return schema::ElementType::I32;
                     case 8:
                       return schema::ElementType::I8;
                     case 1:
                       return schema::ElementType::I1;
                     default:
                       return std::nullopt;
                     }
                   })
                   .Default(std::nullopt);
  if (!found)
    return emitError(loc) << "expected an element type that a module can hold, got " << type;
  return *found;
}

static std::unique_ptr<schema::InitializerT> buildInitializer(const PersistentVariable &variable) {
  auto table = std::make_unique<schema::InitializerT>();
  if (!variable.declaration)
    return table; // state begins at zero
  Attribute init = TypeSwitch<Operation *, Attribute>(variable.declaration)
                       .Case<ParameterOp, BufferOp>([](auto op) { return op.getInit(); });
  auto values = dyn_cast<DenseElementsAttr>(init);
  if (values && values.isSplat() && isa<FloatType>(values.getElementType())) {
    // As large as it may be, a number of it is enough.
    APFloat value = values.getSplatValue<APFloat>();
    bool losesInfo = false;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    table->kind = schema::InitializerKind::Constant;
    table->a = value.convertToDouble();
    return table;
  }
  if (values) {
    table->kind = schema::InitializerKind::Dense;
    // A splat's raw data is one element.
    int64_t copies = values.isSplat() ? values.getNumElements() : 1;
    for (int64_t i = 0; i < copies; ++i)
      table->values.insert(table->values.end(), values.getRawData().begin(),
                           values.getRawData().end());
    return table;
  }
  auto shape =
      cast<RankedTensorType>(cast<TypeAttr>(variable.declaration->getAttr("type")).getValue())
          .getShape();
  Distribution distribution = cast<InitializerAttrInterface>(init).getDistribution(shape);
  table->kind = static_cast<schema::InitializerKind>(distribution.kind);
  table->a = distribution.a;
  table->b = distribution.b;
  table->zero_row = distribution.zeroRow;
  return table;
}

static_assert(static_cast<int>(Distribution::Kind::Constant) ==
                  static_cast<int>(schema::InitializerKind::Constant) &&
              static_cast<int>(Distribution::Kind::TruncatedNormal) ==
                  static_cast<int>(schema::InitializerKind::TruncatedNormal));

FailureOr<std::unique_ptr<schema::VariableT>> buildVariable(const PersistentVariable &variable) {
  Location loc = variable.declaration ? variable.declaration->getLoc()
                                      : UnknownLoc::get(variable.type.getContext());
  FailureOr<schema::ElementType> type = toSchema(loc, variable.type.getElementType());
  if (failed(type))
    return failure();
  auto table = std::make_unique<schema::VariableT>();
  table->name = variable.name;
  table->kind = static_cast<schema::VariableKind>(variable.kind);
  table->type = *type;
  table->shape.assign(variable.type.getShape().begin(), variable.type.getShape().end());
  table->layout.assign(variable.layout.begin(), variable.layout.end());
  for (auto [physical, logical] : llvm::enumerate(variable.layout))
    table->shape[logical] = variable.type.getDimSize(physical);
  table->offset = variable.offset;
  table->state_of = variable.parameter;
  table->slot = variable.slot;
  table->initializer = buildInitializer(variable);
  if (auto parameter = dyn_cast_or_null<ParameterOp>(variable.declaration)) {
    table->trainable = parameter.getTrainable();
    table->decay = parameter.getDecay();
  }
  if (variable.declaration)
    if (auto aliases = variable.declaration->getAttrOfType<ArrayAttr>("aliases"))
      for (StringAttr alias : aliases.getAsRange<StringAttr>())
        table->aliases.push_back(alias.str());
  return table;
}

// `multiplier` is the rows per batch row of a dynamic dimension; one if absent.
static std::vector<schema::Dimension> buildShape(RankedTensorType type, IntegerAttr multiplier) {
  int64_t rows = multiplier ? multiplier.getInt() : 1;
  std::vector<schema::Dimension> shape;
  for (int64_t size : type.getShape())
    shape.push_back(ShapedType::isDynamic(size) ? schema::Dimension(0, rows)
                                                : schema::Dimension(size, 0));
  return shape;
}

static void addIndexRanges(func::FuncOp function, unsigned number, schema::InputT &table) {
  SmallVector<IndexRun> runs = getRecordedIndexRuns(function, number);
  bool isBounded = false;
  for (const IndexRun &run : runs) {
    if (runs.size() > 1)
      table.index_runs.push_back(schema::IndexRun(
          run.count, run.range ? run.range->low : 0, run.range ? run.range->high : 0,
          run.range ? run.range->ignore.value_or(0) : 0, run.range && run.range->ignore));
    if (!run.range)
      continue;
    table.index_low = isBounded ? std::min(table.index_low, run.range->low) : run.range->low;
    table.index_high = isBounded ? std::max(table.index_high, run.range->high) : run.range->high;
    isBounded = true;
    if (run.range->ignore) {
      table.has_ignore_index = true;
      table.ignore_index = *run.range->ignore;
    }
  }
}

static FailureOr<std::unique_ptr<schema::InputT>> buildInput(func::FuncOp function,
                                                             unsigned number) {
  auto table = std::make_unique<schema::InputT>();
  auto type = cast<RankedTensorType>(function.getArgumentTypes()[number]);
  FailureOr<schema::ElementType> elementType = toSchema(function.getLoc(), type.getElementType());
  if (failed(elementType))
    return failure();
  table->type = *elementType;
  table->shape = buildShape(type, function.getArgAttrOfType<IntegerAttr>(number, kRowsAttrName));
  if (auto scalar = function.getArgAttrOfType<ScalarRoleAttr>(number, kScalarAttr)) {
    table->role = schema::InputRole::Scalar;
    table->scalar = static_cast<schema::ScalarRole>(scalar.getValue());
    table->name = stringifyScalarRole(scalar.getValue()).str();
    return table;
  }
  auto name = function.getArgAttrOfType<StringAttr>(number, kInputAttr);
  table->name = name ? name.str() : ("input" + Twine(number)).str();
  addIndexRanges(function, number, *table);
  if (auto names = function.getArgAttrOfType<ArrayAttr>(number, kDimsAttr)) {
    for (StringAttr dimension : names.getAsRange<StringAttr>())
      table->dimensions.push_back(dimension.str());
    table->dimensions.resize(type.getRank());
  }
  return table;
}

static FailureOr<std::unique_ptr<schema::OutputT>> buildOutput(func::FuncOp function,
                                                               unsigned number) {
  auto table = std::make_unique<schema::OutputT>();
  auto type = cast<RankedTensorType>(function.getResultTypes()[number]);
  FailureOr<schema::ElementType> elementType = toSchema(function.getLoc(), type.getElementType());
  if (failed(elementType))
    return failure();
  auto name = function.getResultAttrOfType<StringAttr>(number, kOutputAttr);
  table->name = name ? name.str() : ("output" + Twine(number)).str();
  table->role = llvm::StringSwitch<schema::OutputRole>(table->name)
                    .Case("loss_sum", schema::OutputRole::LossSum)
                    .Case("loss_weight", schema::OutputRole::LossWeight)
                    .Case("grad_norm", schema::OutputRole::GradNorm)
                    .Case("logits", schema::OutputRole::Logits)
                    .Default(schema::OutputRole::Value);
  table->type = *elementType;
  table->shape = buildShape(type, function.getResultAttrOfType<IntegerAttr>(number, kRowsAttrName));
  return table;
}

FailureOr<std::unique_ptr<schema::BucketT>> buildBucket(func::FuncOp declaration, unsigned number) {
  auto table = std::make_unique<schema::BucketT>();
  table->programs.push_back(number);
  if (auto sizes = declaration->getAttrOfType<DictionaryAttr>(kBucketAttr))
    for (NamedAttribute size : sizes)
      table->values.push_back(cast<IntegerAttr>(size.getValue()).getInt());
  for (unsigned i = 0; i < declaration.getNumArguments(); ++i) {
    if (getArgumentStorage(declaration, i))
      continue;
    auto input = buildInput(declaration, i);
    if (failed(input))
      return failure();
    table->inputs.push_back(std::move(*input));
  }
  for (unsigned i = 0; i < declaration.getNumResults(); ++i) {
    if (getResultStorage(declaration, i))
      continue;
    auto output = buildOutput(declaration, i);
    if (failed(output))
      return failure();
    table->outputs.push_back(std::move(*output));
  }
  return table;
}

schema::EntryRole getEntryRole(StringRef name) {
  return llvm::StringSwitch<schema::EntryRole>(name)
      .Case("train_step", schema::EntryRole::TrainStep)
      .Case("eval_step", schema::EntryRole::EvalStep)
      .Case("predict", schema::EntryRole::Predict)
      .Case("accumulate_step", schema::EntryRole::AccumulateStep)
      .Case("apply_step", schema::EntryRole::ApplyStep)
      .Default(schema::EntryRole::Other);
}

} // namespace weft
