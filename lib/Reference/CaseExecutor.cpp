// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The registry of executors, and the one that is always there.
#include "weft/Reference/CaseExecutor.h"

#include "weft/Reference/Interpreter.h"

using namespace mlir;

namespace weft {

CaseExecutor::~CaseExecutor() = default;

namespace {
struct ReferenceExecutor : CaseExecutor {
  LogicalResult evaluate(func::FuncOp function, ArrayRef<ReferenceTensor> inputs,
                         SmallVectorImpl<ReferenceTensor> &results) override {
    return Interpreter().evaluate(function, inputs, results);
  }
};
} // namespace

using Registry = SmallVector<std::pair<std::string, CaseExecutorFactory>>;

static Registry &getRegistry() {
  static Registry registry = {{"reference", [] { return std::make_unique<ReferenceExecutor>(); }}};
  return registry;
}

void registerCaseExecutor(StringRef name, CaseExecutorFactory factory) {
  getRegistry().emplace_back(name.str(), std::move(factory));
}

SmallVector<StringRef> getCaseExecutorNames() {
  return llvm::map_to_vector(getRegistry(), [](auto &entry) { return StringRef(entry.first); });
}

std::unique_ptr<CaseExecutor> createCaseExecutor(StringRef name) {
  for (auto &[known, factory] : getRegistry())
    if (known == name)
      return factory();
  return nullptr;
}

} // namespace weft
