// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The semantic verifier: each field made wrong gives an error that names the place; cut and
// bit-flipped modules (with the hash recomputed) give an error or load, and never crash.
#include "ModuleTesting.h"
#include "module/module.h"
#include "module/session.h"
#include "module/sizes.h"
#include "gtest/gtest.h"

#include <functional>
#include <limits>

using namespace weft::rt;
using namespace weft::rt::testing;
using namespace weft;

static Status load(const ModuleT &module) {
  std::vector<uint8_t> file = writeModule(module);
  return Module::parse(file).takeStatus();
}

TEST(Verify, AcceptsTheModule) {
  EXPECT_EQ(load(ModuleBuilder(/*tiny=*/true).module).message(), "");
  EXPECT_EQ(load(ModuleBuilder().module).message(), "");
}

struct ModuleCase {
  const char *name;
  std::function<void(ModuleT &)> change;
  const char *message;
};

class VerifyRefusal : public ::testing::TestWithParam<ModuleCase> {};

TEST_P(VerifyRefusal, NamesThePlace) {
  ModuleBuilder builder(/*tiny=*/true);
  GetParam().change(builder.module);
  Status status = load(builder.module);
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(GetParam().message), std::string::npos) << status.message();
}

template <typename Enum>
static Enum unknown() {
  return static_cast<Enum>(99);
}
static constexpr int64_t huge = std::numeric_limits<int64_t>::max();

static schema::DispatchT &dispatch(ModuleT &m, size_t command) {
  return *m.programs[0]->commands[command]->command.AsDispatch();
}

static schema::TileCount tiles(int64_t extent, int64_t tile, int64_t times) {
  return schema::TileCount(schema::LinearSize(extent, 0), tile, times);
}

// Changes one field of a slot of the first program.
static void setSpace(ModuleT &m, size_t index, schema::SlotSpace space) {
  schema::Slot &slot = m.programs[0]->slots[index];
  slot = schema::Slot(slot.offset(), slot.size(), space);
}
static void setOffset(ModuleT &m, size_t index, uint64_t offset) {
  schema::Slot &slot = m.programs[0]->slots[index];
  slot = schema::Slot(offset, slot.size(), slot.space());
}
static void setFixed(ModuleT &m, size_t index, int64_t fixed) {
  schema::Slot &slot = m.programs[0]->slots[index];
  slot =
      schema::Slot(slot.offset(), schema::LinearSize(fixed, slot.size().per_row()), slot.space());
}
static void setPerRow(ModuleT &m, size_t index, int64_t perRow) {
  schema::Slot &slot = m.programs[0]->slots[index];
  slot = schema::Slot(slot.offset(), schema::LinearSize(slot.size().fixed(), perRow), slot.space());
}

