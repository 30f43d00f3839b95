// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The contraction generator against a plain loop in double precision: orientations, batches, edges,
// types, epilogues, numbers of rows and ranges of tiles, blocked for every instruction set level.
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

/// Loops and constants at a builder's insertion point.
struct LoopNest {
  OpBuilder &builder;
  Location loc;

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  void forEach(Value begin, Value end, llvm::function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(builder, loc, begin, end, constant(1));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }
};

class ContractionTest : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    // Vectors that are wider than the machine's are split by LLVM, so blocking for a newer CPU is
    // tested everywhere.
    for (const char *level : {GetParam(), "x86-64-v3", "x86-64-v2"})
      if (code.empty() && KernelJit::hostSupports(level))
        code = level;
    if (code.empty())
      GTEST_SKIP() << "this machine does not run x86-64";
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
    auto jit = KernelJit::compile(*module, code);
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

  /// func @contraction(A, B, C, rows, tile_begin, tile_end, scratch) that computes blocks of rows
  /// into scratch memory and goes on with whole rows: C[i, j] = S[i, j] * S[i, 0], where A is every
  /// second row of the argument.
  OwningOpRef<ModuleOp> buildRowKernel(const ContractionPlan &blocking, int64_t blockRows,
                                       int64_t scratchOffset);

  MLIRContext context;
  Type f32;
  /// The level that code is generated for.
  std::string code;
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
TEST_P(ContractionTest, SumsThatWaitForOneLoopAreTheSame) {
  auto checkStored = [&](const ContractionShape &shape, llvm::ArrayRef<int64_t> rowCounts) {
    ContractionPlan blocking = plan(shape), stored = blocking;
    stored.storeSums();
    std::unique_ptr<KernelJit> kernel = compile(blocking), storing = compile(stored);
    for (int64_t rows : rowCounts) {
      std::vector<char> expected = check(*kernel, blocking, rows, 1000);
      EXPECT_EQ(expected, check(*storing, stored, rows, 1000)) << "rows " << rows;
      EXPECT_EQ(expected, check(*storing, stored, rows, 1)) << "rows " << rows << ", tile by tile";
    }
  };
  Extent rows = Extent::rows(1);
  // Columns less than a vector, whole vectors, and with a rest; few and many; several blocks of k;
  // operands that are packed.
  checkStored(shapeOf(rows, Extent::constant(1), Extent::constant(9)), {0, 1, 30});
  checkStored(shapeOf(rows, Extent::constant(32), Extent::constant(32)), {1, 7, 64});
  checkStored(shapeOf(rows, Extent::constant(50), Extent::constant(20), "NT"), {5, 65});
  checkStored(shapeOf(rows, Extent::constant(700), Extent::constant(8)), {3, 50});
  checkStored(shapeOf(Extent::constant(37), Extent::constant(45), Extent::constant(2100)), {1});
  checkStored(shapeOf(Extent::constant(150), Extent::constant(130), rows, "TN"), {0, 9, 300});
}

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

