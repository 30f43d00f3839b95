// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Embeddings and layers.
#include "weft/Models/Encoder.h"
#include "EncoderBuilder.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace weft::models {

static constexpr int64_t kDynamic = ShapedType::kDynamic;

static constexpr FamilyNames kBert = {
    "bert.",
    "bert.encoder.layer.",
    {"attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
     "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"}};

static constexpr FamilyNames kDistilBert = {
    "distilbert.",
    "distilbert.transformer.layer.",
    {"attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm",
     "ffn.lin1", "ffn.lin2", "output_layer_norm"}};

// What a layer calls the weights that it is given.
static constexpr StringLiteral kModuleArguments[] = {
    "query", "key", "value", "attention_output", "attention_norm", "inner", "outer", "output_norm"};

EncoderBuilder::EncoderBuilder(ModelOp model, const EncoderConfig &config, const Head &head)
    : model(model), config(config), head(head),
      names(config.family == Family::Bert ? kBert : kDistilBert), writer(model, config.file),
      width(config.hiddenSize) {
  writer.setInitializerRange(config.initializerRange);
  writer.setOptionalPrefix(names.prefix);
}

std::string EncoderBuilder::getLayer(int64_t number) const {
  return (names.layers + Twine(number) + ".").str();
}

void EncoderBuilder::declareEncoder() {
  std::string embeddings = getEmbeddings();
  SmallVector<std::string> decoders;
  if (config.tieWordEmbeddings &&
      (head.task == HeadTask::MaskedLm || head.task == HeadTask::Pretraining))
    decoders.push_back(config.family == Family::Bert ? "cls.predictions.decoder.weight"
                                                     : "vocab_projector.weight");
  writer.declareEmbedding(embeddings + "word_embeddings", config.vocabSize, width, decoders,
                          config.padTokenId);
  writer.declareEmbedding(embeddings + "position_embeddings", config.maxPositions, width);
  if (hasTokenTypes())
    writer.declareEmbedding(embeddings + "token_type_embeddings", config.typeVocabSize, width);
  writer.declareLayerNorm(embeddings + "LayerNorm", width);
  for (int64_t i = 0; i < config.numLayers; ++i)
    for (auto [place, module] : llvm::enumerate(names.modules)) {
      std::string name = getLayer(i) + module.str();
      if (place == AttentionNormPart || place == OutputNormPart)
        writer.declareLayerNorm(name, width);
      else
        writer.declareLinear(name, place == InnerPart ? config.intermediateSize : width,
                             place == OuterPart ? config.intermediateSize : width);
    }
}

// One function for all layers, which pass their weights.
func::FuncOp EncoderBuilder::buildLayer(StringRef name) {
  SmallVector<Argument> arguments = {
      {"hidden", writer.getFloats({kDynamic, kDynamic, width}), {}},
      {"attention_mask", writer.getIndices({kDynamic, kDynamic}), {}}};
  for (auto [module, argument] : llvm::zip_equal(names.modules, kModuleArguments))
    for (StringRef part : {"weight", "bias"})
      arguments.push_back({(argument + "_" + part).str(),
                           writer.getParameterType(getLayer(0) + module.str() + "." + part.str()),
                           {},
                           {}});
  Values values = writer.beginFunction(name, /*isPublic=*/false, arguments);
  Value hidden = values[0], mask = values[1];
  auto weightOf = [&](Part module) { return values[2 + 2 * module]; };
  auto biasOf = [&](Part module) { return values[3 + 2 * module]; };
  auto project = [&](StringRef name, Value x, Part module) {
    return writer.linear(name, x, weightOf(module), biasOf(module));
  };
  auto normalize = [&](Value x, Part module) {
    return writer.layerNorm("normalized", x, weightOf(module), biasOf(module), config.layerNormEps);
  };

  int64_t headWidth = width / config.numHeads;
  auto splitHeads = [&](StringRef name, Part module) {
    return writer.reshape((name + "_heads").str(), project(name, hidden, module),
                          {kDynamic, kDynamic, config.numHeads, headWidth});
  };
  Value query = splitHeads("query", QueryPart);
  Value key = splitHeads("key", KeyPart);
  Value value = splitHeads("value", ValuePart);
  OpBuilder &builder = writer.getBuilder();
  Value context = writer.build<AttentionOp>(
      "context_heads", query.getType(), query, key, value, mask, /*bias=*/Value(),
      /*seed=*/Value(), /*step=*/Value(), /*sample_offset=*/Value(), /*number=*/Value(),
      /*causal=*/UnitAttr(), /*scale=*/FloatAttr(),
      builder.getF64FloatAttr(writer.hasDropout() ? config.attentionDropout : 0.0),
      /*id=*/IntegerAttr());
  context = writer.reshape("context", context, {kDynamic, kDynamic, width});

  Value attended = project("attended", context, AttentionOutputPart);
  if (config.family == Family::Bert)
    attended = writer.dropout("dropped", attended, config.hiddenDropout);
  attended = normalize(writer.add("sum", attended, hidden), AttentionNormPart);
  Value inner =
      writer.activate("activated", project("inner", attended, InnerPart), config.activation);
  Value outer = writer.dropout("dropped", project("outer", inner, OuterPart), config.hiddenDropout);
  return writer.endFunction(normalize(writer.add("sum", outer, attended), OutputNormPart));
}

