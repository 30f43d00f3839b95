/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The C API used from C: the headers compile as C99, and every function does what its comment says.
 */
#define _ISOC11_SOURCE 1 /* aligned_alloc */
#include "CApiTesting.h"

#include "weft/runtime.h"
#include "weft/version.h"

#include <stdlib.h>
#include <string.h>

#define STRINGIFY_INNER(x) #x
#define STRINGIFY(x) STRINGIFY_INNER(x)
#define CHECK(condition)                                                                           \
  if (!(condition))                                                                                \
  return __FILE__ ":" STRINGIFY(__LINE__) ": " #condition

static size_t allocated, released;

static void *countingAllocate(void *self, size_t size, size_t alignment) {
  (void)self;
  allocated += size;
  return aligned_alloc(alignment, size);
}

static void countingRelease(void *self, void *memory, size_t size, size_t alignment) {
  (void)self;
  (void)alignment;
  released += size;
  free(memory);
}

const char *weft_test_module(const void *file, size_t size) {
  weft_module_t *module = NULL;
  weft_variable_info_t variable;
  weft_tensor_info_t tensor;
  size_t entry = 99;
  CHECK(strcmp(weft_version(), WEFT_VERSION_STRING) == 0);
  CHECK(strcmp(weft_status_name(WEFT_DATA_LOSS), "DATA_LOSS") == 0);
  CHECK(strcmp(weft_status_name(-5), "UNKNOWN") == 0);
  CHECK(weft_module_load_memory(file, size, &module) == WEFT_OK);
  CHECK(strcmp(weft_module_name(module), "small") == 0);
  CHECK(strcmp(weft_module_producer(module), "test") == 0);

  CHECK(weft_module_variable_count(module) == 3);
  variable.struct_size = sizeof(variable);
  CHECK(weft_module_variable(module, 1, &variable) == WEFT_OK);
  CHECK(strcmp(variable.name, "m") == 0 && variable.kind == WEFT_VARIABLE_BUFFER);
  CHECK(variable.type == WEFT_F32 && variable.rank == 2 && variable.byte_size == 24);
  CHECK(variable.shape[0] == 2 && variable.shape[1] == 3 && variable.trainable == 1);
  CHECK(weft_module_variable(module, 3, &variable) == WEFT_OUT_OF_RANGE);

  /* A caller that knows only the first members gets only those. */
  memset(&variable, 0x55, sizeof(variable));
  variable.struct_size = offsetof(weft_variable_info_t, kind);
  CHECK(weft_module_variable(module, 0, &variable) == WEFT_OK);
  CHECK(strcmp(variable.name, "w") == 0 && variable.kind == 0x55555555);
  variable.struct_size = 0;
  CHECK(weft_module_variable(module, 0, &variable) == WEFT_INVALID_ARGUMENT);

  CHECK(weft_module_entry_count(module) == 2);
  CHECK(strcmp(weft_module_entry_name(module, 1), "predict") == 0);
  CHECK(weft_module_entry_name(module, 2) == NULL);
  CHECK(weft_module_find_entry(module, "train_step", &entry) == WEFT_OK && entry == 0);
  CHECK(weft_module_find_entry(module, "fit", &entry) == WEFT_NOT_FOUND && entry == 0);
  CHECK(strcmp(weft_last_error_message(), "no entry 'fit': the module has train_step, predict") ==
        0);
  CHECK(weft_module_bucket_count(module, 0) == 1 && weft_module_bucket_count(module, 9) == 0);

  CHECK(weft_module_input_count(module, 0, 0) == 3 && weft_module_input_count(module, 0, 1) == 0);
  tensor.struct_size = sizeof(tensor);
  CHECK(weft_module_input(module, 0, 0, 0, &tensor) == WEFT_OK);
  CHECK(strcmp(tensor.name, "x") == 0 && tensor.rank == 2 && tensor.scalar_role == 0);
  CHECK(tensor.fixed[0] == 0 && tensor.per_row[0] == 1 && tensor.fixed[1] == 4);
  CHECK(weft_module_input(module, 0, 0, 2, &tensor) == WEFT_OK);
  CHECK(tensor.type == WEFT_F64 && tensor.rank == 0);
  CHECK(tensor.scalar_role == WEFT_SCALAR_LEARNING_RATE);
  CHECK(weft_module_output_count(module, 0, 0) == 3);
  CHECK(weft_module_output(module, 0, 0, 1, &tensor) == WEFT_OK);
  CHECK(tensor.output_role == WEFT_OUTPUT_LOSS_WEIGHT);
  CHECK(weft_module_output(module, 0, 0, 3, &tensor) == WEFT_OUT_OF_RANGE);
  weft_module_release(module);
  weft_module_release(NULL);
  return NULL;
}

