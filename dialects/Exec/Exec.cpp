// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registration and verification of the program dialect.
#include "dialects/Exec/Exec.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace weft::exec;

#include "dialects/Exec/ExecDialect.cpp.inc"
#include "dialects/Exec/ExecEnums.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Exec/ExecTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Exec/ExecAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Exec/ExecOps.cpp.inc"

void ExecDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Exec/ExecTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Exec/ExecAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Exec/ExecOps.cpp.inc"
      >();
}

LogicalResult ProgramOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.empty() || !isa<InterfaceOp>(block.back()))
    return emitOpError("expected 'exec.interface' as its last op");
  for (Operation &op : block) {
    if (op.getDialect() != getOperation()->getDialect() || isa<ProgramOp>(op))
      return op.emitOpError("expected commands and slots only in a program");
    auto slot = dyn_cast<SlotOp>(op);
    if (!slot || (slot.getSpace() != Space::Fixed && slot.getSpace() != Space::Rows))
      continue;
    bool isFixed = slot.getSpace() == Space::Fixed;
    uint64_t end = slot.getOffset() + (isFixed ? slot.getFixed() : slot.getPerRow());
    uint64_t limit = isFixed ? getFixedBytes() : getRowBytes();
    if (end > limit)
      return slot.emitOpError("expected a slot within the ")
             << limit << " bytes of its region, got one that ends at " << end;
  }
  return success();
}

LogicalResult SlotOp::verify() {
  uint64_t unit = getSpace() == Space::Argument ? 1 : kSlotAlignment;
  if (getOffset() % unit)
    return emitOpError("expected an offset that is a multiple of ")
           << unit << ", got " << getOffset();
  if (getPerRow() && getSpace() != Space::Rows && getSpace() != Space::Argument)
    return emitOpError("expected a size per row in the spaces rows and argument only");
  if (getFixed() && getSpace() == Space::Rows)
    return emitOpError("expected a size per row alone in the space rows, got fixed ") << getFixed();
  return success();
}

LogicalResult CopyOp::verify() {
  auto source = getSource().getDefiningOp<SlotOp>();
  auto target = getTarget().getDefiningOp<SlotOp>();
  if (!source || !target)
    return emitOpError("expected slots that exec.slot makes");
  if (source.getFixed() != target.getFixed() || source.getPerRow() != target.getPerRow())
    return emitOpError("expected slots of the same size, got ")
           << source.getFixed() << " + " << source.getPerRow() << " * rows and "
           << target.getFixed() << " + " << target.getPerRow() << " * rows";
  return success();
}

LogicalResult DispatchOp::verifySymbolUses(SymbolTableCollection &tables) {
  if (!tables.lookupNearestSymbolFrom(*this, getKernelAttr()))
    return emitOpError("expected a kernel of the module, got ") << getKernelAttr();
  return success();
}
