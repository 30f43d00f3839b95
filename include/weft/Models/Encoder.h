// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BERT and DistilBERT in the graph IR.
#ifndef WEFT_MODELS_ENCODER_H
#define WEFT_MODELS_ENCODER_H

#include "mlir/IR/BuiltinOps.h"
#include "weft/Models/EncoderConfig.h"

namespace weft::models {

/// A `weft.model` with Hugging Face's names of parameters and inputs, @logits and @loss. Sizes are
/// those of `config`; `batch` and `seq` are dynamic, and so is `masked`, the number of labelled
/// positions of a sample, where the task has them.
///
/// `explains` adds @explain to a head that has classes (canExplain): from the inputs, `alpha` and
/// `target` (a number and a class a sample; of a head that judges tokens, `position` too, [batch,
/// 1]) to the logits of the text whose word embeddings are multiplied by alpha, and for each token
/// the product of the gradient of the target's logit with respect to those and the embedding as it
/// is, summed over the width. Positions and token types stay, so that alpha = 0 is a text of the
/// same form whose words say nothing. Logits are [batch, classes], or [batch, seq, classes]; the
/// classes of an answer are its start and its end.
mlir::OwningOpRef<mlir::ModuleOp> buildEncoder(mlir::MLIRContext &context,
                                               const EncoderConfig &config, const Head &head,
                                               bool explains = false);

/// Whether @explain can be built: a word of the vocabulary for each masked position is no class
/// that it could be asked about.
bool canExplain(HeadTask task);

/// How many positions of a sequence of that length are masked at most, but for one of a thousand:
/// 15 % and three standard deviations of what Hugging Face's collator draws. In samples where it
/// draws more the surplus stays as it is.
int64_t getMaskedPositions(int64_t sequence);

/// Prints values under the names that the builder gave them.
void printReadable(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace weft::models

#endif
