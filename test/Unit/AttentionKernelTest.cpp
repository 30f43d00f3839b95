// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled kernels of attention and its gradient against the reference interpreter.
#include "KernelHarness.h"

#include <gtest/gtest.h>

#include <optional>

using namespace weft::test;

namespace {

// A bias has all dimensions of the scores, or 1 instead; [samples, heads, queries, keys].
struct BiasDims {
  bool samples, heads, queries, keys;
};

struct Case {
  const char *name;
  int64_t queries, keys, heads, width;
  bool isMasked = false, isCausal = false, isDropped = false;
  std::optional<BiasDims> bias = std::nullopt;
};

std::string biasType(const Case &c) {
  auto size = [](bool isWhole, const std::string &whole) { return isWhole ? whole : "1"; };
  return "tensor<" + size(c.bias->samples, "?") + "x" +
         size(c.bias->heads, std::to_string(c.heads)) + "x" +
         size(c.bias->queries, std::to_string(c.queries)) + "x" +
         size(c.bias->keys, std::to_string(c.keys)) + "xf32>";
}

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
  if (c.bias) {
    std::string type = biasType(c);
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

// The reference takes long over long sequences.
std::vector<int64_t> batchesOf(const Case &c) {
  return c.queries < 100 ? std::vector<int64_t>{1, 3, 64} : std::vector<int64_t>{2};
}

class AttentionKernel : public testing::TestWithParam<Case> {};

TEST_P(AttentionKernel, MatchesReference) {
  const Case &c = GetParam();
  Options options = optionsOf(c);
  std::string query = tensor(c.queries, c), key = tensor(c.keys, c);
  checkKernel("func.func @f(%q: " + query + ", %k: " + key + ", %v: " + key + options.arguments +
                  ") -> " + query + " {\n %y = weft.attention %q, %k, %v" + options.uses + " : " +
                  query + ", " + key + options.types + "\n return %y : " + query + "\n}",
              64, "native", batchesOf(c));
}

TEST_P(AttentionKernel, GradientMatchesReference) {
  const Case &c = GetParam();
  Options options = optionsOf(c);
  std::string query = tensor(c.queries, c), key = tensor(c.keys, c);
  std::string results = "%dq, %dk, %dv", types = query + ", " + key + ", " + key;
  if (c.bias) {
    results += ", %db";
    types += ", " + biasType(c);
  }
  checkKernel("func.func @f(%q: " + query + ", %k: " + key + ", %v: " + key + ", %dy: " + query +
                  options.arguments + ") -> (" + types + ") {\n " + results +
                  " = weft.attention_gradient %q, %k, %v, %dy" + options.uses + " : " + query +
                  ", " + key + options.types + "\n return " + results + " : " + types + "\n}",
              512, "native", batchesOf(c));
}

constexpr BiasDims kPerHead{false, true, true, true}, kPerKey{true, false, false, true},
    kAll{true, true, true, true}, kShared{false, false, true, true}, kRow{false, true, true, false},
    kNumber{false, false, false, false}, kKeyOfHead{false, true, false, true};

INSTANTIATE_TEST_SUITE_P(Cases, AttentionKernel,
                         testing::Values(Case{"Plain", 16, 16, 2, 32},
                                         Case{"Masked", 24, 24, 3, 8, true},
                                         Case{"Causal", 17, 17, 1, 16, false, true},
                                         Case{"MaskedCausal", 8, 8, 2, 5, true, true},
                                         Case{"Biased", 16, 16, 2, 8, true, false, false, kPerHead},
                                         Case{"Dropped", 32, 32, 2, 16, true, false, true},
                                         Case{"Cross", 5, 40, 2, 64},
                                         Case{"One", 1, 1, 1, 1, true}),
                         [](const auto &info) { return info.param.name; });

// The gradient of a bias is summed over the dimensions that it lacks.
INSTANTIATE_TEST_SUITE_P(Biases, AttentionKernel,
                         testing::Values(Case{"PerKey", 16, 24, 2, 8, true, false, false, kPerKey},
                                         Case{"All", 9, 16, 3, 8, false, true, false, kAll},
                                         Case{"Shared", 16, 16, 3, 16, true, false, true, kShared},
                                         Case{"Row", 7, 20, 2, 8, false, false, false, kRow},
                                         Case{"Number", 8, 8, 2, 4, true, false, false, kNumber},
                                         Case{"KeyOfHead", 12, 19, 2, 8, false, true, false,
                                              kKeyOfHead}),
                         [](const auto &info) { return info.param.name; });

// Long enough to be computed in blocks of queries, some with a smaller block at the end.
INSTANTIATE_TEST_SUITE_P(
    Blocks, AttentionKernel,
    testing::Values(Case{"Tail", 603, 200, 1, 20, true, false, true},
                    Case{"Causal", 450, 450, 1, 8, true, true},
                    Case{"Biased", 430, 260, 1, 8, true, false, false, kPerHead},
                    Case{"BiasOfAll", 450, 450, 1, 4, false, true, false, kAll},
                    Case{"KeyBias", 520, 200, 1, 8, false, false, true, kPerKey}),
    [](const auto &info) { return info.param.name; });

// Widths of heads that are no powers of two, and more of them.
INSTANTIATE_TEST_SUITE_P(Widths, AttentionKernel,
                         testing::Values(Case{"Sixty4", 40, 40, 2, 64, true, false, true},
                                         Case{"Eighty", 33, 20, 1, 80, true, true},
                                         Case{"Odd", 20, 33, 1, 37, true}),
                         [](const auto &info) { return info.param.name; });

// However long a sequence, a worker needs memory for a block of its queries only.
TEST(AttentionScratch, IsThatOfABlock) {
  std::string type = "tensor<?x1024x2x64xf32>";
  std::string arguments = "(%q: " + type + ", %k: " + type + ", %v: " + type;
  KernelHarness forward("func.func @f" + arguments + ") -> " + type +
                        " {\n %y = weft.attention %q, %k, %v : " + type + ", " + type +
                        "\n return %y : " + type + "\n}");
  ASSERT_TRUE(forward.isValid());
  EXPECT_LT(forward.getInfo().scratchBytes, 1 << 20);
  std::string bias = "tensor<1x2x1024x1024xf32>", types = type + ", " + type + ", " + bias;
  KernelHarness gradient(
      "func.func @f" + arguments + ", %dy: " + type + ", %b: " + bias + ") -> (" + types +
      ") {\n %dq, %dk, %dv, %db = weft.attention_gradient %q, %k, %v, %dy bias "
      "%b : " +
      type + ", " + type + " bias " + bias + "\n return %dq, %dk, %db : " + types + "\n}");
  ASSERT_TRUE(gradient.isValid());
  EXPECT_LT(gradient.getInfo().scratchBytes, 2 << 20);
}

} // namespace
