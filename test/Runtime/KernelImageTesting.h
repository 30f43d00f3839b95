// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiled kernels.c as bytes, and the addresses of its kernels.
#ifndef WEFT_TEST_RUNTIME_KERNEL_IMAGE_TESTING_H
#define WEFT_TEST_RUNTIME_KERNEL_IMAGE_TESTING_H

#include "TestKernels.h"
#include "base/file.h"

#include <cstdint>
#include <cstring>
#include <elf.h>
#include <string>
#include <string_view>
#include <vector>

namespace weft::rt::testing {

// kernels.c as the build linked it. Empty if the file is missing.
inline const std::string &kernelImage() {
  static const std::string image = [] {
    auto contents = readFile(WEFT_TEST_KERNELS);
    return contents.ok() ? contents.take() : std::string();
  }();
  return image;
}

// The address of a function of the image, from its symbol table; 0 if there is none.
inline uint64_t kernelAddress(std::string_view name) {
  const std::string &image = kernelImage();
  Elf64_Ehdr header;
  std::memcpy(&header, image.data(), sizeof(header));
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  std::memcpy(sections.data(), image.data() + header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr));
  for (const Elf64_Shdr &section : sections) {
    if (section.sh_type != SHT_DYNSYM)
      continue;
    for (uint64_t i = 0; i < section.sh_size / sizeof(Elf64_Sym); ++i) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, image.data() + section.sh_offset + i * sizeof(symbol), sizeof(symbol));
      if (name == image.data() + sections[section.sh_link].sh_offset + symbol.st_name)
        return symbol.st_value;
    }
  }
  return 0;
}

inline constexpr const char *hostTriple =
#if defined(__aarch64__)
    "aarch64-unknown-linux-gnu";
#else
    "x86_64-unknown-linux-gnu";
#endif

} // namespace weft::rt::testing

#endif
