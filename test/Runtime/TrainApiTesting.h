/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The C half of the tests of train.h, which GoogleTest calls.
 */
#ifndef WEFT_TEST_RUNTIME_TRAIN_API_TESTING_H
#define WEFT_TEST_RUNTIME_TRAIN_API_TESTING_H

#include "weft/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Each returns NULL, or the text of the check that failed. `session` is of the classifier. */
const char *weft_test_train_loop(weft_session_t *session, const char *checkpoint);
const char *weft_test_train_accumulation(weft_session_t *session);
const char *weft_test_train_errors(weft_session_t *session);

#ifdef __cplusplus
}
#endif

#endif
