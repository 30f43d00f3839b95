/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Trains a compiled classifier of 28x28 images inside a C program, on arrays that the program makes
 * itself; saves a checkpoint, restores it in a second session, and checks that both predict the
 * same bits.
 *
 *   train MODULE.weft OUTPUT_DIR
 */
#include <weft/runtime.h>
#include <weft/train.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10 };
enum { TRAIN_SAMPLES = 2000, TEST_SAMPLES = 500, BATCH = 64, EPOCHS = 3 };

/* Every call of Weft says whether it worked; the message says what did not. */
#define CHECK(call)                                                                                \
  do {                                                                                             \
    if ((call) != WEFT_OK) {                                                                       \
      fprintf(stderr, "train: %s\n", weft_last_error_message());                                   \
      return 1;                                                                                    \
    }                                                                                              \
  } while (0)

/* --- Data: digits of 5x7 dots, drawn at four times the size, moved sideways and covered with
 * noise. */

static const uint8_t glyphs[CLASSES][7] = {
    {14, 17, 19, 21, 25, 17, 14}, {4, 12, 4, 4, 4, 4, 14},  {14, 17, 1, 2, 4, 8, 31},
    {31, 2, 4, 2, 1, 17, 14},     {2, 6, 10, 18, 31, 2, 2}, {31, 16, 30, 1, 1, 17, 14},
    {6, 8, 16, 30, 17, 17, 14},   {31, 1, 2, 4, 8, 8, 8},   {14, 17, 17, 14, 17, 17, 14},
    {14, 17, 17, 15, 1, 2, 12},
};

static uint32_t random_below(uint64_t *state, uint32_t bound) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((*state >> 33) % bound);
}

static void draw_digit(uint64_t *random, int64_t digit, float *image) {
  for (int i = 0; i < PIXELS; ++i)
    image[i] = (float)random_below(random, 64) / 255.0f;
  int left = 2 + (int)random_below(random, 5);
  for (int row = 0; row < 28; ++row)
    for (int column = 0; column < 20; ++column)
      if (glyphs[digit][row / 4] >> (4 - column / 4) & 1)
        image[row * SIDE + left + column] = 1.0f;
}

typedef struct {
  float *images;   /* count x 784 */
  int64_t *labels; /* count */
  int64_t count;
} digits_t;

static int make_digits(digits_t *digits, int64_t count, uint64_t seed) {
  digits->count = count;
  digits->images = malloc(sizeof(float) * PIXELS * (size_t)count);
  digits->labels = malloc(sizeof(int64_t) * (size_t)count);
  if (!digits->images || !digits->labels) {
    fprintf(stderr, "train: not enough memory for %lld images\n", (long long)count);
    return 1;
  }
  for (int64_t i = 0; i < count; ++i) {
    digits->labels[i] = random_below(&seed, CLASSES);
    draw_digit(&seed, digits->labels[i], digits->images + i * PIXELS);
  }
  return 0;
}

/* --- Training. */

/* Says what is wrong when a module takes something else than 28x28 images and their classes. */
static int check_module(const weft_module_t *module) {
  size_t entry;
  CHECK(weft_module_find_entry(module, "train_step", &entry));
  weft_tensor_info_t images = {.struct_size = sizeof images};
  CHECK(weft_module_input(module, entry, 0, 0, &images));
  if (images.type != WEFT_F32 || images.rank != 2 || images.fixed[1] != PIXELS) {
    fprintf(stderr,
            "train: expected a model of %d numbers per sample, found another shape in '%s'\n",
            PIXELS, weft_module_name(module));
    return 1;
  }
  return 0;
}

/* One pass in order; the last batch has the samples that are left. */
static int train_epoch(weft_trainer_t *trainer, const digits_t *digits, double *mean) {
  int64_t batches = 0;
  double sum = 0;
  for (int64_t first = 0; first < digits->count; first += BATCH, ++batches) {
    int64_t rows = digits->count - first < BATCH ? digits->count - first : BATCH;
    const void *inputs[] = {digits->images + first * PIXELS, digits->labels + first};
    double loss;
    CHECK(weft_trainer_train_step(trainer, inputs, 2, rows, &loss));
    CHECK(weft_trainer_scheduler_step(trainer));
    sum += loss;
  }
  *mean = sum / (double)batches;
  return 0;
}

static int predict(weft_trainer_t *trainer, const digits_t *digits, float *logits) {
  const void *inputs[] = {digits->images};
  CHECK(weft_trainer_predict(trainer, inputs, 1, digits->count, logits,
                             sizeof(float) * CLASSES * (size_t)digits->count));
  return 0;
}

