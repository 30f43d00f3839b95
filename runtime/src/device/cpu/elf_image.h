// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loader of CPU images: freestanding ELF64 shared objects without imports, with relative
// relocations only and without constructors. The bytes are not trusted to be well formed: every
// offset, size and address is checked before it is used.
#ifndef WEFT_RUNTIME_DEVICE_CPU_ELF_IMAGE_H
#define WEFT_RUNTIME_DEVICE_CPU_ELF_IMAGE_H

#include "base/status.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weft::rt {

// What an image asks for, in addresses before relocation; the result of checking it.
struct ElfLayout {
  struct Segment {
    uint64_t address, fileOffset, fileSize, memorySize;
    bool writable, executable;
  };
  // Stores base + addend at base + address.
  struct Relocation {
    uint64_t address, addend;
  };
  std::vector<Segment> segments; // by address; no page belongs to two
  std::vector<Relocation> relocations;
  uint64_t firstPage = 0; // page-aligned range that the segments lie in
  uint64_t endPage = 0;

  // True if code begins at `address`.
  bool isExecutable(uint64_t address) const;
};

// ELF's number for the machine of a target triple, or 0 if Weft has no code for it.
uint16_t elfMachineOfTriple(const std::string &triple);
// The machine that this runtime was built for.
uint16_t elfMachineOfHost();

// Checks an image completely. dataLoss for anything that is not as it must be.
Result<ElfLayout> parseElfImage(std::span<const uint8_t> bytes, uint16_t machine);

// An image in memory, relocated; no page of it is both writable and executable. Movable.
class ElfImage {
public:
  ElfImage() = default;
  ElfImage(ElfImage &&other) noexcept { swap(other); }
  ElfImage &operator=(ElfImage &&other) noexcept {
    ElfImage(std::move(other)).swap(*this);
    return *this;
  }
  ~ElfImage();

  static Result<ElfImage> load(std::span<const uint8_t> bytes, uint16_t machine);

  // The code at an address of the image; null if no code begins there.
  const void *code(uint64_t address) const;
  void swap(ElfImage &other) noexcept;

private:
  Status protect() const;

  ElfLayout layout;
  uint8_t *memory = nullptr; // where layout.firstPage lies
};

} // namespace weft::rt

#endif
