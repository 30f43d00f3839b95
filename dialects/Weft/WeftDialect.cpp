// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registration of the graph dialect.
#include "dialects/Weft/Weft.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace weft;

#include "dialects/Weft/WeftDialect.cpp.inc"
#include "dialects/Weft/WeftEnums.cpp.inc"

namespace {
// Functions of a model may be inlined into one another.
struct WeftInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final { return true; }
};
} // namespace

void WeftDialect::initialize() {
  addInterfaces<WeftInlinerInterface>();
  registerAttributes();
  registerConstantFolding();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/ModelOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/ElementwiseOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/ContractionOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/ReductionOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/NormalizationOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/AttentionOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/ShapeOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/IndexingOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/LossOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/RandomOps.cpp.inc"
      >();
#define GET_OP_LIST
  addOperations<
#include "dialects/Weft/OptimizerOps.cpp.inc"
      >();
}
