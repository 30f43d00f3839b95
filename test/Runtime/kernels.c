/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The kernels of a small model, written by hand against kernel_abi.h and linked as compiled images
 * are: freestanding, without imports. The runtime's tests load them as they would a module's code.
 *
 * The model has w: f32[4]; a step does w -= rate * sum over rows of x, then y = x * w * table.
 */
#include "schema/kernel_abi.h"

enum { columns = 4 };

static const float one = 1, two = 2, three = 3, four = 4;
/* Pointers in data: the image needs relative relocations. */
static const float *const table[columns] = {&one, &two, &three, &four};

/* bindings: x [rows, 4], gradient [4]. A tile is a column. */
void column_sum(const weft_kernel_args_t *args) {
  const float *x = args->bindings[0];
  float *gradient = args->bindings[1];
  for (int64_t c = args->tile_begin; c < args->tile_end; ++c) {
    float sum = 0;
    for (int64_t r = 0; r < args->rows; ++r)
      sum += x[r * columns + c];
    gradient[c] = sum;
  }
}

/* bindings: gradient [4], w [4], rate (f64). A tile is a column. */
void update(const weft_kernel_args_t *args) {
  const float *gradient = args->bindings[0];
  float *w = args->bindings[1];
  const double *rate = args->bindings[2];
  for (int64_t c = args->tile_begin; c < args->tile_end; ++c)
    w[c] -= (float)*rate * gradient[c];
}

/* bindings: x [rows, 4], w [4], y [rows, 4]; one constant, added to y. A tile is a row. Goes
 * through the scratch, so that two workers that shared one would spoil each other's rows. */
void scale(const weft_kernel_args_t *args) {
  const float *x = args->bindings[0];
  const float *w = args->bindings[1];
  float *y = args->bindings[2];
  volatile float *scratch = args->scratch;
  for (int64_t r = args->tile_begin; r < args->tile_end; ++r) {
    for (int64_t c = 0; c < columns; ++c)
      scratch[c] = x[r * columns + c] * w[c] * *table[c];
    for (int64_t c = 0; c < columns; ++c)
      y[r * columns + c] = scratch[c] + (float)args->constants[0];
  }
}

/* bindings: y [rows, 4], sum (f32), weight (f32). One tile. Refuses a y of 1000 or more. */
void loss(const weft_kernel_args_t *args) {
  const float *y = args->bindings[0];
  float *sum = args->bindings[1];
  float *weight = args->bindings[2];
  if (args->tile_begin == args->tile_end)
    return;
  float total = 0;
  for (int64_t i = 0; i < args->rows * columns; ++i) {
    total += y[i];
    if (y[i] >= 1000)
      *args->error = 7;
  }
  *sum = total;
  *weight = (float)args->rows;
}
