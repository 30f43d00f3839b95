// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft inspect: a module as text or as JSON. Both are made from the same JSON description.
#include "command.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace weft::tool {

namespace {

const char *const help =
    R"(weft inspect: what is in a module.

Usage: weft inspect MODULE.weft [OPTIONS]

Without options: parameters, entry points and buckets, programs, kernels, memory, sizes.

  --ir        the graph IR that the module was compiled from, and nothing else
  --kernels   the IR of each kernel's fused region too
  --plan      each program's commands with their places in the arena too
  --json      all of it as JSON

Example:
  weft inspect mlp.weft --plan
)";

struct InspectOptions {
  std::string module;
  bool ir = false, kernels = false, plan = false, json = false;
};

// --- Description
// ------------------------------------------------------------------------------------

// "64 + 512 * rows".
std::string sizeText(const schema::LinearSize &size) {
  if (size.per_row() == 0)
    return std::to_string(size.fixed());
  std::string rows = std::to_string(size.per_row()) + " * rows";
  return size.fixed() ? std::to_string(size.fixed()) + " + " + rows : rows;
}

using Dimensions = flatbuffers::Vector<const schema::Dimension *>;

// "rowsx784xf32".
template <typename Shape>
std::string typeText(const Shape &shape, schema::ElementType type) {
  std::string text;
  for (const schema::Dimension *size : shape)
    text += (size->per_row() == 0   ? std::to_string(size->fixed())
             : size->per_row() == 1 ? "rows"
                                    : std::to_string(size->per_row()) + "*rows") +
            "x";
  return text + rt::elementTypeName(rt::elementType(type));
}

std::string shapeText(const std::vector<int64_t> &shape, rt::ElementType type) {
  std::string text;
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + rt::elementTypeName(type);
}

std::string lowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

Json describeVariables(const rt::Module &module) {
  Json list = Json::array();
  for (const rt::VariableInfo &variable : module.variables()) {
    Json item = {{"name", variable.name},
                 {"kind", schema::EnumNameVariableKind(variable.kind)},
                 {"type", shapeText(variable.shape, variable.type)},
                 {"shape", variable.shape},
                 {"elements", variable.elementCount},
                 {"bytes", variable.byteSize},
                 {"offset", variable.offset},
                 {"trainable", variable.trainable},
                 {"decay", variable.decay}};
    if (!variable.layout.empty())
      item["layout"] = variable.layout;
    if (!variable.aliases.empty())
      item["aliases"] = variable.aliases;
    list.push_back(std::move(item));
  }
  return list;
}

std::vector<std::string>
strings(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>> *list) {
  std::vector<std::string> texts;
  if (list)
    for (const flatbuffers::String *text : *list)
      texts.push_back(text->str());
  return texts;
}

const schema::Executable *executableOf(const schema::Module &root, const schema::Program &program) {
  for (const schema::Executable *executable : *root.executables())
    if (executable->target() == program.target())
      return executable;
  return nullptr;
}

// What the dispatches of a program compute, and what their kernels read and write.
struct Cost {
  double fixedFlops = 0, rowFlops = 0;
  double fixedBytes = 0, rowBytes = 0;

  // `rows` are those of the kernel per row of the batch.
  void add(const schema::Kernel &kernel, double rows) {
    if (kernel.flops()) {
      fixedFlops += static_cast<double>(kernel.flops()->fixed());
      rowFlops += static_cast<double>(kernel.flops()->per_row()) * rows;
    }
    for (const schema::KernelBinding *binding : *kernel.bindings()) {
      fixedBytes += static_cast<double>(binding->size()->fixed());
      rowBytes += static_cast<double>(binding->size()->per_row()) * rows;
    }
  }
};

Cost costOf(const schema::Module &root, const schema::Program &program) {
  Cost cost;
  const schema::Executable *executable = executableOf(root, program);
  for (const schema::CommandEntry *entry : *program.commands())
    if (const schema::Dispatch *dispatch = entry->command_as_Dispatch(); dispatch && executable)
      cost.add(*executable->kernels()->Get(dispatch->kernel()),
               static_cast<double>(dispatch->rows()));
  return cost;
}

