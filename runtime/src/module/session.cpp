// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sessions: choosing code, allocating arenas, running entries.
#include "module/session.h"

#include "device/thread_pool.h"
#include "module/prepared_run.h"
#include "module/sizes.h"
#include "module/verify.h"

#include <algorithm>
#include <map>

namespace weft::rt {

// Batches of many sizes (the last of an epoch, evaluation) keep this many command lists.
static constexpr size_t maxPreparedRuns = 64;

Session::~Session() = default;

// What CommandList::error points to.
struct Session::ErrorWords {
  uint64_t code = 0;
  uint64_t command = 0;
};

static ExecutableDescription describe(const schema::Executable &executable) {
  ExecutableDescription description;
  description.triple = executable.triple()->str();
  description.cpu = executable.cpu()->str();
  for (const flatbuffers::String *feature : *executable.features())
    description.features.push_back(feature->str());
  description.image = {executable.image()->data(), executable.image()->size()};
  for (const schema::Kernel *kernel : *executable.kernels())
    description.kernels.push_back(
        {kernel->name()->str(), kernel->entry(), kernel->scratch_bytes()});
  return description;
}

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Module> module,
                                                 const SessionOptions &options) {
  std::unique_ptr<Session> session(new Session());
  session->shared = std::move(module);
  session->target = options.device;
  if (!session->target) {
    WEFT_ASSIGN_OR_RETURN(session->target, createDevice("cpu", DeviceOptions()));
  }
  WEFT_RETURN_IF_ERROR(session->chooseExecutable());
  WEFT_RETURN_IF_ERROR(session->allocateArenas());
  if (options.maxRows > 0)
    WEFT_RETURN_IF_ERROR(session->reserve(options.maxRows));
  return session;
}

Status Session::chooseExecutable() {
  const auto &executables = *shared->schema().executables();
  std::string reasons;
  for (size_t i = executables.size(); i-- > 0;) {
    const schema::Executable &candidate = *executables.Get(static_cast<uint32_t>(i));
    if (static_cast<int>(candidate.target()) != static_cast<int>(target->target()))
      continue;
    ExecutableDescription description = describe(candidate);
    Status supported = target->supports(description);
    if (!supported.ok()) {
      reasons += (reasons.empty() ? "" : "; ") + supported.message();
      continue;
    }
    chosen = i;
    auto loaded = target->load(description);
    if (!loaded.ok())
      return loaded.takeStatus().withContext(place("executables", i));
    executable = loaded.take();
    return Status();
  }
  return failedPrecondition("module '%s' has no code for this machine%s%s",
                            shared->schema().name()->c_str(), reasons.empty() ? "" : ": ",
                            reasons.c_str());
}

Status Session::allocateArenas() {
  const schema::Module &module = shared->schema();
  WEFT_ASSIGN_OR_RETURN(persistent, DeviceBuffer::create(target, module.persistent_bytes()));
  WEFT_ASSIGN_OR_RETURN(errorWord, DeviceBuffer::create(target, sizeof(ErrorWords)));
  if (!target->isHostAccessible() && module.constants()) {
    WEFT_ASSIGN_OR_RETURN(constants, DeviceBuffer::create(target, module.constants()->size()));
    WEFT_RETURN_IF_ERROR(
        target->copyIn(constants.data(), module.constants()->data(), module.constants()->size()));
  }
  return Status();
}

Result<const schema::Program *> Session::programOf(uint32_t entry, uint32_t bucket) const {
  const schema::Module &module = shared->schema();
  const schema::Entry &chosenEntry = *module.entries()->Get(entry);
  for (uint32_t index : *chosenEntry.buckets()->Get(bucket)->programs()) {
    const schema::Program *program = module.programs()->Get(index);
    if (static_cast<int>(program->target()) == static_cast<int>(target->target()))
      return program;
  }
  return failedPrecondition("entry '%s' has no program for device '%s'",
                            chosenEntry.name()->c_str(), target->name());
}

static Status checkRows(int64_t rows) {
  if (rows < 1 || rows > maxRows)
    return invalidArgument("a batch of %lld rows: expected 1 to %lld", static_cast<long long>(rows),
                           static_cast<long long>(maxRows));
  return Status();
}

Status Session::grow(uint64_t fixedBytes, uint64_t rowsBytes) {
  struct {
    DeviceBuffer &region;
    uint64_t bytes;
  } wanted[] = {{fixedRegion, fixedBytes}, {rowsRegion, rowsBytes}};
  for (auto &[region, bytes] : wanted) {
    if (bytes <= region.size())
      continue;
    // The old region is given back first, so that growing never needs both.
    prepared.clear();
    region = DeviceBuffer();
    WEFT_ASSIGN_OR_RETURN(region, DeviceBuffer::create(target, bytes));
  }
  return Status();
}

