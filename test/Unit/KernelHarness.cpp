// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs compiled kernels beside the reference.
#include "KernelHarness.h"

#include "dialects/Weft/Weft.h"
#include "runtime/schema/kernel_abi.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <dlfcn.h>
#include <link.h>

using namespace mlir;

namespace weft::test {
namespace {

constexpr size_t kMargin = 128;
constexpr char kMarginByte = 0x5a;

RankedTensorType typeOf(Type type) { return cast<RankedTensorType>(type); }

size_t bytesOf(Type element) { return std::max(1u, element.getIntOrFloatBitWidth() / 8); }

uint64_t encode(Type element, double value) {
  llvm::APFloat number(value);
  bool inexact;
  number.convert(cast<FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                 &inexact);
  return number.bitcastToAPInt().getZExtValue();
}

double decode(Type element, uint64_t bits) {
  auto type = cast<FloatType>(element);
  llvm::APFloat number(type.getFloatSemantics(), llvm::APInt(type.getWidth(), bits));
  bool inexact;
  number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &inexact);
  return number.convertToDouble();
}

SmallVector<int64_t> shapeAt(RankedTensorType type, int64_t rows) {
  SmallVector<int64_t> shape(type.getShape());
  if (!shape.empty() && ShapedType::isDynamic(shape[0]))
    shape[0] = rows;
  return shape;
}

} // namespace

BindingMemory::BindingMemory(size_t size)
    : bytes(size), storage(size + kMargin + 64, kMarginByte) {}

char *BindingMemory::data() {
  return reinterpret_cast<char *>((reinterpret_cast<uintptr_t>(storage.data()) + 63) & ~63ull);
}

bool BindingMemory::isMarginIntact() const {
  const char *begin = const_cast<BindingMemory *>(this)->data() + bytes;
  return std::all_of(begin, storage.data() + storage.size(),
                     [](char byte) { return byte == kMarginByte; });
}

void writeTensor(const ReferenceTensor &tensor, char *memory) {
  Type element = tensor.getElementType();
  size_t size = bytesOf(element);
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    uint64_t bits = tensor.isFloat() ? encode(element, tensor.getFloat(i)) : tensor.getInt(i);
    std::memcpy(memory + i * size, &bits, size);
  }
}

void readTensor(const char *memory, ReferenceTensor &tensor) {
  Type element = tensor.getElementType();
  size_t size = bytesOf(element);
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, memory + i * size, size);
    if (tensor.isFloat())
      tensor.setFloat(i, decode(element, bits));
    else
      tensor.setInt(i, llvm::SignExtend64(bits, size * 8));
  }
}

struct KernelHarness::Loaded {
  llvm::SmallString<128> path;
  void *library = nullptr;
  ~Loaded() {
    if (library)
      dlclose(library);
    llvm::sys::fs::remove(path);
  }
};

KernelHarness::KernelHarness(const std::string &text, const std::string &cpu) {
  compile(text, cpu);
}

void KernelHarness::compile(const std::string &text, const std::string &cpu) {
  context.getOrLoadDialect<WeftDialect>();
  context.getOrLoadDialect<func::FuncDialect>();
  context.allowUnregisteredDialects();
  module = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(module) << text;
  function = *module->getOps<func::FuncOp>().begin();
  std::string error;
  FailureOr<cpu::CpuTarget> processor = cpu::CpuTarget::create(cpu, error);
  ASSERT_TRUE(succeeded(processor)) << error;
  std::unique_ptr<TargetInterface> target = cpu::createCpuTarget(*processor);
  OwningOpRef<ModuleOp> kernels = ModuleOp::create(UnknownLoc::get(&context));
  FailureOr<KernelInfo> built = target->buildKernel(function, *kernels);
  ASSERT_TRUE(succeeded(built)) << text;
  info = *built;
  ASSERT_TRUE(succeeded(mlir::verify(*kernels))) << text;
  if (getenv("WEFT_DUMP_KERNELS"))
    kernels->dump();
  FailureOr<TargetImage> image = target->compile(*kernels);
  ASSERT_TRUE(succeeded(image)) << text;

  loaded = std::make_unique<Loaded>();
  int descriptor;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("kernel", "so", descriptor, loaded->path));
  {
    llvm::raw_fd_ostream stream(descriptor, true);
    stream.write(image->image.data(), image->image.size());
  }
  loaded->library = dlopen(loaded->path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(loaded->library) << dlerror();
  link_map *map = nullptr;
  ASSERT_EQ(dlinfo(loaded->library, RTLD_DI_LINKMAP, &map), 0);
  entry = reinterpret_cast<void *>(map->l_addr + image->entries.at(0));
}

KernelHarness::~KernelHarness() = default;

