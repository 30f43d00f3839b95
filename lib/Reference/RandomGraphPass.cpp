// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random models on the command line.
#include "dialects/Weft/Weft.h"
#include "weft/Reference/Passes.h"
#include "weft/Reference/RandomGraph.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_RANDOMGRAPH
#include "weft/Reference/Passes.h.inc"

namespace {
struct RandomGraph : impl::RandomGraphBase<RandomGraph> {
  using RandomGraphBase::RandomGraphBase;

  void runOnOperation() override {
    ModelOp model = buildRandomGraph(getOperation(), {seed, size, smooth, maxElements, batch});
    model.walk([&](Operation *op) { numOps += op->getDialect() == model->getDialect(); });
    if (gradient)
      for (func::FuncOp function : model.getBody().getOps<func::FuncOp>())
        function->setAttr("case.gradient", UnitAttr::get(&getContext()));
  }
};
} // namespace
} // namespace weft