Status Session::reserve(int64_t rows) {
  WEFT_RETURN_IF_ERROR(checkRows(rows));
  uint64_t fixedBytes = 0, rowBytes = 0;
  for (const schema::Program *program : *shared->schema().programs()) {
    if (static_cast<int>(program->target()) != static_cast<int>(target->target()))
      continue;
    fixedBytes = std::max(fixedBytes, program->fixed_bytes());
    rowBytes = std::max(rowBytes, program->row_bytes());
  }
  return grow(fixedBytes, static_cast<uint64_t>(rows) * rowBytes)
      .withContext("memory for a batch of " + std::to_string(rows));
}

Status Session::reserve(uint32_t entry, uint32_t bucket, int64_t rows) {
  WEFT_RETURN_IF_ERROR(checkRows(rows));
  WEFT_ASSIGN_OR_RETURN(const schema::Program *program, programOf(entry, bucket));
  return grow(program->fixed_bytes(), static_cast<uint64_t>(rows) * program->row_bytes())
      .withContext("memory for a batch of " + std::to_string(rows));
}

Session::MemoryUse Session::memoryUse() const {
  return {persistent.size(), fixedRegion.size(), rowsRegion.size()};
}

Status Session::checkRequest(const RunRequest &request) const {
  const auto &entries = *shared->schema().entries();
  if (request.entry >= entries.size())
    return invalidArgument("entry %u: the module has %u", request.entry, entries.size());
  const schema::Entry &entry = *entries.Get(request.entry);
  if (request.bucket >= entry.buckets()->size())
    return invalidArgument("bucket %u: entry '%s' has %u", request.bucket, entry.name()->c_str(),
                           entry.buckets()->size());
  WEFT_RETURN_IF_ERROR(checkRows(request.rows));
  const schema::Bucket &bucket = *entry.buckets()->Get(request.bucket);
  size_t next = 0;
  for (const schema::Input *input : *bucket.inputs()) {
    if (input->role() == schema::InputRole::Scalar)
      continue;
    if (next < request.inputs.size() && !request.inputs[next])
      return invalidArgument("input '%s' of '%s' is null", input->name()->c_str(),
                             entry.name()->c_str());
    ++next;
  }
  if (next != request.inputs.size())
    return invalidArgument("%zu inputs for '%s': expected %zu", request.inputs.size(),
                           entry.name()->c_str(), next);
  if (!request.outputs.empty() && request.outputs.size() != bucket.outputs()->size())
    return invalidArgument("%zu outputs for '%s': expected %u or none", request.outputs.size(),
                           entry.name()->c_str(), bucket.outputs()->size());
  return Status();
}

Result<std::unique_ptr<PreparedRun>> Session::build(const RunRequest &request) {
  const schema::Module &module = shared->schema();
  auto run = std::make_unique<PreparedRun>();
  run->entry = request.entry;
  run->bucket = request.bucket;
  run->signature = module.entries()->Get(request.entry)->buckets()->Get(request.bucket);
  run->list.rows = request.rows;
  run->list.error = reinterpret_cast<uint64_t *>(errorWord.data());
  WEFT_ASSIGN_OR_RETURN(const schema::Program *program, programOf(request.entry, request.bucket));
  RegionBases bases;
  bases.persistent = persistent.data();
  bases.fixed = fixedRegion.data();
  bases.rows = rowsRegion.data();
  // Mapped read-only where the device reads host memory: a kernel that wrote there would fault.
  bases.constants = constants.data();
  if (!bases.constants && module.constants())
    bases.constants = const_cast<uint8_t *>(module.constants()->data());
  WEFT_RETURN_IF_ERROR(buildPreparedRun(
      *program, *module.executables()->Get(static_cast<uint32_t>(chosen)), bases, *run));
  if (isProfiled) {
    run->seconds.assign(
        run->list.commands.size() * static_cast<size_t>(target->pool().threadCount()), 0);
    run->list.seconds = run->seconds.data();
  }
  return run;
}

void Session::startProfile() {
  isProfiled = true;
  prepared.clear();
}

