// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Initializers and the verification of the dialect's attributes. Optimizers' updates are in
// OptimizerAttrs.cpp.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace weft;

#include "dialects/Weft/WeftAttrInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Weft/WeftAttrs.cpp.inc"

void WeftDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Weft/WeftAttrs.cpp.inc"
      >();
}

FailureOr<APFloat> weft::parseDouble(AsmParser &parser) {
  // As everywhere in MLIR, a hexadecimal number is the bits of a double: how a NaN is written.
  if (StringRef(parser.getCurrentLocation().getPointer(), 2) == "0x") {
    APFloat bits(0.0);
    if (parser.parseFloat(APFloat::IEEEdouble(), bits))
      return failure();
    return bits;
  }
  bool negative = succeeded(parser.parseOptionalMinus());
  double value = 0;
  APInt integer;
  OptionalParseResult isInteger = parser.parseOptionalInteger(integer);
  if (isInteger.has_value()) {
    if (failed(*isInteger))
      return failure();
    value = integer.roundToDouble(/*isSigned=*/true);
  } else if (parser.parseFloat(value)) {
    return failure();
  }
  return APFloat(negative ? -value : value);
}

FailureOr<std::string> weft::parseSlot(AsmParser &parser) {
  std::string slot;
  if (parser.parseKeywordOrString(&slot))
    return failure();
  return slot;
}

void weft::printDouble(AsmPrinter &printer, const APFloat &value) { printer.printFloat(value); }

//===----------------------------------------------------------------------===//
// Initializers
//===----------------------------------------------------------------------===//

// The numbers of a distribution, as the runtime draws from it.
static LogicalResult verifyFinite(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                  const APFloat &value) {
  if (value.isFinite())
    return success();
  return emitError() << "expected " << name << " to be finite, got " << value.convertToDouble();
}

static LogicalResult verifyNormal(function_ref<InFlightDiagnostic()> emitError, const APFloat &mean,
                                  const APFloat &std) {
  if (failed(verifyFinite(emitError, "mean", mean)) || failed(verifyFinite(emitError, "std", std)))
    return failure();
  if (std.convertToDouble() < 0)
    return emitError() << "expected std of at least 0, got " << std.convertToDouble();
  return success();
}

LogicalResult KaimingUniformAttr::verify(function_ref<InFlightDiagnostic()> emitError, APFloat a) {
  return verifyFinite(emitError, "a", a);
}

LogicalResult UniformAttr::verify(function_ref<InFlightDiagnostic()> emitError, APFloat low,
                                  APFloat high) {
  if (failed(verifyFinite(emitError, "low", low)) || failed(verifyFinite(emitError, "high", high)))
    return failure();
  if (low.convertToDouble() > high.convertToDouble())
    return emitError() << "expected low <= high, got " << low.convertToDouble() << " and "
                       << high.convertToDouble();
  return success();
}

LogicalResult NormalAttr::verify(function_ref<InFlightDiagnostic()> emitError, APFloat mean,
                                 APFloat std, int64_t) {
  return verifyNormal(emitError, mean, std);
}

LogicalResult TruncatedNormalAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                          APFloat mean, APFloat std) {
  return verifyNormal(emitError, mean, std);
}

Distribution KaimingUniformAttr::getDistribution(ArrayRef<int64_t> shape) const {
  double fanIn = 1;
  for (int64_t size : shape.drop_front(shape.empty() ? 0 : 1))
    fanIn *= static_cast<double>(size);
  double slope = getA().convertToDouble();
  double bound = std::sqrt(6.0 / ((1 + slope * slope) * fanIn));
  return {Distribution::Kind::Uniform, -bound, bound};
}

Distribution UniformAttr::getDistribution(ArrayRef<int64_t>) const {
  return {Distribution::Kind::Uniform, getLow().convertToDouble(), getHigh().convertToDouble()};
}

Distribution NormalAttr::getDistribution(ArrayRef<int64_t>) const {
  return {Distribution::Kind::Normal, getMean().convertToDouble(), getStd().convertToDouble(),
          getZeroRow()};
}

Distribution TruncatedNormalAttr::getDistribution(ArrayRef<int64_t>) const {
  return {Distribution::Kind::TruncatedNormal, getMean().convertToDouble(),
          getStd().convertToDouble()};
}

