/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The C half of the C API's tests, which GoogleTest calls.
 */
#ifndef WEFT_TEST_RUNTIME_C_API_TESTING_H
#define WEFT_TEST_RUNTIME_C_API_TESTING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each returns NULL, or the text of the check that failed. `file` is the small module. */
const char *weft_test_module(const void *file, size_t size);
const char *weft_test_session(const void *file, size_t size);
const char *weft_test_dlpack(const void *file, size_t size);
const char *weft_test_errors(const void *file, size_t size);

#ifdef __cplusplus
}
#endif

#endif
