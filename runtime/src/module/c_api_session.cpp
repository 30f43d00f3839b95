// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C API of sessions.
#include "module/c_api.h"

using namespace weft::rt;

static Status deviceOptions(const weft_session_options_t &options, DeviceOptions &result) {
  constexpr int32_t maxThreads = 1024;
  if (options.num_threads < 0 || options.num_threads > maxThreads)
    return invalidArgument("num_threads is %d: expected 0 to %d", options.num_threads, maxThreads);
  result.threads = options.num_threads;
  if (options.spin_microseconds != 0)
    result.spinMicroseconds = options.spin_microseconds > 0 ? options.spin_microseconds : 0;
  else
    result.spinMicroseconds = -1;
  if (options.allocator) {
    if (!options.allocator->allocate || !options.allocator->release)
      return invalidArgument("the allocator has no allocate or no release function");
    result.allocator = {options.allocator->self, options.allocator->allocate,
                        options.allocator->release};
  }
  return Status();
}

static Status createSession(const weft_module_t *module, const weft_session_options_t *given,
                            weft_session_t **session) {
  if (!module || !session)
    return invalidArgument("weft_session_create: module or session is NULL");
  weft_session_options_t options = copyVersioned(given);
  DeviceOptions forDevice;
  WEFT_RETURN_IF_ERROR(deviceOptions(options, forDevice));
  SessionOptions forSession;
  WEFT_ASSIGN_OR_RETURN(forSession.device,
                        createDevice(options.device ? options.device : "cpu", forDevice));
  if (options.max_rows < 0)
    return invalidArgument("max_rows is %lld: expected 0 or more",
                           static_cast<long long>(options.max_rows));
  forSession.maxRows = options.max_rows;
  WEFT_ASSIGN_OR_RETURN(std::unique_ptr<Session> created,
                        Session::create(module->module, forSession));
  auto handle = std::make_unique<weft_session_t>();
  handle->session = std::move(created);
  *session = handle.release();
  return Status();
}

weft_status_t weft_session_create(const weft_module_t *module,
                                  const weft_session_options_t *options, weft_session_t **session) {
  return guarded([&] { return createSession(module, options, session); });
}

void weft_session_release(weft_session_t *session) { delete session; }

weft_status_t weft_session_initialize(weft_session_t *session, uint64_t seed) {
  return guarded([&]() -> Status {
    if (!session)
      return invalidArgument("weft_session_initialize: session is NULL");
    return session->session->initialize(seed);
  });
}

Result<size_t> weft::rt::findVariable(weft_session_t *session, const char *name) {
  if (!session || !name)
    return invalidArgument("the session or the name of the variable is NULL");
  std::optional<size_t> found = session->session->module().findVariable(name);
  if (!found)
    return notFound("no variable '%s' in module '%s'", name,
                    std::string(session->session->module().name()).c_str());
  return *found;
}

weft_status_t weft_session_read_variable(weft_session_t *session, const char *name, void *data,
                                         size_t size) {
  return guarded([&]() -> Status {
    WEFT_ASSIGN_OR_RETURN(size_t variable, findVariable(session, name));
    if (!data && size > 0)
      return invalidArgument("data is NULL");
    return session->session->readVariable(variable, data, size);
  });
}

weft_status_t weft_session_write_variable(weft_session_t *session, const char *name,
                                          const void *data, size_t size) {
  return guarded([&]() -> Status {
    WEFT_ASSIGN_OR_RETURN(size_t variable, findVariable(session, name));
    if (!data && size > 0)
      return invalidArgument("data is NULL");
    return session->session->writeVariable(variable, data, size);
  });
}

Result<Scalars> weft::rt::scalarsOf(const Module &module, const weft_run_t &run) {
  if (run.scalar_count > 0 && !run.scalars)
    return invalidArgument("scalars is NULL, scalar_count %zu", run.scalar_count);
  Scalars scalars = module.defaultScalars();
  for (size_t i = 0; i < run.scalar_count; ++i) {
    const weft_scalar_t &scalar = run.scalars[i];
    if (scalar.role <= WEFT_SCALAR_NONE ||
        scalar.role > static_cast<int32_t>(weft::schema::ScalarRole::MAX))
      return invalidArgument("scalars[%zu]: unknown role %d", i, scalar.role);
    auto role = static_cast<weft::schema::ScalarRole>(scalar.role);
    scalars.set(role, scalar.real);
    scalars.setInteger(role, scalar.integer);
  }
  return scalars;
}

static Status runSession(weft_session_t *session, const weft_run_t *given) {
  if (!session || !given)
    return invalidArgument("weft_session_run: session or run is NULL");
  weft_run_t run = copyVersioned(given);
  if ((run.input_count > 0 && !run.inputs) || (run.output_count > 0 && !run.outputs))
    return invalidArgument("weft_session_run: inputs or outputs is NULL, its count is not 0");
  WEFT_ASSIGN_OR_RETURN(Scalars scalars, scalarsOf(session->session->module(), run));
  if (run.entry > UINT32_MAX || run.bucket > UINT32_MAX)
    return invalidArgument("entry %zu, bucket %zu: there is none such", run.entry, run.bucket);
  RunRequest request;
  request.entry = static_cast<uint32_t>(run.entry);
  request.bucket = static_cast<uint32_t>(run.bucket);
  request.rows = run.rows;
  request.inputs = {run.inputs, run.input_count};
  request.scalars = &scalars;
  request.outputs = {run.outputs, run.output_count};
  return session->session->run(request);
}

weft_status_t weft_session_run(weft_session_t *session, const weft_run_t *run) {
  return guarded([&] { return runSession(session, run); });
}
