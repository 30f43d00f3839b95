// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading: file, FlatBuffers verifier, semantic verifier, index of names.
#include "module/module.h"

#include "base/file.h"
#include "module/file_format.h"
#include "module/verify.h"

#include <cstdio>
#include <cstring>

namespace weft::rt {

bool Scalars::isInteger(schema::ScalarRole role) {
  return role == schema::ScalarRole::Step || role == schema::ScalarRole::Seed ||
         role == schema::ScalarRole::SampleOffset;
}

// Into memory of its own: what is verified is what runs, whatever happens to the file.
Result<std::shared_ptr<const Module>> Module::load(const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(InputFile input, InputFile::open(path));
  if (input.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return dataLoss("%s: a module of %llu bytes is too large", path.c_str(),
                    static_cast<unsigned long long>(input.size()));
  std::unique_ptr<Module> module(new Module());
  WEFT_ASSIGN_OR_RETURN(module->copy, AlignedBuffer::create(input.size()));
  WEFT_RETURN_IF_ERROR(input.read(0, module->copy.data(), input.size()));
  module->file = module->copy.bytes();
  auto result = finish(std::move(module));
  if (!result.ok())
    return result.takeStatus().withContext(path);
  return result;
}

Result<std::shared_ptr<const Module>> Module::parse(std::span<const uint8_t> bytes) {
  std::unique_ptr<Module> module(new Module());
  WEFT_ASSIGN_OR_RETURN(module->copy, AlignedBuffer::create(bytes.size()));
  if (!bytes.empty())
    std::memcpy(module->copy.data(), bytes.data(), bytes.size());
  module->file = module->copy.bytes();
  return finish(std::move(module));
}

Result<std::shared_ptr<const Module>> Module::finish(std::unique_ptr<Module> module) {
  WEFT_RETURN_IF_ERROR(module->checkFile());
  WEFT_RETURN_IF_ERROR(verifyModule(*module->root));
  module->indexVariables();
  module->fillDefaults();
  return std::shared_ptr<const Module>(std::move(module));
}

Status Module::checkFile() {
  WEFT_ASSIGN_OR_RETURN(std::span<const uint8_t> body, openModuleFile(file));
  constexpr flatbuffers::uoffset_t maxDepth = 64, maxTables = 10'000'000;
  // FlatBuffers addresses with 32 bits.
  if (body.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return dataLoss("a module of %zu bytes is too large", body.size());
  flatbuffers::Verifier verifier(body.data(), body.size(), maxDepth, maxTables);
  if (!schema::VerifyModuleBuffer(verifier))
    return dataLoss("the FlatBuffer is malformed");
  root = schema::GetModule(body.data());
  return Status();
}

std::string Module::hash() const {
  weft_file_header_t header;
  std::memcpy(&header, file.data(), sizeof(header));
  char text[33];
  std::snprintf(text, sizeof(text), "%016llx%016llx",
                static_cast<unsigned long long>(header.hash_high),
                static_cast<unsigned long long>(header.hash_low));
  return text;
}

static VariableInfo describe(const schema::Variable &variable) {
  VariableInfo info;
  info.name = variable.name()->str();
  info.kind = variable.kind();
  info.type = elementType(variable.type());
  info.shape.assign(variable.shape()->begin(), variable.shape()->end());
  if (variable.layout())
    info.layout.assign(variable.layout()->begin(), variable.layout()->end());
  if (variable.aliases())
    for (const flatbuffers::String *alias : *variable.aliases())
      info.aliases.push_back(alias->str());
  info.offset = variable.offset();
  info.elementCount = 1;
  for (int64_t size : info.shape)
    info.elementCount *= static_cast<uint64_t>(size);
  info.byteSize = info.elementCount * elementSize(info.type);
  info.trainable = variable.trainable();
  info.decay = variable.decay();
  info.stateOf = variable.state_of();
  if (variable.slot())
    info.slot = variable.slot()->str();
  return info;
}

NameSpace nameSpaceOf(schema::VariableKind kind) {
  return kind == schema::VariableKind::OptimizerState        ? NameSpace::optimizer
         : kind == schema::VariableKind::GradientAccumulator ? NameSpace::accumulators
                                                             : NameSpace::model;
}

void Module::indexVariables() {
  for (const schema::Variable *variable : *root->variables())
    variableInfos.push_back(describe(*variable));
  for (size_t i = 0; i < variableInfos.size(); ++i) {
    auto &byName = variableByName[static_cast<size_t>(nameSpaceOf(variableInfos[i].kind))];
    byName.emplace(variableInfos[i].name, i);
    for (const std::string &alias : variableInfos[i].aliases)
      byName.emplace(alias, i);
  }
}

// PyTorch's defaults, then what the module says.
void Module::fillDefaults() {
  using schema::ScalarRole;
  bool isAdamW = root->optimizer() && root->optimizer()->string_view() == "adamw";
  defaults.set(ScalarRole::LearningRate, 1e-3);
  defaults.set(ScalarRole::WeightDecay, isAdamW ? 0.01 : 0.0);
  defaults.set(ScalarRole::Beta1, 0.9);
  defaults.set(ScalarRole::Beta2, 0.999);
  defaults.set(ScalarRole::Epsilon, 1e-8);
  defaults.set(ScalarRole::BiasCorrection1, 1.0);
  defaults.set(ScalarRole::BiasCorrection2, 1.0);
  defaults.set(ScalarRole::MaxGradNorm, 1.0);
  defaults.setInteger(ScalarRole::Step, 1);
  if (!root->defaults())
    return;
  for (const schema::Default *entry : *root->defaults()) {
    defaults.set(entry->role(), entry->value());
    if (Scalars::isInteger(entry->role()))
      defaults.setInteger(entry->role(), static_cast<int64_t>(entry->value()));
  }
}

std::optional<double> Module::moduleDefault(schema::ScalarRole role) const {
  if (root->defaults())
    for (const schema::Default *entry : *root->defaults())
      if (entry->role() == role)
        return entry->value();
  return std::nullopt;
}

std::optional<size_t> Module::findVariable(std::string_view name, NameSpace space) const {
  const auto &byName = variableByName[static_cast<size_t>(space)];
  auto found = byName.find(name);
  return found == byName.end() ? std::nullopt : std::optional<size_t>(found->second);
}

std::optional<size_t> Module::findVariable(std::string_view name) const {
  std::optional<size_t> found;
  for (NameSpace space : {NameSpace::model, NameSpace::optimizer, NameSpace::accumulators})
    if (!found)
      found = findVariable(name, space);
  return found;
}

std::optional<uint32_t> Module::findEntry(std::string_view name) const {
  for (uint32_t i = 0; i < root->entries()->size(); ++i)
    if (root->entries()->Get(i)->name()->string_view() == name)
      return i;
  return std::nullopt;
}

std::optional<uint32_t> Module::findEntry(schema::EntryRole role) const {
  for (uint32_t i = 0; i < root->entries()->size(); ++i)
    if (root->entries()->Get(i)->role() == role)
      return i;
  return std::nullopt;
}

std::vector<int64_t> shapeAt(const flatbuffers::Vector<const schema::Dimension *> &shape,
                             int64_t rows) {
  std::vector<int64_t> sizes;
  for (const schema::Dimension *dimension : shape)
    sizes.push_back(dimension->fixed() + rows * dimension->per_row());
  return sizes;
}

int64_t elementCount(const flatbuffers::Vector<const schema::Dimension *> &shape, int64_t rows) {
  int64_t count = 1;
  for (const schema::Dimension *dimension : shape)
    count *= dimension->fixed() + rows * dimension->per_row();
  return count;
}

} // namespace weft::rt
