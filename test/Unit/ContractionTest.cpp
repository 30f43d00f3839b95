// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The contraction generator against a plain loop in double precision: orientations, batches, edges,
// types, epilogues, numbers of rows and ranges of tiles, for every instruction set level that this
// machine runs.
#include "ContractionTesting.h"

#include "mlir/IR/Verifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace mlir;
using namespace weft;
using namespace weft::cpu;
using namespace weft::test;

namespace {

constexpr const char *kLevels[] = {"x86-64-v2", "x86-64-v3", "x86-64-v4"};

/// Values with few bits, so that they are exact in bf16 and f16 too.
std::vector<double> randomValues(int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> distribution(-64, 64);
  std::vector<double> values(count);
  for (double &value : values)
    value = distribution(generator) / 64.0;
  return values;
}

/// The values as stored elements of a type.
std::vector<char> store(llvm::ArrayRef<double> values, Type type) {
  std::vector<char> bytes(values.size() * type.getIntOrFloatBitWidth() / 8 + 64);
  for (auto [i, value] : llvm::enumerate(values)) {
    APFloat element(value);
    bool losesInfo;
    element.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    uint64_t bits = element.bitcastToAPInt().getZExtValue();
    std::memcpy(bytes.data() + i * type.getIntOrFloatBitWidth() / 8, &bits,
                type.getIntOrFloatBitWidth() / 8);
  }
  return bytes;
}

double elementAt(const std::vector<char> &bytes, int64_t index, Type type) {
  uint64_t bits = 0;
  int64_t width = type.getIntOrFloatBitWidth();
  std::memcpy(&bits, bytes.data() + index * width / 8, width / 8);
  APFloat value(cast<FloatType>(type).getFloatSemantics(), APInt(width, bits));
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

/// C in double precision.
std::vector<double> reference(const ContractionShape &shape, int64_t rows, llvm::ArrayRef<double> a,
                              llvm::ArrayRef<double> b) {
  int64_t batch = 1, m = shape.m.at(rows), n = shape.n.at(rows), k = shape.k.at(rows);
  for (const Extent &extent : shape.batch)
    batch *= extent.at(rows);
  std::vector<double> c(batch * m * n);
  for (int64_t t = 0; t < batch; ++t)
    for (int64_t i = 0; i < m; ++i)
      for (int64_t x = 0; x < k; ++x) {
        double factor = a[t * m * k + (shape.transposeA ? x * m + i : i * k + x)];
        for (int64_t j = 0; j < n; ++j)
          c[(t * m + i) * n + j] +=
              factor * b[t * n * k + (shape.transposeB ? j * k + x : x * n + j)];
      }
  return c;
}

class ContractionTest : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    if (!KernelJit::hostSupports(GetParam()))
      GTEST_SKIP() << "this machine does not run " << GetParam();
    loadDialects(context);
    f32 = Float32Type::get(&context);
  }

  ContractionShape shapeOf(Extent m, Extent n, Extent k, StringRef orientation = "NN") {
    ContractionShape shape;
    shape.m = m;
    shape.n = n;
    shape.k = k;
    shape.transposeA = orientation[0] == 'T';
    shape.transposeB = orientation[1] == 'T';
    shape.elementA = shape.elementB = f32;
    return shape;
  }

  ContractionPlan plan(const ContractionShape &shape) {
    auto result = planContraction(shape, *CpuTraits::forLevel(GetParam()),
                                  [&] { return emitError(UnknownLoc::get(&context)); });
    EXPECT_TRUE(succeeded(result));
    return *result;
  }

  std::unique_ptr<KernelJit> compile(const ContractionPlan &plan,
                                     const ContractionEpilogue &epilogue = {}) {
    OwningOpRef<ModuleOp> module = buildContractionModule(context, plan, epilogue);
    EXPECT_TRUE(succeeded(verify(*module)));
    auto jit = KernelJit::compile(*module, GetParam());
    if (!jit)
      ADD_FAILURE() << llvm::toString(jit.takeError());
    return std::move(*jit);
  }

