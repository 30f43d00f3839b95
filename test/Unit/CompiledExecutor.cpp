// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compilation in process, execution through a session of the runtime.
#include "CompiledExecutor.h"

#include "dialects/Weft/Weft.h"
#include "mlir/Pass/PassManager.h"
#include "module/session.h"
#include "weft/Module/ModuleWriter.h"
#include "weft/Pipelines/Pipelines.h"
#include "weft/Reference/OpCases.h"
#include "weft/Transforms/TypePropagation.h"

#include "llvm/ADT/bit.h"

#include <cstring>

using namespace mlir;

namespace weft {

namespace {

// Bytes of a tensor, as the runtime takes them.
std::vector<uint8_t> toBytes(const ReferenceTensor &tensor) {
  unsigned bits = tensor.getElementType().getIntOrFloatBitWidth();
  size_t size = (bits + 7) / 8;
  std::vector<uint8_t> bytes(size * tensor.getNumElements());
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    uint64_t word = 0;
    if (tensor.isFloat()) {
      APFloat value(tensor.getFloat(i));
      bool losesInfo = false;
      value.convert(cast<FloatType>(tensor.getElementType()).getFloatSemantics(),
                    APFloat::rmNearestTiesToEven, &losesInfo);
      word = value.bitcastToAPInt().getZExtValue();
    } else {
      word = static_cast<uint64_t>(tensor.getInt(i));
    }
    std::memcpy(&bytes[i * size], &word, size);
  }
  return bytes;
}

ReferenceTensor fromBytes(Type elementType, ArrayRef<int64_t> shape, ArrayRef<uint8_t> bytes) {
  ReferenceTensor tensor(elementType, shape);
  unsigned bits = elementType.getIntOrFloatBitWidth();
  size_t size = (bits + 7) / 8;
  for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
    uint64_t word = 0;
    std::memcpy(&word, &bytes[i * size], size);
    if (auto type = dyn_cast<FloatType>(elementType)) {
      APFloat value(type.getFloatSemantics(), APInt(bits, word));
      bool losesInfo = false;
      value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
      tensor.setFloat(i, value.convertToDouble());
    } else {
      tensor.setInt(i, bits == 1 ? word & 1 : APInt(bits, word).getSExtValue());
    }
  }
  return tensor;
}

// How often the rows an argument's dynamic dimension is.
int64_t getTimes(func::FuncOp function, unsigned argument) {
  auto times = function.getArgAttrOfType<IntegerAttr>(argument, kCaseTimesAttr);
  return times ? times.getInt() : 1;
}

// A model with the function as its one entry, @run. An argument of several rows per sample is taken
// as one of whole samples and reshaped.
OwningOpRef<ModuleOp> makeModel(func::FuncOp function) {
  OpBuilder builder(function.getContext());
  Location loc = function.getLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToStart(module->getBody());
  auto model = ModelOp::create(builder, loc, "case", OptimizerAttrInterface(), TaskAttr(),
                               StringAttr(), ArgumentDefaultsAttr());
  builder.setInsertionPointToStart(&model.getBody().emplaceBlock());
  auto clone = cast<func::FuncOp>(builder.clone(*function));
  clone.setName("run");
  clone.setPublic();
  builder.setInsertionPointToStart(&clone.getBody().front());
  for (BlockArgument argument : clone.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    int64_t times = getTimes(function, argument.getArgNumber());
    if (type.hasStaticShape() || times == 1)
      continue;
    SmallVector<int64_t> shape(type.getShape());
    shape.insert(shape.begin() + 1, times);
    argument.setType(RankedTensorType::get(shape, type.getElementType()));
    auto reshaped = ReshapeOp::create(builder, loc, type, argument);
    argument.replaceAllUsesExcept(reshaped, reshaped);
  }
  clone.setType(
      builder.getFunctionType(clone.getBody().getArgumentTypes(), clone.getResultTypes()));
  for (unsigned i = 0; i < clone.getNumArguments(); ++i)
    clone.setArgAttrs(i, ArrayRef<NamedAttribute>());
  for (unsigned i = 0; i < clone.getNumResults(); ++i)
    clone.setResultAttrs(i, ArrayRef<NamedAttribute>());
  return module;
}

