// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks the registered ops of the graph dialect: each has numeric cases in test/Ops, and a gradient
// with cases or the word that it has none. An op that is added without them fails here.
#include "TestPaths.h"
#include "dialects/Weft/Weft.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "weft/Reference/OpCases.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace weft;

namespace {

// Ops that compute nothing of their own, and what tests them instead.
const std::pair<StringRef, StringRef> exempt[] = {
    {"weft.model", "a symbol table: test/Dialect/Weft/Model"},
    {"weft.parameter", "a declaration: test/Dialect/Weft/Model"},
    {"weft.buffer", "a declaration: test/Dialect/Weft/Model"},
    {"weft.read", "access to storage: test/Reference/evaluate.mlir"},
    {"weft.write", "access to storage: test/Reference/evaluate.mlir"},
    {"weft.value_and_grad", "expanded before it is evaluated: test/Transforms/differentiate.mlir"},
    {"weft.random_word", "a number in a kernel's body: test/Ops/dropout_mask.mlir"},
    {"weft.guarded_index", "an index in a kernel's body: test/Ops/check_index.mlir"},
    {"weft.dispatch", "a call of a function: test/Reference/evaluate.mlir"},
};

class OpCoverage : public testing::Test {
protected:
  OpCoverage() {
    context.loadDialect<WeftDialect, func::FuncDialect>();
    for (RegisteredOperationName name : context.getRegisteredOperationsByDialect("weft"))
      if (llvm::none_of(exempt, [&](auto &entry) { return entry.first == name.getStringRef(); }))
        names.push_back(name);
  }

  OwningOpRef<ModuleOp> parseCases(RegisteredOperationName name) {
    std::string path = WEFT_TEST_OPS_DIR "/" + name.stripDialect().str() + ".mlir";
    return llvm::sys::fs::exists(path) ? parseSourceFile<ModuleOp>(path, &context) : nullptr;
  }

  // Whether a function of the file that `accepts` takes holds the op.
  static bool hasCase(ModuleOp cases, RegisteredOperationName name,
                      function_ref<bool(func::FuncOp)> accepts) {
    for (func::FuncOp function : collectCaseFunctions(cases)) {
      if (!accepts(function))
        continue;
      WalkResult found = function.walk([&](Operation *op) {
        return op->getName() == name ? WalkResult::interrupt() : WalkResult::advance();
      });
      if (found.wasInterrupted())
        return true;
    }
    return false;
  }

  MLIRContext context;
  std::vector<RegisteredOperationName> names;
};

TEST_F(OpCoverage, ExemptOpsExist) {
  for (auto &[name, reason] : exempt)
    EXPECT_TRUE(RegisteredOperationName::lookup(name, &context)) << name.str() << " is not an op";
}

TEST_F(OpCoverage, EachOpHasValueCases) {
  ASSERT_GT(names.size(), 40u);
  for (RegisteredOperationName name : names) {
    OwningOpRef<ModuleOp> cases = parseCases(name);
    ASSERT_TRUE(cases) << "expected test/Ops/" << name.stripDialect().str() << ".mlir, valid";
    EXPECT_TRUE(hasCase(*cases, name, hasExpectedValues))
        << "expected a function with 'case.expect' and " << name.getStringRef().str();
  }
}

TEST_F(OpCoverage, EachOpIsEvaluated) {
  for (RegisteredOperationName name : names)
    EXPECT_TRUE(name.hasInterface<ReferenceOpInterface>())
        << name.getStringRef().str() << ": expected ReferenceOpInterface";
}

TEST_F(OpCoverage, EachOpHasAGradientOrSaysThatItHasNone) {
  for (RegisteredOperationName name : names)
    EXPECT_NE(name.hasInterface<DifferentiableOpInterface>(), name.hasTrait<NoGradient>())
        << name.getStringRef().str() << ": expected either DifferentiableOpInterface or NoGradient";
}

TEST_F(OpCoverage, EachGradientHasCases) {
  for (RegisteredOperationName name : names) {
    if (!name.hasInterface<DifferentiableOpInterface>())
      continue;
    OwningOpRef<ModuleOp> cases = parseCases(name);
    ASSERT_TRUE(cases) << "expected test/Ops/" << name.stripDialect().str() << ".mlir, valid";
    EXPECT_TRUE(hasCase(*cases, name,
                        [](func::FuncOp function) { return function->hasAttr(kCaseGradientAttr); }))
        << "expected a function with 'case.gradient' and " << name.getStringRef().str();
  }
}

TEST_F(OpCoverage, CaseFilesBelongToOps) {
  std::error_code error;
  llvm::StringSet<> known;
  for (RegisteredOperationName name : names)
    known.insert(name.stripDialect());
  for (llvm::sys::fs::directory_iterator entry(WEFT_TEST_OPS_DIR, error), end;
       entry != end && !error; entry.increment(error)) {
    StringRef file = llvm::sys::path::filename(entry->path());
    if (file.consume_back(".mlir"))
      EXPECT_TRUE(known.contains(file))
          << "test/Ops/" << file.str() << ".mlir: there is no such op";
  }
  EXPECT_FALSE(error) << error.message();
}

} // namespace