static double accuracy(const digits_t *digits, const float *logits) {
  int64_t right = 0;
  for (int64_t i = 0; i < digits->count; ++i) {
    int best = 0;
    for (int c = 1; c < CLASSES; ++c)
      if (logits[i * CLASSES + c] > logits[i * CLASSES + best])
        best = c;
    right += best == digits->labels[i];
  }
  return (double)right / (double)digits->count;
}

/* A session with a trainer over it, both of which the caller releases. */
static int open_trainer(const weft_module_t *module, weft_session_t **session,
                        weft_trainer_t **trainer) {
  weft_session_options_t session_options = {.struct_size = sizeof session_options};
  session_options.max_rows = TEST_SAMPLES;
  CHECK(weft_session_create(module, &session_options, session));
  weft_trainer_options_t options = {.struct_size = sizeof options};
  options.learning_rate = 0.05;
  options.lr_scheduler_type = "linear";
  options.max_steps = EPOCHS * ((TRAIN_SAMPLES + BATCH - 1) / BATCH) + 1;
  CHECK(weft_trainer_create(*session, &options, trainer));
  return 0;
}

typedef struct {
  digits_t train, test;
  float *before, *after; /* logits of the test images, before and after the reload */
} arrays_t;

static int train_and_save(const weft_module_t *module, const arrays_t *arrays,
                          const char *checkpoint, double *next_loss) {
  weft_session_t *session;
  weft_trainer_t *trainer;
  if (open_trainer(module, &session, &trainer))
    return 1;
  CHECK(weft_session_initialize(session, 42));
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    double loss;
    if (train_epoch(trainer, &arrays->train, &loss))
      return 1;
    printf("epoch %d/%d: loss %.4f\n", epoch, EPOCHS, loss);
  }
  if (predict(trainer, &arrays->test, arrays->before))
    return 1;
  printf("accuracy %.3f\n", accuracy(&arrays->test, arrays->before));
  CHECK(weft_trainer_save_checkpoint(trainer, checkpoint));
  printf("saved %s at step %lld\n", checkpoint, (long long)weft_trainer_step(trainer));
  const void *inputs[] = {arrays->train.images, arrays->train.labels};
  CHECK(weft_trainer_train_step(trainer, inputs, 2, BATCH, next_loss));
  weft_trainer_release(trainer);
  weft_session_release(session);
  return 0;
}

/* What the first session predicted, and the step that it took next, again from the checkpoint. */
static int reload_and_compare(const weft_module_t *module, const arrays_t *arrays,
                              const char *checkpoint, double next_loss) {
  weft_session_t *session;
  weft_trainer_t *trainer;
  if (open_trainer(module, &session, &trainer))
    return 1;
  CHECK(weft_trainer_load_checkpoint(trainer, checkpoint));
  if (predict(trainer, &arrays->test, arrays->after))
    return 1;
  if (memcmp(arrays->before, arrays->after, sizeof(float) * CLASSES * TEST_SAMPLES)) {
    fprintf(stderr, "train: expected the same predictions after the reload, found others\n");
    return 1;
  }
  const void *inputs[] = {arrays->train.images, arrays->train.labels};
  double loss;
  CHECK(weft_trainer_train_step(trainer, inputs, 2, BATCH, &loss));
  if (loss != next_loss) {
    fprintf(stderr, "train: expected loss %.17g in the step after the reload, found %.17g\n",
            next_loss, loss);
    return 1;
  }
  printf("reloaded: predictions and the next step are identical\n");
  weft_trainer_release(trainer);
  weft_session_release(session);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: train MODULE.weft OUTPUT_DIR\n");
    return 2;
  }
  char checkpoint[4096];
  if (snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint", argv[2]) >= (int)sizeof checkpoint) {
    fprintf(stderr, "train: the name of the output folder is too long\n");
    return 1;
  }
  arrays_t arrays;
  arrays.before = malloc(sizeof(float) * CLASSES * TEST_SAMPLES);
  arrays.after = malloc(sizeof(float) * CLASSES * TEST_SAMPLES);
  if (!arrays.before || !arrays.after || make_digits(&arrays.train, TRAIN_SAMPLES, 1) ||
      make_digits(&arrays.test, TEST_SAMPLES, 2))
    return 1;

  weft_module_t *module;
  CHECK(weft_module_load(argv[1], &module));
  double next_loss;
  int failed = check_module(module) || train_and_save(module, &arrays, checkpoint, &next_loss) ||
               reload_and_compare(module, &arrays, checkpoint, next_loss);
  weft_module_release(module);
  free(arrays.train.images);
  free(arrays.train.labels);
  free(arrays.test.images);
  free(arrays.test.labels);
  free(arrays.before);
  free(arrays.after);
  return failed;
}
