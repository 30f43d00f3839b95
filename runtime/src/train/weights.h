// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variables of a session to and from safetensors files, by name, in their logical shape.
#ifndef WEFT_RUNTIME_TRAIN_WEIGHTS_H
#define WEFT_RUNTIME_TRAIN_WEIGHTS_H

#include "data/safetensors.h"
#include "module/session.h"

namespace weft::rt {

// Which variables: parameters and buffers, or the optimizer's state.
enum class WeightSet { model, optimizer };

bool belongsTo(const VariableInfo &variable, WeightSet set);

Status saveWeights(Session &session, const std::string &path, WeightSet set);

// What a load left out.
struct LoadReport {
  std::vector<std::string> missing; // variables without a tensor: they keep their values
  std::vector<std::string> unused;  // tensors without a variable
};

// The variable that a tensor of this name is for: by name or alias, also where an old file of
// BERT's says gamma and beta for weight and bias.
std::optional<size_t> findTensorVariable(const Module &module, const std::string &name,
                                         WeightSet set);

// Writes every tensor that is named like a variable (or like an alias of one; its own name wins)
// into it; f32, bf16, f16 and f64 are converted into each other. A tensor of another shape or kind
// is an error that names both, and then nothing has been written.
Result<LoadReport> loadWeights(Session &session, const Safetensors &file, WeightSet set);

// The same, but what is missing or unused is an error: a checkpoint holds all and nothing else.
Status loadAllWeights(Session &session, const std::string &path, WeightSet set);
// The same, but tensors that the model does not use are given back: a checkpoint of another
// program.
Result<std::vector<std::string>> loadCompleteWeights(Session &session, const std::string &path);
// The same, but missing variables are fine and unused tensors are an error: --init-from.
Status loadSomeWeights(Session &session, const std::string &path);

} // namespace weft::rt

#endif
