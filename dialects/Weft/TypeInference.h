// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the families share in inferring the types of results.
#ifndef WEFT_DIALECT_TYPEINFERENCE_H
#define WEFT_DIALECT_TYPEINFERENCE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

#include <optional>

namespace weft {

// Starts the error of an op that may not exist yet, in the words of emitOpError. Silent without a
// location, as type inference asks for.
class InferenceError {
public:
  InferenceError(std::optional<mlir::Location> location, llvm::StringRef opName)
      : location(location), opName(opName) {}

  mlir::InFlightDiagnostic operator()() const {
    if (!location)
      return {};
    return mlir::emitError(*location) << "'" << opName << "' op ";
  }

private:
  std::optional<mlir::Location> location;
  llvm::StringRef opName;
};

// A dimension in a message: its size, or `?`.
struct DimText {
  explicit DimText(int64_t size) : size(size) {}
  int64_t size;
};
inline mlir::InFlightDiagnostic &&operator<<(mlir::InFlightDiagnostic &&diagnostic, DimText dim) {
  if (mlir::ShapedType::isDynamic(dim.size))
    diagnostic << "?";
  else
    diagnostic << dim.size;
  return std::move(diagnostic);
}

// Whether no dimension but the outermost is dynamic.
inline bool hasStaticInnerDims(llvm::ArrayRef<int64_t> shape) {
  return shape.empty() || llvm::none_of(shape.drop_front(), mlir::ShapedType::isDynamic);
}

} // namespace weft

#endif