int64_t KernelHarness::countTiles(int64_t rows) const {
  int64_t count = 0;
  for (const KernelTiles &tiles : info.tiles)
    count += tiles.at(rows);
  return count;
}

std::vector<ReferenceTensor> KernelHarness::makeOperands(int64_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<ReferenceTensor> operands;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    RankedTensorType type = typeOf(function.getArgumentTypes()[i]);
    auto perRow = function.getArgAttrOfType<IntegerAttr>(i, kRowsAttrName);
    ReferenceTensor tensor(type.getElementType(),
                           shapeAt(type, rows * (perRow ? perRow.getInt() : 1)));
    auto range = function.getArgAttrOfType<DenseF64ArrayAttr>(i, "test.range");
    bool isBool = type.getElementType().isInteger(1);
    double low = range ? range[0] : tensor.isFloat() ? -2 : 0;
    double high = range ? range[1] : tensor.isFloat() ? 2 : isBool ? 2 : 10;
    std::uniform_real_distribution<double> distribution(low, high);
    for (int64_t k = 0; k < tensor.getNumElements(); ++k)
      if (tensor.isFloat())
        tensor.setFloat(k, distribution(random));
      else
        tensor.setInt(k, static_cast<int64_t>(std::floor(distribution(random))));
    if (tensor.isFloat())
      tensor.roundToElementType();
    operands.push_back(std::move(tensor));
  }
  return operands;
}

std::vector<ReferenceTensor> KernelHarness::evaluate(const std::vector<ReferenceTensor> &operands) {
  DenseMap<Value, ReferenceTensor> values;
  for (auto [argument, tensor] : llvm::zip(function.getArguments(), operands))
    values[argument] = tensor;
  for (Operation &op : function.getBody().front().without_terminator()) {
    SmallVector<ReferenceTensor> inputs, results;
    for (Value operand : op.getOperands())
      inputs.push_back(values[operand]);
    EXPECT_TRUE(succeeded(cast<ReferenceOpInterface>(op).evaluate(inputs, results)));
    for (auto [result, tensor] : llvm::zip(op.getResults(), results))
      values[result] = tensor;
  }
  std::vector<ReferenceTensor> results;
  for (Value value : function.getBody().front().getTerminator()->getOperands()) {
    results.push_back(values[value]);
    results.back().roundToElementType();
  }
  return results;
}

std::vector<void *> KernelHarness::bind(const std::vector<ReferenceTensor> &operands, int64_t rows,
                                        bool inPlace) {
  memory.clear();
  memory.reserve(info.bindings.size());
  std::vector<void *> pointers;
  std::set<unsigned> taken;
  for (const KernelBinding &binding : info.bindings) {
    auto free =
        llvm::find_if(binding.mayOverwrite, [&](unsigned other) { return !taken.count(other); });
    if (inPlace && free != binding.mayOverwrite.end()) {
      taken.insert(*free);
      pointers.push_back(pointers[*free]);
      continue;
    }
    memory.emplace_back(binding.bytes.at(rows));
    pointers.push_back(memory.back().data());
    if (!binding.isResult)
      writeTensor(operands[binding.index], memory.back().data());
  }
  return pointers;
}

void KernelHarness::call(const std::vector<void *> &pointers, int64_t rows, int64_t begin,
                         int64_t end, std::vector<char> &scratch) {
  uint64_t error = 0;
  auto aligned = (reinterpret_cast<uintptr_t>(scratch.data()) + 63) & ~63ull;
  weft_kernel_args_t arguments = {pointers.data(), rows, constants.data(),
                                  begin,           end,  reinterpret_cast<void *>(aligned),
                                  &error};
  reinterpret_cast<weft_kernel_t>(entry)(&arguments);
}

std::vector<ReferenceTensor> KernelHarness::run(const std::vector<ReferenceTensor> &operands,
                                                int64_t rows, int64_t pieces, unsigned seed,
                                                bool inPlace) {
  std::vector<void *> pointers = bind(operands, rows, inPlace);
  std::mt19937 random(seed);
  int64_t tiles = countTiles(rows);
  std::set<int64_t> cuts = {0, tiles};
  for (int64_t i = 1; i < pieces; ++i)
    cuts.insert(std::uniform_int_distribution<int64_t>(0, tiles)(random));
  std::vector<std::pair<int64_t, int64_t>> ranges;
  for (auto next = std::next(cuts.begin()); next != cuts.end(); ++next)
    ranges.push_back({*std::prev(next), *next});
  std::shuffle(ranges.begin(), ranges.end(), random);
  for (auto [begin, end] : ranges) {
    // What is in scratch memory must not matter.
    std::vector<char> scratch(info.scratchBytes + 128, static_cast<char>(0xff));
    call(pointers, rows, begin, end, scratch);
  }
  for (const BindingMemory &block : memory)
    EXPECT_TRUE(block.isMarginIntact()) << "written beyond the end of a binding";
  std::vector<ReferenceTensor> results;
  for (auto [i, binding] : llvm::enumerate(info.bindings))
    if (binding.isResult) {
      results.push_back(makeResult(binding.index, rows));
      EXPECT_EQ(static_cast<size_t>(binding.bytes.at(rows)),
                results.back().getNumElements() * bytesOf(results.back().getElementType()));
      readTensor(static_cast<const char *>(pointers[i]), results.back());
    }
  return results;
}

