// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Native code and tables, put together as a file.
#include "weft/Module/ModuleWriter.h"
#include "EntryTables.h"
#include "runtime/schema/file_header.h"
#include "runtime/schema/kernel_abi.h"
#include "weft/Schedule/KernelModules.h"
#include "weft/Target/TargetInterface.h"
#include "weft/Target/TargetRegistry.h"

#include "llvm/Config/llvm-config.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

using namespace mlir;

namespace weft {

namespace {

class ModuleBuilder {
public:
  ModuleBuilder(ModuleOp module, ModelOp model, const ModuleOptions &options)
      : module(module), model(model), options(options) {}

  LogicalResult build();
  std::vector<char> pack() const;

private:
  LogicalResult addVariables();
  LogicalResult addExecutable(ModuleOp kernels);
  LogicalResult addEntry(exec::ProgramOp program);
  void addOptimizer();
  void addTask();
  LogicalResult verifySize();
  std::unique_ptr<schema::KernelT> buildKernel(const KernelInfo &info, uint64_t address);

  ModuleOp module;
  ModelOp model;
  const ModuleOptions &options;
  schema::ModuleT table;
  llvm::StringMap<unsigned> kernelNumbers;
  // The most rows per row of the batch that a kernel is dispatched on.
  llvm::StringMap<int64_t> rowsOf;
};

} // namespace

static_assert(static_cast<int>(TaskKind::MultiLabelClassification) ==
                  static_cast<int>(schema::Task::MAX) &&
              static_cast<int>(ArgumentDefaults::TrainingArguments) ==
                  static_cast<int>(schema::ArgumentDefaults::TrainingArguments));

static schema::LinearSize toSchema(LinearSize size) {
  return schema::LinearSize(size.fixed, size.perRow);
}

LogicalResult ModuleBuilder::addVariables() {
  FailureOr<PersistentLayout> layout = PersistentLayout::compute(model);
  if (failed(layout))
    return failure();
  table.persistent_bytes = layout->getBytes();
  for (const PersistentVariable &variable : layout->getVariables()) {
    auto built = buildVariable(variable);
    if (failed(built))
      return failure();
    table.variables.push_back(std::move(*built));
  }
  return success();
}

// An estimate, kept to what the runtime takes of a kernel that runs `rows` times a row of the batch
// (runtime/src/module/sizes.h).
static LinearSize boundedWork(LinearSize flops, int64_t rows) {
  constexpr int64_t most = int64_t{1} << 46, mostPerRow = int64_t{1} << 36;
  return {std::min(flops.fixed, most), std::min(flops.perRow, mostPerRow / rows)};
}

std::unique_ptr<schema::KernelT> ModuleBuilder::buildKernel(const KernelInfo &info,
                                                            uint64_t address) {
  auto kernel = std::make_unique<schema::KernelT>();
  kernel->name = info.name;
  kernel->entry = address;
  kernel->constant_count = info.constantCount;
  kernel->scratch_bytes = info.scratchBytes;
  kernel->flops = std::make_unique<schema::LinearSize>(
      toSchema(boundedWork(info.flops, std::max<int64_t>(1, rowsOf.lookup(info.name)))));
  for (const KernelBinding &binding : info.bindings) {
    auto entry = std::make_unique<schema::KernelBindingT>();
    entry->access = binding.isResult ? schema::Access::Write : schema::Access::Read;
    entry->size = std::make_unique<schema::LinearSize>(toSchema(binding.bytes));
    kernel->bindings.push_back(std::move(entry));
  }
  for (const KernelTiles &tiles : info.tiles)
    kernel->tiles.push_back(schema::TileCount(toSchema(tiles.extent), tiles.tile, tiles.times));
  for (const KernelCheck &check : info.checks) {
    auto entry = std::make_unique<schema::IndexCheckT>();
    entry->user = check.user;
    entry->location = check.location;
    entry->low = check.low;
    entry->high = check.high;
    kernel->checks.push_back(std::move(entry));
  }
  if (auto dispatch = model.lookupSymbol<func::FuncOp>(info.name)) {
    llvm::raw_string_ostream stream(kernel->source);
    dispatch->print(stream, OpPrintingFlags().useLocalScope());
  }
  return kernel;
}

LogicalResult ModuleBuilder::addExecutable(ModuleOp kernels) {
  TargetOptions target;
  target.kind = kernels->getAttrOfType<StringAttr>(kKernelTargetAttr).str();
  target.cpu = kernels->getAttrOfType<StringAttr>(kKernelProcessorAttr).str();
  target.tunedRows = options.tunedRows;
  std::string error;
  std::unique_ptr<TargetInterface> compiler = createTarget(target, error);
  if (!compiler)
    return kernels.emitError() << error;
  SmallVector<KernelInfo> infos;
  for (auto kernel : kernels.getOps<func::FuncOp>()) {
    FailureOr<KernelInfo> info = readKernelInfo(kernel);
    if (failed(info))
      return failure();
    infos.push_back(std::move(*info));
  }
  FailureOr<TargetImage> image = compiler->compile(kernels);
  if (failed(image))
    return failure();
  auto executable = std::make_unique<schema::ExecutableT>();
  executable->triple = image->triple;
  executable->cpu = image->cpu;
  executable->features = image->features;
  executable->image.assign(image->image.begin(), image->image.end());
  for (auto [number, info] : llvm::enumerate(infos)) {
    kernelNumbers[info.name] = number;
    executable->kernels.push_back(buildKernel(info, image->entries[number]));
  }
  table.executables.push_back(std::move(executable));
  return success();
}

LogicalResult ModuleBuilder::addEntry(exec::ProgramOp program) {
  auto declaration = model.lookupSymbol<func::FuncOp>(program.getSymNameAttr());
  if (!declaration)
    return program.emitError("expected a declaration of @")
           << program.getSymName() << " in the model";
  if (auto sizes = declaration->getAttrOfType<DictionaryAttr>(kBucketAttr);
      sizes && table.bucket_dimensions.empty())
    for (NamedAttribute size : sizes)
      table.bucket_dimensions.push_back(size.getName().str());
  auto bucket = buildBucket(declaration, table.programs.size());
  if (failed(bucket))
    return failure();
  table.programs.push_back(buildProgram(program, kernelNumbers));
  auto named = declaration->getAttrOfType<StringAttr>(kEntryAttr);
  std::string name = named ? named.str() : program.getSymName().str();
  for (auto &entry : table.entries)
    if (entry->name == name) {
      entry->buckets.push_back(std::move(*bucket));
      return success();
    }
  auto entry = std::make_unique<schema::EntryT>();
  entry->name = name;
  entry->role = getEntryRole(name);
  entry->buckets.push_back(std::move(*bucket));
  table.entries.push_back(std::move(entry));
  return success();
}

void ModuleBuilder::addOptimizer() {
  bool trains = llvm::any_of(table.entries, [](const auto &entry) {
    return entry->role == schema::EntryRole::TrainStep ||
           entry->role == schema::EntryRole::ApplyStep;
  });
  OptimizerAttrInterface optimizer = model.getOptimizerAttr();
  if (!trains || !optimizer)
    return;
  table.optimizer = optimizer.getOptimizerName().str();
  auto addDefault = [&](schema::ScalarRole role, double value) {
    auto entry = std::make_unique<schema::DefaultT>();
    entry->role = role;
    entry->value = value;
    table.defaults.push_back(std::move(entry));
  };
  for (auto [role, value] : optimizer.getDefaults())
    addDefault(static_cast<schema::ScalarRole>(role), value);
  if (options.maxGradNorm > 0)
    addDefault(schema::ScalarRole::MaxGradNorm, options.maxGradNorm);
  if (options.labelSmoothing > 0)
    addDefault(schema::ScalarRole::LabelSmoothing, options.labelSmoothing);
}

LogicalResult ModuleBuilder::build() {
  table.version = WEFT_SCHEMA_VERSION;
  table.abi_version = WEFT_KERNEL_ABI_VERSION;
  table.producer = "weftc " WEFT_VERSION " (LLVM " LLVM_VERSION_STRING ")";
  table.name = model.getSymName().str();
  table.source = options.source;
  table.tuned_batch = options.tunedRows;
  table.clips_gradients = options.clipsGradients;
  table.accumulates_gradients = options.accumulatesGradients;
  if (failed(addVariables()))
    return failure();
  SmallVector<ModuleOp> kernels = getKernelModules(module);
  if (kernels.empty())
    return model.emitError("expected a module of kernels beside the model");
  module.walk([&](exec::DispatchOp dispatch) {
    int64_t &rows = rowsOf[dispatch.getKernel().getLeafReference()];
    rows = std::max<int64_t>(rows, dispatch.getRows());
  });
  for (ModuleOp inner : kernels)
    if (failed(addExecutable(inner)))
      return failure();
  for (auto program : module.getOps<exec::ProgramOp>())
    if (failed(addEntry(program)))
      return failure();
  addOptimizer();
  addTask();
  return verifySize();
}

// A model that names no task classifies if an input of it holds indices.
void ModuleBuilder::addTask() {
  if (std::optional<StringRef> architecture = model.getArchitecture())
    table.architecture = architecture->str();
  if (std::optional<ArgumentDefaults> defaults = model.getArgumentDefaults())
    table.argument_defaults = static_cast<schema::ArgumentDefaults>(*defaults);
  if (std::optional<TaskAttr> task = model.getTask()) {
    table.task = static_cast<schema::Task>(task->getKind());
    if (ArrayAttr labels = task->getLabels())
      for (StringAttr label : labels.getAsRange<StringAttr>())
        table.labels.push_back(label.str());
    return;
  }
  bool hasClasses = llvm::any_of(table.entries, [](const auto &entry) {
    return llvm::any_of(entry->buckets.front()->inputs,
                        [](const auto &input) { return input->index_high > input->index_low; });
  });
  table.task = hasClasses ? schema::Task::Classification : schema::Task::Unknown;
}

// FlatBuffers addresses with 31 bits: what is large is summed up before a buffer is made.
LogicalResult ModuleBuilder::verifySize() {
  constexpr uint64_t most = uint64_t{1} << 30;
  uint64_t bytes = table.source.size();
  for (const auto &variable : table.variables)
    bytes += variable->initializer ? variable->initializer->values.size() : 0;
  for (const auto &executable : table.executables) {
    bytes += executable->image.size();
    for (const auto &kernel : executable->kernels)
      bytes += kernel->source.size();
  }
  if (bytes <= most)
    return success();
  return model.emitOpError("expected a module of at most ")
         << most << " bytes of literals, code and source, got " << bytes;
}

std::vector<char> ModuleBuilder::pack() const {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(schema::Module::Pack(builder, &table), schema::ModuleIdentifier());
  weft_file_header_t header = {};
  std::memcpy(header.magic, WEFT_FILE_MAGIC, sizeof header.magic);
  header.version = WEFT_SCHEMA_VERSION;
  header.header_size = sizeof header;
  header.body_size = builder.GetSize();
  XXH128_hash_t hash = XXH3_128bits(builder.GetBufferPointer(), builder.GetSize());
  header.hash_low = hash.low64;
  header.hash_high = hash.high64;
  std::vector<char> bytes(sizeof header + builder.GetSize());
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, builder.GetBufferPointer(), builder.GetSize());
  return bytes;
}

FailureOr<std::vector<char>> buildModuleFile(ModuleOp module, const ModuleOptions &options) {
  SmallVector<ModelOp> models(module.getOps<ModelOp>());
  if (models.size() != 1)
    return module.emitError("expected one weft.model in the file, got ") << models.size();
  ModuleBuilder builder(module, models.front(), options);
  if (failed(builder.build()))
    return failure();
  return builder.pack();
}

} // namespace weft
