/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The C API of the Weft runtime: load a module, make a session of it, set its variables and run its
 * entry points. train.h adds the training loop (data, schedules, checkpoints).
 *
 * Rules that hold for every function here and in train.h:
 *
 *  - Failure. Functions that can fail return a weft_status_t; out-parameters are written only on
 *    WEFT_OK. weft_last_error_message() then says what went wrong. No input aborts the process and
 *    no C++ exception leaves a function. A NULL that is not allowed is WEFT_INVALID_ARGUMENT;
 *    functions that only ask something of a module answer a NULL handle with 0 or an empty string.
 *  - Ownership. Handles that a function creates belong to the caller, who gives them back with the
 *    matching release function; release functions take NULL. Strings and arrays that are returned
 *    belong to the handle they were asked of and live as long as it does. Nothing passed in is kept
 *    after the call unless the comment says so.
 *  - Threads. Functions on different handles may run at the same time. A weft_module_t is
 *    immutable: any number of threads may use one. A weft_session_t is used by one thread at a
 *    time (not always the same). The functions without a handle are thread-safe. After a fork, the
 *    child may go on with all handles that no other thread was using at that moment: the first run
 *    of a session makes new workers.
 *  - Versions. The API only grows. A struct with a first member struct_size must have it set to
 *    sizeof of the struct; members beyond it take their defaults, which are what zeroes mean.
 *  - Text is UTF-8 and ends with a zero byte. Sizes and dimensions are int64_t or size_t.
 *
 * Changelog:
 *   0.1  first version
 */
#ifndef WEFT_RUNTIME_H
#define WEFT_RUNTIME_H

#include "weft/dlpack.h"

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) || !defined(__GNUC__)
#define WEFT_API
#else
#define WEFT_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- Status -------------------------------------------------------------------------------------
 */

/* The codes are absl's (and gRPC's). */
typedef int32_t weft_status_t;
enum {
  WEFT_OK = 0,
  WEFT_CANCELLED = 1,
  WEFT_UNKNOWN = 2,
  WEFT_INVALID_ARGUMENT = 3,
  WEFT_DEADLINE_EXCEEDED = 4,
  WEFT_NOT_FOUND = 5,
  WEFT_ALREADY_EXISTS = 6,
  WEFT_PERMISSION_DENIED = 7,
  WEFT_RESOURCE_EXHAUSTED = 8,
  WEFT_FAILED_PRECONDITION = 9,
  WEFT_ABORTED = 10,
  WEFT_OUT_OF_RANGE = 11,
  WEFT_UNIMPLEMENTED = 12,
  WEFT_INTERNAL = 13,
  WEFT_UNAVAILABLE = 14,
  WEFT_DATA_LOSS = 15,
  WEFT_UNAUTHENTICATED = 16
};

/* The name of a code: "INVALID_ARGUMENT". Never NULL; static. */
WEFT_API const char *weft_status_name(weft_status_t status);

/* What the last call of this thread that failed has to say: place, what was expected, what was
 * found. Never NULL; empty before the first failure. Valid until the next failure in this thread.
 */
WEFT_API const char *weft_last_error_message(void);

/* "0.1.0". Static. */
WEFT_API const char *weft_version(void);

/* --- Hooks --------------------------------------------------------------------------------------
 */

/* Where tensor memory comes from. Both functions may be called from any thread and must not call
 * back into Weft. `allocate` returns memory aligned to `alignment` (a power of two) or NULL;
 * `release` gets the size and alignment back. */
typedef struct weft_allocator_t {
  void *self;
  void *(*allocate)(void *self, size_t size, size_t alignment);
  void (*release)(void *self, void *memory, size_t size, size_t alignment);
} weft_allocator_t;

enum { WEFT_LOG_DEBUG = 0, WEFT_LOG_INFO = 1, WEFT_LOG_WARNING = 2, WEFT_LOG_ERROR = 3 };

/* Receives notices. `message` is valid during the call and has no newline at its end. May be called
 * from any thread, never twice at once. */
typedef void (*weft_log_function_t)(void *self, int severity, const char *message);

/* Replaces the log function of the process. NULL restores the default: warnings and errors go to
 * stderr, the rest nowhere. */
WEFT_API void weft_set_log_function(weft_log_function_t function, void *self);

/* --- Modules ------------------------------------------------------------------------------------
 */

/* A verified `.weft` module. */
typedef struct weft_module_t weft_module_t;

/* Loads and verifies a file. A module holds native code: load only what you would also dlopen.
 * Fails with NOT_FOUND and the like if the file cannot be read, DATA_LOSS if it is cut, edited or
 * inconsistent, UNIMPLEMENTED if it is of a newer version. */
WEFT_API weft_status_t weft_module_load(const char *path, weft_module_t **module);

/* The same for `size` bytes in memory, which are copied. */
WEFT_API weft_status_t weft_module_load_memory(const void *data, size_t size,
                                               weft_module_t **module);

