/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A program's use of train.h, compiled as C: the loop, evaluation, a checkpoint, going on from it.
 */
#include "TrainApiTesting.h"
#include "weft/train.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition))                                                                              \
      return #condition;                                                                           \
  } while (0)

enum { rows = 6 };
static const float x[rows][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0},
                                 {1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 1}};
static const int64_t labels[rows] = {0, 1, 2, 0, 1, 2};
static const void *const batch[] = {x, labels};

static const char *trainSome(weft_trainer_t *trainer, int steps, double *loss) {
  for (int i = 0; i < steps; ++i) {
    CHECK(weft_trainer_train_step(trainer, batch, 2, rows, loss) == WEFT_OK);
    CHECK(weft_trainer_scheduler_step(trainer) == WEFT_OK);
  }
  return NULL;
}

const char *weft_test_train_loop(weft_session_t *session, const char *checkpoint) {
  weft_trainer_options_t options = {.struct_size = sizeof options};
  options.learning_rate = 0.5;
  options.lr_scheduler_type = "linear";
  options.max_steps = 20;
  weft_trainer_t *trainer = NULL, *second = NULL;
  CHECK(weft_trainer_create(session, &options, &trainer) == WEFT_OK);
  CHECK(weft_trainer_set_number(trainer, WEFT_SCALAR_MOMENTUM, 0.5) == WEFT_OK);
  CHECK(weft_trainer_learning_rate(trainer) == 0.5);

  double first = 0, last = 0, again = 0;
  const char *failure = trainSome(trainer, 1, &first);
  CHECK(failure == NULL);
  CHECK(trainSome(trainer, 9, &last) == NULL);
  CHECK(last < first);
  CHECK(weft_trainer_step(trainer) == 10);
  CHECK(weft_trainer_learning_rate(trainer) == 0.25);
  CHECK(weft_trainer_save_checkpoint(trainer, checkpoint) == WEFT_OK);
  CHECK(trainSome(trainer, 3, &last) == NULL);

  /* From the checkpoint the same steps give the same loss to the last bit. */
  CHECK(weft_trainer_create(session, &options, &second) == WEFT_OK);
  CHECK(weft_trainer_set_number(second, WEFT_SCALAR_MOMENTUM, 0.5) == WEFT_OK);
  CHECK(weft_trainer_load_checkpoint(second, checkpoint) == WEFT_OK);
  CHECK(weft_trainer_step(second) == 10);
  CHECK(trainSome(second, 3, &again) == NULL);
  CHECK(again == last);
  weft_trainer_release(second);

  double loss = 0, weight = 0;
  float logits[rows][3], predicted[rows][3];
  CHECK(weft_trainer_eval_step(trainer, batch, 2, rows, &loss, &weight, logits, sizeof logits) ==
        WEFT_OK);
  CHECK(weight == rows);
  CHECK(loss < first);
  CHECK(weft_trainer_predict(trainer, batch, 1, rows, predicted, sizeof predicted) == WEFT_OK);
  CHECK(memcmp(logits, predicted, sizeof logits) == 0);
  weft_trainer_release(trainer);
  return NULL;
}

const char *weft_test_train_accumulation(weft_session_t *session) {
  weft_trainer_t *trainer = NULL;
  float whole[12], parts[12], start[12];
  CHECK(weft_trainer_create(session, NULL, &trainer) == WEFT_OK);
  CHECK(weft_session_read_variable(session, "fc.weight", start, sizeof start) == WEFT_OK);
  CHECK(weft_trainer_train_step(trainer, batch, 2, rows, NULL) == WEFT_OK);
  CHECK(weft_session_read_variable(session, "fc.weight", whole, sizeof whole) == WEFT_OK);
  CHECK(weft_session_write_variable(session, "fc.weight", start, sizeof start) == WEFT_OK);
  memset(parts, 0, sizeof parts);
  CHECK(weft_session_write_variable(session, "fc.weight.momentum_buffer", parts, sizeof parts) ==
        WEFT_OK);
  double loss = 0;
  const void *const rest[] = {x[4], labels + 4};
  CHECK(weft_trainer_optimizer_step(trainer, &loss) == WEFT_FAILED_PRECONDITION);
  CHECK(weft_trainer_accumulate_step(trainer, batch, 2, 4, NULL) == WEFT_OK);
  CHECK(weft_trainer_accumulate_step(trainer, rest, 2, 2, NULL) == WEFT_OK);
  CHECK(weft_trainer_save_checkpoint(trainer, "/nowhere") == WEFT_FAILED_PRECONDITION);
  CHECK(weft_trainer_optimizer_step(trainer, &loss) == WEFT_OK);
  CHECK(weft_session_read_variable(session, "fc.weight", parts, sizeof parts) == WEFT_OK);
  for (int i = 0; i < 12; ++i)
    CHECK(parts[i] - whole[i] < 1e-6f && whole[i] - parts[i] < 1e-6f);
  weft_trainer_release(trainer);
  return NULL;
}

