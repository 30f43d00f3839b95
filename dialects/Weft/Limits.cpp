// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The checks of limits.
#include "dialects/Weft/Limits.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace weft;

std::string weft::describeShapeFault(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return {};
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (tensor.getRank() > kMaxRank) {
    stream << "expected a tensor of rank " << kMaxRank << " at most, got rank " << tensor.getRank();
    return text;
  }
  bool hasRows = tensor.getRank() > 0 && tensor.isDynamicDim(0);
  int64_t limit = hasRows ? kMaxRowElements : kMaxElements;
  int64_t elements = 1;
  for (int64_t size : tensor.getShape()) {
    if (ShapedType::isDynamic(size))
      continue;
    if (size < 1) {
      stream << "expected dimensions of at least 1, got '" << type << "'";
      return text;
    }
    if (llvm::MulOverflow(elements, size, elements) || elements > limit) {
      stream << "expected at most " << limit << " elements" << (hasRows ? " a row" : "")
             << ", got '" << type << "'";
      return text;
    }
  }
  return {};
}

bool weft::isElementType(Type type) {
  return isa<Float32Type, Float64Type, BFloat16Type, Float16Type>(type) ||
         type.isSignlessInteger(64) || type.isSignlessInteger(32) || type.isSignlessInteger(8) ||
         type.isSignlessInteger(1);
}

std::string weft::describeNameFault(StringRef name) {
  if (name.empty())
    return "expected a name of at least one character, got ''";
  if (name.size() > kMaxNameLength)
    return "expected a name of " + std::to_string(kMaxNameLength) + " characters at most, got " +
           std::to_string(name.size());
  auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const auto *control = llvm::find_if(name, isControl);
  if (control != name.end())
    return "expected a name without control characters, got one with the byte " +
           std::to_string(static_cast<unsigned char>(*control));
  return {};
}

LogicalResult weft::detail::verifyTensorLimits(Operation *op) {
  auto check = [&](StringRef kind, TypeRange types) -> LogicalResult {
    for (auto [index, type] : llvm::enumerate(types))
      if (std::string fault = describeShapeFault(type); !fault.empty())
        return op->emitOpError() << kind << " " << index << ": " << fault;
    return success();
  };
  if (failed(check("operand", op->getOperandTypes())))
    return failure();
  return check("result", op->getResultTypes());
}
