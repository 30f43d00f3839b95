// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of BERT and DistilBERT: embeddings, layers, heads, losses. Both are one graph with
// other names of parameters, except for token types, a dropout and the pooler.
#ifndef WEFT_LIB_MODELS_ENCODERBUILDER_H
#define WEFT_LIB_MODELS_ENCODERBUILDER_H

#include "GraphWriter.h"

namespace weft::models {

// Names of the parameters of a family.
struct FamilyNames {
  // "bert."
  llvm::StringLiteral prefix;
  // "bert.encoder.layer."; a layer's number follows.
  llvm::StringLiteral layers;
  // The eight modules of a layer, each with a weight and a bias: query, key, value, the output of
  // attention and its norm, the two of the feed-forward part and its norm.
  std::array<llvm::StringLiteral, 8> modules;
};

class EncoderBuilder {
public:
  EncoderBuilder(ModelOp model, const EncoderConfig &config, const Head &head);
  void build();

private:
  // Places in FamilyNames::modules.
  enum Part {
    QueryPart,
    KeyPart,
    ValuePart,
    AttentionOutputPart,
    AttentionNormPart,
    InnerPart,
    OuterPart,
    OutputNormPart
  };
  using Values = llvm::SmallVector<mlir::Value>;

  std::string getLayer(int64_t number) const;
  std::string getEmbeddings() const { return (names.prefix + "embeddings.").str(); }
  bool hasTokenTypes() const { return config.typeVocabSize > 0; }
  bool hasMaskedPositions() const;

  // --- Parameters
  void declareEncoder();
  void declareHead();
  void declareDecoder(const std::string &transform, const std::string &norm,
                      const std::string &decoder, const std::string &bias);

  // --- Encoder
  void buildLayer();
  void buildEncoder();
  mlir::Value buildEmbeddings(llvm::ArrayRef<mlir::Value> inputs);

  // --- Head
  llvm::SmallVector<Argument> getInputs();
  llvm::SmallVector<Argument> getLabels();
  void buildLogits();
  Values buildHead(mlir::Value hidden, mlir::Value maskedPositions);
  mlir::Value buildPooler(mlir::Value hidden);
  mlir::Value buildMaskedLm(mlir::Value hidden, mlir::Value maskedPositions);
  void buildLoss();
  mlir::Value buildSequenceLoss(mlir::Value logits, mlir::Value labels, mlir::Value smoothing);
  mlir::Value buildLossOf(llvm::ArrayRef<mlir::Value> logits, llvm::ArrayRef<mlir::Value> labels,
                          mlir::Value smoothing);
  mlir::Value buildCrossEntropy(llvm::StringRef name, mlir::Value logits, mlir::Value labels,
                                mlir::Value smoothing = {});
  bool isSmoothed() const;

  ModelOp model;
  const EncoderConfig &config;
  const Head &head;
  const FamilyNames &names;
  GraphWriter writer;
  int64_t width;
  mlir::func::FuncOp layer, encoder, logits;
};

} // namespace weft::models

#endif
