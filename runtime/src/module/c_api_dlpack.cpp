// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DLPack tensors in and out: variables shared or copied, inputs of a run, its outputs.
#include "module/c_api.h"

#include "base/strided_copy.h"
#include "module/sizes.h"

using namespace weft::rt;

namespace {

// What a tensor that we export keeps alive: the session of a variable, or memory of its own.
struct ExportedTensor {
  DLManagedTensorVersioned tensor = {};
  std::vector<int64_t> shape, strides;
  std::shared_ptr<Session> session;
  AlignedBuffer memory;
};

} // namespace

static DLDataType dlpackType(ElementType type) {
  uint8_t bits = static_cast<uint8_t>(8 * elementSize(type));
  switch (type) {
  case ElementType::f32:
  case ElementType::f16:
  case ElementType::f64:
    return {kDLFloat, bits, 1};
  case ElementType::bf16:
    return {kDLBfloat, bits, 1};
  case ElementType::u8:
    return {kDLUInt, bits, 1};
  case ElementType::i1:
    return {kDLBool, bits, 1};
  default:
    return {kDLInt, bits, 1};
  }
}

static DLManagedTensorVersioned *exportTensor(std::unique_ptr<ExportedTensor> exported, void *data,
                                              ElementType type) {
  DLManagedTensorVersioned &tensor = exported->tensor;
  tensor.version = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};
  tensor.manager_ctx = exported.get();
  tensor.deleter = [](DLManagedTensorVersioned *self) {
    delete static_cast<ExportedTensor *>(self->manager_ctx);
  };
  tensor.dl_tensor.data = data;
  tensor.dl_tensor.device = {kDLCPU, 0};
  tensor.dl_tensor.ndim = static_cast<int32_t>(exported->shape.size());
  tensor.dl_tensor.dtype = dlpackType(type);
  tensor.dl_tensor.shape = exported->shape.data();
  tensor.dl_tensor.strides = exported->strides.data();
  return &exported.release()->tensor;
}

weft_status_t weft_session_export_variable(weft_session_t *session, const char *name,
                                           DLManagedTensorVersioned **tensor) {
  return guarded([&]() -> Status {
    WEFT_ASSIGN_OR_RETURN(size_t variable, findVariable(session, name));
    if (!tensor)
      return invalidArgument("weft_session_export_variable: tensor is NULL");
    if (!session->session->device().isHostAccessible())
      return unimplemented("device '%s' does not share its memory over DLPack",
                           session->session->device().name());
    const VariableInfo &info = session->session->module().variables()[variable];
    auto exported = std::make_unique<ExportedTensor>();
    exported->session = session->session;
    exported->shape = info.shape;
    exported->strides = stridesOfLayout(info.shape, info.layout);
    *tensor =
        exportTensor(std::move(exported), session->session->variableMemory(variable), info.type);
    return Status();
  });
}

static std::string shapeText(std::span<const int64_t> shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text.empty() ? "scalar" : text;
}

// Everything about a foreign tensor but its shape.
static Status checkTensor(const DLManagedTensorVersioned *tensor, ElementType type) {
  if (!tensor)
    return invalidArgument("the tensor is NULL");
  if (tensor->version.major != DLPACK_MAJOR_VERSION)
    return invalidArgument("DLPack version %u: expected %d", tensor->version.major,
                           DLPACK_MAJOR_VERSION);
  const DLTensor &dense = tensor->dl_tensor;
  if (dense.device.device_type != kDLCPU)
    return invalidArgument("the tensor is on device type %d: expected the CPU (%d)",
                           static_cast<int>(dense.device.device_type), static_cast<int>(kDLCPU));
  if (dense.ndim < 0 || dense.ndim > static_cast<int32_t>(maxRank) ||
      (dense.ndim > 0 && !dense.shape))
    return invalidArgument("the tensor has rank %d: expected 0 to %zu", dense.ndim, maxRank);
  DLDataType expected = dlpackType(type);
  if (dense.dtype.code != expected.code || dense.dtype.bits != expected.bits ||
      dense.dtype.lanes != 1)
    return invalidArgument("DLPack type (code %d, %d bits, %d lanes): expected %s",
                           dense.dtype.code, dense.dtype.bits, dense.dtype.lanes,
                           elementTypeName(type));
  return Status();
}