Json describeBucket(const schema::Module &root, const schema::Bucket &bucket) {
  Json inputs = Json::array(), outputs = Json::array(), programs = Json::array();
  for (const schema::Input *input : *bucket.inputs()) {
    Json item = {{"name", input->name()->str()},
                 {"type", typeText(*input->shape(), input->type())}};
    if (input->role() == schema::InputRole::Scalar)
      item["scalar"] = schema::EnumNameScalarRole(input->scalar());
    if (input->index_high() > input->index_low())
      item["range"] = {input->index_low(), input->index_high()};
    if (input->dimensions())
      item["dimensions"] = strings(input->dimensions());
    inputs.push_back(std::move(item));
  }
  for (const schema::Output *output : *bucket.outputs())
    outputs.push_back({{"name", output->name()->str()},
                       {"type", typeText(*output->shape(), output->type())},
                       {"role", schema::EnumNameOutputRole(output->role())}});
  for (uint32_t program : *bucket.programs())
    programs.push_back(program);
  Json item = {{"inputs", inputs}, {"outputs", outputs}, {"programs", programs}};
  // Of one run: programs for several devices do the same work.
  Cost cost = bucket.programs()->size()
                  ? costOf(root, *root.programs()->Get(bucket.programs()->Get(0)))
                  : Cost();
  item["flops"] = {{"fixed", cost.fixedFlops}, {"per_row", cost.rowFlops}};
  item["bytes"] = {{"fixed", cost.fixedBytes}, {"per_row", cost.rowBytes}};
  if (bucket.values() && bucket.values()->size())
    item["values"] = std::vector<int64_t>(bucket.values()->begin(), bucket.values()->end());
  return item;
}

Json describeEntries(const schema::Module &root) {
  Json list = Json::array();
  for (const schema::Entry *entry : *root.entries()) {
    Json buckets = Json::array();
    for (const schema::Bucket *bucket : *entry->buckets())
      buckets.push_back(describeBucket(root, *bucket));
    list.push_back({{"name", entry->name()->str()},
                    {"role", schema::EnumNameEntryRole(entry->role())},
                    {"buckets", std::move(buckets)}});
  }
  return list;
}

// "rows+128*rows[512 * rows]": where a slot lies and how large it is.
std::string slotText(const schema::Program &program, uint32_t index) {
  const schema::Slot *slot = program.slots()->Get(index);
  std::string place = lowerCase(schema::EnumNameSlotSpace(slot->space())) + "+" +
                      std::to_string(slot->offset()) +
                      (slot->space() == schema::SlotSpace::Rows ? "*rows" : "");
  return place + "[" + sizeText(slot->size()) + "]";
}

std::string commandText(const schema::Module &root, const schema::Program &program,
                        const schema::CommandEntry &entry) {
  switch (entry.command_type()) {
  case schema::Command::Dispatch: {
    const schema::Dispatch *dispatch = entry.command_as_Dispatch();
    const schema::Executable *executable = executableOf(root, program);
    std::string text =
        "dispatch " + (executable ? executable->kernels()->Get(dispatch->kernel())->name()->str()
                                  : std::to_string(dispatch->kernel()));
    for (uint32_t slot : *dispatch->bindings())
      text += " " + slotText(program, slot);
    return text;
  }
  case schema::Command::Copy:
    return "copy " + slotText(program, entry.command_as_Copy()->source()) + " -> " +
           slotText(program, entry.command_as_Copy()->target());
  case schema::Command::Fill:
    return "fill " + slotText(program, entry.command_as_Fill()->target());
  case schema::Command::AllReduce:
    return "all_reduce";
  default:
    return "barrier";
  }
}

Json describePrograms(const schema::Module &root) {
  Json list = Json::array();
  for (const schema::Program *program : *root.programs()) {
    Json commands = Json::array();
    int64_t dispatches = 0;
    for (const schema::CommandEntry *entry : *program->commands()) {
      dispatches += entry->command_type() == schema::Command::Dispatch;
      commands.push_back(commandText(root, *program, *entry));
    }
    Cost cost = costOf(root, *program);
    list.push_back({{"target", schema::EnumNameTargetKind(program->target())},
                    {"dispatches", dispatches},
                    {"flops", {{"fixed", cost.fixedFlops}, {"per_row", cost.rowFlops}}},
                    {"bytes", {{"fixed", cost.fixedBytes}, {"per_row", cost.rowBytes}}},
                    {"fixed_bytes", program->fixed_bytes()},
                    {"row_bytes", program->row_bytes()},
                    {"commands", std::move(commands)}});
  }
  return list;
}

Json describeExecutables(const schema::Module &root) {
  Json list = Json::array();
  for (const schema::Executable *executable : *root.executables()) {
    Json kernels = Json::array();
    for (const schema::Kernel *kernel : *executable->kernels()) {
      Json item = {{"name", kernel->name()->str()},
                   {"bindings", kernel->bindings()->size()},
                   {"scratch_bytes", kernel->scratch_bytes()}};
      if (kernel->flops())
        item["flops"] = sizeText(*kernel->flops());
      if (kernel->source())
        item["source"] = kernel->source()->str();
      kernels.push_back(std::move(item));
    }
    std::vector<std::string> features;
    for (const flatbuffers::String *feature : *executable->features())
      features.push_back(feature->str());
    list.push_back({{"target", schema::EnumNameTargetKind(executable->target())},
                    {"triple", executable->triple()->str()},
                    {"cpu", executable->cpu()->str()},
                    {"features", features},
                    {"image_bytes", executable->image()->size()},
                    {"kernels", std::move(kernels)}});
  }
  return list;
}