OwningOpRef<ModuleOp> ContractionTest::buildRowKernel(const ContractionPlan &blocking,
                                                      int64_t blockRows, int64_t scratchOffset) {
  int64_t columns = blocking.shape.n.fixed, depth = blocking.shape.k.fixed;
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  auto matrix = [&](int64_t inner) { return MemRefType::get({ShapedType::kDynamic, inner}, f32); };
  Type index = builder.getIndexType();
  auto function = func::FuncOp::create(
      builder, loc, "contraction",
      builder.getFunctionType({matrix(depth), MemRefType::get({depth, columns}, f32),
                               matrix(columns), index, index, index,
                               MemRefType::get({ShapedType::kDynamic}, builder.getI8Type())},
                              {}));
  ValueRange arguments = function.addEntryBlock()->getArguments();
  builder.setInsertionPointToStart(&function.front());
  LoopNest loops{builder, loc};
  Value zero = loops.constant(0), rows = arguments[3], scratch = arguments[6];
  OpFoldResult none = builder.getIndexAttr(0), all = builder.getIndexAttr(depth),
               unit = builder.getIndexAttr(1);
  Value a = memref::SubViewOp::create(builder, loc, arguments[0], {none, none}, {rows, all},
                                      {builder.getIndexAttr(2), unit});
  Value block = memref::ViewOp::create(builder, loc, MemRefType::get({blockRows, columns}, f32),
                                       scratch, zero, ValueRange{});
  loops.forEach(arguments[4], arguments[5], [&](Value tile) {
    ContractionRegion region;
    region.rowBegin = arith::MulIOp::create(builder, loc, tile, loops.constant(blockRows));
    Value next = arith::AddIOp::create(builder, loc, region.rowBegin, loops.constant(blockRows));
    region.rowEnd = arith::MinSIOp::create(builder, loc, next, rows);
    region.rowRemainders = blocking.rowRemainders(blockRows);
    emitContractionRegion(builder, loc, blocking, {a, arguments[1], rows, scratch, scratchOffset},
                          region, [&](OpBuilder &nested, Location at, ContractionResult &result) {
                            Value row =
                                arith::SubIOp::create(nested, at, result.getRow(), region.rowBegin);
                            result.store(result.getValue(), block, {row, result.getColumn()});
                          });
    loops.forEach(region.rowBegin, region.rowEnd, [&](Value row) {
      Value inBlock = arith::SubIOp::create(builder, loc, row, region.rowBegin);
      Value first = memref::LoadOp::create(builder, loc, block, ValueRange{inBlock, zero});
      loops.forEach(zero, loops.constant(columns), [&](Value column) {
        Value element = memref::LoadOp::create(builder, loc, block, ValueRange{inBlock, column});
        Value product = arith::MulFOp::create(builder, loc, element, first);
        memref::StoreOp::create(builder, loc, product, arguments[2], ValueRange{row, column});
      });
    });
  });
  func::ReturnOp::create(builder, loc);
  return module;
}

TEST_P(ContractionTest, RegionsOfRowsInsideAnotherKernel) {
  constexpr int64_t blockRows = 5, columns = 21, depth = 40, scratchOffset = 448;
  ContractionPlan blocking =
      plan(shapeOf(Extent::rows(1), Extent::constant(columns), Extent::constant(depth)));
  OwningOpRef<ModuleOp> module = buildRowKernel(blocking, blockRows, scratchOffset);
  ASSERT_TRUE(succeeded(verify(*module)));
  std::unique_ptr<KernelJit> kernel = llvm::cantFail(KernelJit::compile(*module, code));
  for (int64_t count : {1, 5, 13, 64}) {
    std::vector<double> stored = randomValues(2 * count * depth, 1),
                        b = randomValues(depth * columns, 2), used;
    for (int64_t i = 0; i < count; ++i)
      used.insert(used.end(), stored.begin() + 2 * i * depth, stored.begin() + (2 * i + 1) * depth);
    std::vector<char> sa = store(stored, f32), sb = store(b, f32), c(count * columns * 4);
    std::vector<char> scratch(blocking.scratchBytes() + scratchOffset);
    KernelJit::call(kernel->find("contraction"),
                    {BufferArgument(sa.data(), {2 * count, depth}),
                     BufferArgument(sb.data(), {depth, columns}),
                     BufferArgument(c.data(), {count, columns})},
                    count, 0, (count + blockRows - 1) / blockRows, scratch);
    std::vector<double> sums = reference(blocking.shape, count, used, b);
    for (int64_t i = 0; i < count * columns; ++i)
      EXPECT_NEAR(elementAt(c, i, f32), sums[i] * sums[i - i % columns], 1e-4) << i;
  }
}

/// The training step of a small network has enough tiles for eight threads, none of which is much
/// larger than the others.
TEST_P(ContractionTest, SmallProblemsHaveBalancedTiles) {
  ContractionShape shapes[] = {
      shapeOf(Extent::rows(1), Extent::constant(128), Extent::constant(784)),
      shapeOf(Extent::constant(784), Extent::constant(128), Extent::rows(1), "TN"),
      shapeOf(Extent::constant(128), Extent::constant(784), Extent::rows(1), "TN"),
  };
  for (const ContractionShape &shape : shapes) {
    ContractionPlan blocking = plan(shape);
    int64_t tiles = blocking.tiles().at(64), rows = shape.m.at(64);
    EXPECT_GE(tiles, 8);
    EXPECT_LE(tiles, 64);
    double covered =
        double(tiles) * blocking.rowsPerTile * blocking.panelsPerTile * blocking.panelWidth();
    EXPECT_LE(covered, 1.15 * rows * shape.n.fixed);
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
