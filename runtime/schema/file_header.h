/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The 64 bytes in front of the FlatBuffer of a `.weft` file (module.fbs), little-endian.
 * Append-only.
 */
#ifndef WEFT_SCHEMA_FILE_HEADER_H
#define WEFT_SCHEMA_FILE_HEADER_H

#include <stdint.h>

#define WEFT_FILE_MAGIC "WEFTMOD\0"
#define WEFT_SCHEMA_VERSION 1

typedef struct weft_file_header_t {
  char magic[8];        /* WEFT_FILE_MAGIC */
  uint32_t version;     /* WEFT_SCHEMA_VERSION of the writer */
  uint32_t header_size; /* 64: where the FlatBuffer begins */
  uint64_t body_size; /* bytes after the header; the file is exactly header_size + body_size long */
  uint64_t hash_low;  /* XXH3-128 (seed 0) of the bytes after the header */
  uint64_t hash_high;
  uint8_t reserved[24]; /* zero */
} weft_file_header_t;

#endif