/* Gives a module back. Sessions made of it stay valid. */
WEFT_API void weft_module_release(weft_module_t *module);

/* The name of the model. */
WEFT_API const char *weft_module_name(const weft_module_t *module);
/* The compiler that wrote it: "weftc 0.1.0 (LLVM 22.1.8)". */
WEFT_API const char *weft_module_producer(const weft_module_t *module);

/* Element types, numbered as in module files. WEFT_I1 is one byte per element, 0 or 1. */
typedef int32_t weft_element_type_t;
enum {
  WEFT_F32 = 0,
  WEFT_BF16 = 1,
  WEFT_F16 = 2,
  WEFT_F64 = 3,
  WEFT_I64 = 4,
  WEFT_I32 = 5,
  WEFT_I8 = 6,
  WEFT_U8 = 7,
  WEFT_I1 = 8
};

enum {
  WEFT_VARIABLE_PARAMETER = 0,
  WEFT_VARIABLE_BUFFER = 1,
  WEFT_VARIABLE_OPTIMIZER_STATE = 2,
  WEFT_VARIABLE_GRADIENT_ACCUMULATOR = 3
};

/* A variable: a tensor that persists from step to step. */
typedef struct weft_variable_info_t {
  size_t struct_size;
  const char *name; /* as in PyTorch: "fc1.weight" */
  int32_t kind;     /* WEFT_VARIABLE_... */
  weft_element_type_t type;
  size_t rank;
  const int64_t *shape; /* `rank` dimensions */
  size_t byte_size;     /* of the dense tensor */
  int32_t trainable;    /* 0 or 1 */
} weft_variable_info_t;

WEFT_API size_t weft_module_variable_count(const weft_module_t *module);
/* Fills `info`, whose struct_size must be set. OUT_OF_RANGE for an index that is too large. */
WEFT_API weft_status_t weft_module_variable(const weft_module_t *module, size_t index,
                                            weft_variable_info_t *info);

/* An entry point: a function of a batch, compiled for one or more buckets (tuples of the sizes that
 * were bound when the module was compiled; a model without such sizes has the one bucket 0). */
WEFT_API size_t weft_module_entry_count(const weft_module_t *module);
/* NULL for an index that is too large. */
WEFT_API const char *weft_module_entry_name(const weft_module_t *module, size_t entry);
/* NOT_FOUND, with the names that there are, if no entry has this name ("train_step", "predict"). */
WEFT_API weft_status_t weft_module_find_entry(const weft_module_t *module, const char *name,
                                              size_t *entry);
/* 0 for an entry that does not exist. */
WEFT_API size_t weft_module_bucket_count(const weft_module_t *module, size_t entry);

/* An input or output of an entry. A dimension is fixed[i] + rows * per_row[i]. */
typedef struct weft_tensor_info_t {
  size_t struct_size;
  const char *name;
  weft_element_type_t type;
  size_t rank;
  const int64_t *fixed;
  const int64_t *per_row;
  int32_t scalar_role; /* WEFT_SCALAR_...; WEFT_SCALAR_NONE for a tensor of the batch, an output */
  int32_t output_role; /* WEFT_OUTPUT_...; inputs: 0 */
} weft_tensor_info_t;

/* The numbers of a step. */
enum {
  WEFT_SCALAR_NONE = 0,
  WEFT_SCALAR_LEARNING_RATE = 1,
  WEFT_SCALAR_WEIGHT_DECAY = 2,
  WEFT_SCALAR_MOMENTUM = 3,
  WEFT_SCALAR_DAMPENING = 4,
  WEFT_SCALAR_BETA1 = 5,
  WEFT_SCALAR_BETA2 = 6,
  WEFT_SCALAR_EPSILON = 7,
  WEFT_SCALAR_BIAS_CORRECTION1 = 8, /* 1 - beta1^step */
  WEFT_SCALAR_BIAS_CORRECTION2 = 9, /* 1 - beta2^step */
  WEFT_SCALAR_MAX_GRAD_NORM = 10,
  WEFT_SCALAR_STEP = 11,
  WEFT_SCALAR_SEED = 12,
  WEFT_SCALAR_SAMPLE_OFFSET = 13,
  WEFT_SCALAR_LABEL_SMOOTHING = 14
};

enum {
  WEFT_OUTPUT_VALUE = 0,
  WEFT_OUTPUT_LOSS_SUM = 1,
  WEFT_OUTPUT_LOSS_WEIGHT = 2,
  WEFT_OUTPUT_GRAD_NORM = 3,
  WEFT_OUTPUT_LOGITS = 4
};

WEFT_API size_t weft_module_input_count(const weft_module_t *module, size_t entry, size_t bucket);
WEFT_API weft_status_t weft_module_input(const weft_module_t *module, size_t entry, size_t bucket,
                                         size_t index, weft_tensor_info_t *info);
WEFT_API size_t weft_module_output_count(const weft_module_t *module, size_t entry, size_t bucket);
WEFT_API weft_status_t weft_module_output(const weft_module_t *module, size_t entry, size_t bucket,
                                          size_t index, weft_tensor_info_t *info);

