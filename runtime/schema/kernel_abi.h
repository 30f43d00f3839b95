/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * How the runtime calls a compiled kernel: the only contract between generated code and the
 * runtime besides module.fbs. Append-only. Changelog:
 *   1  first version
 *      later: what the error word says of an index out of range
 */
#ifndef WEFT_SCHEMA_KERNEL_ABI_H
#define WEFT_SCHEMA_KERNEL_ABI_H

#include <stdint.h>

#define WEFT_KERNEL_ABI_VERSION 1

/* Every binding, every scratch block and the constants of a module are aligned to this many bytes.
 */
#define WEFT_KERNEL_ALIGNMENT 64

/* The arguments of one call of a kernel. All calls of one dispatch share every field but the tile
 * range and the scratch. Field order and sizes are part of the ABI: generated code reads them by
 * offset. */
typedef struct weft_kernel_args_t {
  /* One pointer per binding of the dispatch, in the order of Kernel.bindings. */
  void *const *bindings;
  /* Batch size of the call; sizes that depend on it are linear in it. */
  int64_t rows;
  /* The constants of the dispatch command (op ids and the like), so that equal kernels are shared.
   */
  const int64_t *constants;
  /* Half-open range of tiles to compute. Tiles of one dispatch are independent of each other: any
   * split over any number of workers gives the same bits. */
  int64_t tile_begin;
  int64_t tile_end;
  /* Kernel.scratch_bytes bytes that belong to this worker for the length of the call. */
  void *scratch;
  /* Set to a nonzero code by a kernel that meets a value out of range; never cleared by kernels. Of
   * an index: (n + 1) << 48 | (index mod 2^48), where n is its number in Kernel.checks and an index
   * below -2^47 or above 2^47 - 1 is given as that. */
  uint64_t *error;
} weft_kernel_args_t;

/* A kernel entry point, System V calling convention. */
typedef void (*weft_kernel_t)(const weft_kernel_args_t *args);

#endif
