// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module with every entry that training has, over the kernels of classifier.c, and data for it.
#ifndef WEFT_TEST_RUNTIME_CLASSIFIER_TESTING_H
#define WEFT_TEST_RUNTIME_CLASSIFIER_TESTING_H

#include "ModuleTesting.h"
#include "data/dataset.h"
#include "module/session.h"

namespace weft::rt::testing {

// train_step, eval_step, predict, accumulate_step and apply_step over x [rows, 4] and labels
// [rows].
class ClassifierBuilder {
public:
  ClassifierBuilder() {
    module.version = WEFT_SCHEMA_VERSION;
    module.abi_version = WEFT_KERNEL_ABI_VERSION;
    module.producer = "test";
    module.name = "classifier";
    module.optimizer = "sgd";
    module.persistent_bytes = 320;
    module.tuned_batch = 4;
    module.accumulates_gradients = true;
    module.task = schema::Task::Classification;
    addVariable("fc.weight", schema::VariableKind::Parameter, {3, 4}, 0).aliases = {
        "linear.weight"};
    addState("fc.weight.momentum_buffer", schema::VariableKind::OptimizerState, {3, 4}, 64).slot =
        "momentum_buffer";
    addState("grad.fc.weight", schema::VariableKind::GradientAccumulator, {3, 4}, 128);
    addVariable("accumulated.loss_sum", schema::VariableKind::GradientAccumulator, {}, 192);
    addVariable("accumulated.loss_weight", schema::VariableKind::GradientAccumulator, {}, 256);
    module.variables[0]->initializer->kind = schema::InitializerKind::Uniform;
    module.variables[0]->initializer->a = -0.5;
    module.variables[0]->initializer->b = 0.5;
    addKernels();
    addPrograms();
    module.defaults.push_back(std::make_unique<schema::DefaultT>());
    module.defaults[0]->role = schema::ScalarRole::LearningRate;
    module.defaults[0]->value = 0.125;
  }

  Result<std::unique_ptr<Session>> session(int threads = 1) const {
    WEFT_ASSIGN_OR_RETURN(std::shared_ptr<const Module> loaded, Module::parse(writeModule(module)));
    DeviceOptions deviceOptions;
    deviceOptions.threads = threads;
    SessionOptions options;
    WEFT_ASSIGN_OR_RETURN(options.device, createDevice("cpu", deviceOptions));
    return Session::create(std::move(loaded), options);
  }

  schema::ModuleT module;

private:
  using Space = schema::SlotSpace;
  using Role = schema::EntryRole;

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
  schema::VariableT &addState(const char *name, schema::VariableKind kind,
                              std::vector<int64_t> shape, uint64_t offset) {
    schema::VariableT &variable = addVariable(name, kind, std::move(shape), offset);
    variable.state_of = 0;
    return variable;
  }

  struct Binding {
    schema::Access access;
    int64_t fixed, perRow;
  };
  void addKernel(const char *name, std::vector<Binding> bindings, schema::TileCount tiles) {
    auto kernel = std::make_unique<schema::KernelT>();
    kernel->name = name;
    kernel->entry = kernelAddress(name);
    for (const Binding &binding : bindings) {
      kernel->bindings.push_back(std::make_unique<schema::KernelBindingT>());
      kernel->bindings.back()->access = binding.access;
      kernel->bindings.back()->size = size(binding.fixed, binding.perRow);
    }
    kernel->tiles = {tiles};
    kernel->flops = size(0, 24);
    module.executables[0]->kernels.push_back(std::move(kernel));
  }

  void addKernels() {
    using enum schema::Access;
    auto executable = std::make_unique<schema::ExecutableT>();
    executable->triple = hostTriple;
    executable->cpu = "generic";
    executable->image.assign(kernelImage().begin(), kernelImage().end());
    module.executables.push_back(std::move(executable));
    auto tiles = [](int64_t fixed, int64_t perRow) {
      return schema::TileCount(schema::LinearSize(fixed, perRow), 1, 1);
    };
    addKernel("classifier_logits", {{Read, 0, 16}, {Read, 48, 0}, {Write, 0, 12}}, tiles(0, 1));
    addKernel("classifier_loss",
              {{Read, 0, 12}, {Read, 0, 8}, {Write, 0, 12}, {Write, 4, 0}, {Write, 4, 0}},
              tiles(1, 0));
    addKernel("classifier_gradient", {{Read, 0, 16}, {Read, 0, 12}, {ReadWrite, 48, 0}},
              tiles(3, 0));
    addKernel("classifier_add", {{ReadWrite, 4, 0}, {Read, 4, 0}}, tiles(1, 0));
    addKernel("classifier_update",
              {{Read, 48, 0},
               {Read, 4, 0},
               {ReadWrite, 48, 0},
               {ReadWrite, 48, 0},
               {Read, 8, 0},
               {Read, 8, 0}},
              tiles(3, 0));
  }

