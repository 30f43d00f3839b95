// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Heads and losses.
#include "EncoderBuilder.h"

using namespace mlir;

namespace weft::models {

static constexpr int64_t kDynamic = ShapedType::kDynamic;
// Positions with this label have no part in a loss.
static constexpr int64_t kIgnored = -100;

bool EncoderBuilder::hasMaskedPositions() const {
  return head.task == HeadTask::MaskedLm || head.task == HeadTask::Pretraining;
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

// A decoder that is not tied has weights of its own.
void EncoderBuilder::declareDecoder(const std::string &transform, const std::string &norm,
                                    const std::string &decoder, const std::string &bias) {
  writer.declareBias(bias, config.vocabSize,
                     bias == decoder + ".bias" ? ArrayRef<std::string>()
                                               : ArrayRef<std::string>(decoder + ".bias"));
  writer.declareLinear(transform, width, width);
  writer.declareLayerNorm(norm, width);
  if (!config.tieWordEmbeddings)
    writer.declareEmbedding(decoder, config.vocabSize, width);
}

void EncoderBuilder::declareHead() {
  bool isBert = config.family == Family::Bert;
  int64_t classes = head.labels.size();
  switch (head.task) {
  case HeadTask::SequenceClassification:
    writer.declareLinear(isBert ? "bert.pooler.dense" : "pre_classifier", width, width);
    writer.declareLinear("classifier", classes, width);
    return;
  case HeadTask::TokenClassification:
    writer.declareLinear("classifier", classes, width);
    return;
  case HeadTask::Pretraining:
    writer.declareLinear("bert.pooler.dense", width, width);
    declareDecoder("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
                   "cls.predictions.decoder", "cls.predictions.bias");
    writer.declareLinear("cls.seq_relationship", 2, width);
    return;
  case HeadTask::MaskedLm:
    if (isBert)
      declareDecoder("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
                     "cls.predictions.decoder", "cls.predictions.bias");
    else
      declareDecoder("vocab_transform", "vocab_layer_norm", "vocab_projector",
                     "vocab_projector.bias");
    return;
  case HeadTask::QuestionAnswering:
    writer.declareLinear("qa_outputs", 2, width);
    return;
  }
}

//===----------------------------------------------------------------------===//
// Logits
//===----------------------------------------------------------------------===//

SmallVector<Argument> EncoderBuilder::getInputs() {
  auto tokens = writer.getIndices({kDynamic, kDynamic});
  SmallVector<Argument> inputs = {{"input_ids", tokens, {"batch", "seq"}}};
  if (hasTokenTypes())
    inputs.push_back({"token_type_ids", tokens, {"batch", "seq"}});
  inputs.push_back({"attention_mask", tokens, {"batch", "seq"}});
  if (hasMaskedPositions())
    inputs.push_back({"masked_positions", tokens, {"batch", "masked"}});
  return inputs;
}

Value EncoderBuilder::buildPooler(Value hidden) {
  Value first = writer.pick("first_token", hidden, 0);
  if (config.family == Family::DistilBert)
    return writer.build<ReluOp>("pooled", writer.linear("pooled", first, "pre_classifier"));
  return writer.build<TanhOp>("pooled", writer.linear("pooled", first, "bert.pooler.dense"));
}

// Scores of the vocabulary at the masked positions only: elsewhere nothing asks for them.
Value EncoderBuilder::buildMaskedLm(Value hidden, Value maskedPositions) {
  bool isBert = config.family == Family::Bert;
  Value masked = writer.build<GatherOp>("masked", hidden, maskedPositions, int64_t(1));
  masked = writer.linear("transformed", masked,
                         isBert ? "cls.predictions.transform.dense" : "vocab_transform");
  masked = writer.activate("activated", masked, config.activation);
  masked = writer.layerNorm("normalized", masked,
                            isBert ? "cls.predictions.transform.LayerNorm" : "vocab_layer_norm",
                            config.layerNormEps);
  std::string decoder = isBert ? "cls.predictions.decoder" : "vocab_projector";
  std::string table =
      config.tieWordEmbeddings ? getEmbeddings() + "word_embeddings.weight" : decoder + ".weight";
  Value weight = writer.read("weight", table);
  Value bias = writer.read("bias", isBert ? "cls.predictions.bias" : "vocab_projector.bias");
  return writer.linear("logits", masked, weight, bias);
}

SmallVector<Value> EncoderBuilder::buildHead(Value hidden, Value maskedPositions) {
  switch (head.task) {
  case HeadTask::SequenceClassification: {
    Value pooled = writer.dropout("dropped", buildPooler(hidden), config.sequenceDropout);
    return {writer.linear("logits", pooled, "classifier")};
  }
  case HeadTask::TokenClassification: {
    Value dropped = writer.dropout("dropped", hidden, config.tokenDropout);
    return {writer.linear("logits", dropped, "classifier")};
  }
  case HeadTask::MaskedLm:
    return {buildMaskedLm(hidden, maskedPositions)};
  case HeadTask::Pretraining:
    return {buildMaskedLm(hidden, maskedPositions),
            writer.linear("seq_relationship_logits", buildPooler(hidden), "cls.seq_relationship")};
  case HeadTask::QuestionAnswering: {
    Value dropped = writer.dropout("dropped", hidden, config.answerDropout);
    Value both = writer.linear("start_and_end", dropped, "qa_outputs");
    return {writer.pickLast("logits", both, 0), writer.pickLast("end_logits", both, 1)};
  }
  }
  llvm_unreachable("a task without a head");
}

void EncoderBuilder::buildLogits() {
  SmallVector<Argument> inputs = getInputs();
  Values values = writer.beginFunction("logits", /*isPublic=*/true, inputs);
  Value maskedPositions = hasMaskedPositions() ? values.pop_back_val() : Value();
  Value hidden = writer.call("hidden", encoder, values)[0];
  SmallVector<StringRef> outputs = {"logits"};
  if (head.task == HeadTask::Pretraining)
    outputs.push_back("seq_relationship_logits");
  if (head.task == HeadTask::QuestionAnswering)
    outputs.push_back("end_logits");
  logits = writer.endFunction(buildHead(hidden, maskedPositions), outputs);
}

//===----------------------------------------------------------------------===//
// Loss
//===----------------------------------------------------------------------===//

SmallVector<Argument> EncoderBuilder::getLabels() {
  GraphWriter &types = writer;
  int64_t classes = head.labels.size();
  switch (head.task) {
  case HeadTask::SequenceClassification:
    if (head.problemType == ProblemType::SingleLabel)
      return {{"labels", types.getIndices({kDynamic}), {"batch"}}};
    if (head.problemType == ProblemType::Regression && classes == 1)
      return {{"labels", types.getFloats({kDynamic}), {"batch"}}};
    return {{"labels", types.getFloats({kDynamic, classes}), {"batch", ""}}};
  case HeadTask::TokenClassification:
    return {{"labels", types.getIndices({kDynamic, kDynamic}), {"batch", "seq"}}};
  case HeadTask::MaskedLm:
    return {{"labels", types.getIndices({kDynamic, kDynamic}), {"batch", "masked"}}};
  case HeadTask::Pretraining:
    return {{"labels", types.getIndices({kDynamic, kDynamic}), {"batch", "masked"}},
            {"next_sentence_label", types.getIndices({kDynamic}), {"batch"}}};
  case HeadTask::QuestionAnswering:
    return {{"start_positions", types.getIndices({kDynamic}), {"batch"}},
            {"end_positions", types.getIndices({kDynamic}), {"batch"}}};
  }
  llvm_unreachable("a task without labels");
}

// Of the tasks whose output Transformers calls logits, and labels are classes.
bool EncoderBuilder::isSmoothed() const {
  return head.task == HeadTask::TokenClassification || head.task == HeadTask::MaskedLm ||
         (head.task == HeadTask::SequenceClassification &&
          head.problemType == ProblemType::SingleLabel);
}

Value EncoderBuilder::buildCrossEntropy(StringRef name, Value logits, Value labels,
                                        Value smoothing) {
  return writer.build<CrossEntropyOp>(name, logits, labels, smoothing, LossReduction::Mean,
                                      kIgnored, APFloat(0.0));
}

Value EncoderBuilder::buildSequenceLoss(Value logits, Value labels, Value smoothing) {
  switch (head.problemType) {
  case ProblemType::SingleLabel:
    return buildCrossEntropy("loss", logits, labels, smoothing);
  case ProblemType::MultiLabel:
    return writer.build<BinaryCrossEntropyWithLogitsOp>("loss", logits, labels);
  case ProblemType::Regression:
    if (head.labels.size() == 1)
      logits = writer.reshape("values", logits, {kDynamic});
    return writer.build<MseLossOp>("loss", logits, labels);
  }
  llvm_unreachable("a problem without a loss");
}

Value EncoderBuilder::buildLossOf(ArrayRef<Value> logits, ArrayRef<Value> labels, Value smoothing) {
  switch (head.task) {
  case HeadTask::SequenceClassification:
    return buildSequenceLoss(logits[0], labels[0], smoothing);
  case HeadTask::TokenClassification:
  case HeadTask::MaskedLm:
    return buildCrossEntropy("loss", logits[0], labels[0], smoothing);
  case HeadTask::Pretraining:
    return writer.add("loss", buildCrossEntropy("masked_lm_loss", logits[0], labels[0]),
                      buildCrossEntropy("next_sentence_loss", logits[1], labels[1]));
  case HeadTask::QuestionAnswering: {
    Value sum = writer.add("sum", buildCrossEntropy("start_loss", logits[0], labels[0]),
                           buildCrossEntropy("end_loss", logits[1], labels[1]));
    Value half = writer.build<ConstantOp>("half", writer.getFloats({}), 0.5);
    return writer.build<MulOp>("loss", sum, half);
  }
  }
  llvm_unreachable("a task without a loss");
}

void EncoderBuilder::buildLoss() {
  SmallVector<Argument> arguments = getInputs();
  size_t numInputs = arguments.size();
  llvm::append_range(arguments, getLabels());
  if (isSmoothed())
    arguments.push_back({"label_smoothing",
                         RankedTensorType::get({}, writer.getBuilder().getF64Type()),
                         {},
                         ScalarRole::LabelSmoothing});
  Values values = writer.beginFunction("loss", /*isPublic=*/true, arguments);
  Value smoothing = isSmoothed() ? values.pop_back_val() : Value();
  ArrayRef<Value> inputs = ArrayRef(values).take_front(numInputs);
  Values results = writer.call("logits", logits, inputs);
  writer.endFunction(buildLossOf(results, ArrayRef(values).drop_front(numInputs), smoothing));
}

} // namespace weft::models