static const ModuleCase moduleCases[] = {
    {"NewVersion", [](ModuleT &m) { m.version = 2; }, "version 2 of the module's schema"},
    {"NoVersion", [](ModuleT &m) { m.version = 0; }, "version 0"},
    {"NewAbi", [](ModuleT &m) { m.abi_version = 9; }, "version 9 of the kernel ABI"},
    {"NoName", [](ModuleT &m) { m.name = ""; }, "name has 0 characters"},
    {"ControlCharacter", [](ModuleT &m) { m.name = "a\nb"; }, "control character"},
    {"Task", [](ModuleT &m) { m.task = unknown<schema::Task>(); }, "task has the unknown value 99"},
    {"ArgumentDefaults",
     [](ModuleT &m) { m.argument_defaults = unknown<schema::ArgumentDefaults>(); },
     "argument_defaults has the unknown value 99"},
    {"Architecture", [](ModuleT &m) { m.architecture = std::string(5000, 'a'); },
     "architecture has 5000 characters"},
    {"Label", [](ModuleT &m) { m.labels = {"yes", "n\no"}; }, "labels has a control character"},
    {"Dimensions",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[0]->dimensions = {"batch", "a", "b", "c"}; },
     "has names for 4 dimensions, but rank"},
    {"PersistentBytes", [](ModuleT &m) { m.persistent_bytes = ~uint64_t{0}; }, "persistent_bytes"},
    {"TunedBatch", [](ModuleT &m) { m.tuned_batch = -1; }, "tuned_batch is -1"},
    {"DefaultRole", [](ModuleT &m) { m.defaults[0]->role = schema::ScalarRole::None; },
     "defaults[0]: no role"},
    {"DefaultRoleUnknown", [](ModuleT &m) { m.defaults[0]->role = unknown<schema::ScalarRole>(); },
     "defaults[0]: role"},
    {"DefaultValue",
     [](ModuleT &m) { m.defaults[0]->value = std::numeric_limits<double>::infinity(); },
     "defaults[0]: the value"},
    {"DefaultTwice",
     [](ModuleT &m) { m.defaults.push_back(std::make_unique<schema::DefaultT>(*m.defaults[0])); },
     "defaults[1]: a second"},

    {"VariableKind", [](ModuleT &m) { m.variables[1]->kind = unknown<schema::VariableKind>(); },
     "variables[1]: kind"},
    {"VariableType", [](ModuleT &m) { m.variables[1]->type = unknown<schema::ElementType>(); },
     "variables[1]: type"},
    {"VariableName", [](ModuleT &m) { m.variables[1]->name = "w"; },
     "variables[1]: the name 'w' is taken"},
    {"VariableAlias", [](ModuleT &m) { m.variables[0]->aliases = {"m"}; },
     "variables[1]: the name 'm' is taken"},
    {"AliasTwice", [](ModuleT &m) { m.variables[1]->aliases = {"w"}; }, "the alias 'w' is taken"},
    {"VariableRank", [](ModuleT &m) { m.variables[0]->shape.assign(17, 1); },
     "variables[0]: rank 17"},
    {"NegativeShape", [](ModuleT &m) { m.variables[0]->shape = {-4}; }, "variables[0]: the shape"},
    {"HugeShape", [](ModuleT &m) { m.variables[0]->shape = {huge, huge}; },
     "variables[0]: the shape"},
    {"Layout", [](ModuleT &m) { m.variables[1]->layout = {0, 0}; },
     "variables[1]: layout is not a permutation"},
    {"LayoutRange", [](ModuleT &m) { m.variables[1]->layout = {0, -1}; },
     "layout is not a permutation"},
    {"LayoutRank", [](ModuleT &m) { m.variables[1]->layout = {0}; },
     "layout has 1 entries for rank 2"},
    {"VariableAlignment", [](ModuleT &m) { m.variables[1]->offset = 68; },
     "variables[1]: offset 68 is not a multiple"},
    {"VariableOffset", [](ModuleT &m) { m.variables[1]->offset = ~uint64_t{63}; },
     "exceed the persistent arena"},
    {"VariableEnd", [](ModuleT &m) { m.variables[1]->offset = 256; },
     "exceed the persistent arena of 256"},
    {"VariableOverlap", [](ModuleT &m) { m.variables[1]->offset = 0; }, "overlap"},
    {"InitializerKind",
     [](ModuleT &m) { m.variables[0]->initializer->kind = unknown<schema::InitializerKind>(); },
     "initializer: kind"},
    {"Uniform",
     [](ModuleT &m) {
       m.variables[0]->initializer->kind = schema::InitializerKind::Uniform;
       m.variables[0]->initializer->a = 1;
     },
     "uniform from 1 to 0"},
    {"Normal",
     [](ModuleT &m) {
       m.variables[0]->initializer->kind = schema::InitializerKind::Normal;
       m.variables[0]->initializer->b = -1;
     },
     "deviation -1"},
    {"ZeroRow", [](ModuleT &m) { m.variables[1]->initializer->zero_row = 99; },
     "zero_row is 99 of "},
    {"ZeroRowBelow", [](ModuleT &m) { m.variables[1]->initializer->zero_row = -2; },
     "zero_row is -2 of "},
    {"Dense",
     [](ModuleT &m) {
       m.variables[0]->initializer->kind = schema::InitializerKind::Dense;
       m.variables[0]->initializer->values = {1};
     },
     "1 bytes of values: expected 16"},
    {"StateOf", [](ModuleT &m) { m.variables[2]->state_of = 7; }, "variables[2]: state_of is 7"},
    {"StateOfBuffer", [](ModuleT &m) { m.variables[2]->state_of = 1; },
     "state_of is 1, which is not a parameter"},
    {"StateOfNone", [](ModuleT &m) { m.variables[1]->state_of = 0; },
     "variables[1]: state_of is 0 for"},

    {"ExecutableTarget",
     [](ModuleT &m) { m.executables[0]->target = unknown<schema::TargetKind>(); },
     "executables[0]: target"},
    {"Triple", [](ModuleT &m) { m.executables[0]->triple = "vax"; }, "triple 'vax'"},
    {"Image", [](ModuleT &m) { m.executables[0]->image.resize(80); }, "executables[0]: image: "},
    {"KernelEntry",
     [](ModuleT &m) { m.executables[0]->kernels[2]->entry = ElfBuilder::dataAddress; },
     "kernels[2]: entry 8192"},
    {"KernelName", [](ModuleT &m) { m.executables[0]->kernels[1]->name = "column_sum"; },
     "kernels[1]: the name 'column_sum' is taken"},
    {"BindingAccess",
     [](ModuleT &m) {
       m.executables[0]->kernels[1]->bindings[2]->access = unknown<schema::Access>();
     },
     "kernels[1]: bindings[2]: access"},
    {"BindingSize",
     [](ModuleT &m) { m.executables[0]->kernels[1]->bindings[0]->size = size(-1, 0); },
     "bindings[0]: size -1"},
    {"BindingSizeHuge",
     [](ModuleT &m) { m.executables[0]->kernels[1]->bindings[0]->size = size(0, huge); },
     "is out of range"},
    {"Scratch", [](ModuleT &m) { m.executables[0]->kernels[0]->scratch_bytes = ~uint64_t{0}; },
     "scratch_bytes"},
    {"Flops", [](ModuleT &m) { m.executables[0]->kernels[0]->flops = size(huge, huge); },
     "flops is out of range"},
    {"CheckRange",
     [](ModuleT &m) {
       auto &checks = m.executables[0]->kernels[0]->checks;
       checks.push_back(std::make_unique<schema::IndexCheckT>());
       checks[0]->user = "weft.gather";
       checks[0]->low = checks[0]->high = 3;
     },
     "checks[0]: low 3 is not less than high 3"},
    {"NoTiles", [](ModuleT &m) { m.executables[0]->kernels[0]->tiles.clear(); },
     "kernels[0]: no tiles"},
    {"TileZero", [](ModuleT &m) { m.executables[0]->kernels[0]->tiles[0] = tiles(4, 0, 1); },
     "tiles[0]: tile 0"},
    {"TimesZero", [](ModuleT &m) { m.executables[0]->kernels[0]->tiles[0] = tiles(4, 1, 0); },
     "times 0"},
    {"TileExtent", [](ModuleT &m) { m.executables[0]->kernels[0]->tiles[0] = tiles(-4, 1, 1); },
     "tiles[0]: extent -4"},
    {"TileOverflow",
     [](ModuleT &m) { m.executables[0]->kernels[0]->tiles[0] = tiles(1 << 20, 1, huge); },
     "too many tiles"},

    {"ProgramTarget", [](ModuleT &m) { m.programs[0]->target = schema::TargetKind::Cuda; },
     "programs[0]: there is no executable"},
    {"FixedBytes", [](ModuleT &m) { m.programs[0]->fixed_bytes = ~uint64_t{0}; },
     "programs[0]: fixed_bytes"},
    {"RowBytes", [](ModuleT &m) { m.programs[0]->row_bytes = ~uint64_t{0}; },
     "programs[0]: row_bytes"},
    {"SlotSpace", [](ModuleT &m) { setSpace(m, 4, unknown<schema::SlotSpace>()); },
     "programs[0]: slots[4]: space"},
    {"SlotSize", [](ModuleT &m) { setFixed(m, 4, -8); }, "slots[4]: size -8"},
    {"SlotAlignment", [](ModuleT &m) { setOffset(m, 4, 4); },
     "slots[4]: offset 4 is not a multiple"},
    {"SlotGrows", [](ModuleT &m) { setPerRow(m, 4, 4); },
     "slots[4]: a slot of the fixed region may not grow"},
    {"SlotFixed", [](ModuleT &m) { setOffset(m, 4, 192); }, "exceed the fixed region of 192"},
    {"SlotWraps", [](ModuleT &m) { setOffset(m, 4, ~uint64_t{63}); }, "exceed the fixed region"},
    {"SlotPersistent", [](ModuleT &m) { setOffset(m, 3, 256); },
     "exceed the persistent arena of 256"},
    {"SlotConstant", [](ModuleT &m) { setOffset(m, 8, 64); }, "exceed the constants of 64"},
    {"SlotRows", [](ModuleT &m) { setOffset(m, 7, 128); }, "exceed the rows region of 128"},
    {"SlotRowsFixed", [](ModuleT &m) { setFixed(m, 7, 1000); }, "exceed the rows region"},
    {"SlotArgument", [](ModuleT &m) { setOffset(m, 2, 3); }, "slots[2]: input 3: there are 3"},
    {"ArgumentSize", [](ModuleT &m) { setPerRow(m, 1, 16); }, "slot 1 is larger than input 1"},
    {"InputSlot", [](ModuleT &m) { m.programs[0]->inputs[1] = 99; },
     "programs[0]: inputs[1]: slot is 99: there are 10"},
    {"InputOrder", [](ModuleT &m) { m.programs[0]->inputs[1] = 0; },
     "inputs[1]: slot 0 is not argument 1"},
    {"OutputSlot", [](ModuleT &m) { m.programs[0]->outputs[2] = 10; },
     "programs[0]: outputs[2]: slot is 10"},
    {"OutputSize", [](ModuleT &m) { m.programs[0]->outputs[2] = 5; },
     "output 2 is larger than its slot 5"},
    {"Kernel", [](ModuleT &m) { dispatch(m, 0).kernel = 4; },
     "programs[0]: commands[0]: kernel 4: the executable for 'generic' has 4"},
    {"Bindings", [](ModuleT &m) { dispatch(m, 0).bindings.push_back(0); },
     "commands[0]: 3 bindings: kernel 'column_sum' has 2"},
    {"BindingSlot", [](ModuleT &m) { dispatch(m, 2).bindings[0] = 77; },
     "commands[2]: binding 0 of kernel 'update' is 77: there are 10 slots"},
    {"WritesConstant", [](ModuleT &m) { dispatch(m, 2).bindings[1] = 8; },
     "commands[2]: binding 1 of kernel 'update' writes slot 8, which is constant"},
    {"WritesArgument", [](ModuleT &m) { dispatch(m, 4).bindings[2] = 0; },
     "binding 2 of kernel 'scale' writes slot 0, which is an argument"},
    {"BindingTooSmall", [](ModuleT &m) { dispatch(m, 0).bindings[1] = 5; },
     "binding 1 of kernel 'column_sum' needs 16 + rows * 0 bytes, slot 5 has 4 + rows * 0"},
    {"BindingPerRow", [](ModuleT &m) { dispatch(m, 4).bindings[2] = 4; },
     "binding 2 of kernel 'scale' needs 0 + rows * 16"},
    {"Constants", [](ModuleT &m) { dispatch(m, 4).constants = {1, 2}; },
     "commands[4]: 2 constants: kernel 'scale' takes 1"},
    {"CopySource", [](ModuleT &m) { m.programs[0]->commands[8]->command.AsCopy()->source = 88; },
     "commands[8]: source is 88"},
    {"CopyTarget", [](ModuleT &m) { m.programs[0]->commands[8]->command.AsCopy()->target = 0; },
     "commands[8]: copy writes slot 0"},
    {"CopySize", [](ModuleT &m) { m.programs[0]->commands[8]->command.AsCopy()->source = 4; },
     "slots 4 and 9 of a copy differ in size"},
    {"FillTarget", [](ModuleT &m) { m.programs[1]->commands[0]->command.AsFill()->target = 0; },
     "programs[1]: commands[0]: fill writes slot 0"},
    {"AllReduce",
     [](ModuleT &m) {
       schema::AllReduceT reduce;
       reduce.slots = {8};
       m.programs[0]->commands[8]->command.Set(std::move(reduce));
     },
     "all-reduce writes slot 8"},
    {"SecondExecutable",
     [](ModuleT &m) {
       m.executables.push_back(std::make_unique<schema::ExecutableT>(*m.executables[0]));
       m.executables[1]->kernels.pop_back();
     },
     "commands[6]: kernel 3: the executable for 'generic' has 3"},

    {"EntryName", [](ModuleT &m) { m.entries[1]->name = "train_step"; },
     "entries[1]: the name 'train_step' is taken"},
    {"EntryRole", [](ModuleT &m) { m.entries[1]->role = unknown<schema::EntryRole>(); },
     "entries[1]: role"},
    {"EntryRoleTwice", [](ModuleT &m) { m.entries[0]->role = schema::EntryRole::Predict; },
     "entries[1]: another entry has the same role"},
    {"NoBucket", [](ModuleT &m) { m.entries[1]->buckets.clear(); }, "entries[1]: no bucket"},
    {"BucketValues", [](ModuleT &m) { m.entries[1]->buckets[0]->values = {16}; },
     "entries[1]: buckets[0]: 1 values for 0 bucket dimensions"},
    {"BucketTwice",
     [](ModuleT &m) {
       m.entries[1]->buckets.push_back(
           std::make_unique<schema::BucketT>(*m.entries[1]->buckets[0]));
     },
     "buckets[1] has the values of another"},
    {"NoProgram", [](ModuleT &m) { m.entries[1]->buckets[0]->programs.clear(); }, "no program"},
    {"ProgramIndex", [](ModuleT &m) { m.entries[1]->buckets[0]->programs = {2}; },
     "program 2: there are 2"},
    {"ProgramTwice", [](ModuleT &m) { m.entries[1]->buckets[0]->programs = {1, 1}; },
     "a second one for the same target"},
    {"ProgramInputs", [](ModuleT &m) { m.entries[1]->buckets[0]->programs = {0}; },
     "program 0 has 3 inputs, the entry 1"},
    {"ProgramOutputs", [](ModuleT &m) { m.programs[1]->outputs.clear(); },
     "program 1 has 0 outputs, the entry 1"},
    {"InputName", [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[1]->name = "x"; },
     "inputs[1]: the name 'x' is taken"},
    {"InputRole",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[1]->role = unknown<schema::InputRole>(); },
     "inputs[1]: role"},
    {"InputShape",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[0]->shape[1] = schema::Dimension(0, 4); },
     "inputs[0]: the shape of 'x'"},
    {"InputShapeMixed",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[0]->shape[0] = schema::Dimension(1, 1); },
     "inputs[0]: the shape of 'x'"},
    {"InputShapeHuge",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[0]->shape[1] = schema::Dimension(huge, 0); },
     "inputs[0]: the shape of 'x'"},
    {"ScalarRole",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[2]->scalar = schema::ScalarRole::None; },
     "scalar 'rate' has no role"},
    {"ScalarType",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[2]->scalar = schema::ScalarRole::Step; },
     "scalar 'rate': expected a tensor of rank 0 of i64, found rank 0 of f64"},
    {"ScalarTensor",
     [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[1]->scalar = schema::ScalarRole::Seed; },
     "'labels' has a scalar role"},
    {"IndexRange", [](ModuleT &m) { m.entries[0]->buckets[0]->inputs[0]->index_high = 3; },
     "'x' has an index range but is of type f32"},
    {"IndexRunsOfFloats",
     [](ModuleT &m) {
       m.entries[0]->buckets[0]->inputs[0]->index_runs = {schema::IndexRun(1, 0, 3, 0, false)};
     },
     "'x' has an index range but is of type f32"},
    {"IndexRunCount",
     [](ModuleT &m) {
       m.entries[0]->buckets[0]->inputs[1]->index_runs = {schema::IndexRun(1, 0, 3, 0, false),
                                                          schema::IndexRun(0, 0, 3, 0, false)};
     },
     "'labels' has an index run of 0 elements"},
    {"OutputRole",
     [](ModuleT &m) { m.entries[0]->buckets[0]->outputs[2]->role = unknown<schema::OutputRole>(); },
     "outputs[2]: role"},
    {"NoLoss",
     [](ModuleT &m) { m.entries[0]->buckets[0]->outputs[0]->role = schema::OutputRole::Value; },
     "found 0 and 1"},
    {"LossType",
     [](ModuleT &m) { m.entries[0]->buckets[0]->outputs[0]->type = schema::ElementType::I32; },
     "output 'loss_sum' must be a floating-point number"},
};
INSTANTIATE_TEST_SUITE_P(, VerifyRefusal, ::testing::ValuesIn(moduleCases),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(VerifyCommand, UnknownKind) {
  ModuleBuilder builder(/*tiny=*/true);
  flatbuffers::FlatBufferBuilder writer;
  schema::FinishModuleBuffer(writer, schema::Module::Pack(writer, &builder.module));
  const auto *root = flatbuffers::GetRoot<schema::Module>(writer.GetBufferPointer());
  const auto *entry = root->programs()->Get(0)->commands()->Get(0);
  auto *table = reinterpret_cast<const flatbuffers::Table *>(entry);
  const uint8_t *field = table->GetAddressOf(schema::CommandEntry::VT_COMMAND_TYPE);
  ASSERT_NE(field, nullptr);
  writer.GetBufferPointer()[field - writer.GetBufferPointer()] = 77;
  std::vector<uint8_t> file = wrapModule(writer.GetBufferPointer(), writer.GetSize());
  EXPECT_EQ(Module::parse(file).status().message(), "programs[0]: commands[0]: unknown command 77");
}

// --- The file around the FlatBuffer
// ---------------------------------------------------------------

static std::string parseMessage(const std::vector<uint8_t> &file) {
  auto module = Module::parse(file);
  return module.ok() ? "" : module.status().message();
}

TEST(VerifyFile, Header) {
  const std::vector<uint8_t> good = writeModule(ModuleBuilder(/*tiny=*/true).module);
  auto with = [&](size_t offset, uint8_t value) {
    std::vector<uint8_t> file = good;
    file[offset] = value;
    return parseMessage(file);
  };
  EXPECT_NE(with(0, 'X').find("magic"), std::string::npos);
  EXPECT_NE(with(8, 9).find("format version 9"), std::string::npos);
  EXPECT_NE(with(12, 65).find("header of 65 bytes"), std::string::npos);
  EXPECT_NE(with(16, static_cast<uint8_t>(good[16] ^ 1)).find("cut or extended"),
            std::string::npos);
  EXPECT_NE(with(24, static_cast<uint8_t>(good[24] ^ 1)).find("hash"), std::string::npos);
  EXPECT_NE(with(40, 1).find("reserved"), std::string::npos);
  EXPECT_NE(with(good.size() - 1, static_cast<uint8_t>(good.back() ^ 1)).find("hash"),
            std::string::npos);
  std::vector<uint8_t> longer = good;
  longer.push_back(0);
  EXPECT_NE(parseMessage(longer).find("cut or extended"), std::string::npos);
}

TEST(VerifyFile, EveryTruncation) {
  const std::vector<uint8_t> good = writeModule(ModuleBuilder(/*tiny=*/true).module);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(parseMessage({good.begin(), good.begin() + size}), "") << size;
    // The same with a header that agrees: what is left is not a module either, or one that
    // verifies.
    if (size > sizeof(weft_file_header_t))
      parseMessage(wrapModule(good.data() + 64, size - 64));
  }
}