  /// Runs a compiled kernel without epilogue in ranges of `step` tiles, and compares it with the
  /// reference.
  std::vector<char> check(KernelJit &kernel, const ContractionPlan &plan, int64_t rows,
                          int64_t step) {
    const ContractionShape &shape = plan.shape;
    auto sizes = [&](char operand) { return storedSizes(shape, operand, rows); };
    std::vector<double> a = randomValues(product(sizes('a')), 1),
                        b = randomValues(product(sizes('b')), 2);
    std::vector<char> storedA = store(a, shape.elementA), storedB = store(b, shape.elementB);
    // A guard behind C shows writes out of bounds.
    std::vector<double> nothing(product(sizes('c')) + 64, 1e30);
    std::vector<char> c = store(nothing, plan.accumulator);
    std::vector<char> scratch(plan.scratchBytes() + 64, char(0x7f));
    auto *aligned = reinterpret_cast<char *>(llvm::alignAddr(scratch.data(), llvm::Align(64)));
    int64_t tiles = plan.tiles().at(rows);
    void *address = kernel.find("contraction");
    for (int64_t begin = 0; begin < std::max<int64_t>(tiles, 1);
         begin += std::max<int64_t>(step, 1))
      KernelJit::call(
          address,
          {BufferArgument(storedA.data(), sizes('a')), BufferArgument(storedB.data(), sizes('b')),
           BufferArgument(c.data(), sizes('c'))},
          rows, begin, std::min(begin + step, tiles), {aligned, size_t(plan.scratchBytes())});

    std::vector<double> expected = reference(shape, rows, a, b);
    double tolerance = plan.accumulator.isF64() ? 1e-12 : 3e-6 * std::sqrt(shape.k.at(rows) + 1.0);
    int64_t wrong = 0;
    for (auto [i, value] : llvm::enumerate(expected)) {
      double found = elementAt(c, i, plan.accumulator);
      if (!(std::abs(found - value) <= tolerance) && wrong++ < 3)
        ADD_FAILURE() << "element " << i << " of " << expected.size() << ": expected " << value
                      << ", found " << found << " (rows " << rows << ")";
    }
    EXPECT_EQ(wrong, 0);
    for (size_t i = expected.size(); i < nothing.size(); ++i)
      EXPECT_EQ(elementAt(c, i, plan.accumulator),
                elementAt(store({1e30}, plan.accumulator), 0, plan.accumulator))
          << "written " << i - expected.size() << " elements behind the end";
    c.resize(expected.size() * plan.accumulatorBytes());
    return c;
  }

  /// Compiles a shape once and checks it for several numbers of rows and ranges of tiles, which
  /// must agree in all bits.
  void check(const ContractionShape &shape, llvm::ArrayRef<int64_t> rowCounts = {1}) {
    ContractionPlan blocking = plan(shape);
    std::unique_ptr<KernelJit> kernel = compile(blocking);
    for (int64_t rows : rowCounts) {
      int64_t tiles = blocking.tiles().at(rows);
      std::vector<char> whole = check(*kernel, blocking, rows, tiles);
      for (int64_t step : {int64_t(1), int64_t(3)})
        EXPECT_EQ(whole, check(*kernel, blocking, rows, step))
            << "rows " << rows << ", step " << step;
    }
  }

  MLIRContext context;
  Type f32;
};

TEST_P(ContractionTest, StaticShapesInEveryOrientation) {
  const int64_t sizes[][3] = {{1, 1, 1},    {1, 10, 128},  {64, 10, 128}, {5, 3, 7},
                              {17, 33, 19}, {64, 128, 10}, {130, 72, 50}, {6, 200, 300}};
  for (const char *orientation : {"NN", "NT", "TN", "TT"})
    for (auto [m, n, k] : sizes) {
      SCOPED_TRACE((llvm::Twine(orientation) + " " + llvm::Twine(m) + "x" + llvm::Twine(n) + "x" +
                    llvm::Twine(k))
                       .str());
      check(shapeOf(Extent::constant(m), Extent::constant(n), Extent::constant(k), orientation));
    }
}

TEST_P(ContractionTest, OneKernelServesEveryNumberOfRows) {
  for (const char *orientation : {"NN", "NT"})
    check(shapeOf(Extent::rows(1), Extent::constant(40), Extent::constant(33), orientation),
          {0, 1, 2, 3, 5, 7, 8, 9, 32, 64, 100});
  check(shapeOf(Extent::rows(10), Extent::constant(24), Extent::constant(16)), {1, 7, 32});
}

TEST_P(ContractionTest, RowsMayBeTheContractedDimension) {
  check(shapeOf(Extent::constant(52), Extent::constant(40), Extent::rows(1), "TN"),
        {1, 7, 32, 64, 1100});
  check(shapeOf(Extent::constant(20), Extent::constant(10), Extent::rows(3), "TN"), {1, 64});
}

TEST_P(ContractionTest, LongSumsAreSplit) {
  for (const char *orientation : {"NN", "NT", "TN"})
    check(shapeOf(Extent::constant(20), Extent::constant(50), Extent::constant(2500), orientation));
  check(shapeOf(Extent::rows(1), Extent::constant(50), Extent::constant(1200)), {1, 13, 250});
}

