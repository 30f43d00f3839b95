// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Puts a checked image into memory: anonymous pages, copied, relocated, then protected.
#include "device/cpu/elf_image.h"

#include <cstring>
#include <elf.h>
#include <sys/mman.h>
#include <utility>

namespace weft::rt {

uint16_t elfMachineOfTriple(const std::string &triple) {
  std::string architecture = triple.substr(0, triple.find('-'));
  if (architecture == "x86_64")
    return EM_X86_64;
  if (architecture == "aarch64")
    return EM_AARCH64;
  return 0;
}

uint16_t elfMachineOfHost() {
#if defined(__x86_64__)
  return EM_X86_64;
#elif defined(__aarch64__)
  return EM_AARCH64;
#else
  return 0;
#endif
}

bool ElfLayout::isExecutable(uint64_t address) const {
  for (const Segment &segment : segments)
    if (address >= segment.address && address - segment.address < segment.fileSize)
      return segment.executable;
  return false;
}

ElfImage::~ElfImage() {
  if (memory)
    ::munmap(memory, layout.endPage - layout.firstPage);
}

void ElfImage::swap(ElfImage &other) noexcept {
  std::swap(layout, other.layout);
  std::swap(memory, other.memory);
}

Result<ElfImage> ElfImage::load(std::span<const uint8_t> bytes, uint16_t machine) {
  WEFT_ASSIGN_OR_RETURN(ElfLayout layout, parseElfImage(bytes, machine));
  size_t size = layout.endPage - layout.firstPage;
  void *pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return fromErrno("cannot map %zu bytes for code", size);
  ElfImage image;
  image.layout = std::move(layout);
  image.memory = static_cast<uint8_t *>(pages);
  uint64_t first = image.layout.firstPage;
  for (const ElfLayout::Segment &segment : image.layout.segments)
    std::memcpy(image.memory + (segment.address - first), bytes.data() + segment.fileOffset,
                segment.fileSize);
  uint64_t base = reinterpret_cast<uint64_t>(image.memory) - first;
  for (const ElfLayout::Relocation &relocation : image.layout.relocations) {
    uint64_t value = base + relocation.addend;
    std::memcpy(image.memory + (relocation.address - first), &value, sizeof(value));
  }
  WEFT_RETURN_IF_ERROR(image.protect());
  return image;
}

Status ElfImage::protect() const {
  auto *begin = reinterpret_cast<char *>(memory);
  __builtin___clear_cache(begin, begin + (layout.endPage - layout.firstPage));
  if (::mprotect(memory, layout.endPage - layout.firstPage, PROT_NONE) != 0)
    return fromErrno("cannot protect the pages of an image");
  for (const ElfLayout::Segment &segment : layout.segments) {
    uint64_t pageMask = ~uint64_t{4095};
    uint64_t start = segment.address & pageMask;
    uint64_t end = (segment.address + segment.memorySize + 4095) & pageMask;
    int protection =
        PROT_READ | (segment.writable ? PROT_WRITE : 0) | (segment.executable ? PROT_EXEC : 0);
    if (::mprotect(memory + (start - layout.firstPage), end - start, protection) != 0)
      return fromErrno("cannot protect a segment of an image");
  }
  return Status();
}

const void *ElfImage::code(uint64_t address) const {
  return layout.isExecutable(address) ? memory + (address - layout.firstPage) : nullptr;
}

} // namespace weft::rt
