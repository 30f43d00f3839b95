/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The kernels of a trainable classifier, written by hand as kernels.c is: logits = x * W^T with W
 * [3, 4], loss = the sum of (logits - one hot label)^2 / 2 over a sample, SGD with momentum. Enough
 * for the trainer's tests: losses fall, state matters, sums and weights are exact for small
 * integers.
 */
#include "schema/kernel_abi.h"

enum { inputs = 4, classes = 3 };

/* bindings: x [rows, 4], W [3, 4], logits [rows, 3]. A tile is a row. */
void classifier_logits(const weft_kernel_args_t *args) {
  const float *x = args->bindings[0];
  const float *w = args->bindings[1];
  float *logits = args->bindings[2];
  for (int64_t r = args->tile_begin; r < args->tile_end; ++r)
    for (int64_t c = 0; c < classes; ++c) {
      float sum = 0;
      for (int64_t i = 0; i < inputs; ++i)
        sum += x[r * inputs + i] * w[c * inputs + i];
      logits[r * classes + c] = sum;
    }
}

/* bindings: logits [rows, 3], labels [rows] i64, dlogits [rows, 3], sum f32, weight f32. One tile.
 */
void classifier_loss(const weft_kernel_args_t *args) {
  const float *logits = args->bindings[0];
  const int64_t *labels = args->bindings[1];
  float *dlogits = args->bindings[2];
  float sum = 0;
  if (args->tile_begin == args->tile_end)
    return;
  for (int64_t r = 0; r < args->rows; ++r)
    for (int64_t c = 0; c < classes; ++c) {
      float difference = logits[r * classes + c] - (labels[r] == c ? 1.0f : 0.0f);
      dlogits[r * classes + c] = difference;
      sum += difference * difference / 2;
    }
  *(float *)args->bindings[3] = sum;
  *(float *)args->bindings[4] = (float)args->rows;
}

/* bindings: x [rows, 4], dlogits [rows, 3], gradient [3, 4], added to. A tile is a row of W. */
void classifier_gradient(const weft_kernel_args_t *args) {
  const float *x = args->bindings[0];
  const float *dlogits = args->bindings[1];
  float *gradient = args->bindings[2];
  for (int64_t c = args->tile_begin; c < args->tile_end; ++c)
    for (int64_t r = 0; r < args->rows; ++r)
      for (int64_t i = 0; i < inputs; ++i)
        gradient[c * inputs + i] += dlogits[r * classes + c] * x[r * inputs + i];
}

/* bindings: target f32, source f32: target += source. One tile. */
void classifier_add(const weft_kernel_args_t *args) {
  if (args->tile_begin != args->tile_end)
    *(float *)args->bindings[0] += *(const float *)args->bindings[1];
}

/* bindings: gradient [3, 4], weight f32, W [3, 4], momentum [3, 4], rate f64, factor f64. A tile is
 * a row of W. */
void classifier_update(const weft_kernel_args_t *args) {
  const float *gradient = args->bindings[0];
  float weight = *(const float *)args->bindings[1];
  float *w = args->bindings[2];
  float *momentum = args->bindings[3];
  float rate = (float)*(const double *)args->bindings[4];
  float factor = (float)*(const double *)args->bindings[5];
  for (int64_t i = args->tile_begin * inputs; i < args->tile_end * inputs; ++i) {
    momentum[i] = factor * momentum[i] + gradient[i] / weight;
    w[i] -= rate * momentum[i];
  }
}
