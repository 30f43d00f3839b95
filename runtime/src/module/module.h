// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A verified `.weft` module. Nothing of an unverified file is ever reachable through this class.
#ifndef WEFT_RUNTIME_MODULE_MODULE_H
#define WEFT_RUNTIME_MODULE_MODULE_H

#include "base/allocator.h"
#include "base/element_type.h"
#include "base/status.h"
#include "schema/module_generated.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weft::rt {

inline ElementType elementType(schema::ElementType type) { return static_cast<ElementType>(type); }

// Names are unique within each of these, not among them.
enum class NameSpace { model, optimizer, accumulators };
NameSpace nameSpaceOf(schema::VariableKind kind);

// A logical tensor that persists from step to step: a parameter, a buffer, optimizer state.
struct VariableInfo {
  std::string name;
  schema::VariableKind kind;
  ElementType type;
  std::vector<int64_t> shape; // logical, as files hold it
  std::vector<int32_t>
      layout; // physical dimension i is logical dimension layout[i]; empty: identity
  std::vector<std::string> aliases;
  uint64_t offset; // in the persistent arena
  uint64_t elementCount;
  uint64_t byteSize;
  bool trainable;
  bool decay;
  int stateOf;      // index of the parameter whose state this is, or -1
  std::string slot; // "momentum_buffer", "exp_avg" ...; empty if not state
};

// The numbers of a step by role, the defaults of the module first. An entry takes those that it has
// inputs for.
class Scalars {
public:
  void set(schema::ScalarRole role, double value) { real[index(role)] = value; }
  void setInteger(schema::ScalarRole role, int64_t value) { integer[index(role)] = value; }
  double get(schema::ScalarRole role) const { return real[index(role)]; }
  int64_t getInteger(schema::ScalarRole role) const { return integer[index(role)]; }
  // Step, Seed and SampleOffset are integers, all others f64.
  static bool isInteger(schema::ScalarRole role);

private:
  static constexpr size_t count = static_cast<size_t>(schema::ScalarRole::MAX) + 1;
  static size_t index(schema::ScalarRole role) { return static_cast<size_t>(role); }
  double real[count] = {};
  int64_t integer[count] = {};
};

// Immutable and thread-safe after loading; shared by the sessions made of it.
class Module {
public:
  // Reads and verifies a file. Failures: notFound and others of the file system; dataLoss for a
  // file that is cut, edited or inconsistent; unimplemented for a newer version. Messages begin
  // with `path`.
  static Result<std::shared_ptr<const Module>> load(const std::string &path);
  // The same for bytes in memory, which are copied.
  static Result<std::shared_ptr<const Module>> parse(std::span<const uint8_t> bytes);

  const schema::Module &schema() const { return *root; }
  std::string_view name() const { return root->name()->string_view(); }
  // XXH3-128 of the body as 32 hexadecimal digits: what checkpoints record.
  std::string hash() const;
  // Bytes of the whole file.
  size_t fileSize() const { return file.size(); }

  const std::vector<VariableInfo> &variables() const { return variableInfos; }
  // By name or alias; what the model declares first.
  std::optional<size_t> findVariable(std::string_view name) const;
  std::optional<size_t> findVariable(std::string_view name, NameSpace space) const;
  std::optional<uint32_t> findEntry(std::string_view name) const;
  // The first entry with this role.
  std::optional<uint32_t> findEntry(schema::EntryRole role) const;
  const schema::Entry &entry(uint32_t index) const { return *root->entries()->Get(index); }

  // What the module says about the numbers of a step, over PyTorch's own defaults.
  const Scalars &defaultScalars() const { return defaults; }
  // The value that the module itself names for a role, if it names one.
  std::optional<double> moduleDefault(schema::ScalarRole role) const;

private:
  Module() = default;
  static Result<std::shared_ptr<const Module>> finish(std::unique_ptr<Module> module);
  Status checkFile();
  void indexVariables();
  void fillDefaults();

  AlignedBuffer copy;
  std::span<const uint8_t> file;
  const schema::Module *root = nullptr;
  std::vector<VariableInfo> variableInfos;
  std::unordered_map<std::string_view, size_t> variableByName[3]; // by NameSpace
  Scalars defaults;
};

// What `count` elements of a sample may hold: low <= x < high, or ignoreIndex; anything if high <=
// low.
struct IndexBounds {
  int64_t count = 1, low = 0, high = 0;
  bool hasIgnoreIndex = false;
  int64_t ignoreIndex = 0;
};
// Those of an input's elements in order, from the beginning again behind the last.
std::vector<IndexBounds> indexBounds(const schema::Input &input);

// The number of elements of a shape at a batch size (verified not to overflow for allowed rows).
int64_t elementCount(const flatbuffers::Vector<const schema::Dimension *> &shape, int64_t rows);
std::vector<int64_t> shapeAt(const flatbuffers::Vector<const schema::Dimension *> &shape,
                             int64_t rows);

} // namespace weft::rt

#endif
