// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules: a header with the right size and hash around any bytes, so that the verifier is reached;
// then a session of what it accepts, and a step of each entry, on a device that computes nothing.
// The CPU device loads the native code, which is not run.
#include "ModuleMutator.h"
#include "module/file_format.h"
#include "module/session.h"
#include "schema/file_header.h"
#include "schema/module_bfbs_generated.h"

#include <cstdlib>

using namespace weft;
using namespace weft::rt;
using namespace weft::rt::fuzzing;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

// A machine with little memory: what does not fit is refused, as it must be anyway.
constexpr size_t kMostMemory = 8 << 20;
constexpr uint64_t kMostTensorBytes = 1 << 20;

void *allocateLittle(void *, size_t size, size_t alignment) {
  return size > kMostMemory ? nullptr : std::aligned_alloc(alignment, size);
}
void release(void *, void *memory, size_t, size_t) { std::free(memory); }

std::shared_ptr<Device> makeDevice(const char *name) {
  DeviceOptions options;
  options.threads = 1;
  options.allocator = {nullptr, allocateLittle, release};
  Result<std::shared_ptr<Device>> device = createDevice(name, options);
  if (!device.ok())
    std::abort();
  return device.take();
}

// Seeds are whole files; what is changed is behind the header.
std::span<const uint8_t> bodyOf(std::span<const uint8_t> input) {
  constexpr size_t magicSize = sizeof(weft_file_header_t::magic);
  bool isFile = input.size() >= sizeof(weft_file_header_t) &&
                std::memcmp(input.data(), WEFT_FILE_MAGIC, magicSize) == 0;
  return isFile ? input.subspan(sizeof(weft_file_header_t)) : input;
}

std::vector<uint8_t> wrap(std::span<const uint8_t> body) {
  Hash128 hash = hashBytes(body);
  weft_file_header_t header = {};
  std::memcpy(header.magic, WEFT_FILE_MAGIC, sizeof(header.magic));
  header.version = WEFT_SCHEMA_VERSION;
  header.header_size = sizeof(header);
  header.body_size = body.size();
  header.hash_low = hash.low;
  header.hash_high = hash.high;
  std::vector<uint8_t> file(sizeof(header) + body.size());
  std::memcpy(file.data(), &header, sizeof(header));
  if (!body.empty())
    std::memcpy(file.data() + sizeof(header), body.data(), body.size());
  return file;
}

// Whether there is a status that says something.
bool explained(const Status &status) {
  if (!status.ok() && status.message().empty())
    std::abort();
  return status.ok();
}

// Memory for each tensor of a bucket; none if they are too large to be worth the time.
template <typename Tensors, typename Wanted, typename SizeOf>
bool makeTensors(const Tensors &tensors, std::vector<std::vector<uint8_t>> &memory, Wanted isWanted,
                 SizeOf sizeOf) {
  for (uint32_t i = 0; i < tensors.size(); ++i) {
    if (!isWanted(*tensors.Get(i)))
      continue;
    uint64_t bytes = sizeOf(i);
    if (bytes > kMostTensorBytes || memory.size() > 64)
      return false;
    memory.emplace_back(bytes + 1);
  }
  return true;
}

void runBucket(Session &session, uint32_t entry, uint32_t bucket, int64_t rows) {
  const schema::Bucket &signature = *session.module().entry(entry).buckets()->Get(bucket);
  std::vector<std::vector<uint8_t>> inputs, outputs;
  if (!makeTensors(
          *signature.inputs(), inputs,
          [](const schema::Input &input) { return input.role() == schema::InputRole::Batch; },
          [&](uint32_t i) { return session.inputBytes(entry, bucket, i, rows); }) ||
      !makeTensors(
          *signature.outputs(), outputs, [](const schema::Output &) { return true; },
          [&](uint32_t i) { return session.outputBytes(entry, bucket, i, rows); }))
    return;
  std::vector<const void *> from;
  std::vector<void *> to;
  for (const std::vector<uint8_t> &input : inputs)
    from.push_back(input.data());
  for (std::vector<uint8_t> &output : outputs)
    to.push_back(output.data());
  RunRequest request;
  request.entry = entry;
  request.bucket = bucket;
  request.rows = rows;
  request.inputs = from;
  request.outputs = to;
  explained(session.run(request));
}

void moveVariables(Session &session) {
  for (size_t i = 0; i < session.module().variables().size() && i < 64; ++i) {
    std::vector<uint8_t> bytes(session.module().variables()[i].byteSize);
    if (explained(session.readVariable(i, bytes.data(), bytes.size())))
      explained(session.writeVariable(i, bytes.data(), bytes.size()));
  }
}

void runEntries(Session &session) {
  const schema::Module &module = session.module().schema();
  explained(session.reserve(2));
  for (uint32_t entry = 0; entry < module.entries()->size() && entry < 8; ++entry)
    for (uint32_t bucket = 0;
         bucket < module.entries()->Get(entry)->buckets()->size() && bucket < 8; ++bucket)
      for (int64_t rows : {1, 3})
        runBucket(session, entry, bucket, rows);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const std::shared_ptr<Device> null = makeDevice("null"), cpu = makeDevice("cpu");
  Result<std::shared_ptr<const Module>> module = Module::parse(wrap(bodyOf({data, size})));
  if (!module.ok()) {
    explained(module.status());
    return 0;
  }
  SessionOptions options;
  options.device = null;
  Result<std::unique_ptr<Session>> session = Session::create(*module, options);
  if (explained(session.ok() ? Status() : session.takeStatus()) &&
      explained((*session)->initialize(1))) {
    moveVariables(**session);
    runEntries(**session);
  }
  options.device = cpu;
  Result<std::unique_ptr<Session>> loaded = Session::create(*module, options);
  explained(loaded.ok() ? Status() : loaded.takeStatus());
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  std::minstd_rand random(seed);
  // At a header's alignment behind it, as in a file.
  std::span<const uint8_t> body = bodyOf({data, size});
  alignas(64) static uint8_t copy[1 << 20];
  flatbuffers::Verifier verifier(copy, body.size());
  if (random() % 8 == 0 || body.empty() || body.size() > sizeof(copy))
    return LLVMFuzzerMutate(data, size, maxSize);
  std::memcpy(copy, body.data(), body.size());
  if (!schema::VerifyModuleBuffer(verifier))
    return LLVMFuzzerMutate(data, size, maxSize);
  static const reflection::Schema &binarySchema =
      *reflection::GetSchema(schema::ModuleBinarySchema::data());
  FlatBufferPlaces places(binarySchema, copy);
  for (size_t changes = 1 + random() % 3; changes > 0; --changes)
    changeFlatBuffer(random, places);
  std::memcpy(data + (size - body.size()), copy, body.size());
  return size;
}
