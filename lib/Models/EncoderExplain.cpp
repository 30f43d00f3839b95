// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each token contributes to a logit.
#include "EncoderBuilder.h"
#include "weft/Models/Encoder.h"

using namespace mlir;

namespace weft::models {

static constexpr int64_t kDynamic = ShapedType::kDynamic;

bool canExplain(HeadTask task) {
  return task != HeadTask::MaskedLm && task != HeadTask::Pretraining;
}

// Of each class, [batch, classes]; of a head that judges each token, [batch, seq, classes]. Classes
// of an answer are its start and its end.
Value EncoderBuilder::buildClassLogits(Value hidden) {
  if (head.task == HeadTask::QuestionAnswering)
    return writer.linear("logits", hidden, "qa_outputs");
  return buildHead(hidden, {})[0];
}

// What @explain takes beside the inputs.
SmallVector<Argument> EncoderBuilder::getTargets() {
  SmallVector<Argument> targets;
  if (explainsTokens())
    targets.push_back({"position", writer.getIndices({kDynamic, 1}), {"batch", ""}});
  targets.push_back({"target", writer.getIndices({kDynamic}), {"batch"}});
  return targets;
}

// From word embeddings to the sum of the targets' logits over the batch, whose gradient is that of
// each sample's own, and all logits.
func::FuncOp EncoderBuilder::buildExplainedScore(func::FuncOp function) {
  SmallVector<Argument> arguments = getInputs();
  arguments[0] = {"words", writer.getFloats({kDynamic, kDynamic, width}), {"batch", "seq", ""}};
  llvm::append_range(arguments, getTargets());
  Values values = writer.beginFunction("explained_score", /*isPublic=*/false, arguments);
  Value target = values.pop_back_val();
  Value position = explainsTokens() ? values.pop_back_val() : Value();
  Value hidden = buildEmbeddings(values[0], values[1], values[0]);
  Value all = buildClassLogits(buildLayers(function, hidden, values.back()));
  int64_t classes = cast<RankedTensorType>(all.getType()).getShape().back();
  Value own = all;
  if (position) {
    Value picked = writer.build<GatherOp>("picked", all, position, int64_t(1));
    own = writer.reshape("own", picked, {kDynamic, classes});
  }
  Value chosen =
      writer.build<OneHotOp>("chosen", writer.getFloats({kDynamic, classes}), target, classes);
  Value scores = writer.build<MulOp>("scores", own, chosen);
  Value sum = writer.build<ReduceSumOp>("sum", scores, ArrayRef<int64_t>{0, 1}, /*keepdim=*/false);
  return writer.endFunction({sum, all});
}

void EncoderBuilder::buildExplain() {
  writer.setDropout(false);
  bool dropsOut = config.hiddenDropout > 0 || config.attentionDropout > 0;
  func::FuncOp function = dropsOut && config.numLayers > 0 ? buildLayer("explained_layer") : layer;
  func::FuncOp score = buildExplainedScore(function);
  SmallVector<Argument> arguments = getInputs();
  arguments.push_back({"alpha", writer.getFloats({kDynamic}), {"batch"}});
  size_t numInputs = arguments.size() - 1;
  llvm::append_range(arguments, getTargets());
  Values values = writer.beginFunction("explain", /*isPublic=*/true, arguments);
  Value alpha = values[numInputs];
  Value words = buildWords(values[0]);
  Value factors = writer.build<BroadcastOp>("factors", alpha, words, ArrayRef<int64_t>{0});
  Value scaled = writer.build<MulOp>("scaled", words, factors);
  Values operands = {scaled};
  operands.append(values.begin() + 1, values.begin() + numInputs);
  operands.append(values.begin() + numInputs + 1, values.end());
  SmallVector<Type> types(score.getResultTypes());
  types.push_back(scaled.getType());
  OpBuilder &builder = writer.getBuilder();
  auto gradient =
      ValueAndGradOp::create(builder, writer.at("gradient"), types, score.getName(), operands,
                             builder.getArrayAttr({builder.getI64IntegerAttr(0)}));
  Value products = writer.build<MulOp>("products", gradient.getResult(2), words);
  Value attributions = writer.build<ReduceSumOp>("attributions", products, ArrayRef<int64_t>{2},
                                                 /*keepdim=*/false);
  writer.endFunction({gradient.getResult(1), attributions}, {"logits", "attributions"});
  writer.setDropout(true);
}

} // namespace weft::models