TEST_P(ContractionTest, Batches) {
  ContractionShape shape =
      shapeOf(Extent::constant(16), Extent::constant(24), Extent::constant(20), "NT");
  shape.batch = {Extent::rows(1), Extent::constant(3)};
  check(shape, {1, 5});
  shape = shapeOf(Extent::constant(19), Extent::constant(7), Extent::constant(40), "TN");
  shape.batch = {Extent::constant(4)};
  check(shape);
}

TEST_P(ContractionTest, ElementTypes) {
  Type bf16 = BFloat16Type::get(&context), f64 = Float64Type::get(&context);
  for (const char *orientation : {"NN", "NT", "TN"})
    for (auto [a, b] : {std::pair(bf16, bf16), std::pair(f64, f64), std::pair(bf16, f32)}) {
      ContractionShape shape =
          shapeOf(Extent::constant(23), Extent::constant(45), Extent::constant(37), orientation);
      shape.elementA = a;
      shape.elementB = b;
      check(shape);
    }
}

/// Operands of every shape, two outputs, on a shape with edges: relu(c + bias[col] + residual[row,
/// col] * scale[row]), and c * factor.
TEST_P(ContractionTest, Epilogue) {
  ContractionShape shape = shapeOf(Extent::rows(1), Extent::constant(21), Extent::constant(15));
  ContractionPlan blocking = plan(shape);
  ContractionEpilogue epilogue;
  MemRefType c = storedType(shape, 'c', f32);
  epilogue.operands = {MemRefType::get({21}, f32)};
  epilogue.outputs = {c, c};
  epilogue.operands.push_back(c);
  epilogue.compute = [](OpBuilder &builder, Location loc, ContractionResult &result,
                        ValueRange operands) {
    Value bias = result.load(operands[0], {1}), residual = result.load(operands[1]);
    Value sum = arith::AddFOp::create(builder, loc, result.getValue(), bias);
    Value product = arith::MulFOp::create(builder, loc, sum, residual);
    Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(result.getType()));
    Value relu = arith::MaximumFOp::create(builder, loc, product, zero);
    return SmallVector<Value>{relu, product};
  };
  std::unique_ptr<KernelJit> kernel = compile(blocking, epilogue);
  for (int64_t rows : {1, 7, 30}) {
    std::vector<double> a = randomValues(rows * 15, 1), b = randomValues(15 * 21, 2),
                        bias = randomValues(21, 3), residual = randomValues(rows * 21, 4);
    std::vector<char> sa = store(a, f32), sb = store(b, f32), sbias = store(bias, f32),
                      sres = store(residual, f32);
    std::vector<char> relu(rows * 21 * 4), product(rows * 21 * 4),
        scratch(blocking.scratchBytes() + 64);
    KernelJit::call(kernel->find("contraction"),
                    {BufferArgument(sa.data(), {rows, 15}), BufferArgument(sb.data(), {15, 21}),
                     BufferArgument(sbias.data(), {21}), BufferArgument(sres.data(), {rows, 21}),
                     BufferArgument(relu.data(), {rows, 21}),
                     BufferArgument(product.data(), {rows, 21})},
                    rows, 0, blocking.tiles().at(rows), scratch);
    std::vector<double> sums = reference(shape, rows, a, b);
    for (int64_t i = 0; i < rows * 21; ++i) {
      double expected = (sums[i] + bias[i % 21]) * residual[i];
      EXPECT_NEAR(elementAt(product, i, f32), expected, 1e-5);
      EXPECT_NEAR(elementAt(relu, i, f32), std::max(expected, 0.0), 1e-5);
    }
  }
}

TEST_P(ContractionTest, ShapesOutOfReachAreRefused) {
  ScopedDiagnosticHandler handler(&context, [](Diagnostic &) { return success(); });
  CpuTraits traits = *CpuTraits::forLevel(GetParam());
  auto error = [&] { return emitError(UnknownLoc::get(&context)); };
  EXPECT_TRUE(failed(planContraction(
      shapeOf(Extent::constant(2), Extent::rows(1), Extent::constant(2)), traits, error)));
  ContractionShape integers =
      shapeOf(Extent::constant(2), Extent::constant(2), Extent::constant(2));
  integers.elementA = IntegerType::get(&context, 8);
  EXPECT_TRUE(failed(planContraction(integers, traits, error)));
}

INSTANTIATE_TEST_SUITE_P(Levels, ContractionTest, testing::ValuesIn(kLevels), [](const auto &info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

} // namespace