Distribution ConstantInitAttr::getDistribution(ArrayRef<int64_t>) const {
  return {Distribution::Kind::Constant, getValue().convertToDouble(), 0};
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

LogicalResult TaskAttr::verify(function_ref<InFlightDiagnostic()> emitError, TaskKind kind,
                               ArrayAttr labels) {
  auto isName = [](Attribute label) {
    auto text = dyn_cast<StringAttr>(label);
    return text && !text.empty();
  };
  if (labels && !llvm::all_of(labels, isName))
    return emitError() << "expected labels that are strings of one character or more, got "
                       << labels;
  for (Attribute label : labels ? labels.getValue() : ArrayRef<Attribute>())
    if (std::string fault = describeNameFault(cast<StringAttr>(label)); !fault.empty())
      return emitError() << "labels: " << fault;
  return success();
}

//===----------------------------------------------------------------------===//
// Storage
//===----------------------------------------------------------------------===//

Attribute weft::getStorage(DictionaryAttr attributes) {
  if (!attributes)
    return nullptr;
  if (Attribute parameter = attributes.get(kParameterAttr))
    return parameter;
  return attributes.get(kStateAttr);
}

FlatSymbolRefAttr weft::getStorageParameter(Attribute storage) {
  return TypeSwitch<Attribute, FlatSymbolRefAttr>(storage)
      .Case<FlatSymbolRefAttr>([](auto symbol) { return symbol; })
      .Case<StateAttr, AccumulatorAttr>([](auto state) { return state.getParameter(); })
      .Default(nullptr);
}

std::string weft::getStorageName(Attribute storage) {
  if (auto part = dyn_cast<LossPartAttr>(storage))
    return "accumulated.loss_" + stringifyLossPart(part.getValue()).str();
  std::string parameter = getStorageParameter(storage).getValue().str();
  if (auto state = dyn_cast<StateAttr>(storage))
    return parameter + "." + state.getSlot().str();
  return isa<AccumulatorAttr>(storage) ? "grad." + parameter : parameter;
}

//===----------------------------------------------------------------------===//
// Attributes of functions' arguments and results
//===----------------------------------------------------------------------===//

// array<i64: low, high> or with a value that is ignored, or an array of them behind their counts,
// which are those of one sample.
static bool isIndexRange(Attribute value) {
  constexpr int64_t kMaxPlaces = int64_t(1) << 20;
  auto one = dyn_cast<DenseI64ArrayAttr>(value);
  auto several = dyn_cast<ArrayAttr>(value);
  if (one)
    return one.size() == 2 || one.size() == 3;
  int64_t places = 0;
  return several && !several.empty() && llvm::all_of(several, [&](Attribute run) {
           auto numbers = dyn_cast<DenseI64ArrayAttr>(run);
           return numbers && (numbers.size() == 3 || numbers.size() == 4) && numbers[0] > 0 &&
                  numbers[0] <= kMaxPlaces && (places += numbers[0]) <= kMaxPlaces;
         });
}

// The type of an argument or result, if it is a tensor.
static RankedTensorType getTensorType(ArrayRef<Type> types, unsigned index) {
  return index < types.size() ? dyn_cast<RankedTensorType>(types[index]) : nullptr;
}

static bool isPermutation(ArrayRef<int64_t> layout, int64_t rank) {
  llvm::SmallBitVector seen(layout.size());
  for (int64_t dimension : layout) {
    if (dimension < 0 || dimension >= static_cast<int64_t>(layout.size()) || seen.test(dimension))
      return false;
    seen.set(dimension);
  }
  return static_cast<int64_t>(layout.size()) == rank;
}

// What an attribute of an argument or result expects in place of its value; empty if it is right.
static std::string describeKindFault(NamedAttribute attr, RankedTensorType type) {
  StringRef name = attr.getName().strref();
  Attribute value = attr.getValue();
  if (name == kParameterAttr && !isa<FlatSymbolRefAttr>(value))
    return "the symbol of a parameter or buffer";
  if ((name == kInputAttr || name == kOutputAttr) && !isa<StringAttr>(value))
    return "a string";
  if (name == kStateAttr && !isa<StateAttr, AccumulatorAttr, LossPartAttr>(value))
    return "#weft.state<@parameter, slot>, #weft.accumulator<@parameter> or "
           "#weft.loss_accumulator<...>";
  auto role = dyn_cast<ScalarRoleAttr>(value);
  if (name == kScalarAttr && !role)
    return "#weft.scalar_role<...>";
  if (name == kScalarAttr) {
    bool isCount = llvm::is_contained(
        {ScalarRole::Step, ScalarRole::Seed, ScalarRole::SampleOffset}, role.getValue());
    bool isOfKind = type && type.getRank() == 0 &&
                    (isCount ? type.getElementType().isSignlessInteger(64)
                             : isa<Float64Type>(type.getElementType()));
    if (!isOfKind)
      return isCount ? "a tensor<i64>" : "a tensor<f64>";
  }
  auto numbers = dyn_cast<DenseI64ArrayAttr>(value);
  if (name == kLayoutAttr && !(numbers && type && isPermutation(numbers, type.getRank())))
    return "array<i64: ...> with each dimension once";
  if (name == kIndexRangeAttr && !isIndexRange(value))
    return "array<i64: low, high> or [array<i64: count, low, high>, ...]";
  return {};
}

static LogicalResult verifyKind(Operation *op, StringRef where, unsigned index, NamedAttribute attr,
                                RankedTensorType type) {
  StringRef name = attr.getName().strref();
  if (std::string expected = describeKindFault(attr, type); !expected.empty())
    return op->emitOpError() << where << " " << index << ": attribute '" << name << "' expected "
                             << expected << ", got " << attr.getValue();
  if (auto text = dyn_cast<StringAttr>(attr.getValue()))
    if (std::string fault = describeNameFault(text); !fault.empty())
      return op->emitOpError() << where << " " << index << ": attribute '" << name << "' " << fault;
  return success();
}

LogicalResult WeftDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned argIndex,
                                                    NamedAttribute attr) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  RankedTensorType type =
      function ? ::getTensorType(function.getArgumentTypes(), argIndex) : nullptr;
  if (attr.getName() != kDimsAttr)
    return verifyKind(op, "argument", argIndex, attr, type);
  auto names = dyn_cast<ArrayAttr>(attr.getValue());
  bool areStrings = names && llvm::all_of(names, llvm::IsaPred<StringAttr>);
  if (!areStrings || !type || static_cast<int64_t>(names.size()) > type.getRank())
    return op->emitOpError() << "argument " << argIndex
                             << ": attribute 'weft.dims' expected at most "
                             << (type ? type.getRank() : 0) << " strings, got " << attr.getValue();
  llvm::StringSet<> seen;
  for (StringAttr name : names.getAsRange<StringAttr>()) {
    if (name.empty())
      continue;
    std::string fault = describeNameFault(name);
    if (fault.empty() && !seen.insert(name).second)
      fault = "expected a name a dimension, got '" + name.str() + "' twice";
    if (!fault.empty())
      return op->emitOpError() << "argument " << argIndex << ": attribute 'weft.dims' " << fault;
  }
  return success();
}