Json describeModule(const rt::Module &module) {
  const schema::Module &root = module.schema();
  Json defaults = Json::object();
  if (root.defaults())
    for (const schema::Default *item : *root.defaults())
      defaults[schema::EnumNameScalarRole(item->role())] = item->value();
  return {{"name", std::string(module.name())},
          {"producer", root.producer()->str()},
          {"version", root.version()},
          {"hash", module.hash()},
          {"file_bytes", module.fileSize()},
          {"optimizer", root.optimizer() ? Json(root.optimizer()->str()) : Json()},
          {"tuned_batch", root.tuned_batch()},
          {"clips_gradients", root.clips_gradients()},
          {"accumulates_gradients", root.accumulates_gradients()},
          {"task", schema::EnumNameTask(root.task())},
          {"labels", strings(root.labels())},
          {"architecture", root.architecture() ? Json(root.architecture()->str()) : Json()},
          {"argument_defaults", schema::EnumNameArgumentDefaults(root.argument_defaults())},
          {"defaults", std::move(defaults)},
          {"bucket_dimensions", strings(root.bucket_dimensions())},
          {"persistent_bytes", root.persistent_bytes()},
          {"constant_bytes", root.constants() ? root.constants()->size() : 0},
          {"variables", describeVariables(module)},
          {"entries", describeEntries(root)},
          {"programs", describePrograms(root)},
          {"executables", describeExecutables(root)},
          {"source", root.source() ? Json(root.source()->str()) : Json()}};
}

// --- Text
// -------------------------------------------------------------------------------------------

std::string text(const Json &value) {
  return rt::printable(value.is_string() ? value.get<std::string>() : rt::formatJson(value));
}

// The first twenty of a list.
std::string joined(const Json &list) {
  constexpr size_t shown = 20;
  std::string all;
  for (size_t i = 0; i < list.size() && i < shown; ++i)
    all += (i ? ", " : "") + text(list[i]);
  return list.size() > shown ? all + " and " + std::to_string(list.size() - shown) + " more" : all;
}

void printVariables(const Json &module) {
  uint64_t parameters = 0;
  for (const Json &item : module["variables"])
    if (item["kind"] == "Parameter")
      parameters += item["elements"].get<uint64_t>();
  std::printf("\nvariables (%s parameters)\n", withThousands(parameters).c_str());
  for (const Json &item : module["variables"])
    std::printf("  %-32s %-20s %-16s%s%s%s\n", text(item["name"]).c_str(),
                text(item["type"]).c_str(), text(item["kind"]).c_str(),
                item.contains("layout") ? (" stored as " + text(item["layout"])).c_str() : "",
                item["trainable"].get<bool>() ? "" : " frozen",
                item["decay"].get<bool>() ? "" : " no decay");
}

// "1.53 G": a count in the unit of a thousand's power that suits it.
std::string withUnit(double value) {
  const char *units[] = {"", "k", "M", "G", "T", "P"};
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(units); ++unit)
    value /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %s", value, units[unit]);
  return text;
}

double atBatch(const Json &size, uint64_t batch) {
  return size["fixed"].get<double>() + size["per_row"].get<double>() * static_cast<double>(batch);
}

// The batch that costs are given at.
uint64_t batchOf(const Json &module) {
  return std::max<uint64_t>(module["tuned_batch"].get<uint64_t>(), 1);
}

void printEntries(const Json &module) {
  uint64_t batch = batchOf(module);
  std::printf("\nentry points\n");
  for (const Json &entry : module["entries"])
    for (const Json &bucket : entry["buckets"]) {
      std::string line = "  " + text(entry["name"]);
      if (bucket.contains("values"))
        line += " " + text(module["bucket_dimensions"]) + " = " + text(bucket["values"]);
      line += "(";
      std::string scalars;
      bool first = true;
      for (const Json &input : bucket["inputs"]) {
        if (input.contains("scalar")) {
          scalars += (scalars.empty() ? "" : ", ") + text(input["scalar"]);
          continue;
        }
        line += (first ? "" : ", ") + text(input["name"]) + ": " + text(input["type"]);
        first = false;
      }
      line += ") -> (";
      first = true;
      for (const Json &output : bucket["outputs"]) {
        line += (first ? "" : ", ") + text(output["name"]) + ": " + text(output["type"]);
        first = false;
      }
      std::printf("%s)  program %s\n", line.c_str(), text(bucket["programs"]).c_str());
      if (!scalars.empty())
        std::printf("    numbers: %s\n", scalars.c_str());
      std::printf("    at batch %s: %sFLOP, %sB read and written\n", withThousands(batch).c_str(),
                  withUnit(atBatch(bucket["flops"], batch)).c_str(),
                  withUnit(atBatch(bucket["bytes"], batch)).c_str());
    }
}

