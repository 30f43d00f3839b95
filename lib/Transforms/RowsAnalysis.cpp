// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One forward walk: a result has the rows of its operands, but for reshapes, which scale them.
#include "weft/Transforms/RowsAnalysis.h"
#include "dialects/Weft/Weft.h"

using namespace mlir;
using namespace weft;

static bool isDynamic(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() > 0 && type.isDynamicDim(0);
}

// Elements of one row.
static int64_t getRowElements(Value value) {
  int64_t elements = 1;
  for (int64_t size : cast<RankedTensorType>(value.getType()).getShape().drop_front())
    elements *= size;
  return elements;
}

// Names the type if a dimension other than the outermost has no size.
static LogicalResult verifyInnerDims(Operation *op, TypeRange types) {
  for (Type type : types) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor && tensor.getRank() > 1 &&
        llvm::any_of(tensor.getShape().drop_front(), ShapedType::isDynamic))
      return op->emitOpError("expected no dynamic dimension but the outermost, got ")
             << type << "; weft-specialize binds the others";
  }
  return success();
}

// The rows on which all dynamic operands agree; those read for their shape count if there is no
// other.
FailureOr<int64_t> RowsAnalysis::getOperandMultiplier(Operation &op) const {
  auto fusable = dyn_cast<FusableOpInterface>(op);
  int64_t ofData = 0, ofShape = 0;
  for (OpOperand &operand : op.getOpOperands()) {
    int64_t multiplier = getMultiplier(operand.get());
    if (!multiplier)
      continue;
    bool isShape = fusable && fusable.isShapeOperand(operand.getOperandNumber());
    int64_t &known = isShape ? ofShape : ofData;
    if (known && known != multiplier)
      return op.emitOpError("expected operands of equally many rows, got ")
             << known << " and " << multiplier << " per sample of the batch";
    known = multiplier;
  }
  return ofData ? ofData : ofShape;
}

LogicalResult RowsAnalysis::visit(Operation &op, SymbolTableCollection &symbols) {
  if (auto dispatch = dyn_cast<DispatchOp>(op)) {
    auto kernel = symbols.lookupNearestSymbolFrom<func::FuncOp>(&op, dispatch.getKernelAttr());
    if (!kernel || kernel.isExternal())
      return op.emitOpError("expected a kernel with a body, got ") << dispatch.getKernelAttr();
    SmallVector<int64_t> operands = llvm::map_to_vector(
        dispatch.getOperands(), [&](Value value) { return getMultiplier(value); });
    operands.append(dispatch.getConstants().size(), 0);
    FailureOr<RowsAnalysis> inner = create(kernel, operands);
    if (failed(inner))
      return failure();
    Operation *terminator = kernel.getBody().front().getTerminator();
    for (auto [result, value] : llvm::zip_equal(op.getResults(), terminator->getOperands()))
      if (int64_t multiplier = inner->getMultiplier(value))
        multipliers[result] = multiplier;
    return success();
  }
  if (op.hasTrait<OpTrait::IsTerminator>())
    return success();
  FailureOr<int64_t> multiplier = getOperandMultiplier(op);
  if (failed(multiplier) || failed(verifyInnerDims(&op, op.getResultTypes())))
    return failure();
  for (Value result : op.getResults()) {
    if (!isDynamic(result))
      continue;
    if (*multiplier == 0)
      return op.emitOpError("has a dynamic dimension 0, but no operand that gives its size");
    int64_t rows = *multiplier;
    int64_t perRow = getRowElements(result);
    if (isa<ReshapeOp>(op)) {
      int64_t elements = rows * getRowElements(op.getOperand(0));
      if (perRow == 0 || elements % perRow != 0)
        return op.emitOpError("expected a result whose rows are a multiple of the batch, got ")
               << elements << " elements per sample in rows of " << perRow;
      rows = elements / perRow;
    }
    // A row of the batch, which may be many rows of the tensor, is within the limits of one.
    if (rows > kMaxRowElements / perRow)
      return op.emitOpError("expected at most ")
             << kMaxRowElements << " elements per sample of the batch, got " << rows << " rows of "
             << result.getType();
    multipliers[result] = rows;
  }
  return success();
}

FailureOr<RowsAnalysis> RowsAnalysis::create(func::FuncOp function,
                                             ArrayRef<int64_t> argumentMultipliers) {
  RowsAnalysis analysis;
  if (failed(verifyInnerDims(function, function.getArgumentTypes())))
    return failure();
  for (BlockArgument argument : function.getBody().front().getArguments())
    if (isDynamic(argument))
      analysis.multipliers[argument] =
          argumentMultipliers.empty() ? 1 : argumentMultipliers[argument.getArgNumber()];
  SymbolTableCollection symbols;
  for (Operation &op : function.getBody().front())
    if (failed(analysis.visit(op, symbols)))
      return failure();
  return analysis;
}
