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
  // `explains`: with @explain, of a head that has classes (canExplain).
  void build(bool explains);

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
  mlir::func::FuncOp buildLayer(llvm::StringRef name);
  void buildEncoder();
  mlir::Value lookUp(llvm::StringRef name, mlir::Value ids, llvm::StringRef table,
                     mlir::IntegerAttr padding);
  mlir::Value buildWords(mlir::Value ids);
  mlir::Value buildEmbeddings(mlir::Value words, mlir::Value types, mlir::Value like);
  mlir::Value buildLayers(mlir::func::FuncOp function, mlir::Value hidden, mlir::Value mask);

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

  // --- Explanations
  bool explainsTokens() const { return head.task != HeadTask::SequenceClassification; }
  llvm::SmallVector<Argument> getTargets();
  mlir::Value buildClassLogits(mlir::Value hidden);
  mlir::func::FuncOp buildExplainedScore(mlir::func::FuncOp function);
  void buildExplain();

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