  // Slots that every program has, in this order.
  enum : uint32_t {
    x,
    labels,
    weights,
    momentum,
    accumulator,
    allSum,
    allWeight,
    logits,
    dlogits,
    gradient,
    sum,
    weight,
    rate,
    factor
  };
  std::unique_ptr<schema::ProgramT> newProgram(uint64_t rateArgument) {
    auto slot = [](Space space, uint64_t offset, int64_t fixed, int64_t perRow) {
      return schema::Slot(offset, schema::LinearSize(fixed, perRow), space);
    };
    auto program = std::make_unique<schema::ProgramT>();
    program->slots = {slot(Space::Argument, 0, 0, 16),
                      slot(Space::Argument, 1, 0, 8),
                      slot(Space::Persistent, 0, 48, 0),
                      slot(Space::Persistent, 64, 48, 0),
                      slot(Space::Persistent, 128, 48, 0),
                      slot(Space::Persistent, 192, 4, 0),
                      slot(Space::Persistent, 256, 4, 0),
                      slot(Space::Rows, 0, 0, 12),
                      slot(Space::Rows, 64, 0, 12),
                      slot(Space::Fixed, 0, 48, 0),
                      slot(Space::Fixed, 64, 4, 0),
                      slot(Space::Fixed, 128, 4, 0),
                      slot(Space::Argument, rateArgument, 8, 0),
                      slot(Space::Argument, rateArgument + 1, 8, 0)};
    program->fixed_bytes = 192;
    program->row_bytes = 128;
    return program;
  }
  template <typename Command>
  static void add(schema::ProgramT &program, Command command) {
    program.commands.push_back(std::make_unique<schema::CommandEntryT>());
    program.commands.back()->command.Set(std::move(command));
    program.commands.push_back(std::make_unique<schema::CommandEntryT>());
    program.commands.back()->command.Set(schema::BarrierT());
  }
  static void dispatch(schema::ProgramT &program, uint32_t kernel, std::vector<uint32_t> bindings) {
    schema::DispatchT command;
    command.kernel = kernel;
    command.bindings = std::move(bindings);
    add(program, std::move(command));
  }
  static void zero(schema::ProgramT &program, uint32_t slot) {
    schema::FillT fill;
    fill.target = slot;
    add(program, std::move(fill));
  }
  static void forward(schema::ProgramT &program) {
    dispatch(program, 0, {x, weights, logits});
    dispatch(program, 1, {logits, labels, dlogits, sum, weight});
  }

  // Slots that a program does not use are removed, as the verifier wants arguments to exist.
  void finish(const char *name, Role role, std::unique_ptr<schema::ProgramT> program, bool hasX,
              bool hasLabels, bool hasNumbers,
              std::vector<std::unique_ptr<schema::OutputT>> outputs,
              std::vector<uint32_t> outputSlots) {
    const schema::Dimension rows(0, 1), four(4, 0);
    auto bucket = std::make_unique<schema::BucketT>();
    auto addInput = [&](const char *inputName, schema::ElementType type,
                        std::vector<schema::Dimension> shape, schema::ScalarRole scalar,
                        uint32_t slot) {
      auto input = std::make_unique<schema::InputT>();
      input->name = inputName;
      input->type = type;
      input->shape = std::move(shape);
      input->scalar = scalar;
      input->role =
          scalar == schema::ScalarRole::None ? schema::InputRole::Batch : schema::InputRole::Scalar;
      bucket->inputs.push_back(std::move(input));
      program->inputs.push_back(slot);
    };
    if (hasX)
      addInput("x", schema::ElementType::F32, {rows, four}, schema::ScalarRole::None, x);
    if (hasLabels) {
      addInput("labels", schema::ElementType::I64, {rows}, schema::ScalarRole::None, labels);
      bucket->inputs.back()->index_high = 3;
    }
    if (hasNumbers) {
      addInput("rate", schema::ElementType::F64, {}, schema::ScalarRole::LearningRate, rate);
      addInput("momentum", schema::ElementType::F64, {}, schema::ScalarRole::Momentum, factor);
    }
    bucket->outputs = std::move(outputs);
    program->outputs = std::move(outputSlots);
    dropUnusedArguments(*program);
    bucket->programs = {static_cast<uint32_t>(module.programs.size())};
    module.programs.push_back(std::move(program));
    auto entry = std::make_unique<schema::EntryT>();
    entry->name = name;
    entry->role = role;
    entry->buckets.push_back(std::move(bucket));
    module.entries.push_back(std::move(entry));
  }
  static void dropUnusedArguments(schema::ProgramT &program) {
    std::vector<uint32_t> moved(program.slots.size());
    std::vector<schema::Slot> kept;
    for (uint32_t i = 0; i < program.slots.size(); ++i) {
      bool isInput =
          std::find(program.inputs.begin(), program.inputs.end(), i) != program.inputs.end();
      moved[i] = static_cast<uint32_t>(kept.size());
      if (program.slots[i].space() != Space::Argument || isInput)
        kept.push_back(program.slots[i]);
    }
    program.slots = std::move(kept);
    for (uint32_t *list : {program.inputs.data(), program.outputs.data()})
      for (size_t i = 0;
           i < (list == program.inputs.data() ? program.inputs : program.outputs).size(); ++i)
        list[i] = moved[list[i]];
    for (auto &entry : program.commands) {
      if (auto *command = entry->command.AsDispatch())
        for (uint32_t &slot : command->bindings)
          slot = moved[slot];
      if (auto *command = entry->command.AsFill())
        command->target = moved[command->target];
    }
  }
  static std::unique_ptr<schema::OutputT> output(const char *name, schema::OutputRole role,
                                                 std::vector<schema::Dimension> shape = {}) {
    auto result = std::make_unique<schema::OutputT>();
    result->name = name;
    result->role = role;
    result->shape = std::move(shape);
    return result;
  }
  static std::vector<std::unique_ptr<schema::OutputT>> lossOutputs() {
    std::vector<std::unique_ptr<schema::OutputT>> outputs;
    outputs.push_back(output("loss_sum", schema::OutputRole::LossSum));
    outputs.push_back(output("loss_weight", schema::OutputRole::LossWeight));
    return outputs;
  }
  static std::unique_ptr<schema::OutputT> logitsOutput() {
    return output("logits", schema::OutputRole::Logits,
                  {schema::Dimension(0, 1), schema::Dimension(3, 0)});
  }