const char *weft_test_train_errors(weft_session_t *session) {
  weft_trainer_t *trainer = NULL;
  weft_trainer_options_t options = {.struct_size = sizeof options};
  double loss = 42;
  float small[2];
  CHECK(weft_trainer_create(NULL, NULL, &trainer) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_create(session, NULL, NULL) == WEFT_INVALID_ARGUMENT);
  options.lr_scheduler_type = "cosine";
  CHECK(weft_trainer_create(session, &options, &trainer) == WEFT_INVALID_ARGUMENT);
  CHECK(strstr(weft_last_error_message(), "max_steps") != NULL);
  options.lr_scheduler_type = "zigzag";
  CHECK(weft_trainer_create(session, &options, &trainer) == WEFT_INVALID_ARGUMENT);
  options.lr_scheduler_type = NULL;
  const double rates[] = {-1, HUGE_VAL, -HUGE_VAL, NAN};
  for (int i = 0; i < 4; ++i) {
    options.learning_rate = rates[i];
    CHECK(weft_trainer_create(session, &options, &trainer) == WEFT_INVALID_ARGUMENT);
    CHECK(strstr(weft_last_error_message(), "learning_rate: expected a finite number") != NULL);
  }
  options.learning_rate = 0;
  const int64_t steps[] = {-1, INT64_MIN, INT64_MAX, INT64_C(1000000000000001)};
  for (int i = 0; i < 8; ++i) {
    options.warmup_steps = i < 4 ? steps[i] : 0;
    options.max_steps = i < 4 ? 0 : steps[i - 4];
    CHECK(weft_trainer_create(session, &options, &trainer) == WEFT_INVALID_ARGUMENT);
    CHECK(strstr(weft_last_error_message(), "expected 0 to 1000000000000000, found") != NULL);
  }
  options.warmup_steps = options.max_steps = 0;
  options.bucket = 1;
  CHECK(weft_trainer_create(session, &options, &trainer) == WEFT_INVALID_ARGUMENT);
  CHECK(trainer == NULL);
  CHECK(weft_trainer_create(session, NULL, &trainer) == WEFT_OK);
  CHECK(weft_trainer_learning_rate(trainer) == 0.125); /* the module's default */

  const int64_t wrong[rows] = {0, 1, 3, 0, 1, 2};
  const void *const bad[] = {x, wrong};
  CHECK(weft_trainer_train_step(trainer, bad, 2, rows, &loss) == WEFT_OUT_OF_RANGE);
  CHECK(weft_trainer_train_step(trainer, batch, 1, rows, &loss) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_train_step(trainer, NULL, 2, rows, &loss) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_train_step(trainer, batch, 2, 0, &loss) == WEFT_INVALID_ARGUMENT);
  CHECK(loss == 42 && weft_trainer_step(trainer) == 0);
  CHECK(weft_trainer_predict(trainer, batch, 1, rows, small, sizeof small) ==
        WEFT_INVALID_ARGUMENT);
  CHECK(strstr(weft_last_error_message(), "expected 72 bytes, found 8") != NULL);
  CHECK(weft_trainer_set_bucket(trainer, 1) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_set_bucket(NULL, 0) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_set_bucket(trainer, 0) == WEFT_OK);
  CHECK(weft_trainer_set_number(trainer, WEFT_SCALAR_STEP, 1) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_set_number(trainer, WEFT_SCALAR_MOMENTUM, -1) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_set_number(trainer, WEFT_SCALAR_MOMENTUM, NAN) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_set_number(trainer, WEFT_SCALAR_MOMENTUM, HUGE_VAL) == WEFT_INVALID_ARGUMENT);
  /* Numbers of rows for which no output could be made. */
  const int64_t counts[] = {0, -1, INT64_MIN, INT64_MAX, INT64_C(1) << 40};
  for (int i = 0; i < 5; ++i) {
    CHECK(weft_trainer_predict(trainer, batch, 1, counts[i], small, sizeof small) ==
          WEFT_INVALID_ARGUMENT);
    CHECK(strstr(weft_last_error_message(), "rows: expected 1 to") != NULL);
    CHECK(weft_trainer_eval_step(trainer, batch, 2, counts[i], &loss, NULL, small, sizeof small) ==
          WEFT_INVALID_ARGUMENT);
  }
  CHECK(weft_trainer_set_learning_rate(trainer, -1) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_trainer_load_checkpoint(trainer, "/nowhere") == WEFT_NOT_FOUND);
  CHECK(weft_session_load_weights(session, "/nowhere", 0) == WEFT_NOT_FOUND);
  weft_trainer_release(trainer);
  weft_trainer_release(NULL);
  return NULL;
}
