// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options of Hugging Face's TrainingArguments that this trainer has no use for.
#include "train/arguments.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>

namespace weft::rt {

namespace {

// Whatever their values, the same model is trained.
const char *const anyValue =
    "accelerator_config average_tokens_across_devices batch_eval_metrics data_seed "
    "dataloader_num_workers dataloader_persistent_workers dataloader_pin_memory "
    "dataloader_prefetch_factor ddp_backend ddp_broadcast_buffers ddp_bucket_cap_mb "
    "ddp_find_unused_parameters ddp_timeout debug disable_tqdm dispatch_batches do_eval do_predict "
    "do_train enable_jit_checkpoint eval_accumulation_steps eval_do_concat_batches "
    "eval_use_gather_object fp16_backend fp16_opt_level fsdp_config fsdp_min_num_params "
    "fsdp_transformer_layer_cls_to_wrap full_determinism gradient_checkpointing_kwargs "
    "half_precision_backend hub_always_push hub_model_id hub_private_repo hub_revision "
    "hub_strategy "
    "hub_token include_for_metrics include_inputs_for_metrics include_num_input_tokens_seen "
    "include_tokens_per_second jit_mode_eval length_column_name liger_kernel_config log_level "
    "log_level_replica log_on_each_node logging_nan_inf_filter mp_parameters no_cuda "
    "overwrite_output_dir prediction_loss_only project push_to_hub_model_id "
    "push_to_hub_organization push_to_hub_token ray_scope remove_unused_columns "
    "restore_callback_states_from_checkpoint run_name save_on_each_node save_only_model "
    "skip_memory_metrics tf32 torch_compile torch_compile_backend torch_compile_mode "
    "torch_empty_cache_steps torchdynamo tpu_metrics_debug tpu_num_cores trackio_space_id "
    "use_cache "
    "use_cpu use_ipex use_legacy_prediction_loop use_liger_kernel use_mps_device xpu_backend ";

// Only these values, and none at all, are what happens here.
const struct {
  const char *key, *values, *reason;
} someValues[] = {
    {"adafactor", "false", "the module has its optimizer"},
    {"auto_find_batch_size", "false", "the batch size is as given"},
    {"bf16_full_eval", "false", "the module has its element types"},
    {"dataloader_drop_last", "false", "the last batch of an epoch is trained, too"},
    {"deepspeed", "", "one process trains"},
    {"eval_delay", "0", "evaluation begins at once"},
    {"eval_on_start", "false", "the first evaluation follows a step"},
    {"fp16", "false", "the module has its element types"},
    {"fp16_full_eval", "false", "the module has its element types"},
    {"fsdp", "false", "one process trains"},
    {"ignore_data_skip", "false", "a resumed run goes on where it was in the data"},
    {"label_names", "[\"labels\"] labels", "the module names its labels"},
    {"local_rank", "-1 0", "one process trains"},
    {"lr_scheduler_kwargs", "", "schedules have their default shapes"},
    {"neftune_noise_alpha", "", "no noise is added"},
    {"optim_args", "", "the module has its optimizer"},
    {"optim_target_modules", "", "the module has its optimizer"},
    {"parallelism_config", "", "one process trains"},
    {"past_index", "-1", "models keep no state between batches"},
    {"per_gpu_eval_batch_size", "", "use per_device_eval_batch_size"},
    {"per_gpu_train_batch_size", "", "use per_device_train_batch_size"},
    {"push_to_hub", "false", "nothing is uploaded"},
    {"save_safetensors", "true", "weights are written as safetensors"},
    {"split_batches", "false", "one process trains"},
};

bool hasWord(const char *words, const std::string &word) {
  return (" " + std::string(words) + " ").find(" " + word + " ") != std::string::npos;
}

} // namespace

const std::vector<std::string> &passedOverKeys() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> keys;
    for (const char *word = anyValue; *word; word += keys.back().size() + 1)
      keys.emplace_back(word, std::strchr(word, ' '));
    for (const auto &option : someValues)
      keys.push_back(option.key);
    return keys;
  }();
  return all;
}

Status passOverArgument(TrainingArguments &arguments, const std::string &key,
                        const std::string &text) {
  std::string value = text;
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  if (value.ends_with(".0"))
    value.resize(value.size() - 2);
  bool isNone = value.empty() || hasWord("none null [] {}", value);
  for (const auto &option : someValues)
    if (key == option.key && !isNone && !hasWord(option.values, value))
      return unimplemented("expected %s, found '%s': %s", *option.values ? option.values : "none",
                           text.substr(0, 60).c_str(), option.reason);
  // The order of the samples follows from seed: `resolveArguments` compares the two.
  if (key == "data_seed" && !isNone) {
    auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), arguments.dataSeed);
    if (error != std::errc() || end != value.data() + value.size() || arguments.dataSeed < 0)
      return invalidArgument("expected an integer of at least 0, found '%s'",
                             text.substr(0, 60).c_str());
  }
  if (std::find(arguments.passedOver.begin(), arguments.passedOver.end(), key) ==
      arguments.passedOver.end())
    arguments.passedOver.push_back(key);
  return {};
}

} // namespace weft::rt