Value EncoderBuilder::lookUp(StringRef name, Value ids, StringRef table, IntegerAttr padding) {
  Value weight = writer.read("table", getEmbeddings() + table.str() + ".weight");
  return writer.build<EmbeddingOp>(name, ids, weight, padding);
}

Value EncoderBuilder::buildWords(Value ids) {
  IntegerAttr padding =
      config.padTokenId ? writer.getBuilder().getI64IntegerAttr(*config.padTokenId) : IntegerAttr();
  return lookUp("words", ids, "word_embeddings", padding);
}

// `types` are the ids of token types, if the family has them. Dimension 1 of `like` is the
// sequence.
Value EncoderBuilder::buildEmbeddings(Value words, Value types, Value like) {
  std::string embeddings = getEmbeddings();
  Value sum = words;
  if (hasTokenTypes())
    sum = writer.add("sum", sum, lookUp("types", types, "token_type_embeddings", {}));
  Value table = writer.read("table", embeddings + "position_embeddings.weight");
  Value positions = writer.build<PrefixOp>("positions", table, int64_t(0), like, int64_t(1));
  positions = writer.build<BroadcastOp>("positions", positions, sum, ArrayRef<int64_t>{1, 2});
  sum = writer.add("sum", sum, positions);
  Value normalized =
      writer.layerNorm("normalized", sum, embeddings + "LayerNorm", config.layerNormEps);
  return writer.dropout("embedded", normalized, config.hiddenDropout);
}

void EncoderBuilder::buildEncoder() {
  SmallVector<Argument> inputs = getInputs();
  if (hasMaskedPositions())
    inputs.pop_back();
  for (Argument &input : inputs)
    input.dimensions = {};
  Values values = writer.beginFunction("encoder", /*isPublic=*/false, inputs);
  Value mask = values.back();
  Value words = buildWords(values[0]);
  Value hidden = buildEmbeddings(words, values[1], values[0]);
  encoder = writer.endFunction(buildLayers(layer, hidden, mask));
}

Value EncoderBuilder::buildLayers(func::FuncOp function, Value hidden, Value mask) {
  for (int64_t i = 0; i < config.numLayers; ++i) {
    Values operands = {hidden, mask};
    for (auto [module, argument] : llvm::zip_equal(names.modules, kModuleArguments))
      for (StringRef part : {"weight", "bias"})
        operands.push_back(writer.read((argument + "_" + part).str(),
                                       getLayer(i) + module.str() + "." + part.str()));
    hidden = writer.call("hidden", function, operands)[0];
  }
  return hidden;
}

static TaskKind getTaskKind(const Head &head) {
  switch (head.task) {
  case HeadTask::SequenceClassification:
    return head.problemType == ProblemType::SingleLabel  ? TaskKind::Classification
           : head.problemType == ProblemType::MultiLabel ? TaskKind::MultiLabelClassification
                                                         : TaskKind::Regression;
  case HeadTask::TokenClassification:
    return TaskKind::TokenClassification;
  case HeadTask::MaskedLm:
    return TaskKind::MaskedLanguageModeling;
  case HeadTask::Pretraining:
    return TaskKind::Pretraining;
  case HeadTask::QuestionAnswering:
    return TaskKind::QuestionAnswering;
  }
  llvm_unreachable("a task without a kind");
}

void EncoderBuilder::build(bool explains) {
  OpBuilder &builder = writer.getBuilder();
  SmallVector<StringRef> labels(head.labels.begin(), head.labels.end());
  model.setTaskAttr(TaskAttr::get(model.getContext(), getTaskKind(head),
                                  labels.empty() ? ArrayAttr() : builder.getStrArrayAttr(labels)));
  model.setArchitecture(getArchitecture(config.family, head.task));
  model.setArgumentDefaults(ArgumentDefaults::TrainingArguments);
  declareEncoder();
  declareHead();
  if (config.numLayers > 0)
    layer = buildLayer("layer");
  buildEncoder();
  buildLogits();
  buildLoss();
  if (explains)
    buildExplain();
}

OwningOpRef<ModuleOp> buildEncoder(MLIRContext &context, const EncoderConfig &config,
                                   const Head &head, bool explains) {
  context.loadDialect<WeftDialect, func::FuncDialect>();
  OpBuilder builder(&context);
  Location loc = FileLineColLoc::get(builder.getStringAttr(config.file), 1, 1);
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  // TrainingArguments' learning rate and weight decay, torch's betas and epsilon.
  auto optimizer = AdamWAttr::get(&context, APFloat(5e-5), APFloat(0.9), APFloat(0.999),
                                  APFloat(1e-8), APFloat(0.0));
  auto model = ModelOp::create(builder, loc, config.family == Family::Bert ? "bert" : "distilbert",
                               cast<OptimizerAttrInterface>(Attribute(optimizer)), TaskAttr(),
                               StringAttr(), ArgumentDefaultsAttr());
  model.getBodyRegion().emplaceBlock();
  EncoderBuilder(model, config, head).build(explains);
  return module;
}

int64_t getMaskedPositions(int64_t sequence) {
  constexpr double share = 0.15;
  double length = static_cast<double>(sequence);
  double most = share * length + 3 * std::sqrt(share * (1 - share) * length);
  return std::min(static_cast<int64_t>(std::ceil(most)), sequence);
}

void printReadable(ModuleOp module, raw_ostream &os) {
  module.print(os, OpPrintingFlags().printNameLocAsPrefix());
  os << "\n";
}

} // namespace weft::models