const char *weft_test_session(const void *file, size_t size) {
  static const weft_allocator_t allocator = {NULL, countingAllocate, countingRelease};
  weft_module_t *module = NULL;
  weft_session_t *session = NULL;
  weft_session_options_t options = {0};
  weft_run_t run = {0};
  weft_scalar_t rate = {WEFT_SCALAR_LEARNING_RATE, 1.0, 0};
  float w[4] = {1, 1, 1, 1}, x[8] = {1, 1, 1, 1, 1, 1, 1, 1}, sum = 0;
  int64_t labels[2] = {0, 9};
  const void *inputs[2];
  void *outputs[3] = {NULL, NULL, NULL};
  allocated = released = 0;
  CHECK(weft_module_load_memory(file, size, &module) == WEFT_OK);
  options.struct_size = sizeof(options);
  options.num_threads = 2;
  options.max_rows = 2;
  options.spin_microseconds = -1;
  options.allocator = &allocator;
  CHECK(weft_session_create(module, &options, &session) == WEFT_OK);
  weft_module_release(module);
  CHECK(weft_session_initialize(session, 1) == WEFT_OK);
  CHECK(weft_session_write_variable(session, "w", w, sizeof(w)) == WEFT_OK);
  CHECK(weft_session_write_variable(session, "w", w, 3) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_session_write_variable(session, "nope", w, 3) == WEFT_NOT_FOUND);

  inputs[0] = x;
  inputs[1] = labels;
  outputs[0] = &sum;
  run.struct_size = sizeof(run);
  run.rows = 2;
  run.inputs = inputs;
  run.input_count = 2;
  run.scalars = &rate;
  run.scalar_count = 1;
  run.outputs = outputs;
  run.output_count = 3;
  CHECK(weft_session_run(session, &run) == WEFT_OUT_OF_RANGE);
  CHECK(strstr(weft_last_error_message(), "sample 1 of the batch has the value 9") != NULL);
  labels[1] = 1;
  CHECK(weft_session_run(session, &run) == WEFT_OK);
  CHECK(sum == -20); /* w = 1 - 2, y = w * (1 2 3 4), two rows */
  CHECK(weft_session_read_variable(session, "w", w, sizeof(w)) == WEFT_OK);
  CHECK(w[0] == -1 && w[3] == -1);
  rate.role = 99;
  CHECK(weft_session_run(session, &run) == WEFT_INVALID_ARGUMENT);
  CHECK(allocated > released);
  weft_session_release(session);
  weft_session_release(NULL);
  CHECK(allocated == released);
  return NULL;
}

static int64_t deleted;
static void countDeletion(DLManagedTensorVersioned *self) {
  (void)self;
  ++deleted;
}

static DLManagedTensorVersioned describe(void *data, int64_t *shape, int64_t *strides, int rank,
                                         int code, int bits) {
  DLManagedTensorVersioned tensor;
  memset(&tensor, 0, sizeof(tensor));
  tensor.version.major = DLPACK_MAJOR_VERSION;
  tensor.deleter = countDeletion;
  tensor.dl_tensor.data = data;
  tensor.dl_tensor.device.device_type = kDLCPU;
  tensor.dl_tensor.ndim = rank;
  tensor.dl_tensor.dtype.code = (uint8_t)code;
  tensor.dl_tensor.dtype.bits = (uint8_t)bits;
  tensor.dl_tensor.dtype.lanes = 1;
  tensor.dl_tensor.shape = shape;
  tensor.dl_tensor.strides = strides;
  return tensor;
}

