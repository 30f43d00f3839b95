// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small module in memory, over the kernels of kernels.c (which runs) or over an image of a few
// bytes (for tests that damage it); tests change its object form before it is written.
#ifndef WEFT_TEST_RUNTIME_MODULE_TESTING_H
#define WEFT_TEST_RUNTIME_MODULE_TESTING_H

#include "ElfTesting.h"
#include "KernelImageTesting.h"
#include "module/file_format.h"
#include "schema/file_header.h"
#include "schema/kernel_abi.h"
#include "schema/module_generated.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft::rt::testing {

using schema::ModuleT;

// A file header in front of a FlatBuffer.
inline std::vector<uint8_t> wrapModule(const uint8_t *body, size_t size) {
  Hash128 hash = hashBytes({body, size});
  weft_file_header_t header = {};
  std::memcpy(header.magic, WEFT_FILE_MAGIC, sizeof(header.magic));
  header.version = WEFT_SCHEMA_VERSION;
  header.header_size = sizeof(header);
  header.body_size = size;
  header.hash_low = hash.low;
  header.hash_high = hash.high;
  std::vector<uint8_t> file(sizeof(header) + size);
  std::memcpy(file.data(), &header, sizeof(header));
  std::memcpy(file.data() + sizeof(header), body, size);
  return file;
}

inline std::vector<uint8_t> writeModule(const ModuleT &module) {
  flatbuffers::FlatBufferBuilder builder;
  schema::FinishModuleBuffer(builder, schema::Module::Pack(builder, &module));
  return wrapModule(builder.GetBufferPointer(), builder.GetSize());
}

inline std::unique_ptr<schema::LinearSize> size(int64_t fixed, int64_t perRow) {
  return std::make_unique<schema::LinearSize>(fixed, perRow);
}

// The model of kernels.c:
//   train_step(x [rows, 4], labels [rows] in [0, 4) or -1, rate): w -= rate * sum(x); y = x * w *
//   (1 2 3 4); yields the sum of y, the rows, and y itself. predict(x): y + 5.
class ModuleBuilder {
public:
  explicit ModuleBuilder(bool tiny = false) {
    module.version = WEFT_SCHEMA_VERSION;
    module.abi_version = WEFT_KERNEL_ABI_VERSION;
    module.producer = "test";
    module.name = "small";
    module.optimizer = "sgd";
    module.persistent_bytes = 256;
    module.constants.assign(64, 1);
    module.tuned_batch = 8;
    addVariable("w", schema::VariableKind::Parameter, {4}, 0);
    addVariable("m", schema::VariableKind::Buffer, {2, 3}, 64).layout = {1, 0};
    auto &state = addVariable("w.momentum_buffer", schema::VariableKind::OptimizerState, {4}, 128);
    state.state_of = 0;
    state.slot = "momentum_buffer";
    addExecutable(tiny);
    addTrainProgram();
    addPredictProgram();
    addEntries();
    module.defaults.push_back(std::make_unique<schema::DefaultT>());
    module.defaults[0]->role = schema::ScalarRole::LearningRate;
    module.defaults[0]->value = 0.5;
  }

  ModuleT module;

private:
  schema::VariableT &addVariable(const char *name, schema::VariableKind kind,
                                 std::vector<int64_t> shape, uint64_t offset) {
    auto variable = std::make_unique<schema::VariableT>();
    variable->name = name;
    variable->kind = kind;
    variable->shape = std::move(shape);
    variable->offset = offset;
    variable->initializer = std::make_unique<schema::InitializerT>();
    module.variables.push_back(std::move(variable));
    return *module.variables.back();
  }

  struct Binding {
    schema::Access access;
    int64_t fixed, perRow;
  };

  void addKernel(schema::ExecutableT &executable, const char *name, bool tiny,
                 std::vector<Binding> bindings, schema::TileCount tiles, uint32_t constants = 0) {
    auto kernel = std::make_unique<schema::KernelT>();
    kernel->name = name;
    kernel->entry = tiny ? ElfBuilder::codeAddress : kernelAddress(name);
    for (const Binding &binding : bindings) {
      kernel->bindings.push_back(std::make_unique<schema::KernelBindingT>());
      kernel->bindings.back()->access = binding.access;
      kernel->bindings.back()->size = size(binding.fixed, binding.perRow);
    }
    kernel->constant_count = constants;
    kernel->tiles = {tiles};
    kernel->scratch_bytes = 64;
    kernel->flops = size(0, 8);
    executable.kernels.push_back(std::move(kernel));
  }

  void addExecutable(bool tiny) {
    using enum schema::Access;
    auto executable = std::make_unique<schema::ExecutableT>();
    executable->triple = tiny ? "x86_64-unknown-linux-gnu" : hostTriple;
    executable->cpu = "generic";
    if (tiny)
      executable->image = ElfBuilder().bytes();
    else
      executable->image.assign(kernelImage().begin(), kernelImage().end());
    auto tiles = [](int64_t fixed, int64_t perRow) {
      return schema::TileCount(schema::LinearSize(fixed, perRow), 1, 1);
    };
    addKernel(*executable, "column_sum", tiny, {{Read, 0, 16}, {Write, 16, 0}}, tiles(4, 0));
    addKernel(*executable, "update", tiny, {{Read, 16, 0}, {ReadWrite, 16, 0}, {Read, 8, 0}},
              tiles(4, 0));
    addKernel(*executable, "scale", tiny, {{Read, 0, 16}, {Read, 16, 0}, {Write, 0, 16}},
              tiles(0, 1), 1);
    addKernel(*executable, "loss", tiny, {{Read, 0, 16}, {Write, 4, 0}, {Write, 4, 0}},
              tiles(1, 0));
    module.executables.push_back(std::move(executable));
  }

