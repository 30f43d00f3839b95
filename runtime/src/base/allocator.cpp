// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The system's allocator behind the hook, and the buffer that owns memory from any allocator.
#include "base/allocator.h"

#include <cstdlib>
#include <cstring>
#include <limits>

namespace weft::rt {

static void *allocateSystem(void *, size_t size, size_t alignment) {
  return std::aligned_alloc(alignment, size);
}

static void releaseSystem(void *, void *memory, size_t, size_t) { std::free(memory); }

const Allocator &systemAllocator() {
  static const Allocator allocator{nullptr, allocateSystem, releaseSystem};
  return allocator;
}

Result<AlignedBuffer> AlignedBuffer::create(size_t size, const Allocator &allocator) {
  AlignedBuffer buffer;
  if (size == 0)
    return buffer;
  if (size > std::numeric_limits<size_t>::max() / 2)
    return resourceExhausted("a buffer of %zu bytes is too large", size);
  buffer.owner = allocator;
  buffer.capacity = (size + bufferAlignment - 1) / bufferAlignment * bufferAlignment;
  buffer.memory =
      static_cast<uint8_t *>(allocator.allocate(allocator.self, buffer.capacity, bufferAlignment));
  if (!buffer.memory)
    return resourceExhausted("out of memory: %zu bytes were asked for", size);
  if (reinterpret_cast<uintptr_t>(buffer.memory) % bufferAlignment != 0)
    return invalidArgument("the allocator returned memory that is not aligned to %zu bytes",
                           bufferAlignment);
  buffer.byteCount = size;
  std::memset(buffer.memory, 0, buffer.capacity);
  return buffer;
}

AlignedBuffer::~AlignedBuffer() {
  if (memory)
    owner.release(owner.self, memory, capacity, bufferAlignment);
}

void AlignedBuffer::swap(AlignedBuffer &other) noexcept {
  std::swap(memory, other.memory);
  std::swap(byteCount, other.byteCount);
  std::swap(capacity, other.capacity);
  std::swap(owner, other.owner);
}

} // namespace weft::rt