static const char *testVariables(weft_session_t *session, DLManagedTensorVersioned **exported) {
  /* A transposed view: 2x3 with strides of a 3x2 array, and an offset. */
  float values[7] = {0, 1, 4, 2, 5, 3, 6}, logical[6];
  int64_t shape[2] = {2, 3}, strides[2] = {1, 2};
  DLManagedTensorVersioned tensor = describe(values, shape, strides, 2, kDLFloat, 32);
  tensor.dl_tensor.byte_offset = sizeof(float);
  CHECK(weft_session_import_variable(session, "m", &tensor) == WEFT_OK);
  CHECK(weft_session_read_variable(session, "m", logical, sizeof(logical)) == WEFT_OK);
  for (int i = 0; i < 6; ++i)
    CHECK(logical[i] == (float)(i + 1));
  CHECK(deleted == 0);

  shape[0] = 3;
  CHECK(weft_session_import_variable(session, "m", &tensor) == WEFT_INVALID_ARGUMENT);
  CHECK(strcmp(weft_last_error_message(), "m: shape 3x3, expected 2x3") == 0);
  shape[0] = 2;
  tensor.dl_tensor.dtype.bits = 64;
  CHECK(weft_session_import_variable(session, "m", &tensor) == WEFT_INVALID_ARGUMENT);
  tensor.dl_tensor.dtype.bits = 32;
  tensor.dl_tensor.device.device_type = kDLCUDA;
  CHECK(weft_session_import_variable(session, "m", &tensor) == WEFT_INVALID_ARGUMENT);
  tensor.version.major = 99;
  CHECK(weft_session_import_variable(session, "m", &tensor) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_session_import_variable(session, "m", NULL) == WEFT_INVALID_ARGUMENT);

  /* The exported view sees what is written, in the strides of storage. */
  CHECK(weft_session_export_variable(session, "m", exported) == WEFT_OK);
  CHECK((*exported)->dl_tensor.ndim == 2 && (*exported)->dl_tensor.shape[1] == 3);
  CHECK((*exported)->dl_tensor.strides[0] == 1 && (*exported)->dl_tensor.strides[1] == 2);
  CHECK(((float *)(*exported)->dl_tensor.data)[1] == 4);
  return NULL;
}

static const char *testRun(weft_session_t *session) {
  float x[16] = {1, -1, 1, -1, 1, -1, 1, -1, 2, -1, 2, -1, 2, -1, 2, -1}, w[4] = {1, 1, 1, 1};
  int64_t shape[2] = {2, 4}, strides[2] = {8, 2};
  DLManagedTensorVersioned tensor = describe(x, shape, strides, 2, kDLFloat, 32);
  const DLManagedTensorVersioned *inputs[1];
  DLManagedTensorVersioned *output = NULL;
  weft_run_t run = {0};
  run.struct_size = sizeof(run);
  run.entry = 1;
  inputs[0] = &tensor;
  CHECK(weft_session_write_variable(session, "w", w, sizeof(w)) == WEFT_OK);
  CHECK(weft_session_run_dlpack(session, &run, inputs, 1, &output, 1) == WEFT_OK);
  CHECK(output->dl_tensor.shape[0] == 2 && output->dl_tensor.shape[1] == 4);
  CHECK(((float *)output->dl_tensor.data)[3] == 9 && ((float *)output->dl_tensor.data)[7] == 13);
  output->deleter(output);
  output = NULL;
  shape[0] = 0;
  CHECK(weft_session_run_dlpack(session, &run, inputs, 1, &output, 1) == WEFT_INVALID_ARGUMENT);
  shape[0] = 2;
  shape[1] = 3;
  CHECK(weft_session_run_dlpack(session, &run, inputs, 1, &output, 1) == WEFT_INVALID_ARGUMENT);
  CHECK(strcmp(weft_last_error_message(), "input 'x': shape 2x3, expected 2x4") == 0);
  CHECK(weft_session_run_dlpack(session, &run, inputs, 0, &output, 1) == WEFT_INVALID_ARGUMENT);
  shape[1] = 4;
  CHECK(weft_session_run_dlpack(session, &run, inputs, 1, &output, 3) == WEFT_INVALID_ARGUMENT);
  run.entry = 7;
  CHECK(weft_session_run_dlpack(session, &run, inputs, 1, &output, 1) == WEFT_INVALID_ARGUMENT);
  CHECK(output == NULL);
  return NULL;
}

