// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Syntax and verification of the operand `like`.
#include "dialects/Weft/LikeOperand.h"

using namespace mlir;

ParseResult weft::parseLikeAndResultTypes(OpAsmParser &parser, Type &likeType, Type &resultType) {
  if (parser.parseType(resultType))
    return failure();
  if (failed(parser.parseOptionalArrow()))
    return success();
  likeType = resultType;
  return parser.parseType(resultType);
}

void weft::printLikeAndResultTypes(OpAsmPrinter &printer, Operation *, Type likeType,
                                   Type resultType) {
  if (likeType)
    printer << likeType << " -> ";
  printer << resultType;
}

bool weft::isDynamicTensor(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

SmallVector<int64_t> weft::getDynamicDims(Type type) {
  SmallVector<int64_t> dims;
  for (auto [dim, size] : llvm::enumerate(cast<RankedTensorType>(type).getShape()))
    if (ShapedType::isDynamic(size))
      dims.push_back(dim);
  return dims;
}

LogicalResult weft::verifyLike(Operation *op, Value like, ArrayRef<int64_t> unknown) {
  Type resultType = op->getResult(0).getType();
  if (unknown.empty() && like)
    return op->emitOpError("expected no operand 'like', since the size of the result ")
           << resultType << " is known without it, got one of type " << like.getType()
           << " (like_c1)";
  if (!unknown.empty() && !like)
    return op->emitOpError("expected an operand 'like' that gives the size of dimension ")
           << unknown.front() << " of the result " << resultType << ", got none (like_c2)";
  for (int64_t dim : unknown) {
    auto type = cast<RankedTensorType>(like.getType());
    if (dim >= type.getRank() || !type.isDynamicDim(dim))
      return op->emitOpError("expected an operand 'like' whose dimension ")
             << dim << " is dynamic, got " << type << " (like_c3)";
  }
  return success();
}