std::vector<Session::KernelTime> Session::kernelTimes() const {
  std::vector<KernelTime> times;
  if (!isProfiled || prepared.empty())
    return times;
  const PreparedRun &run = *prepared.front();
  const auto &kernels =
      *shared->schema().executables()->Get(static_cast<uint32_t>(chosen))->kernels();
  std::map<const schema::Kernel *, KernelTime> byKernel;
  const std::vector<Command> &commands = run.list.commands;
  for (size_t i = 0; i < commands.size(); ++i) {
    if (commands[i].kind == Command::Kind::barrier)
      continue;
    bool isDispatch = commands[i].kind == Command::Kind::dispatch;
    const schema::Kernel *kernel = isDispatch ? kernels.Get(commands[i].kernel) : nullptr;
    KernelTime &time = byKernel[kernel];
    time.kernel = kernel;
    ++time.dispatches;
    if (kernel && kernel->flops())
      time.flops += static_cast<double>(linear(*kernel->flops()).at(commands[i].rows));
    for (size_t j = i; j < run.seconds.size(); j += commands.size())
      time.seconds += run.seconds[j];
  }
  for (const auto &entry : byKernel)
    times.push_back(entry.second);
  std::sort(times.begin(), times.end(),
            [](const KernelTime &a, const KernelTime &b) { return a.seconds > b.seconds; });
  return times;
}

Result<PreparedRun *> Session::prepare(const RunRequest &request) {
  WEFT_RETURN_IF_ERROR(reserve(request.entry, request.bucket, request.rows));
  for (size_t i = 0; i < prepared.size(); ++i) {
    const PreparedRun &run = *prepared[i];
    if (run.entry == request.entry && run.bucket == request.bucket &&
        run.list.rows == request.rows) {
      std::rotate(prepared.begin(), prepared.begin() + i, prepared.begin() + i + 1);
      return prepared.front().get();
    }
  }
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<PreparedRun> run, build(request));
  if (prepared.size() == maxPreparedRuns)
    prepared.pop_back();
  prepared.insert(prepared.begin(), std::move(run));
  return prepared.front().get();
}

Status Session::execute(const PreparedRun &run) {
  ErrorWords error;
  WEFT_RETURN_IF_ERROR(target->copyIn(errorWord.data(), &error, sizeof(error)));
  WEFT_RETURN_IF_ERROR(target->submit(*executable, run.list));
  WEFT_RETURN_IF_ERROR(target->synchronize());
  WEFT_RETURN_IF_ERROR(target->copyOut(&error, errorWord.data(), sizeof(error)));
  return error.code == 0 ? Status() : describeError(run, error);
}

// What the code of a kernel means, see schema/kernel_abi.h.
Status Session::describeError(const PreparedRun &run, const ErrorWords &error) const {
  const char *entry = shared->entry(run.entry).name()->c_str();
  const auto &kernels =
      *shared->schema().executables()->Get(static_cast<uint32_t>(chosen))->kernels();
  const schema::Kernel &kernel = *kernels.Get(run.list.commands[error.command].kernel);
  uint64_t number = error.code >> 48;
  if (number == 0 || !kernel.checks() || number > kernel.checks()->size())
    return outOfRange("kernel '%s' of '%s' met a value out of range (code %llu)",
                      kernel.name()->c_str(), entry, static_cast<unsigned long long>(error.code));
  const schema::IndexCheck &check = *kernel.checks()->Get(static_cast<uint32_t>(number - 1));
  auto index = static_cast<int64_t>(error.code << 16) >> 16;
  std::string location = check.location()->str();
  return outOfRange("'%s' computed the index %lld for %s%s%s: expected %lld to %lld (kernel '%s'; "
                    "what came behind it was not run)",
                    entry, static_cast<long long>(index), check.user()->c_str(),
                    location.empty() ? "" : " at ", location.c_str(),
                    static_cast<long long>(check.low()), static_cast<long long>(check.high() - 1),
                    kernel.name()->c_str());
}

Status Session::run(const RunRequest &request) {
  WEFT_RETURN_IF_ERROR(checkRequest(request));
  WEFT_ASSIGN_OR_RETURN(PreparedRun * run, prepare(request));
  WEFT_RETURN_IF_ERROR(checkIndexInputs(*run->signature, request.inputs, request.rows));
  WEFT_RETURN_IF_ERROR(bindArguments(
      target, *run, request.inputs, request.scalars ? *request.scalars : shared->defaultScalars()));
  WEFT_RETURN_IF_ERROR(execute(*run));
  return copyYields(*target, *run, request.outputs);
}

uint64_t Session::inputBytes(uint32_t entry, uint32_t bucket, uint32_t input, int64_t rows) const {
  const schema::Input &tensor = *shared->entry(entry).buckets()->Get(bucket)->inputs()->Get(input);
  return static_cast<uint64_t>(tensorBytes(*tensor.shape(), tensor.type())->at(rows));
}

uint64_t Session::outputBytes(uint32_t entry, uint32_t bucket, uint32_t output,
                              int64_t rows) const {
  const schema::Output &tensor =
      *shared->entry(entry).buckets()->Get(bucket)->outputs()->Get(output);
  return static_cast<uint64_t>(tensorBytes(*tensor.shape(), tensor.type())->at(rows));
}

} // namespace weft::rt