void printPrograms(const Json &module, bool plan) {
  std::printf("\nprograms\n");
  size_t index = 0;
  for (const Json &program : module["programs"]) {
    std::printf("  %zu: %lld dispatches of %zu commands, arena %s bytes + %s * rows\n", index++,
                program["dispatches"].get<long long>(), program["commands"].size(),
                withThousands(program["fixed_bytes"].get<uint64_t>()).c_str(),
                withThousands(program["row_bytes"].get<uint64_t>()).c_str());
    if (plan)
      for (const Json &command : program["commands"])
        std::printf("     %s\n", text(command).c_str());
  }
}

void printExecutables(const Json &module, bool sources) {
  for (const Json &executable : module["executables"]) {
    std::printf("\ncode for %s (%s), %s bytes\n", text(executable["cpu"]).c_str(),
                text(executable["triple"]).c_str(),
                withThousands(executable["image_bytes"].get<uint64_t>()).c_str());
    for (const Json &kernel : executable["kernels"]) {
      std::printf("  %-32s %2lld bindings  scratch %s  flops %s\n", text(kernel["name"]).c_str(),
                  kernel["bindings"].get<long long>(),
                  withThousands(kernel["scratch_bytes"].get<uint64_t>()).c_str(),
                  kernel.contains("flops") ? text(kernel["flops"]).c_str() : "-");
      if (sources && kernel.contains("source"))
        std::printf("%s\n",
                    rt::printable(kernel["source"].get<std::string>(), /*keepLines=*/true).c_str());
    }
  }
}

void printText(const Json &module, const InspectOptions &options) {
  std::printf("module %s, by %s\nhash %s, %s bytes\n", text(module["name"]).c_str(),
              text(module["producer"]).c_str(), text(module["hash"]).c_str(),
              withThousands(module["file_bytes"].get<uint64_t>()).c_str());
  std::printf("optimizer %s, tuned for batch %s, clipping %s, accumulation %s, task %s\n",
              module["optimizer"].is_null() ? "none" : text(module["optimizer"]).c_str(),
              text(module["tuned_batch"]).c_str(),
              module["clips_gradients"].get<bool>() ? "yes" : "no",
              module["accumulates_gradients"].get<bool>() ? "yes" : "no",
              lowerCase(text(module["task"])).c_str());
  if (!module["architecture"].is_null())
    std::printf("architecture %s, defaults of %s\n", text(module["architecture"]).c_str(),
                text(module["argument_defaults"]).c_str());
  if (!module["labels"].empty())
    std::printf("labels %s\n", joined(module["labels"]).c_str());
  for (auto item = module["defaults"].begin(); item != module["defaults"].end(); ++item)
    std::printf("  default %s = %s\n", item.key().c_str(), text(item.value()).c_str());
  printVariables(module);
  printEntries(module);
  std::printf("\nmemory: variables %s bytes, constants %s bytes\n",
              withThousands(module["persistent_bytes"].get<uint64_t>()).c_str(),
              withThousands(module["constant_bytes"].get<uint64_t>()).c_str());
  printPrograms(module, options.plan);
  auto batch = module["tuned_batch"].get<uint64_t>();
  uint64_t fixed = 0, rows = 0;
  for (const Json &program : module["programs"]) {
    fixed = std::max(fixed, program["fixed_bytes"].get<uint64_t>());
    rows = std::max(rows, program["row_bytes"].get<uint64_t>());
  }
  if (batch > 0)
    std::printf(
        "  peak at batch %s: %s bytes\n", withThousands(batch).c_str(),
        withThousands(module["persistent_bytes"].get<uint64_t>() + fixed + rows * batch).c_str());
  printExecutables(module, options.kernels);
}

Status runInspect(const InspectOptions &options) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<const rt::Module> module, rt::Module::load(options.module));
  if (options.ir) {
    if (!module->schema().source())
      return rt::notFound("%s: the module does not hold the IR that it was compiled from",
                          options.module.c_str());
    std::printf("%s\n", module->schema().source()->c_str());
    return {};
  }
  Json description = describeModule(*module);
  if (options.json)
    std::printf("%s\n", rt::formatJson(description, 2).c_str());
  else
    printText(description, options);
  return {};
}

} // namespace

Command addInspect(CLI::App &parent) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *app = addSubcommand(parent, "inspect", "what is in a module", help);
  app->add_option("module", options->module)->required();
  app->add_flag("--ir", options->ir);
  app->add_flag("--kernels", options->kernels);
  app->add_flag("--plan", options->plan);
  app->add_flag("--json", options->json);
  return {app, [options] { return runInspect(*options); }};
}

} // namespace weft::tool
