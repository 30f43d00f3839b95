// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The hook through which all tensor memory is taken (arenas, staging, scratch), and a buffer that
// owns memory from it. Bookkeeping uses operator new.
#ifndef WEFT_RUNTIME_BASE_ALLOCATOR_H
#define WEFT_RUNTIME_BASE_ALLOCATOR_H

#include "base/status.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weft::rt {

// Alignment of every buffer: a cache line, a 512-bit vector.
inline constexpr size_t bufferAlignment = 64;

// The layout of weft_allocator_t of the C API. Both functions may be called from any thread.
struct Allocator {
  void *self = nullptr;
  // Returns memory aligned to `alignment` (a power of two), or null.
  void *(*allocate)(void *self, size_t size, size_t alignment) = nullptr;
  // Takes back what `allocate` returned, with the same size and alignment.
  void (*release)(void *self, void *memory, size_t size, size_t alignment) = nullptr;
};

// aligned_alloc and free.
const Allocator &systemAllocator();

// Zeroed memory that is aligned to bufferAlignment and returned on destruction. Movable.
class AlignedBuffer {
public:
  AlignedBuffer() = default;
  AlignedBuffer(AlignedBuffer &&other) noexcept { swap(other); }
  AlignedBuffer &operator=(AlignedBuffer &&other) noexcept {
    AlignedBuffer(std::move(other)).swap(*this);
    return *this;
  }
  ~AlignedBuffer();

  // resourceExhausted when the allocator has no memory.
  static Result<AlignedBuffer> create(size_t size, const Allocator &allocator = systemAllocator());

  uint8_t *data() { return memory; }
  const uint8_t *data() const { return memory; }
  size_t size() const { return byteCount; }
  bool empty() const { return byteCount == 0; }
  std::span<uint8_t> bytes() { return {memory, byteCount}; }
  std::span<const uint8_t> bytes() const { return {memory, byteCount}; }
  template <typename T>
  T *as() {
    return reinterpret_cast<T *>(memory);
  }
  void swap(AlignedBuffer &other) noexcept;

private:
  uint8_t *memory = nullptr;
  size_t byteCount = 0;
  size_t capacity = 0;
  Allocator owner;
};

} // namespace weft::rt

#endif