// A module that the verifier accepts can also be made ready to run.
static void tryAll(const std::vector<uint8_t> &file) {
  auto module = Module::parse(file);
  if (!module.ok()) {
    EXPECT_FALSE(module.status().message().empty());
    return;
  }
  constexpr uint64_t limit = 1 << 20;
  if ((*module)->schema().persistent_bytes() > limit)
    return;
  for (const schema::Program *program : *(*module)->schema().programs())
    if (program->fixed_bytes() > limit || program->row_bytes() > limit)
      return;
  static const std::shared_ptr<Device> device = [] {
    DeviceOptions options;
    options.threads = 1;
    return createDevice("cpu", options).take();
  }();
  for (const schema::Executable *executable : *(*module)->schema().executables())
    for (const schema::Kernel *kernel : *executable->kernels())
      if (kernel->scratch_bytes() > limit)
        return;
  SessionOptions options;
  options.device = device;
  auto session = Session::create(*module, options);
  if (session.ok())
    EXPECT_TRUE((*session)->initialize(1).ok());
}

TEST(VerifyFile, EveryBitFlip) {
  std::vector<uint8_t> file = writeModule(ModuleBuilder(/*tiny=*/true).module);
  ASSERT_LT(file.size(), 16384u);
  for (size_t bit = 64 * 8; bit < file.size() * 8; ++bit) {
    file[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    tryAll(wrapModule(file.data() + 64, file.size() - 64));
    file[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
  }
}

TEST(VerifyFile, EveryByteExtreme) {
  std::vector<uint8_t> file = writeModule(ModuleBuilder(/*tiny=*/true).module);
  for (size_t i = 64; i < file.size(); ++i)
    for (uint8_t value : {0x00, 0x7F, 0x80, 0xFF}) {
      uint8_t old = std::exchange(file[i], value);
      tryAll(wrapModule(file.data() + 64, file.size() - 64));
      file[i] = old;
    }
}

TEST(Sizes, LinearComparisonHoldsForAllRows) {
  EXPECT_TRUE((Linear{0, 16}).fitsIn({0, 16}));
  EXPECT_TRUE((Linear{16, 0}).fitsIn({0, 16})); // one row is the least
  EXPECT_FALSE((Linear{17, 0}).fitsIn({0, 16}));
  EXPECT_FALSE((Linear{0, 16}).fitsIn({1000, 15}));
  Linear largest{maxFixedBytes, maxBytesPerRow};
  EXPECT_TRUE(largest.isAllowed());
  EXPECT_GT(largest.at(maxRows), 0);
}