  void addPrograms() {
    auto train = newProgram(2);
    zero(*train, gradient);
    forward(*train);
    dispatch(*train, 2, {x, dlogits, gradient});
    dispatch(*train, 4, {gradient, weight, weights, momentum, rate, factor});
    finish("train_step", Role::TrainStep, std::move(train), true, true, true, lossOutputs(),
           {sum, weight});

    auto evaluation = newProgram(2);
    forward(*evaluation);
    auto outputs = lossOutputs();
    outputs.push_back(logitsOutput());
    finish("eval_step", Role::EvalStep, std::move(evaluation), true, true, false,
           std::move(outputs), {sum, weight, logits});

    auto prediction = newProgram(1);
    dispatch(*prediction, 0, {x, weights, logits});
    std::vector<std::unique_ptr<schema::OutputT>> only;
    only.push_back(logitsOutput());
    finish("predict", Role::Predict, std::move(prediction), true, false, false, std::move(only),
           {logits});

    auto half = newProgram(2);
    forward(*half);
    dispatch(*half, 2, {x, dlogits, accumulator});
    dispatch(*half, 3, {allSum, sum});
    dispatch(*half, 3, {allWeight, weight});
    finish("accumulate_step", Role::AccumulateStep, std::move(half), true, true, false,
           lossOutputs(), {sum, weight});

    auto apply = newProgram(0);
    dispatch(*apply, 4, {accumulator, allWeight, weights, momentum, rate, factor});
    for (uint32_t slot : {accumulator, allSum, allWeight})
      zero(*apply, slot);
    finish("apply_step", Role::ApplyStep, std::move(apply), false, false, true, {}, {});
  }
};

// Samples of three classes that a linear model can tell apart: byte arrays as a file would hold
// them.
inline Dataset classifierData(int64_t samples, uint64_t seed = 1) {
  Dataset data;
  data.path = "synthetic";
  uint8_t *pixels = nullptr, *classes = nullptr;
  DataField images, labelField;
  images.name = "images";
  images.file = labelField.file = "synthetic";
  images.pixels = true;
  images.array = Array::allocate(DataType::u8, {samples, 2, 2}, &pixels).take();
  labelField.name = "labels";
  labelField.kind = DataField::Kind::labels;
  labelField.array = Array::allocate(DataType::u8, {samples}, &classes).take();
  uint64_t state = seed;
  for (int64_t i = 0; i < samples; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    classes[i] = static_cast<uint8_t>((state >> 33) % 3);
    for (int64_t k = 0; k < 4; ++k)
      pixels[i * 4 + k] =
          static_cast<uint8_t>((state >> (40 + k)) % 64 + (k == classes[i] ? 180 : 0));
  }
  data.fields = {images, labelField};
  return data;
}

} // namespace weft::rt::testing

#endif
