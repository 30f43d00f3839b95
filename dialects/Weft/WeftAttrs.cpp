// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Initializers and the verification of the dialect's attributes. Optimizers' updates are in
// OptimizerAttrs.cpp.
#include "dialects/Weft/Weft.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
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

void weft::printDouble(AsmPrinter &printer, const APFloat &value) { printer.printFloat(value); }

//===----------------------------------------------------------------------===//
// Initializers
//===----------------------------------------------------------------------===//

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
  return success();
}

//===----------------------------------------------------------------------===//
// Attributes of functions' arguments and results
//===----------------------------------------------------------------------===//

static LogicalResult verifyKind(Operation *op, StringRef where, unsigned index,
                                NamedAttribute attr) {
  StringRef name = attr.getName().strref();
  auto expected = [&](StringRef what) {
    return op->emitOpError() << where << " " << index << ": attribute '" << name << "' expected "
                             << what << ", got " << attr.getValue();
  };
  if (name == kParameterAttr && !isa<FlatSymbolRefAttr>(attr.getValue()))
    return expected("the symbol of a parameter or buffer");
  if ((name == kInputAttr || name == kOutputAttr || name == kStateAttr) &&
      !isa<StringAttr>(attr.getValue()))
    return expected("a string");
  if (name == kScalarAttr && !isa<ScalarRoleAttr>(attr.getValue()))
    return expected("#weft.scalar_role<...>");
  if (name == kLayoutAttr && !isa<DenseI64ArrayAttr>(attr.getValue()))
    return expected("array<i64: ...>");
  return success();
}

LogicalResult WeftDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned argIndex,
                                                    NamedAttribute attr) {
  if (attr.getName() != kDimsAttr)
    return verifyKind(op, "argument", argIndex, attr);
  auto function = dyn_cast<FunctionOpInterface>(op);
  auto names = dyn_cast<ArrayAttr>(attr.getValue());
  auto type =
      function ? dyn_cast<RankedTensorType>(function.getArgumentTypes()[argIndex]) : nullptr;
  bool areStrings = names && llvm::all_of(names, llvm::IsaPred<StringAttr>);
  if (!areStrings || !type || static_cast<int64_t>(names.size()) > type.getRank())
    return op->emitOpError() << "argument " << argIndex
                             << ": attribute 'weft.dims' expected at most "
                             << (type ? type.getRank() : 0) << " strings, got " << attr.getValue();
  return success();
}

LogicalResult WeftDialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                       unsigned resultIndex, NamedAttribute attr) {
  return verifyKind(op, "result", resultIndex, attr);
}

LogicalResult WeftDialect::verifyOperationAttribute(Operation *op, NamedAttribute attr) {
  return success();
}