const char *weft_test_dlpack(const void *file, size_t size) {
  weft_module_t *module = NULL;
  weft_session_t *session = NULL;
  DLManagedTensorVersioned *exported = NULL;
  const char *failure;
  CHECK(weft_module_load_memory(file, size, &module) == WEFT_OK);
  CHECK(weft_session_create(module, NULL, &session) == WEFT_OK);
  weft_module_release(module);
  failure = testVariables(session, &exported);
  if (!failure)
    failure = testRun(session);
  weft_session_release(session);
  if (exported) {
    /* Still readable: the tensor keeps the memory. */
    float last = ((float *)exported->dl_tensor.data)[5];
    exported->deleter(exported);
    CHECK(failure != NULL || last == 6);
  }
  return failure;
}

const char *weft_test_errors(const void *file, size_t size) {
  weft_module_t *module = NULL;
  weft_session_t *session = NULL;
  weft_session_options_t options = {0};
  weft_run_t run = {0};
  float value = 0;
  CHECK(weft_module_load("/nonexistent.weft", &module) == WEFT_NOT_FOUND);
  CHECK(strstr(weft_last_error_message(), "/nonexistent.weft") != NULL);
  CHECK(weft_module_load(NULL, &module) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_module_load_memory("WEFT", 4, &module) == WEFT_DATA_LOSS);
  CHECK(weft_module_load_memory(file, size - 1, &module) == WEFT_DATA_LOSS);
  CHECK(module == NULL);
  CHECK(strcmp(weft_module_name(NULL), "") == 0 && weft_module_variable_count(NULL) == 0);
  CHECK(weft_module_entry_count(NULL) == 0 && weft_module_entry_name(NULL, 0) == NULL);
  CHECK(weft_session_create(NULL, NULL, &session) == WEFT_INVALID_ARGUMENT);

  CHECK(weft_module_load_memory(file, size, &module) == WEFT_OK);
  options.struct_size = sizeof(options);
  options.device = "abacus";
  CHECK(weft_session_create(module, &options, &session) == WEFT_INVALID_ARGUMENT);
  options.device = "null";
  options.num_threads = -1;
  CHECK(weft_session_create(module, &options, &session) == WEFT_INVALID_ARGUMENT);
  options.num_threads = 1;
  options.max_rows = -1;
  CHECK(weft_session_create(module, &options, &session) == WEFT_INVALID_ARGUMENT);
  options.max_rows = 0;
  CHECK(weft_session_create(module, &options, &session) == WEFT_OK);
  weft_module_release(module);

  CHECK(weft_session_initialize(NULL, 0) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_session_read_variable(session, NULL, &value, 4) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_session_read_variable(session, "w", NULL, 16) == WEFT_INVALID_ARGUMENT);
  CHECK(weft_session_run(session, NULL) == WEFT_INVALID_ARGUMENT);
  run.struct_size = sizeof(run);
  CHECK(weft_session_run(session, &run) == WEFT_INVALID_ARGUMENT);
  run.rows = 1;
  run.input_count = 2;
  CHECK(weft_session_run(session, &run) == WEFT_INVALID_ARGUMENT);
  weft_session_release(session);
  return NULL;
}
