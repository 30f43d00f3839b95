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

LogicalResult weft::verifyLike(Operation *op, Value like, bool needed) {
  Type resultType = op->getResult(0).getType();
  if (!needed && like)
    return op->emitOpError("expected no operand 'like', since the size of the result ")
           << resultType << " is known without it, got one of type " << like.getType()
           << " (like_c1)";
  if (needed && !like)
    return op->emitOpError(
               "expected an operand 'like' that gives the size of dimension 0 of the result ")
           << resultType << ", got none (like_c2)";
  if (needed && !isDynamicTensor(like.getType()))
    return op->emitOpError("expected an operand 'like' whose dimension 0 is dynamic, got ")
           << like.getType() << " (like_c3)";
  return success();
}
