// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler's own assertions. They have a switch of their own, because NDEBUG belongs to LLVM:
// it decides the layout of types in LLVM's headers, so it must be as it was when LLVM was built.
#ifndef WEFT_DIALECTS_ASSERT_H
#define WEFT_DIALECTS_ASSERT_H

#ifdef WEFT_ENABLE_ASSERTIONS
#include <cstdio>
#include <cstdlib>

// An invariant: what no input can break. Ends the program where it does not hold.
#define WEFT_ASSERT(condition)                                                                     \
  ((condition)                                                                                     \
       ? void()                                                                                    \
       : (std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition),   \
          std::abort()))
#else
#define WEFT_ASSERT(condition) (void(sizeof((condition) ? 1 : 0)))
#endif

#endif