  static schema::Slot slot(schema::SlotSpace space, uint64_t offset, int64_t fixed,
                           int64_t perRow) {
    return schema::Slot(offset, schema::LinearSize(fixed, perRow), space);
  }

  template <typename Command>
  static void add(schema::ProgramT &program, Command command) {
    program.commands.push_back(std::make_unique<schema::CommandEntryT>());
    program.commands.back()->command.Set(std::move(command));
  }

  static void addDispatch(schema::ProgramT &program, uint32_t kernel,
                          std::vector<uint32_t> bindings, std::vector<int64_t> constants = {}) {
    schema::DispatchT dispatch;
    dispatch.kernel = kernel;
    dispatch.bindings = std::move(bindings);
    dispatch.constants = std::move(constants);
    add(program, std::move(dispatch));
    add(program, schema::BarrierT());
  }

  void addTrainProgram() {
    using enum schema::SlotSpace;
    auto program = std::make_unique<schema::ProgramT>();
    program->slots = {slot(Argument, 0, 0, 16),   slot(Argument, 1, 0, 8), slot(Argument, 2, 8, 0),
                      slot(Persistent, 0, 16, 0), slot(Fixed, 0, 16, 0),   slot(Fixed, 64, 4, 0),
                      slot(Fixed, 128, 4, 0),     slot(Rows, 64, 0, 16),   slot(Constant, 0, 16, 0),
                      slot(Rows, 0, 0, 16)};
    addDispatch(*program, 0, {0, 4});
    addDispatch(*program, 1, {4, 3, 2});
    addDispatch(*program, 2, {0, 3, 7}, {0});
    addDispatch(*program, 3, {7, 5, 6});
    schema::CopyT copy;
    copy.source = 7;
    copy.target = 9;
    add(*program, std::move(copy));
    program->inputs = {0, 1, 2};
    program->outputs = {5, 6, 9};
    program->fixed_bytes = 192;
    program->row_bytes = 128;
    module.programs.push_back(std::move(program));
  }

  void addPredictProgram() {
    using enum schema::SlotSpace;
    auto program = std::make_unique<schema::ProgramT>();
    program->slots = {slot(Argument, 0, 0, 16), slot(Persistent, 0, 16, 0), slot(Rows, 0, 0, 16)};
    schema::FillT fill;
    fill.target = 2;
    add(*program, std::move(fill));
    add(*program, schema::BarrierT());
    addDispatch(*program, 2, {0, 1, 2}, {5});
    program->inputs = {0};
    program->outputs = {2};
    program->row_bytes = 64;
    module.programs.push_back(std::move(program));
  }

  static std::unique_ptr<schema::InputT> input(const char *name, schema::ElementType type,
                                               std::vector<schema::Dimension> shape) {
    auto result = std::make_unique<schema::InputT>();
    result->name = name;
    result->type = type;
    result->shape = std::move(shape);
    return result;
  }

  static std::unique_ptr<schema::OutputT> output(const char *name, schema::OutputRole role,
                                                 std::vector<schema::Dimension> shape) {
    auto result = std::make_unique<schema::OutputT>();
    result->name = name;
    result->role = role;
    result->shape = std::move(shape);
    return result;
  }

  void addEntries() {
    const schema::Dimension rows(0, 1), four(4, 0);
    auto train = std::make_unique<schema::BucketT>();
    train->inputs.push_back(input("x", schema::ElementType::F32, {rows, four}));
    train->inputs.push_back(input("labels", schema::ElementType::I64, {rows}));
    train->inputs[1]->index_high = 4;
    train->inputs[1]->has_ignore_index = true;
    train->inputs[1]->ignore_index = -1;
    train->inputs.push_back(input("rate", schema::ElementType::F64, {}));
    train->inputs[2]->role = schema::InputRole::Scalar;
    train->inputs[2]->scalar = schema::ScalarRole::LearningRate;
    train->outputs.push_back(output("loss_sum", schema::OutputRole::LossSum, {}));
    train->outputs.push_back(output("loss_weight", schema::OutputRole::LossWeight, {}));
    train->outputs.push_back(output("y", schema::OutputRole::Value, {rows, four}));
    train->programs = {0};
    addEntry("train_step", schema::EntryRole::TrainStep, std::move(train));
    auto predict = std::make_unique<schema::BucketT>();
    predict->inputs.push_back(input("x", schema::ElementType::F32, {rows, four}));
    predict->outputs.push_back(output("logits", schema::OutputRole::Logits, {rows, four}));
    predict->programs = {1};
    addEntry("predict", schema::EntryRole::Predict, std::move(predict));
  }

  void addEntry(const char *name, schema::EntryRole role, std::unique_ptr<schema::BucketT> bucket) {
    auto entry = std::make_unique<schema::EntryT>();
    entry->name = name;
    entry->role = role;
    entry->buckets.push_back(std::move(bucket));
    module.entries.push_back(std::move(entry));
  }
};

} // namespace weft::rt::testing

#endif
