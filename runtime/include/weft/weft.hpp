// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thin C++17 wrapper of the C API: handles that release themselves, exceptions in place of status
// codes. Header-only; ownership, threading and failures are those of the C functions (runtime.h).
#ifndef WEFT_HPP
#define WEFT_HPP

#include "weft/runtime.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace weft {

// A failure of the C API.
class Error : public std::runtime_error {
public:
  explicit Error(weft_status_t status)
      : std::runtime_error(std::string(weft_status_name(status)) + ": " +
                           weft_last_error_message()),
        code(status) {}
  weft_status_t status() const noexcept { return code; }

private:
  weft_status_t code;
};

// Throws Error unless the status is WEFT_OK.
inline void check(weft_status_t status) {
  if (status != WEFT_OK)
    throw Error(status);
}

// A module. Movable; immutable, so any number of threads may use one.
class Module {
public:
  static Module load(const std::string &path) {
    weft_module_t *handle = nullptr;
    check(weft_module_load(path.c_str(), &handle));
    return Module(handle);
  }
  static Module parse(const void *data, std::size_t size) {
    weft_module_t *handle = nullptr;
    check(weft_module_load_memory(data, size, &handle));
    return Module(handle);
  }

  std::string name() const { return weft_module_name(get()); }
  std::size_t findEntry(const std::string &entry) const {
    std::size_t index = 0;
    check(weft_module_find_entry(get(), entry.c_str(), &index));
    return index;
  }
  std::size_t variableCount() const { return weft_module_variable_count(get()); }
  weft_variable_info_t variable(std::size_t index) const {
    weft_variable_info_t info = {};
    info.struct_size = sizeof(info);
    check(weft_module_variable(get(), index, &info));
    return info;
  }
  weft_module_t *get() const noexcept { return handle.get(); }

private:
  struct Release {
    void operator()(weft_module_t *module) const noexcept { weft_module_release(module); }
  };
  explicit Module(weft_module_t *module) : handle(module) {}
  std::unique_ptr<weft_module_t, Release> handle;
};

// A session. Movable; one thread at a time. Keeps what it needs of the module.
class Session {
public:
  explicit Session(const Module &module, const weft_session_options_t *options = nullptr) {
    weft_session_t *created = nullptr;
    check(weft_session_create(module.get(), options, &created));
    handle.reset(created);
    for (std::size_t i = 0; i < weft_module_entry_count(module.get()); ++i)
      entries.emplace_back(weft_module_entry_name(module.get(), i));
    for (std::size_t i = 0; i < module.variableCount(); ++i) {
      weft_variable_info_t info = module.variable(i);
      variables.push_back({info.name, info.byte_size});
    }
  }

  void initialize(std::uint64_t seed) { check(weft_session_initialize(get(), seed)); }

  // The bytes of a variable as a vector of T.
  template <typename T>
  std::vector<T> readVariable(const std::string &name) const {
    std::vector<T> values(sizeOf(name) / sizeof(T));
    check(
        weft_session_read_variable(get(), name.c_str(), values.data(), values.size() * sizeof(T)));
    return values;
  }
  template <typename T>
  void writeVariable(const std::string &name, const std::vector<T> &values) {
    check(
        weft_session_write_variable(get(), name.c_str(), values.data(), values.size() * sizeof(T)));
  }

  // Runs an entry of a module without buckets on host arrays; see weft_session_run.
  void run(const std::string &entry, std::int64_t rows, std::initializer_list<const void *> inputs,
           std::initializer_list<void *> outputs, const std::vector<weft_scalar_t> &scalars = {}) {
    weft_run_t call = {};
    call.struct_size = sizeof(call);
    call.entry = indexOf(entry);
    call.rows = rows;
    call.inputs = inputs.begin();
    call.input_count = inputs.size();
    call.scalars = scalars.data();
    call.scalar_count = scalars.size();
    call.outputs = outputs.begin();
    call.output_count = outputs.size();
    check(weft_session_run(get(), &call));
  }
  void run(const weft_run_t &call) { check(weft_session_run(get(), &call)); }

  weft_session_t *get() const noexcept { return handle.get(); }

private:
  struct Release {
    void operator()(weft_session_t *session) const noexcept { weft_session_release(session); }
  };
  struct Variable {
    std::string name;
    std::size_t bytes;
  };
  // An unknown name gets a size or index that the C function refuses with a message.
  std::size_t sizeOf(const std::string &name) const {
    for (const Variable &variable : variables)
      if (variable.name == name)
        return variable.bytes;
    return 0;
  }
  std::size_t indexOf(const std::string &entry) const {
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (entries[i] == entry)
        return i;
    return entries.size();
  }

  std::unique_ptr<weft_session_t, Release> handle;
  std::vector<std::string> entries;
  std::vector<Variable> variables;
};

} // namespace weft

#endif // WEFT_HPP