LogicalResult WeftDialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                       unsigned resultIndex, NamedAttribute attr) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  return verifyKind(op, "result", resultIndex, attr,
                    function ? ::getTensorType(function.getResultTypes(), resultIndex) : nullptr);
}

// What a pass leaves on functions and models for later ones.
LogicalResult WeftDialect::verifyOperationAttribute(Operation *op, NamedAttribute attr) {
  StringRef name = attr.getName().strref();
  auto expected = [&](StringRef what) {
    return op->emitOpError() << "attribute '" << name << "' expected " << what << ", got "
                             << attr.getValue();
  };
  auto isSize = [](Attribute value) {
    auto size = dyn_cast<IntegerAttr>(value);
    return size && size.getType().isSignlessInteger(64) && size.getInt() >= 1 &&
           size.getInt() <= kMaxRows;
  };
  if (name == kEntryAttr) {
    auto entry = dyn_cast<StringAttr>(attr.getValue());
    auto function = dyn_cast<func::FuncOp>(op);
    if (!entry || !function || !function.getName().starts_with(entry))
      return expected("the beginning of a function's name");
  }
  if (name == kBucketAttr) {
    auto sizes = dyn_cast<DictionaryAttr>(attr.getValue());
    if (!sizes || !op->hasAttr(kEntryAttr) ||
        !llvm::all_of(sizes, [&](NamedAttribute size) { return isSize(size.getValue()); }))
      return expected("sizes of dimensions beside 'weft.entry'");
  }
  if (name == kTunedBatchAttr && !isSize(attr.getValue()))
    return expected("a size of the batch");
  return success();
}
