// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C API without a session: status, hooks, modules.
#include "module/c_api.h"

#include "base/log.h"
#include "weft/version.h"

using namespace weft::rt;

namespace {
thread_local std::string lastMessage;
} // namespace

weft_status_t weft::rt::reportStatus(const Status &status) {
  if (!status.ok())
    lastMessage = status.message();
  return static_cast<weft_status_t>(status.code());
}

const char *weft_status_name(weft_status_t status) {
  static constexpr const char *names[] = {"OK",
                                          "CANCELLED",
                                          "UNKNOWN",
                                          "INVALID_ARGUMENT",
                                          "DEADLINE_EXCEEDED",
                                          "NOT_FOUND",
                                          "ALREADY_EXISTS",
                                          "PERMISSION_DENIED",
                                          "RESOURCE_EXHAUSTED",
                                          "FAILED_PRECONDITION",
                                          "ABORTED",
                                          "OUT_OF_RANGE",
                                          "UNIMPLEMENTED",
                                          "INTERNAL",
                                          "UNAVAILABLE",
                                          "DATA_LOSS",
                                          "UNAUTHENTICATED"};
  bool isKnown = status >= 0 && status < static_cast<weft_status_t>(std::size(names));
  return isKnown ? names[status] : "UNKNOWN";
}

const char *weft_last_error_message(void) { return lastMessage.c_str(); }

const char *weft_version(void) { return WEFT_VERSION_STRING; }

void weft_set_log_function(weft_log_function_t function, void *self) { setLogHook(function, self); }

template <typename Tensor>
static weft_module_t::TensorShape shapeOf(const Tensor &tensor) {
  weft_module_t::TensorShape shape;
  for (const weft::schema::Dimension *dimension : *tensor.shape()) {
    shape.fixed.push_back(dimension->fixed());
    shape.perRow.push_back(dimension->per_row());
  }
  return shape;
}

static weft_module_t::BucketShapes shapesOf(const weft::schema::Bucket &bucket) {
  weft_module_t::BucketShapes shapes;
  for (const weft::schema::Input *input : *bucket.inputs())
    shapes.inputs.push_back(shapeOf(*input));
  for (const weft::schema::Output *output : *bucket.outputs())
    shapes.outputs.push_back(shapeOf(*output));
  return shapes;
}

static Status makeHandle(Result<std::shared_ptr<const Module>> loaded, weft_module_t **module) {
  if (!loaded.ok())
    return loaded.takeStatus();
  auto handle = std::make_unique<weft_module_t>();
  handle->module = loaded.take();
  for (const weft::schema::Entry *entry : *handle->module->schema().entries()) {
    handle->shapes.emplace_back();
    for (const weft::schema::Bucket *bucket : *entry->buckets())
      handle->shapes.back().push_back(shapesOf(*bucket));
  }
  *module = handle.release();
  return Status();
}

weft_status_t weft_module_load(const char *path, weft_module_t **module) {
  return guarded([&]() -> Status {
    if (!path || !module)
      return invalidArgument("weft_module_load: path or module is NULL");
    return makeHandle(Module::load(path), module);
  });
}

weft_status_t weft_module_load_memory(const void *data, size_t size, weft_module_t **module) {
  return guarded([&]() -> Status {
    if (!data || !module)
      return invalidArgument("weft_module_load_memory: data or module is NULL");
    return makeHandle(Module::parse({static_cast<const uint8_t *>(data), size}), module);
  });
}

void weft_module_release(weft_module_t *module) { delete module; }

const char *weft_module_name(const weft_module_t *module) {
  return module ? module->module->schema().name()->c_str() : "";
}

const char *weft_module_producer(const weft_module_t *module) {
  return module ? module->module->schema().producer()->c_str() : "";
}

size_t weft_module_variable_count(const weft_module_t *module) {
  return module ? module->module->variables().size() : 0;
}

weft_status_t weft_module_variable(const weft_module_t *module, size_t index,
                                   weft_variable_info_t *info) {
  return guarded([&]() -> Status {
    if (!module || !info)
      return invalidArgument("weft_module_variable: module or info is NULL");
    const auto &variables = module->module->variables();
    if (index >= variables.size())
      return outOfRange("variable %zu: the module has %zu", index, variables.size());
    const VariableInfo &variable = variables[index];
    weft_variable_info_t filled = {};
    filled.name = variable.name.c_str();
    filled.kind = static_cast<int32_t>(variable.kind);
    filled.type = static_cast<weft_element_type_t>(variable.type);
    filled.rank = variable.shape.size();
    filled.shape = variable.shape.data();
    filled.byte_size = variable.byteSize;
    filled.trainable = variable.trainable;
    return storeVersioned(filled, info);
  });
}