// Inner dimensions that the types leave open get the sizes of the data, as buckets give them.
LogicalResult bindInnerDimensions(func::FuncOp function, ArrayRef<ReferenceTensor> inputs) {
  bool isOpen = false;
  for (auto [argument, input] : llvm::zip_equal(function.getArguments(), inputs)) {
    auto type = cast<RankedTensorType>(argument.getType());
    SmallVector<int64_t> shape(type.getShape());
    for (int64_t dim : getDynamicDims(type))
      if (dim > 0) {
        shape[dim] = input.getDimSize(dim);
        isOpen = true;
      }
    argument.setType(type.clone(shape));
  }
  return isOpen ? propagateTypes(function) : success();
}

// The batch size that the inputs have.
int64_t getRows(func::FuncOp function, ArrayRef<ReferenceTensor> inputs) {
  for (auto [index, input] : llvm::enumerate(inputs))
    if (!cast<RankedTensorType>(function.getArgumentTypes()[index]).hasStaticShape())
      return input.getDimSize(0) / getTimes(function, index);
  return 1;
}

LogicalResult runModule(func::FuncOp function, ArrayRef<char> file,
                        ArrayRef<ReferenceTensor> inputs,
                        SmallVectorImpl<ReferenceTensor> &results) {
  auto fail = [&](const rt::Status &status) { return function.emitError(status.message()); };
  auto module = rt::Module::parse({reinterpret_cast<const uint8_t *>(file.data()), file.size()});
  if (!module.ok())
    return fail(module.status());
  rt::DeviceOptions deviceOptions;
  deviceOptions.threads = 1;
  auto device = rt::createDevice("cpu", deviceOptions);
  if (!device.ok())
    return fail(device.status());
  rt::SessionOptions options;
  options.device = *device;
  auto session = rt::Session::create(*module, options);
  if (!session.ok())
    return fail(session.status());
  rt::RunRequest request;
  request.entry = *(*module)->findEntry("run");
  request.rows = getRows(function, inputs);
  std::vector<std::vector<uint8_t>> inputBytes, outputBytes;
  std::vector<const void *> inputPointers;
  for (const ReferenceTensor &input : inputs)
    inputPointers.push_back(inputBytes.emplace_back(toBytes(input)).data());
  const auto &bucket = *(*module)->entry(request.entry).buckets()->Get(0);
  std::vector<void *> outputPointers;
  for (unsigned i = 0; i < bucket.outputs()->size(); ++i)
    outputBytes.emplace_back((*session)->outputBytes(request.entry, 0, i, request.rows));
  for (auto &bytes : outputBytes)
    outputPointers.push_back(bytes.data());
  request.inputs = inputPointers;
  request.outputs = outputPointers;
  if (rt::Status status = (*session)->run(request); !status.ok())
    return fail(status);
  for (auto [number, bytes] : llvm::enumerate(outputBytes)) {
    SmallVector<int64_t> shape;
    for (const auto *dimension : *bucket.outputs()->Get(number)->shape())
      shape.push_back(dimension->fixed() + request.rows * dimension->per_row());
    auto type = cast<RankedTensorType>(function.getResultTypes()[number]);
    results.push_back(fromBytes(type.getElementType(), shape, bytes));
  }
  return success();
}

} // namespace

LogicalResult CompiledExecutor::evaluate(func::FuncOp function, ArrayRef<ReferenceTensor> inputs,
                                         SmallVectorImpl<ReferenceTensor> &results) {
  OwningOpRef<ModuleOp> module = makeModel(function);
  auto model = *module->getOps<ModelOp>().begin();
  if (failed(bindInnerDimensions(*model.getBody().getOps<func::FuncOp>().begin(), inputs)))
    return failure();
  CompileOptions options;
  options.processors.push_back(processor);
  PassManager passes(function.getContext(), ModuleOp::getOperationName());
  buildPhasePipeline(passes, Phase::Training, Phase::Schedule, options);
  if (failed(passes.run(*module)))
    return failure();
  FailureOr<std::vector<char>> file = buildModuleFile(*module, {});
  if (failed(file))
    return failure();
  return runModule(function, *file, inputs, results);
}

} // namespace weft
