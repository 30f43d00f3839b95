/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The version of the headers. weft_version() is that of the library.
 */
#ifndef WEFT_VERSION_H
#define WEFT_VERSION_H

#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0
#define WEFT_VERSION_STRING "0.1.0"

#endif /* WEFT_VERSION_H */
