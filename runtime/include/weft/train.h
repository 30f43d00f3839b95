/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The C API of training: steps with an optimizer and a schedule, checkpoints, weights by name, and
 * a whole training run on files. The rules of runtime.h hold here too.
 *
 * A loop of one's own:
 *
 *   weft_trainer_options_t options = {.struct_size = sizeof options};
 *   options.learning_rate = 0.01;
 *   weft_trainer_create(session, &options, &trainer);
 *   for (...) {
 *     const void *inputs[] = {images, labels};
 *     weft_trainer_train_step(trainer, inputs, 2, rows, &loss);
 *     weft_trainer_scheduler_step(trainer);
 *   }
 *   weft_trainer_save_checkpoint(trainer, "out/checkpoint-100");
 *
 * Changelog:
 *   0.1  first version
 *   0.2  (not released) weft_trainer_set_bucket
 */
#ifndef WEFT_TRAIN_H
#define WEFT_TRAIN_H

#include "weft/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- Weights
 * --------------------------------------------------------------------------------------
 */

/* Writes all parameters and buffers to a safetensors file, which appears only when it is whole.
 * RESOURCE_EXHAUSTED if the disk is full; a file that was there is then unchanged. */
WEFT_API weft_status_t weft_session_save_weights(weft_session_t *session, const char *path);

/* Reads parameters and buffers by name from FILE.safetensors, from an index of shards
 * (model.safetensors.index.json), or from a folder that holds one of them. With `partial` nonzero
 * the file may lack some of them, which keep their values; else that is an error. Names that the
 * model lacks and shapes that differ are INVALID_ARGUMENT, and nothing has been changed then. */
WEFT_API weft_status_t weft_session_load_weights(weft_session_t *session, const char *path,
                                                 int32_t partial);

/* --- A trainer
 * --------------------------------------------------------------------------------------
 */

/* The state of a training run beside the variables: numbers of the optimizer, the schedule, how
 * many steps have been taken. Used by one thread at a time, as its session. */
typedef struct weft_trainer_t weft_trainer_t;

typedef struct weft_trainer_options_t {
  size_t struct_size;
  double learning_rate;          /* 0: the module's default */
  const char *lr_scheduler_type; /* "linear", "cosine", "polynomial", "constant_with_warmup", or
                                    "constant", which has no warmup: formulas of Hugging Face
                                    Transformers. NULL: constant after the warmup */
  int64_t warmup_steps;
  int64_t max_steps; /* where the schedule ends; needed by linear, cosine and polynomial */
  uint64_t seed;     /* of dropout */
  size_t bucket;     /* see weft_module_bucket_count */
} weft_trainer_options_t;

/* Makes a trainer over a session, which it keeps alive. `options` may be NULL. FAILED_PRECONDITION
 * if the module was compiled without an optimizer. */
WEFT_API weft_status_t weft_trainer_create(weft_session_t *session,
                                           const weft_trainer_options_t *options,
                                           weft_trainer_t **trainer);
/* Gives a trainer back. The session stays. */
WEFT_API void weft_trainer_release(weft_trainer_t *trainer);

/* The bucket of train_step that the inputs of all following calls are shaped for (see
 * weft_module_bucket_count); other entries use theirs of the same sizes. Any step may use another
 * bucket: parameters and state are the same. INVALID_ARGUMENT if there is no such bucket. */
WEFT_API weft_status_t weft_trainer_set_bucket(weft_trainer_t *trainer, size_t bucket);

/* Sets a number of all following steps: WEFT_SCALAR_WEIGHT_DECAY, _MOMENTUM, _DAMPENING, _BETA1,
 * _BETA2, _EPSILON, _MAX_GRAD_NORM (0: no bound) or _LABEL_SMOOTHING. INVALID_ARGUMENT for other
 * roles. */
WEFT_API weft_status_t weft_trainer_set_number(weft_trainer_t *trainer, int32_t scalar_role,
                                               double value);

/* Trains on one batch: forward, backward, update. `inputs` are the batch inputs of train_step in
 * order, `input_count` of them, each dense and row-major for `rows` samples. `loss`, if not NULL,
 * gets the mean loss, which is 0 for a batch whose labels are all ignored. OUT_OF_RANGE for a label
 * out of range, and for a loss that is not finite; only the second has changed the variables.
 * INVALID_ARGUMENT for other `rows` than those that a module with a static batch has. */
WEFT_API weft_status_t weft_trainer_train_step(weft_trainer_t *trainer, const void *const *inputs,
                                               size_t input_count, int64_t rows, double *loss);

