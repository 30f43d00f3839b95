// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes ELF images byte by byte, so that tests can make any of their fields wrong.
#ifndef WEFT_TEST_RUNTIME_ELF_TESTING_H
#define WEFT_TEST_RUNTIME_ELF_TESTING_H

#include <cstdint>
#include <cstring>
#include <elf.h>

#include <vector>

namespace weft::rt::testing {

// An image of one code page and one data page:
//   code 0x1000: mov eax, 42; ret        data 0x2000: two pointers, relocated; bss after them
// Fields may be changed before `bytes()`.
struct ElfBuilder {
  static constexpr uint64_t codeAddress = 0x1000, dataAddress = 0x2000;

  Elf64_Ehdr header = {};
  std::vector<Elf64_Phdr> programs;
  std::vector<Elf64_Dyn> dynamic;
  std::vector<Elf64_Rela> relocations;
  std::vector<uint64_t> relr;
  uint64_t data[2] = {codeAddress, dataAddress};
  std::vector<uint8_t> code = {0xB8, 42, 0, 0, 0, 0xC3};

  explicit ElfBuilder(bool packed = false) {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = header.e_version = EV_CURRENT;
    header.e_type = ET_DYN;
    header.e_machine = EM_X86_64;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phoff = sizeof(Elf64_Ehdr);
    if (packed) {
      relr = {dataAddress, 3}; // the first pointer, and by bitmap the one after it
    } else {
      relocations = {{dataAddress, ELF64_R_INFO(0, R_X86_64_RELATIVE), int64_t{codeAddress}},
                     {dataAddress + 8, ELF64_R_INFO(0, R_X86_64_RELATIVE), int64_t{dataAddress}}};
    }
    layOut();
  }

  // Computes program headers and the dynamic section from the rest.
  void layOut() {
    uint64_t codeOffset = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr);
    uint64_t codeSize = (code.size() + 7) / 8 * 8;
    uint64_t dataOffset = codeOffset + codeSize;
    uint64_t relaAddress = dataAddress + sizeof(data);
    uint64_t relaSize = relocations.size() * sizeof(Elf64_Rela);
    uint64_t relrAddress = relaAddress + relaSize;
    uint64_t relrSize = relr.size() * sizeof(uint64_t);
    dynamic.clear();
    auto add = [&](int64_t tag, uint64_t value) { dynamic.push_back({tag, {value}}); };
    if (relaSize > 0) {
      add(DT_RELA, relaAddress);
      add(DT_RELASZ, relaSize);
      add(DT_RELAENT, sizeof(Elf64_Rela));
    }
    if (relrSize > 0) {
      add(DT_RELR, relrAddress);
      add(DT_RELRSZ, relrSize);
      add(DT_RELRENT, sizeof(uint64_t));
    }
    add(DT_NULL, 0);
    uint64_t dynamicSize = dynamic.size() * sizeof(Elf64_Dyn);
    uint64_t dynamicOffset = dataOffset + sizeof(data) + relaSize + relrSize;
    uint64_t dataSize = dynamicOffset + dynamicSize - dataOffset;
    programs = {
        {PT_LOAD, PF_R | PF_X, codeOffset, codeAddress, codeAddress, codeSize, codeSize, 4096},
        {PT_LOAD, PF_R | PF_W, dataOffset, dataAddress, dataAddress, dataSize, dataSize + 256,
         4096},
        {PT_DYNAMIC, PF_R | PF_W, dynamicOffset, dataAddress + dynamicOffset - dataOffset, 0,
         dynamicSize, dynamicSize, 8}};
    header.e_phnum = static_cast<uint16_t>(programs.size());
  }

  std::vector<uint8_t> bytes() const {
    std::vector<uint8_t> result;
    auto append = [&](const void *from, size_t size) {
      auto *begin = static_cast<const uint8_t *>(from);
      result.insert(result.end(), begin, begin + size);
    };
    append(&header, sizeof(header));
    append(programs.data(), programs.size() * sizeof(Elf64_Phdr));
    append(code.data(), code.size());
    result.resize((result.size() + 7) / 8 * 8);
    append(data, sizeof(data));
    append(relocations.data(), relocations.size() * sizeof(Elf64_Rela));
    append(relr.data(), relr.size() * sizeof(uint64_t));
    append(dynamic.data(), dynamic.size() * sizeof(Elf64_Dyn));
    return result;
  }
};

} // namespace weft::rt::testing

#endif
