// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled kernels of the Indexing family against the reference interpreter.
#include "KernelHarness.h"

#include <gtest/gtest.h>

using namespace weft::test;

namespace {

TEST(IndexingKernel, SumOfEmbeddings) {
  checkKernel(
      R"(func.func @f(%i: tensor<?x5xi32> {test.range = array<f64: 0.0, 49.0>}, %t: tensor<50x37xf32>,
                              %j: tensor<?x5xi64> {test.range = array<f64: 0.0, 1.0>}, %u: tensor<2x37xf32>)
      -> (tensor<?x5x37xf32>, tensor<?x5xf32>) {
    %a = weft.embedding %i, %t : (tensor<?x5xi32>, tensor<50x37xf32>) -> tensor<?x5x37xf32>
    %b = weft.embedding %j, %u : (tensor<?x5xi64>, tensor<2x37xf32>) -> tensor<?x5x37xf32>
    %y = weft.add %a, %b : tensor<?x5x37xf32>
    %s = weft.reduce_sum %y dims = [2] : tensor<?x5x37xf32> -> tensor<?x5xf32>
    return %y, %s : tensor<?x5x37xf32>, tensor<?x5xf32>
  })");
}

TEST(IndexingKernel, Gather) {
  checkKernel(
      R"(func.func @f(%x: tensor<?x9x21xbf16>, %i: tensor<?x4xi32> {test.range = array<f64: 0.0, 8.0>})
      -> tensor<?x4x21xbf16> {
    %g = weft.gather %x, %i dim = 1 : (tensor<?x9x21xbf16>, tensor<?x4xi32>) -> tensor<?x4x21xbf16>
    %y = weft.neg %g : tensor<?x4x21xbf16>
    return %y : tensor<?x4x21xbf16>
  })");
  checkKernel(
      R"(func.func @f(%x: tensor<?x9x21xf32>, %i: tensor<?x4x21xi64> {test.range = array<f64: 0.0, 8.0>})
      -> tensor<?x4x21xf32> {
    %y = weft.gather %x, %i dim = 1 : (tensor<?x9x21xf32>, tensor<?x4x21xi64>) -> tensor<?x4x21xf32>
    return %y : tensor<?x4x21xf32>
  })");
}

// Each tile adds up what comes to its rows, so tiles may be cut and ordered at will.
TEST(IndexingKernel, EmbeddingGradientAndUpdate) {
  checkKernel(R"(func.func @f(%w: tensor<1000x37xf32>, %dy: tensor<?x3x37xf32>,
                              %i: tensor<?x3xi32> {test.range = array<f64: 0.0, 999.0>}) -> tensor<1000x37xf32> {
    %d = weft.add %dy, %dy : tensor<?x3x37xf32>
    %g = weft.embedding_gradient %d, %i num_embeddings = 1000 padding_idx = 7
        : (tensor<?x3x37xf32>, tensor<?x3xi32>) -> tensor<1000x37xf32>
    %y = weft.sub %w, %g : tensor<1000x37xf32>
    return %y : tensor<1000x37xf32>
  })",
              64);
}

TEST(IndexingKernel, ScatterSum) {
  checkKernel(
      R"(func.func @f(%s: tensor<?x7x21xbf16>, %i: tensor<?x7xi64> {test.range = array<f64: 0.0, 4.0>})
      -> tensor<?x5x21xbf16> {
    %y = weft.scatter_sum %s, %i dim = 1 size = 5 : (tensor<?x7x21xbf16>, tensor<?x7xi64>) -> tensor<?x5x21xbf16>
    return %y : tensor<?x5x21xbf16>
  })");
  checkKernel(
      R"(func.func @f(%s: tensor<?x7xf32>, %i: tensor<?x7xi32> {test.range = array<f64: 0.0, 19.0>})
      -> tensor<?x20xf32> {
    %y = weft.scatter_sum %s, %i dim = 1 size = 20 : (tensor<?x7xf32>, tensor<?x7xi32>) -> tensor<?x20xf32>
    return %y : tensor<?x20xf32>
  })",
      16);
}

// Along lines that lie side by side, and along the line itself, with a rest.
TEST(IndexingKernel, RunningSums) {
  for (const char *direction : {"", " reverse"})
    for (const char *text : {"2 REVERSE : tensor<?x3x37xf32>", "1 REVERSE : tensor<?x19x20xf32>",
                             "2 REVERSE : tensor<?x2x64xf32>", "1 REVERSE : tensor<?x5xf32>",
                             "1 REVERSE : tensor<?x70xbf16>", "1 REVERSE : tensor<?x9xf64>"}) {
      std::string op = text;
      std::string type = op.substr(op.find("tensor"));
      op.replace(op.find(" REVERSE"), 8, direction);
      checkKernel("func.func @f(%x: " + type + ") -> " + type + " {\n %e = weft.exp %x : " + type +
                      "\n %s = weft.cumsum %e dim = " + op + "\n %y = weft.add %s, %e : " + type +
                      "\n return %y : " + type + "\n}",
                  64);
    }
}

std::string withShape(const std::string &type, int64_t dim, int64_t size) {
  // tensor<?x3x37xf32>: dimension 0 stands behind '<'.
  size_t begin = type.find('<') + 1;
  for (int64_t i = 0; i < dim; ++i)
    begin = type.find('x', begin) + 1;
  return type.substr(0, begin) + std::to_string(size) + type.substr(type.find('x', begin));
}

std::string indicesOf(std::string type) { return type.substr(0, type.rfind('x') + 1) + "i64>"; }

struct OrderCase {
  const char *type;
  int64_t dim, size;
};

constexpr OrderCase orderCases[] = {{"tensor<?x37xf32>", 1, 37}, {"tensor<?x300xf32>", 1, 300},
                                    {"tensor<?x9x5xf32>", 1, 9}, {"tensor<?x2x40xbf16>", 2, 40},
                                    {"tensor<?x50xf64>", 1, 50}, {"tensor<?x1xf32>", 1, 1},
                                    {"tensor<40xf16>", 0, 40}};

// Short and long lines, which use other digits; elements that lie apart; equal ones in bf16.
TEST(IndexingKernel, Sort) {
  for (const OrderCase &order : orderCases)
    for (const char *direction : {"", " descending"}) {
      std::string type = order.type, indices = indicesOf(type);
      checkKernel("func.func @f(%x: " + type + ") -> (" + type + ", " + indices +
                      ") {\n %a = weft.abs %x : " + type + "\n %v, %i = weft.sort %a dim = " +
                      std::to_string(order.dim) + direction + " : " + type + " -> " + type + ", " +
                      indices + "\n return %v, %i : " + type + ", " + indices + "\n}",
                  0);
    }
}

// A few are kept while a line is read, more are selected first, all are sorted.
TEST(IndexingKernel, TopK) {
  for (const OrderCase &order : orderCases)
    for (int64_t k : {1, 7, 30, 150}) {
      std::string type = order.type, taken = withShape(type, order.dim, k);
      if (k > order.size)
        continue;
      checkKernel("func.func @f(%x: " + type + ") -> (" + taken + ", " + indicesOf(taken) +
                      ") {\n %v, %i = weft.top_k %x k = " + std::to_string(k) +
                      " dim = " + std::to_string(order.dim) + " : " + type + " -> " + taken + ", " +
                      indicesOf(taken) + "\n return %v, %i : " + taken + ", " + indicesOf(taken) +
                      "\n}",
                  0);
    }
}

} // namespace