/* --- Sessions -----------------------------------------------------------------------------------
 */

/* A module made ready to run: its variables and working memory on a device. */
typedef struct weft_session_t weft_session_t;

typedef struct weft_session_options_t {
  size_t struct_size;
  const char *device;  /* "cpu" (also NULL), or "null", which computes nothing */
  int32_t num_threads; /* 1 to 1024; 0: WEFT_NUM_THREADS, else as many as the cores, or the share of
                          their time, that affinity mask and control groups give this process */
  int32_t
      spin_microseconds; /* how long idle workers spin before they sleep; 0: the default, -1: not */
  int64_t max_rows; /* batch size to reserve memory for; larger batches grow it when they come */
  const weft_allocator_t *allocator; /* copied; NULL: the system's. Must outlive the session. */
} weft_session_options_t;

/* Variables are zero until weft_session_initialize or weft_session_write_variable. `options` may be
 * NULL. FAILED_PRECONDITION if the module has no code that this processor runs: the message lists
 * what is missing. RESOURCE_EXHAUSTED if there is not enough memory. */
WEFT_API weft_status_t weft_session_create(const weft_module_t *module,
                                           const weft_session_options_t *options,
                                           weft_session_t **session);

/* Gives a session back. Tensors exported from it stay valid until their own deleter is called. */
WEFT_API void weft_session_release(weft_session_t *session);

/* Gives every variable the value that the model's initializers say; the same seed gives the same
 * bits, whatever the number of threads. */
WEFT_API weft_status_t weft_session_initialize(weft_session_t *session, uint64_t seed);

/* Copies a whole variable out of or into a session: dense, row-major, in the variable's own type.
 * `size` must be its byte_size (INVALID_ARGUMENT else). NOT_FOUND for an unknown name. Where a
 * parameter or buffer and a variable of state have the same name, it is the former's. */
WEFT_API weft_status_t weft_session_read_variable(weft_session_t *session, const char *name,
                                                  void *data, size_t size);
WEFT_API weft_status_t weft_session_write_variable(weft_session_t *session, const char *name,
                                                   const void *data, size_t size);

/* One number of a step. Roles that the entry has no input for are ignored. STEP, SEED and
 * SAMPLE_OFFSET take `integer`, all others `real`. */
typedef struct weft_scalar_t {
  int32_t role; /* WEFT_SCALAR_... */
  double real;
  int64_t integer;
} weft_scalar_t;

/* One call of an entry. */
typedef struct weft_run_t {
  size_t struct_size;
  size_t entry;
  size_t bucket;
  int64_t rows; /* the batch size, at least 1 */
  /* Host memory of the inputs that are not scalars, in order: dense, row-major. Any alignment; what
   * is aligned to 64 bytes is used without a copy. */
  const void *const *inputs;
  size_t input_count;
  /* Numbers that differ from the module's defaults. */
  const weft_scalar_t *scalars;
  size_t scalar_count;
  /* Host memory for the outputs, in order; NULL for one that is not wanted. output_count may be 0.
   */
  void *const *outputs;
  size_t output_count;
} weft_run_t;

/* Runs an entry and waits until it is done. OUT_OF_RANGE, with the number of the sample and the
 * value, if an index such as a class label is out of range: nothing has been changed then. Also for
 * an index that the model computes, with the op that reads it: what comes behind that op has not
 * been run, which in a training step are all updates if the op belongs to the forward pass. */
WEFT_API weft_status_t weft_session_run(weft_session_t *session, const weft_run_t *run);

/* --- DLPack -------------------------------------------------------------------------------------
 */

/* A variable as a DLPack tensor that shares its memory: strides express the layout in which the
 * variable is stored. It keeps the session's memory alive until its deleter is called, and must not
 * be read or written while the session runs. */
WEFT_API weft_status_t weft_session_export_variable(weft_session_t *session, const char *name,
                                                    DLManagedTensorVersioned **tensor);

/* Copies a DLPack tensor on the CPU, of any strides, into a variable. Type and shape must be the
 * variable's. The tensor stays the caller's. */
WEFT_API weft_status_t weft_session_import_variable(weft_session_t *session, const char *name,
                                                    const DLManagedTensorVersioned *tensor);

/* weft_session_run with DLPack tensors in and out. `inputs` (one per input that is not a scalar)
 * stay the caller's; dense ones are used without a copy, others are copied. The batch size is taken
 * from their shapes. `outputs`, if not NULL, receives one new tensor per output, owned by the
 * caller. The inputs, input_count, outputs, output_count and rows of `run` are ignored. */
WEFT_API weft_status_t weft_session_run_dlpack(weft_session_t *session, const weft_run_t *run,
                                               const DLManagedTensorVersioned *const *inputs,
                                               size_t input_count,
                                               DLManagedTensorVersioned **outputs,
                                               size_t output_count);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* WEFT_RUNTIME_H */