ReferenceTensor KernelHarness::makeResult(unsigned number, int64_t rows) {
  RankedTensorType type = typeOf(function.getResultTypes()[number]);
  int64_t elements = 1;
  SmallVector<int64_t> shape = shapeAt(type, 1);
  for (int64_t size : shape)
    elements *= size;
  for (const KernelBinding &binding : info.bindings)
    if (binding.isResult && binding.index == number && !type.hasStaticShape())
      shape[0] = binding.bytes.at(rows) / (elements * bytesOf(type.getElementType()));
  return ReferenceTensor(type.getElementType(), shape);
}

double KernelHarness::measure(int64_t rows) {
  std::vector<void *> pointers = bind(makeOperands(rows, 1), rows, false);
  std::vector<char> scratch(info.scratchBytes + 128);
  double best = 1e9;
  for (int i = 0; i < 200; ++i) {
    auto begin = std::chrono::steady_clock::now();
    call(pointers, rows, 0, countTiles(rows), scratch);
    std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    best = std::min(best, time.count());
  }
  return best;
}

namespace {

void expectNear(const ReferenceTensor &actual, const ReferenceTensor &expected, double tolerance,
                const std::string &what) {
  ASSERT_EQ(actual.getShape(), expected.getShape()) << what;
  for (int64_t i = 0; i < expected.getNumElements(); ++i) {
    if (!expected.isFloat()) {
      int64_t mask = expected.getElementType().isInteger(1) ? 1 : -1;
      ASSERT_EQ(actual.getInt(i) & mask, expected.getInt(i) & mask) << what << ", element " << i;
      continue;
    }
    double want = expected.getFloat(i), got = actual.getFloat(i);
    if (std::isnan(want)) {
      ASSERT_TRUE(std::isnan(got)) << what << ", element " << i << ": " << got;
      continue;
    }
    if (std::isinf(want)) {
      ASSERT_EQ(got, want) << what << ", element " << i;
      continue;
    }
    unsigned bits = cast<FloatType>(expected.getElementType()).getFPMantissaWidth();
    double unit =
        std::ldexp(std::max(std::abs(want), 1.0), 1 - static_cast<int>(std::min(bits, 24u)));
    ASSERT_NEAR(got, want, tolerance * unit) << what << ", element " << i;
  }
}

void expectSameBits(const std::vector<ReferenceTensor> &actual,
                    const std::vector<ReferenceTensor> &expected, const std::string &what) {
  for (auto [a, b] : llvm::zip(actual, expected)) {
    ASSERT_EQ(a.getInts(), b.getInts()) << what;
    for (auto [x, y] : llvm::zip(a.getFloats(), b.getFloats()))
      ASSERT_EQ(llvm::bit_cast<uint64_t>(x), llvm::bit_cast<uint64_t>(y)) << what;
  }
}

} // namespace

void checkKernel(const std::string &text, double tolerance, const std::string &cpu,
                 const std::vector<int64_t> &batches) {
  SCOPED_TRACE(text);
  KernelHarness harness(text, cpu);
  if (!harness.isValid())
    return;
  for (int64_t rows : batches) {
    std::vector<ReferenceTensor> operands = harness.makeOperands(rows, rows);
    std::vector<ReferenceTensor> expected = harness.evaluate(operands);
    std::vector<ReferenceTensor> actual = harness.run(operands, rows, 1, 0);
    ASSERT_EQ(actual.size(), expected.size());
    std::string what = "rows " + std::to_string(rows);
    for (size_t i = 0; i < expected.size(); ++i)
      expectNear(actual[i], expected[i], tolerance, what + ", result " + std::to_string(i));
    for (unsigned pieces : {2, 7})
      expectSameBits(harness.run(operands, rows, pieces, pieces), actual,
                     what + ", " + std::to_string(pieces) + " pieces");
    expectSameBits(harness.run(operands, rows, 3, 9, /*inPlace=*/true), actual,
                   what + ", in place");
  }
}

} // namespace weft::test
