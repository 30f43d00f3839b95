// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled kernels of attention and its gradient against the reference interpreter.
#include "KernelHarness.h"

#include <gtest/gtest.h>

using namespace weft::test;

namespace {

struct Case {
  const char *name;
  int64_t queries, keys, heads, width;
  bool isMasked = false, isCausal = false, isBiased = false, isDropped = false;
};

std::string tensor(int64_t positions, const Case &c) {
  return "tensor<?x" + std::to_string(positions) + "x" + std::to_string(c.heads) + "x" +
         std::to_string(c.width) + "xf32>";
}

// The text after the op's operands, and the arguments for it.
struct Options {
  std::string arguments, uses, types;
};

Options optionsOf(const Case &c) {
  Options options;
  if (c.isMasked) {
    std::string type = "tensor<?x" + std::to_string(c.keys) + "xi32>";
    options.arguments += ", %mask: " + type + " {test.range = array<f64: 0.0, 2.0>}";
    options.uses += " mask %mask";
    options.types += " mask " + type;
  }
  if (c.isBiased) {
    std::string type = "tensor<1x" + std::to_string(c.heads) + "x" + std::to_string(c.queries) +
                       "x" + std::to_string(c.keys) + "xf32>";
    options.arguments += ", %bias: " + type;
    options.uses += " bias %bias";
    options.types += " bias " + type;
  }
  if (c.isCausal)
    options.uses += " causal";
  if (c.isDropped) {
    options.arguments += ", %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>";
    options.uses += " p = 0.25 random %seed, %step, %offset id = 3";
  }
  return options;
}

class AttentionKernel : public testing::TestWithParam<Case> {};

TEST_P(AttentionKernel, MatchesReference) {
  const Case &c = GetParam();
  Options options = optionsOf(c);
  std::string query = tensor(c.queries, c), key = tensor(c.keys, c);
  checkKernel("func.func @f(%q: " + query + ", %k: " + key + ", %v: " + key + options.arguments +
                  ") -> " + query + " {\n %y = weft.attention %q, %k, %v" + options.uses + " : " +
                  query + ", " + key + options.types + "\n return %y : " + query + "\n}",
              64);
}

TEST_P(AttentionKernel, GradientMatchesReference) {
  const Case &c = GetParam();
  if (c.isBiased)
    return; // the bias's own gradient is a sum over samples: it is made of primitives
  Options options = optionsOf(c);
  std::string query = tensor(c.queries, c), key = tensor(c.keys, c);
  checkKernel("func.func @f(%q: " + query + ", %k: " + key + ", %v: " + key + ", %dy: " + query +
                  options.arguments + ") -> (" + query + ", " + key + ", " + key +
                  ") {\n %dq, %dk, %dv = weft.attention_gradient %q, %k, %v, %dy" + options.uses +
                  " : " + query + ", " + key + options.types +
                  "\n return %dq, %dk, %dv : " + query + ", " + key + ", " + key + "\n}",
              512);
}

INSTANTIATE_TEST_SUITE_P(Cases, AttentionKernel,
                         testing::Values(Case{"Plain", 16, 16, 2, 32},
                                         Case{"Masked", 24, 24, 3, 8, true},
                                         Case{"Causal", 17, 17, 1, 16, false, true},
                                         Case{"MaskedCausal", 8, 8, 2, 5, true, true},
                                         Case{"Biased", 16, 16, 2, 8, true, false, true},
                                         Case{"Dropped", 32, 32, 2, 16, true, false, false, true},
                                         Case{"Cross", 5, 40, 2, 64},
                                         Case{"One", 1, 1, 1, 1, true}),
                         [](const auto &info) { return info.param.name; });

} // namespace