static std::span<const int64_t> shapeOf(const DLTensor &tensor) {
  return {tensor.shape, static_cast<size_t>(tensor.ndim)};
}

static std::vector<int64_t> stridesOf(const DLTensor &tensor) {
  if (!tensor.strides)
    return rowMajorStrides(shapeOf(tensor));
  return {tensor.strides, tensor.strides + tensor.ndim};
}

static const uint8_t *dataOf(const DLTensor &tensor) {
  return static_cast<const uint8_t *>(tensor.data) + tensor.byte_offset;
}

// The tensor as dense row-major memory: its own, or `copy`.
static Result<const void *> denseData(const DLTensor &tensor, ElementType type, uint64_t bytes,
                                      AlignedBuffer &copy) {
  if (!tensor.data && bytes > 0)
    return invalidArgument("the tensor has no data");
  std::span<const int64_t> shape = shapeOf(tensor);
  std::vector<int64_t> strides = stridesOf(tensor), dense = rowMajorStrides(shape);
  bool isDense = true;
  for (size_t i = 0; i < shape.size(); ++i)
    isDense &= shape[i] == 1 || strides[i] == dense[i];
  if (isDense)
    return static_cast<const void *>(dataOf(tensor));
  WEFT_ASSIGN_OR_RETURN(copy, AlignedBuffer::create(bytes));
  stridedCopy(elementSize(type), shape, copy.data(), dense, dataOf(tensor), strides);
  return static_cast<const void *>(copy.data());
}

weft_status_t weft_session_import_variable(weft_session_t *session, const char *name,
                                           const DLManagedTensorVersioned *tensor) {
  return guarded([&]() -> Status {
    WEFT_ASSIGN_OR_RETURN(size_t variable, findVariable(session, name));
    const VariableInfo &info = session->session->module().variables()[variable];
    WEFT_RETURN_IF_ERROR(checkTensor(tensor, info.type).withContext(info.name));
    std::span<const int64_t> shape = shapeOf(tensor->dl_tensor);
    if (!std::equal(shape.begin(), shape.end(), info.shape.begin(), info.shape.end()))
      return invalidArgument("%s: shape %s, expected %s", name, shapeText(shape).c_str(),
                             shapeText(info.shape).c_str());
    AlignedBuffer copy;
    WEFT_ASSIGN_OR_RETURN(const void *data,
                          denseData(tensor->dl_tensor, info.type, info.byteSize, copy));
    return session->session->writeVariable(variable, data, info.byteSize);
  });
}

namespace {

// One run with DLPack tensors.
class DlpackRun {
public:
  DlpackRun(Session &session, const weft_run_t &run) : session(session), run(run) {}
  Status bindInputs(std::span<const DLManagedTensorVersioned *const> tensors);
  Status runInto(DLManagedTensorVersioned **outputs, size_t outputCount);

private:
  Status findBucket();
  Status bindInput(const weft::schema::Input &input, const DLManagedTensorVersioned *tensor);
  Status matchShape(const weft::schema::Input &input, std::span<const int64_t> shape);

  Session &session;
  const weft_run_t &run;
  const weft::schema::Bucket *bucket = nullptr;
  int64_t rows = -1; // -1: no input has told them yet
  std::vector<const void *> inputs;
  std::vector<AlignedBuffer> copies;
};

} // namespace

Status DlpackRun::findBucket() {
  const auto &entries = *session.module().schema().entries();
  if (run.entry >= entries.size())
    return invalidArgument("entry %zu: the module has %u", run.entry, entries.size());
  const auto &buckets = *entries.Get(static_cast<uint32_t>(run.entry))->buckets();
  if (run.bucket >= buckets.size())
    return invalidArgument("bucket %zu: the entry has %u", run.bucket, buckets.size());
  bucket = buckets.Get(static_cast<uint32_t>(run.bucket));
  return Status();
}

Status DlpackRun::bindInputs(std::span<const DLManagedTensorVersioned *const> tensors) {
  WEFT_RETURN_IF_ERROR(findBucket());
  size_t next = 0;
  for (const weft::schema::Input *input : *bucket->inputs()) {
    if (input->role() == weft::schema::InputRole::Scalar)
      continue;
    if (next < tensors.size())
      WEFT_RETURN_IF_ERROR(
          bindInput(*input, tensors[next]).withContext("input '" + input->name()->str() + "'"));
    ++next;
  }
  if (next != tensors.size())
    return invalidArgument("%zu inputs: expected %zu", tensors.size(), next);
  return Status();
}