/* Adds the gradients of a batch without an update; optimizer_step then updates with the sum,
 * divided by the weight of all samples. FAILED_PRECONDITION if the module was compiled without
 * accumulation. */
WEFT_API weft_status_t weft_trainer_accumulate_step(weft_trainer_t *trainer,
                                                    const void *const *inputs, size_t input_count,
                                                    int64_t rows, double *loss);
/* Updates with what was accumulated. `loss`, if not NULL, gets the mean over all of it. */
WEFT_API weft_status_t weft_trainer_optimizer_step(weft_trainer_t *trainer, double *loss);

/* The loss of a batch without training: its mean, and the weight (samples, or tokens) that it is
 * the mean over, for sums over batches. Both may be NULL. `logits`, if not NULL, gets the model's
 * output, `logits_size` bytes of it (INVALID_ARGUMENT if that is not its size). */
WEFT_API weft_status_t weft_trainer_eval_step(weft_trainer_t *trainer, const void *const *inputs,
                                              size_t input_count, int64_t rows, double *loss,
                                              double *weight, void *logits, size_t logits_size);

/* The model's output for a batch; `inputs` are those of predict. */
WEFT_API weft_status_t weft_trainer_predict(weft_trainer_t *trainer, const void *const *inputs,
                                            size_t input_count, int64_t rows, void *logits,
                                            size_t logits_size);

/* The base rate of the schedule: what follows is scaled from it. INVALID_ARGUMENT if negative. */
WEFT_API weft_status_t weft_trainer_set_learning_rate(weft_trainer_t *trainer, double rate);
/* The rate that the next step uses. */
WEFT_API double weft_trainer_learning_rate(const weft_trainer_t *trainer);
/* Goes one step further in the schedule; call it after each optimizer step. */
WEFT_API weft_status_t weft_trainer_scheduler_step(weft_trainer_t *trainer);
/* Optimizer steps taken, those before a loaded checkpoint included. */
WEFT_API int64_t weft_trainer_step(const weft_trainer_t *trainer);
/* Norm of the gradient of the last step before clipping; 0 if the module does not compute it. */
WEFT_API double weft_trainer_grad_norm(const weft_trainer_t *trainer);

/* Saves parameters, optimizer state and progress as the folder `path` (model.safetensors,
 * optimizer.safetensors, trainer_state.json), which appears or is replaced only when it is whole
 * and on the disk. Only a checkpoint or an empty folder is replaced, and other files in it stay; a
 * link, a file or a folder that holds anything else is ALREADY_EXISTS, and left as it is. */
WEFT_API weft_status_t weft_trainer_save_checkpoint(weft_trainer_t *trainer, const char *path);
/* Restores what save_checkpoint or `weft train` saved: a checkpoint, or the folder that holds
 * several, of which the highest number is taken. Steps that follow give the same bits as if the run
 * had never stopped. The schedule and base rate are this trainer's, its position the checkpoint's.
 */
WEFT_API weft_status_t weft_trainer_load_checkpoint(weft_trainer_t *trainer, const char *path);

/* --- A whole run on files
 * ---------------------------------------------------------------------------
 */

enum {
  WEFT_TRAIN_EVENT_LOG = 0,   /* an entry of log_history */
  WEFT_TRAIN_EVENT_EPOCH = 1, /* {"epoch": 1, "epochs": 3, "loss": ...} */
  WEFT_TRAIN_EVENT_SAVE = 2,  /* {"checkpoint": path} */
  WEFT_TRAIN_EVENT_NOTICE = 3 /* {"message": text} */
};

/* Called from the thread that trains; `json` is valid during the call. A nonzero result ends the
 * run after the current step with CANCELLED, its checkpoint saved. */
typedef int32_t (*weft_train_listener_t)(void *self, int32_t event, const char *json);

/* What `weft train` does, on a session whose variables are set: reads the data (folders with
 * MNIST's names, IDX, CSV, .npy, safetensors; tables of text, CoNLL and plain text for modules that
 * read tokens), trains, evaluates, saves checkpoints. `eval_data`, `arguments_json` (an object with
 * Hugging Face's TrainingArguments names, and text_column, label_column, tokenizer and the like as
 * `weft train` has them) and `listener` may be NULL. config.json and tokenizer files of a folder
 * that "tokenizer" names go into checkpoints. */
WEFT_API weft_status_t weft_train(weft_session_t *session, const char *train_data,
                                  const char *eval_data, const char *arguments_json,
                                  weft_train_listener_t listener, void *self);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* WEFT_TRAIN_H */
