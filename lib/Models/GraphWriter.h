// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words that models are written in: declared parameters, named values, and the layers of a
// framework. Every value has a location that carries its name, so that printed IR reads.
#ifndef WEFT_LIB_MODELS_GRAPHWRITER_H
#define WEFT_LIB_MODELS_GRAPHWRITER_H

#include "dialects/Weft/Weft.h"
#include "weft/Models/EncoderConfig.h"

namespace weft::models {

// An argument of a function.
struct Argument {
  std::string name;
  mlir::Type type;
  // Names of the dimensions of an input; for an argument of a private function only if it is
  // differentiated.
  llvm::SmallVector<llvm::StringRef> dimensions = {};
  // A number of the step instead of an input.
  std::optional<ScalarRole> scalar = std::nullopt;
};

class GraphWriter {
public:
  // Declares and builds in `model`; locations point at `file`.
  GraphWriter(ModelOp model, llvm::StringRef file);

  mlir::OpBuilder &getBuilder() { return builder; }
  // A location that names a value.
  mlir::Location at(llvm::StringRef name);

  // --- Types
  mlir::RankedTensorType getFloats(llvm::ArrayRef<int64_t> shape);
  mlir::RankedTensorType getIndices(llvm::ArrayRef<int64_t> shape);

  // --- Parameters
  // `name`.weight and .bias of a torch.nn.Linear, an Embedding or a LayerNorm, initialized as
  // Hugging Face does: the row of `padding` at zero. Biases and norms do not decay.
  void declareLinear(const std::string &name, int64_t out, int64_t in);
  void declareEmbedding(const std::string &name, int64_t rows, int64_t width,
                        llvm::ArrayRef<std::string> aliases = {},
                        std::optional<int64_t> padding = std::nullopt);
  void declareLayerNorm(const std::string &name, int64_t width);
  void declareBias(const std::string &name, int64_t size, llvm::ArrayRef<std::string> aliases = {});
  void setInitializerRange(double range) { initializerRange = range; }
  void setOptionalPrefix(llvm::StringRef prefix) { optionalPrefix = prefix.str(); }
  void setDropout(bool isOn) { dropsOut = isOn; }
  bool hasDropout() const { return dropsOut; }
  mlir::Type getParameterType(llvm::StringRef name) { return parameterTypes.lookup(name); }

  // --- Functions
  // Begins a function at the end of the model; its arguments.
  llvm::SmallVector<mlir::Value> beginFunction(llvm::StringRef name, bool isPublic,
                                               llvm::ArrayRef<Argument> arguments);
  // Ends it. Names of results are those of its outputs.
  mlir::func::FuncOp endFunction(llvm::ArrayRef<mlir::Value> results,
                                 llvm::ArrayRef<llvm::StringRef> names = {});
  llvm::SmallVector<mlir::Value> call(llvm::StringRef name, mlir::func::FuncOp function,
                                      llvm::ArrayRef<mlir::Value> operands);

  // --- Layers. The first argument of each names the result.
  mlir::Value read(llvm::StringRef name, llvm::StringRef parameter);
  mlir::Value linear(llvm::StringRef name, mlir::Value x, mlir::Value weight, mlir::Value bias);
  // With the parameters `module`.weight and .bias.
  mlir::Value linear(llvm::StringRef name, mlir::Value x, const std::string &module);
  mlir::Value layerNorm(llvm::StringRef name, mlir::Value x, mlir::Value weight, mlir::Value bias,
                        double eps);
  mlir::Value layerNorm(llvm::StringRef name, mlir::Value x, const std::string &module, double eps);
  // Nothing where dropout is off: in evaluation.
  mlir::Value dropout(llvm::StringRef name, mlir::Value x, double p);
  mlir::Value activate(llvm::StringRef name, mlir::Value x, Activation activation);
  mlir::Value add(llvm::StringRef name, mlir::Value a, mlir::Value b);
  mlir::Value reshape(llvm::StringRef name, mlir::Value x, llvm::ArrayRef<int64_t> shape);
  // Element `index` of dimension 1 of [batch, seq, width], as [batch, width].
  mlir::Value pick(llvm::StringRef name, mlir::Value x, int64_t index);
  // Element `index` of the last dimension of [batch, seq, width], as [batch, seq].
  mlir::Value pickLast(llvm::StringRef name, mlir::Value x, int64_t index);

  template <typename OpT, typename... Args>
  mlir::Value build(llvm::StringRef name, Args &&...args) {
    return OpT::create(builder, at(name), std::forward<Args>(args)...);
  }

private:
  void declare(const std::string &name, llvm::ArrayRef<int64_t> shape, mlir::Attribute init,
               bool decays, llvm::ArrayRef<std::string> aliases);
  mlir::Attribute getConstant(double value);
  mlir::Attribute getNormal(int64_t zeroRow = -1);

  ModelOp model;
  mlir::OpBuilder builder;
  mlir::Location fileLoc;
  double initializerRange = 0.02;
  bool dropsOut = true;
  std::string optionalPrefix;
  llvm::StringMap<mlir::Type> parameterTypes;
  mlir::func::FuncOp function;
};

} // namespace weft::models

#endif