Status DlpackRun::matchShape(const weft::schema::Input &input, std::span<const int64_t> shape) {
  bool isPerRow = input.shape()->size() > 0 && input.shape()->Get(0)->per_row() > 0;
  if (isPerRow && !shape.empty() && rows == -1) {
    rows = shape[0] / input.shape()->Get(0)->per_row();
    if (rows < 1 || rows > maxRows)
      return invalidArgument("a batch of %lld rows: expected 1 to %lld",
                             static_cast<long long>(rows), static_cast<long long>(maxRows));
  }
  std::vector<int64_t> expected = shapeAt(*input.shape(), std::max<int64_t>(rows, 1));
  if (!std::equal(shape.begin(), shape.end(), expected.begin(), expected.end()))
    return invalidArgument("shape %s, expected %s", shapeText(shape).c_str(),
                           shapeText(expected).c_str());
  return Status();
}

Status DlpackRun::bindInput(const weft::schema::Input &input,
                            const DLManagedTensorVersioned *tensor) {
  ElementType type = elementType(input.type());
  WEFT_RETURN_IF_ERROR(checkTensor(tensor, type));
  WEFT_RETURN_IF_ERROR(matchShape(input, shapeOf(tensor->dl_tensor)));
  uint64_t bytes = static_cast<uint64_t>(elementCount(*input.shape(), std::max<int64_t>(rows, 1))) *
                   elementSize(type);
  AlignedBuffer copy;
  WEFT_ASSIGN_OR_RETURN(const void *data, denseData(tensor->dl_tensor, type, bytes, copy));
  inputs.push_back(data);
  copies.push_back(std::move(copy));
  return Status();
}

Status DlpackRun::runInto(DLManagedTensorVersioned **outputs, size_t outputCount) {
  WEFT_ASSIGN_OR_RETURN(Scalars scalars, scalarsOf(session.module(), run));
  if (outputs && outputCount != bucket->outputs()->size())
    return invalidArgument("%zu outputs: expected %u", outputCount, bucket->outputs()->size());
  RunRequest request;
  request.entry = static_cast<uint32_t>(run.entry);
  request.bucket = static_cast<uint32_t>(run.bucket);
  request.rows = std::max<int64_t>(rows, 1);
  request.inputs = inputs;
  request.scalars = &scalars;
  std::vector<std::unique_ptr<ExportedTensor>> results;
  std::vector<void *> memory;
  for (size_t i = 0; outputs && i < outputCount; ++i) {
    const weft::schema::Output &output = *bucket->outputs()->Get(static_cast<uint32_t>(i));
    auto result = std::make_unique<ExportedTensor>();
    result->shape = shapeAt(*output.shape(), request.rows);
    result->strides = rowMajorStrides(result->shape);
    WEFT_ASSIGN_OR_RETURN(result->memory, AlignedBuffer::create(session.outputBytes(
                                              request.entry, request.bucket,
                                              static_cast<uint32_t>(i), request.rows)));
    memory.push_back(result->memory.data());
    results.push_back(std::move(result));
  }
  request.outputs = memory;
  WEFT_RETURN_IF_ERROR(session.run(request));
  for (size_t i = 0; i < results.size(); ++i)
    outputs[i] =
        exportTensor(std::move(results[i]), memory[i],
                     elementType(bucket->outputs()->Get(static_cast<uint32_t>(i))->type()));
  return Status();
}

weft_status_t weft_session_run_dlpack(weft_session_t *session, const weft_run_t *run,
                                      const DLManagedTensorVersioned *const *inputs,
                                      size_t input_count, DLManagedTensorVersioned **outputs,
                                      size_t output_count) {
  return guarded([&]() -> Status {
    if (!session || !run || (input_count > 0 && !inputs))
      return invalidArgument("weft_session_run_dlpack: session, run or inputs is NULL");
    weft_run_t copy = copyVersioned(run);
    DlpackRun call(*session->session, copy);
    WEFT_RETURN_IF_ERROR(call.bindInputs({inputs, input_count}));
    return call.runInto(outputs, output_count);
  });
}
