// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each token contributes to a logit.
#include "EncoderBuilder.h"

using namespace mlir;

namespace weft::models {

static constexpr int64_t kDynamic = ShapedType::kDynamic;

// From word embeddings to the sum of the targets' logits over the batch, whose gradient is that of
// each sample's own, and all logits.
func::FuncOp EncoderBuilder::buildExplainedScore(func::FuncOp function) {
  auto tokens = writer.getIndices({kDynamic, kDynamic});
  SmallVector<Argument> arguments = {
      {"words", writer.getFloats({kDynamic, kDynamic, width}), {"batch", "seq", ""}}};
  if (hasTokenTypes())
    arguments.push_back({"token_type_ids", tokens, {"batch", "seq"}});
  arguments.push_back({"attention_mask", tokens, {"batch", "seq"}});
  arguments.push_back({"target", writer.getIndices({kDynamic}), {"batch"}});
  Values values = writer.beginFunction("explained_score", /*isPublic=*/false, arguments);
  Value target = values.pop_back_val();
  Value hidden = buildEmbeddings(values[0], values[1], values[0]);
  Value all = buildHead(buildLayers(function, hidden, values.back()), {})[0];
  int64_t classes = head.labels.size();
  Value chosen =
      writer.build<OneHotOp>("chosen", writer.getFloats({kDynamic, classes}), target, classes);
  Value scores = writer.build<MulOp>("scores", all, chosen);
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
  arguments.push_back({"target", writer.getIndices({kDynamic}), {"batch"}});
  Values values = writer.beginFunction("explain", /*isPublic=*/true, arguments);
  Value target = values.pop_back_val();
  Value alpha = values.pop_back_val();
  Value words = buildWords(values[0]);
  Value factors = writer.build<BroadcastOp>("factors", alpha, words, ArrayRef<int64_t>{0});
  Value scaled = writer.build<MulOp>("scaled", words, factors);
  Values operands = {scaled};
  operands.append(values.begin() + 1, values.end());
  operands.push_back(target);
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