size_t weft_module_entry_count(const weft_module_t *module) {
  return module ? module->shapes.size() : 0;
}

const char *weft_module_entry_name(const weft_module_t *module, size_t entry) {
  if (entry >= weft_module_entry_count(module))
    return nullptr;
  return module->module->entry(static_cast<uint32_t>(entry)).name()->c_str();
}

static std::string entryNames(const Module &module) {
  std::string names;
  for (const weft::schema::Entry *entry : *module.schema().entries())
    names += (names.empty() ? "" : ", ") + entry->name()->str();
  return names;
}

weft_status_t weft_module_find_entry(const weft_module_t *module, const char *name, size_t *entry) {
  return guarded([&]() -> Status {
    if (!module || !name || !entry)
      return invalidArgument("weft_module_find_entry: an argument is NULL");
    std::optional<uint32_t> found = module->module->findEntry(std::string_view(name));
    if (!found)
      return notFound("no entry '%s': the module has %s", name,
                      entryNames(*module->module).c_str());
    *entry = *found;
    return Status();
  });
}

size_t weft_module_bucket_count(const weft_module_t *module, size_t entry) {
  return entry < weft_module_entry_count(module) ? module->shapes[entry].size() : 0;
}

// The bucket, or null if there is none.
static const weft::schema::Bucket *findBucket(const weft_module_t *module, size_t entry,
                                              size_t bucket) {
  if (bucket >= weft_module_bucket_count(module, entry))
    return nullptr;
  return module->module->entry(static_cast<uint32_t>(entry))
      .buckets()
      ->Get(static_cast<uint32_t>(bucket));
}

size_t weft_module_input_count(const weft_module_t *module, size_t entry, size_t bucket) {
  const weft::schema::Bucket *found = findBucket(module, entry, bucket);
  return found ? found->inputs()->size() : 0;
}

size_t weft_module_output_count(const weft_module_t *module, size_t entry, size_t bucket) {
  const weft::schema::Bucket *found = findBucket(module, entry, bucket);
  return found ? found->outputs()->size() : 0;
}

template <typename Tensor>
static weft_tensor_info_t describeTensor(const Tensor &tensor,
                                         const weft_module_t::TensorShape &shape) {
  weft_tensor_info_t info = {};
  info.name = tensor.name()->c_str();
  info.type = static_cast<weft_element_type_t>(tensor.type());
  info.rank = shape.fixed.size();
  info.fixed = shape.fixed.data();
  info.per_row = shape.perRow.data();
  return info;
}

weft_status_t weft_module_input(const weft_module_t *module, size_t entry, size_t bucket,
                                size_t index, weft_tensor_info_t *info) {
  return guarded([&]() -> Status {
    if (!module || !info)
      return invalidArgument("weft_module_input: module or info is NULL");
    if (index >= weft_module_input_count(module, entry, bucket))
      return outOfRange("entry %zu, bucket %zu has no input %zu", entry, bucket, index);
    const weft::schema::Input &input =
        *findBucket(module, entry, bucket)->inputs()->Get(static_cast<uint32_t>(index));
    weft_tensor_info_t filled = describeTensor(input, module->shapes[entry][bucket].inputs[index]);
    filled.scalar_role = static_cast<int32_t>(input.scalar());
    return storeVersioned(filled, info);
  });
}

weft_status_t weft_module_output(const weft_module_t *module, size_t entry, size_t bucket,
                                 size_t index, weft_tensor_info_t *info) {
  return guarded([&]() -> Status {
    if (!module || !info)
      return invalidArgument("weft_module_output: module or info is NULL");
    if (index >= weft_module_output_count(module, entry, bucket))
      return outOfRange("entry %zu, bucket %zu has no output %zu", entry, bucket, index);
    const weft::schema::Output &output =
        *findBucket(module, entry, bucket)->outputs()->Get(static_cast<uint32_t>(index));
    weft_tensor_info_t filled =
        describeTensor(output, module->shapes[entry][bucket].outputs[index]);
    filled.output_role = static_cast<int32_t>(output.role());
    return storeVersioned(filled, info);
  });
}
