// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks all tensors of a file against the variables, then writes them.
#include "train/weights.h"

#include <algorithm>

namespace weft::rt {

static DataType dataType(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return DataType::f32;
  case ElementType::bf16:
    return DataType::bf16;
  case ElementType::f16:
    return DataType::f16;
  case ElementType::f64:
    return DataType::f64;
  case ElementType::i64:
    return DataType::i64;
  case ElementType::i32:
    return DataType::i32;
  case ElementType::i8:
    return DataType::i8;
  case ElementType::u8:
    return DataType::u8;
  case ElementType::i1:
    return DataType::boolean;
  }
  return DataType::u8;
}

bool belongsTo(const VariableInfo &variable, WeightSet set) {
  switch (variable.kind) {
  case schema::VariableKind::Parameter:
  case schema::VariableKind::Buffer:
    return set == WeightSet::model;
  case schema::VariableKind::OptimizerState:
    return set == WeightSet::optimizer;
  case schema::VariableKind::GradientAccumulator:
    return false; // zero between steps
  }
  return false;
}

static NameSpace nameSpaceOf(WeightSet set) {
  return set == WeightSet::model ? NameSpace::model : NameSpace::optimizer;
}

Status saveWeights(Session &session, const std::string &path, WeightSet set) {
  std::vector<TensorSpec> specs;
  for (const VariableInfo &variable : session.module().variables())
    if (belongsTo(variable, set))
      specs.push_back({variable.name, dataType(variable.type), variable.shape});
  // Hugging Face Transformers wants to know whose conventions the names follow.
  return writeSafetensors(
      path, std::move(specs), {{"format", "pt"}},
      [&](const TensorSpec &spec, uint8_t *target) -> Status {
        size_t index = *session.module().findVariable(spec.name, nameSpaceOf(set));
        return session.readVariable(index, target, session.module().variables()[index].byteSize);
      });
}

namespace {

struct Assignment {
  size_t variable;
  const Safetensors::Tensor *tensor;
};

Status checkTensor(const Safetensors::Tensor &tensor, const VariableInfo &variable) {
  DataType wanted = dataType(variable.type);
  if (tensor.array.shape != variable.shape)
    return invalidArgument("%s: tensor %s: expected shape %s for %s of the model, found %s",
                           tensor.file.c_str(), tensor.name.c_str(),
                           formatShape(variable.shape).c_str(), variable.name.c_str(),
                           formatShape(tensor.array.shape).c_str());
  if (tensor.array.type != wanted && !(isFloat(tensor.array.type) && isFloat(wanted)))
    return invalidArgument("%s: tensor %s: expected %s for %s of the model, found %s",
                           tensor.file.c_str(), tensor.name.c_str(), dataTypeName(wanted),
                           variable.name.c_str(), dataTypeName(tensor.array.type));
  return {};
}

Status writeTensor(Session &session, const Assignment &assignment) {
  const VariableInfo &variable = session.module().variables()[assignment.variable];
  WEFT_ASSIGN_OR_RETURN(Array array, assignment.tensor->load());
  if (array.type == dataType(variable.type))
    return session.writeVariable(assignment.variable, array.data, array.bytes());
  WEFT_ASSIGN_OR_RETURN(AlignedBuffer converted, AlignedBuffer::create(variable.byteSize));
  for (int64_t i = 0; i < array.elements(); ++i)
    storeElement(variable.type, converted.data(), static_cast<size_t>(i),
                 elementAsDouble(array, i));
  return session.writeVariable(assignment.variable, converted.data(), variable.byteSize);
}

std::string joined(const std::vector<std::string> &names) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < 10; ++i)
    text += (i ? ", " : "") + names[i];
  return names.size() > 10 ? text + " and " + std::to_string(names.size() - 10) + " more" : text;
}

} // namespace

std::optional<size_t> findTensorVariable(const Module &module, const std::string &name,
                                         WeightSet set) {
  NameSpace space = nameSpaceOf(set);
  std::optional<size_t> index = module.findVariable(name, space);
  for (auto [old, now] : {std::pair(".gamma", ".weight"), std::pair(".beta", ".bias")})
    if (!index && name.ends_with(old))
      index = module.findVariable(name.substr(0, name.rfind('.')) + now, space);
  return index;
}

Result<LoadReport> loadWeights(Session &session, const Safetensors &file, WeightSet set) {
  const Module &module = session.module();
  LoadReport report;
  std::vector<const Safetensors::Tensor *> chosen(module.variables().size(), nullptr);
  for (const Safetensors::Tensor &tensor : file.tensors()) {
    std::optional<size_t> index = findTensorVariable(module, tensor.name, set);
    if (!index) {
      report.unused.push_back(tensor.name);
      continue;
    }
    WEFT_RETURN_IF_ERROR(checkTensor(tensor, module.variables()[*index]));
    if (!chosen[*index] || tensor.name == module.variables()[*index].name)
      chosen[*index] = &tensor;
  }
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i])
      WEFT_RETURN_IF_ERROR(writeTensor(session, {i, chosen[i]}));
    else if (belongsTo(module.variables()[i], set))
      report.missing.push_back(module.variables()[i].name);
  }
  return report;
}

// Tensors without a variable; an error if a variable has no tensor. Nothing is written.
static Result<std::vector<std::string>> checkComplete(const Module &module, const Safetensors &file,
                                                      WeightSet set) {
  std::vector<bool> found(module.variables().size(), false);
  std::vector<std::string> unused, missing;
  for (const Safetensors::Tensor &tensor : file.tensors()) {
    if (std::optional<size_t> index = findTensorVariable(module, tensor.name, set))
      found[*index] = true;
    else
      unused.push_back(tensor.name);
  }
  for (size_t i = 0; i < found.size(); ++i)
    if (!found[i] && belongsTo(module.variables()[i], set))
      missing.push_back(module.variables()[i].name);
  if (!missing.empty())
    return invalidArgument("%s: expected tensors for all of the model, missing: %s",
                           file.name().c_str(), joined(missing).c_str());
  return unused;
}

Status loadAllWeights(Session &session, const std::string &path, WeightSet set) {
  WEFT_ASSIGN_OR_RETURN(Safetensors file, Safetensors::open(path));
  WEFT_ASSIGN_OR_RETURN(std::vector<std::string> unused,
                        checkComplete(session.module(), file, set));
  if (!unused.empty())
    return invalidArgument("%s: tensor %s: the model has no such %s", path.c_str(),
                           unused[0].c_str(),
                           set == WeightSet::model ? "parameter" : "optimizer state");
  return loadWeights(session, file, set).takeStatus();
}

Result<std::vector<std::string>> loadCompleteWeights(Session &session, const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(Safetensors file, Safetensors::open(path));
  WEFT_ASSIGN_OR_RETURN(std::vector<std::string> unused,
                        checkComplete(session.module(), file, WeightSet::model));
  WEFT_RETURN_IF_ERROR(loadWeights(session, file, WeightSet::model).takeStatus());
  return unused;
}

Status loadSomeWeights(Session &session, const std::string &path) {
  WEFT_ASSIGN_OR_RETURN(Safetensors file, Safetensors::open(path));
  std::vector<std::string> unknown;
  for (const Safetensors::Tensor &tensor : file.tensors()) {
    if (!findTensorVariable(session.module(), tensor.name, WeightSet::model))
      unknown.push_back(tensor.name);
  }
  if (!unknown.empty())
    return invalidArgument("%s: the model has no parameter named %s", path.c_str(),
                           joined(unknown).c_str());
  return loadWeights(session, file, WeightSet::model).takeStatus();
}

} // namespace weft::rt
