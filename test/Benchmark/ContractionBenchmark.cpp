// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Speed of the CPU's contractions on one thread, beside the rate of multiply-adds that the core
// reaches on registers. Usage: contraction-benchmark [--cpu=x86-64-v3] [--assembly] [part of a
// shape's name]
#include "test/Unit/ContractionTesting.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cstring>
#include <numeric>

using namespace mlir;
using namespace weft;
using namespace weft::cpu;
using namespace weft::test;

namespace {

struct Case {
  const char *name;
  Extent m, n, k;
  const char *orientation;
  int64_t rows;
  SmallVector<Extent> batch;
  bool bf16 = false;
};

Extent fixed(int64_t size) { return Extent::constant(size); }
Extent rows(int64_t perRow) { return Extent::rows(perRow); }

const Case kCases[] = {
    {"mlp-forward 64x128x784", rows(1), fixed(128), fixed(784), "NN", 64, {}},
    {"mlp-dw 784x128x64 TN", fixed(784), fixed(128), rows(1), "TN", 64, {}},
    {"mlp-dw 128x784x64 TN", fixed(128), fixed(784), rows(1), "TN", 64, {}},
    {"mlp-forward2 64x10x128", rows(1), fixed(10), fixed(128), "NN", 64, {}},
    {"mlp-dx 64x128x10 NT", rows(1), fixed(128), fixed(10), "NT", 64, {}},
    {"mlp-dw2 128x10x64 TN", fixed(128), fixed(10), rows(1), "TN", 64, {}},
    {"bert 2048x768x768", rows(128), fixed(768), fixed(768), "NN", 16, {}},
    {"bert 2048x768x768 NT", rows(128), fixed(768), fixed(768), "NT", 16, {}},
    {"bert-ffn1 2048x3072x768", rows(128), fixed(3072), fixed(768), "NN", 16, {}},
    {"bert-ffn2 2048x768x3072", rows(128), fixed(768), fixed(3072), "NN", 16, {}},
    {"bert-dw 768x768x2048 TN", fixed(768), fixed(768), rows(128), "TN", 16, {}},
    {"bert-dw 768x3072x2048 TN", fixed(768), fixed(3072), rows(128), "TN", 16, {}},
    {"mini-dw 384x1536x2048 TN", fixed(384), fixed(1536), rows(128), "TN", 16, {}},
    {"mini-dw 1536x384x2048 TN", fixed(1536), fixed(384), rows(128), "TN", 16, {}},
    {"mini-dw 384x384x2048 TN", fixed(384), fixed(384), rows(128), "TN", 16, {}},
    {"mini 2048x384x384", rows(128), fixed(384), fixed(384), "NN", 16, {}},
    {"mini 2048x384x1536", rows(128), fixed(384), fixed(1536), "NN", 16, {}},
    {"mini 2048x384x1536 NT", rows(128), fixed(384), fixed(1536), "NT", 16, {}},
    {"mini 2048x1536x384", rows(128), fixed(1536), fixed(384), "NN", 16, {}},
    {"attention-qk 192x(128x128x64) NT", fixed(128), fixed(128), fixed(64), "NT", 16, {rows(12)}},
    {"attention-pv 192x(128x64x128)", fixed(128), fixed(64), fixed(128), "NN", 16, {rows(12)}},
    {"attention-dk 192x(128x64x128) TN", fixed(128), fixed(64), fixed(128), "TN", 16, {rows(12)}},
    {"square 1024", fixed(1024), fixed(1024), fixed(1024), "NN", 1, {}},
    {"edges 2047x765x767", fixed(2047), fixed(765), fixed(767), "NN", 1, {}},
    {"bf16 2048x768x768", rows(128), fixed(768), fixed(768), "NN", 16, {}, true},
};

double secondsOf(llvm::function_ref<void()> work) {
  auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The sum over the parts of the best of many runs of each: what the machine does when nothing else
/// disturbs it, which on a shared machine is seldom true for long.
double bestSeconds(int64_t parts, llvm::function_ref<void(int64_t)> work) {
  std::vector<double> best(parts, 1e9);
  int rounds = 0;
  for (double spent = 0; rounds < 5 || spent < 0.6; ++rounds)
    spent += secondsOf([&] {
      for (int64_t part = 0; part < parts; ++part)
        best[part] = std::min(best[part], secondsOf([&] { work(part); }));
    });
  return std::accumulate(best.begin(), best.end(), 0.0);
}

constexpr int64_t kPeakSteps = 10000, kPeakSums = 12;

/// @contraction: independent sums in registers, as many as hide the latency.
OwningOpRef<ModuleOp> buildPeakModule(MLIRContext &context, const CpuTraits &traits) {
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  Type f32 = builder.getF32Type(), index = builder.getIndexType();
  auto buffer = MemRefType::get({ShapedType::kDynamic}, f32);
  auto scratch = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  auto function = func::FuncOp::create(
      builder, loc, "contraction",
      builder.getFunctionType({buffer, buffer, buffer, index, index, index, scratch}, {}));
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  auto vector = VectorType::get({traits.lanes(32)}, f32);
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value a =
      vector::LoadOp::create(builder, loc, vector, entry->getArgument(0), ValueRange{constant(0)});
  Value b =
      vector::LoadOp::create(builder, loc, vector, entry->getArgument(1), ValueRange{constant(0)});
  SmallVector<Value> sums(kPeakSums, a);
  auto loop =
      scf::ForOp::create(builder, loc, constant(0), constant(kPeakSteps), constant(1), sums);
  builder.setInsertionPointToStart(loop.getBody());
  for (auto [i, sum] : llvm::enumerate(loop.getRegionIterArgs()))
    sums[i] = vector::FMAOp::create(builder, loc, a, b, sum);
  scf::YieldOp::create(builder, loc, sums);
  builder.setInsertionPointAfter(loop);
  for (auto [i, sum] : llvm::enumerate(loop.getResults()))
    vector::StoreOp::create(builder, loc, sum, entry->getArgument(2),
                            ValueRange{constant(i * traits.lanes(32))});
  func::ReturnOp::create(builder, loc);
  return module;
}

std::string describe(const ContractionPlan &plan, int64_t rows) {
  std::string text;
  llvm::raw_string_ostream(text) << plan.rowsPerGroup << "x" << plan.panelWidth() << " depth "
                                 << plan.depthPerBlock << " tile " << plan.rowsPerTile << "x"
                                 << plan.panelsPerTile * plan.panelWidth() << " tiles "
                                 << plan.tiles().at(rows) << (plan.packB ? " B" : "")
                                 << (plan.packA != ContractionPlan::PackA::None ? " A" : "");
  return text;
}

/// A field of the plan that the command line may set, to try other choices than the planner's.
struct Override {
  const char *flag;
  int64_t ContractionPlan::*field;
};

constexpr Override kOverrides[] = {{"--group=", &ContractionPlan::rowsPerGroup},
                                   {"--panel=", &ContractionPlan::vectorsPerPanel},
                                   {"--depth=", &ContractionPlan::depthPerBlock},
                                   {"--tile-rows=", &ContractionPlan::rowsPerTile},
                                   {"--tile-panels=", &ContractionPlan::panelsPerTile},
                                   {"--block-rows=", &ContractionPlan::rowsPerBlock}};

struct Bench {
  SmallVector<std::function<void(ContractionPlan &)>> overrides;
  MLIRContext context;
  std::string cpu = "x86-64-v3";
  bool assembly = false;
  int64_t sample = 0;
  CpuTraits traits;
  double peak = 1;

  void measurePeak();
  void run(const Case &test);
};

void Bench::measurePeak() {
  auto module = buildPeakModule(context, traits);
  auto kernel = llvm::cantFail(KernelJit::compile(*module, cpu));
  void *address = kernel->find("contraction");
  std::vector<float> a(16), b(16), c(kPeakSums * 16);
  auto run = [&](int64_t) {
    KernelJit::call(address,
                    {BufferArgument(a.data(), {16}), BufferArgument(b.data(), {16}),
                     BufferArgument(c.data(), {kPeakSums * 16})},
                    0, 0, 0, {});
  };
  peak = 2.0 * kPeakSteps * kPeakSums * traits.lanes(32) / bestSeconds(1, run) * 1e-9;
}

void Bench::run(const Case &test) {
  ContractionShape shape;
  shape.batch = test.batch;
  shape.m = test.m;
  shape.n = test.n;
  shape.k = test.k;
  shape.transposeA = test.orientation[0] == 'T';
  shape.transposeB = test.orientation[1] == 'T';
  shape.elementA = shape.elementB =
      test.bf16 ? Type(BFloat16Type::get(&context)) : Type(Float32Type::get(&context));
  shape.tunedRows = test.rows;
  ContractionPlan plan =
      *planContraction(shape, traits, [&] { return emitError(UnknownLoc::get(&context)); });
  for (auto &apply : overrides)
    apply(plan);
  auto module = buildContractionModule(context, plan);
  if (assembly) {
    llvm::outs() << "# " << test.name << ": " << describe(plan, test.rows) << "\n"
                 << llvm::cantFail(compileToAssembly(*module, cpu));
    return;
  }
  std::unique_ptr<KernelJit> kernel;
  double compile = secondsOf([&] { kernel = llvm::cantFail(KernelJit::compile(*module, cpu)); });

  void *address = kernel->find("contraction");

  auto allocate = [&](int64_t count) {
    std::vector<float> data(count + 16);
    for (auto [i, value] : llvm::enumerate(data))
      value = 1.0f / (1 + i % 7);
    return data;
  };
  auto sizes = [&](char operand) { return storedSizes(shape, operand, test.rows); };
  std::vector<float> a = allocate(product(sizes('a'))), b = allocate(product(sizes('b'))),
                     c = allocate(product(sizes('c')));
  auto aligned = [](std::vector<float> &data) {
    return reinterpret_cast<char *>(llvm::alignAddr(data.data(), llvm::Align(64)));
  };
  std::vector<float> scratch = allocate(plan.scratchBytes() / 4);
  int64_t tiles = plan.tiles().at(test.rows);
  SmallVector<BufferArgument> buffers{BufferArgument(aligned(a), sizes('a')),
                                      BufferArgument(aligned(b), sizes('b')),
                                      BufferArgument(aligned(c), sizes('c'))};
  auto run = [&](int64_t begin, int64_t end) {
    KernelJit::call(address, buffers, test.rows, begin, end,
                    {aligned(scratch), size_t(plan.scratchBytes())});
  };
  double work = 2.0 * product(sizes('c')) * shape.k.at(test.rows) * 1e-9;
  double clock = bestSeconds(1, [&](int64_t) { run(0, 0); });
  if (sample) {
    // A few tiles only, and so more often: the best of many short runs is what the code can do.
    int64_t part = std::min(sample, tiles);
    double seconds = bestSeconds(part, [&](int64_t i) { run(i, i + 1); }) - part * clock;
    llvm::outs() << llvm::format("%-34s sample %5.1f %% ", test.name,
                                 100 * work * part / tiles / seconds / peak);
  }
  auto efficiency = [&](int64_t parts) {
    parts = std::min(parts, tiles);
    double seconds =
        bestSeconds(parts, [&](int64_t i) { run(tiles * i / parts, tiles * (i + 1) / parts); });
    return 100 * work / (seconds - parts * clock) / peak;
  };
  if (!sample) {
    double whole = efficiency(1), eighths = efficiency(8), single = efficiency(tiles);
    llvm::outs() << llvm::format("%-34s whole %5.1f %%  eighths %5.1f %%  tiles %5.1f %%   ",
                                 test.name, whole, eighths, single);
  }
  llvm::outs() << describe(plan, test.rows) << llvm::format("  compile %.0f ms\n", compile * 1e3);
  llvm::outs().flush();
}

} // namespace

int main(int argc, char **argv) {
  Bench bench;
  StringRef filter;
  for (int i = 1; i < argc; ++i) {
    StringRef argument = argv[i];
    if (argument.consume_front("--cpu="))
      bench.cpu = argument.str();
    else if (argument == "--assembly")
      bench.assembly = true;
    else if (argument.consume_front("--pack-a="))
      bench.overrides.push_back([pack = argument.str()](ContractionPlan &plan) {
        plan.packA = pack == "rows"     ? ContractionPlan::PackA::Rows
                     : pack == "panels" ? ContractionPlan::PackA::Panels
                                        : ContractionPlan::PackA::None;
      });
    else if (argument.consume_front("--pack-b="))
      bench.overrides.push_back(
          [pack = argument == "1"](ContractionPlan &plan) { plan.packB = pack; });
    else if (argument.consume_front("--sample="))
      argument.getAsInteger(10, bench.sample);
    else if (!argument.starts_with("--"))
      filter = argument;
    for (const Override &option : kOverrides)
      if (int64_t value; argument.consume_front(option.flag) && !argument.getAsInteger(10, value))
        bench.overrides.push_back([=](ContractionPlan &plan) { plan.*option.field = value; });
  }
  std::optional<CpuTraits> traits = CpuTraits::forLevel(bench.cpu);
  if (!traits) {
    llvm::errs() << "contraction-benchmark: unknown level '" << bench.cpu
                 << "', expected x86-64-v2, x86-64-v3, x86-64-v4 or aarch64\n";
    return 2;
  }
  bench.traits = *traits;
  loadDialects(bench.context);
  bench.context.disableMultithreading();
  if (!bench.assembly) {
    bench.measurePeak();
    llvm::outs() << llvm::format("peak %.1f GF/s\n", bench.peak);
  }
  for (const Case &test : kCases)
    if (StringRef(test.name).contains(filter))
      bench.run(test);
  return 0;
}
