// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a configuration that Transformers' classes of these models never read, or read for
// something else than what is computed, whatever their value is.
#include "ConfigFields.h"

using namespace llvm;

namespace weft::models {

static constexpr StringLiteral kHarmless[] = {
    // Where a model came from, who saved it and what with.
    "_auto_class", "_commit_hash", "_from_model_config", "_name_or_path", "auto_map", "base_model",
    "dataset", "date_created", "description", "finetuned_from", "finetuning_task", "framework",
    "language", "license", "model_name", "name_or_path", "sentence_transformers",
    "transformers.js_config", "transformers_version",
    // How it runs, and what its outputs contain.
    "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal",
    "_experts_implementation", "attn_implementation", "base_model_ep_plan", "base_model_pp_plan",
    "base_model_tp_plan", "chunk_size_feed_forward", "experts_implementation",
    "gradient_checkpointing", "is_composition", "output_attentions", "output_hidden_states",
    "output_past", "return_dict", "tf_legacy_loss", "torchscript", "use_cache", "use_return_dict",
    "xla_device",
    // Copies of what other fields say, and leftovers of older versions, conversions and TinyBERT.
    "_num_labels", "cell", "emb_size", "embedding_size", "label2id", "output_intermediate",
    "pre_trained", "structure", "tie_weights_", "training",
    // The tokenizer and its texts.
    "bos_token_id", "cls_token_id", "eos_token_id", "mask_token_id", "max_seq_length",
    "model_max_length", "padding", "prefix", "sep_token_id", "tokenizer_class", "truncation",
    "unk_token_id",
    // The pooler of TensorFlow's BERT, which none of these classes builds.
    "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
    "pooler_size_per_head", "pooler_type",
    // The summary of a sequence, which GPT-2 and XLNet have.
    "summary_activation", "summary_first_dropout", "summary_last_dropout", "summary_proj_to_labels",
    "summary_type", "summary_use_proj",
    // Generation of text, which encoders do not do.
    "bad_words_ids", "begin_suppress_tokens", "constraints", "decoder_start_token_id",
    "diversity_penalty", "do_sample", "early_stopping", "encoder_no_repeat_ngram_size",
    "encoder_repetition_penalty", "epsilon_cutoff", "eta_cutoff",
    "exponential_decay_length_penalty", "force_words_ids", "forced_bos_token_id",
    "forced_eos_token_id", "guidance_scale", "length_penalty", "max_length", "max_new_tokens",
    "max_time", "min_length", "min_new_tokens", "min_p", "no_repeat_ngram_size", "num_beam_groups",
    "num_beams", "num_return_sequences", "output_logits", "output_scores", "penalty_alpha",
    "remove_invalid_values", "renormalize_logits", "repetition_penalty", "return_dict_in_generate",
    "sequence_bias", "stop_strings", "suppress_tokens", "task_specific_params", "temperature",
    "top_k", "top_p", "typical_p"};

ArrayRef<StringLiteral> getHarmlessFields() { return kHarmless; }

} // namespace weft::models
