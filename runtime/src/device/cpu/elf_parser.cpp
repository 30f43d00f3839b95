// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The checks of a CPU image. All arithmetic on numbers from the file is done so that it cannot
// wrap: sizes are compared with what is left, never added first.
#include "device/cpu/elf_image.h"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <optional>

namespace weft::rt {

namespace {

constexpr uint64_t pageSize = 4096;
constexpr uint64_t maxImageSpan = uint64_t{1} << 30;
constexpr size_t maxSegments = 64;

unsigned long long number(uint64_t value) { return value; }

class ElfParser {
public:
  ElfParser(std::span<const uint8_t> bytes, uint16_t machine) : bytes(bytes), machine(machine) {}

  Result<ElfLayout> parse();

private:
  // A struct of the file at an offset; the caller has checked that it is inside.
  template <typename T>
  T read(uint64_t offset) const {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
  }
  bool isInFile(uint64_t offset, uint64_t size) const {
    return offset <= bytes.size() && size <= bytes.size() - offset;
  }

  Status parseHeader();
  Status parseProgramHeaders();
  Status parseSegment(const Elf64_Phdr &header);
  Status checkPages();
  Status parseDynamic();
  Status parseDynamicEntry(const Elf64_Dyn &entry);
  Status parseRela();
  Status parseRelr();
  Status addRelative(uint64_t address, uint64_t addend);
  std::optional<uint64_t> fileOffsetOf(uint64_t address, uint64_t size) const;
  const ElfLayout::Segment *segmentOf(uint64_t address, uint64_t size) const;

  std::span<const uint8_t> bytes;
  uint16_t machine;
  Elf64_Ehdr header{};
  std::optional<Elf64_Phdr> dynamic;
  uint64_t relaAddress = 0, relaSize = 0, relaEntrySize = sizeof(Elf64_Rela);
  uint64_t relrAddress = 0, relrSize = 0, relrEntrySize = sizeof(uint64_t);
  ElfLayout layout;
};

} // namespace

Result<ElfLayout> ElfParser::parse() {
  WEFT_RETURN_IF_ERROR(parseHeader());
  WEFT_RETURN_IF_ERROR(parseProgramHeaders());
  WEFT_RETURN_IF_ERROR(checkPages());
  WEFT_RETURN_IF_ERROR(parseDynamic());
  WEFT_RETURN_IF_ERROR(parseRela());
  WEFT_RETURN_IF_ERROR(parseRelr());
  return std::move(layout);
}

Status ElfParser::parseHeader() {
  if (bytes.size() < sizeof(Elf64_Ehdr))
    return dataLoss("%zu bytes are too few for an ELF header (%zu)", bytes.size(),
                    sizeof(Elf64_Ehdr));
  header = read<Elf64_Ehdr>(0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return dataLoss("no ELF magic at the start");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return dataLoss("expected a 64-bit little-endian ELF file, found class %d, data %d",
                    header.e_ident[EI_CLASS], header.e_ident[EI_DATA]);
  if (header.e_ident[EI_VERSION] != EV_CURRENT || header.e_version != EV_CURRENT)
    return dataLoss("unknown ELF version %u", header.e_version);
  if (header.e_type != ET_DYN)
    return dataLoss("expected a shared object (type %d), found type %d", ET_DYN, header.e_type);
  if (header.e_machine != machine)
    return dataLoss("expected machine %d, found machine %d", machine, header.e_machine);
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    return dataLoss("expected program headers of %zu bytes, found %d", sizeof(Elf64_Phdr),
                    header.e_phentsize);
  if (header.e_phnum == 0 || header.e_phnum > maxSegments)
    return dataLoss("expected 1 to %zu program headers, found %d", maxSegments, header.e_phnum);
  if (!isInFile(header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr)))
    return dataLoss("the program headers at offset %llu do not fit in %zu bytes",
                    number(header.e_phoff), bytes.size());
  return Status();
}

Status ElfParser::parseProgramHeaders() {
  for (size_t i = 0; i < header.e_phnum; ++i) {
    auto program = read<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    std::string place = "program header " + std::to_string(i);
    switch (program.p_type) {
    case PT_LOAD:
      WEFT_RETURN_IF_ERROR(parseSegment(program).withContext(place));
      break;
    case PT_DYNAMIC:
      if (dynamic)
        return dataLoss("%s: a second dynamic section", place.c_str());
      dynamic = program;
      break;
    case PT_TLS:
      return dataLoss("%s: thread-local storage is not allowed", place.c_str());
    case PT_INTERP:
      return dataLoss("%s: an interpreter is not allowed", place.c_str());
    default: // notes, stack and RELRO marks: nothing to load
      break;
    }
  }
  if (layout.segments.empty())
    return dataLoss("there is nothing to load");
  return Status();
}

Status ElfParser::parseSegment(const Elf64_Phdr &program) {
  if (program.p_memsz == 0)
    return Status();
  if (program.p_filesz > program.p_memsz)
    return dataLoss("%llu bytes in the file for %llu in memory", number(program.p_filesz),
                    number(program.p_memsz));
  if (!isInFile(program.p_offset, program.p_filesz))
    return dataLoss("%llu bytes at offset %llu do not fit in %zu bytes", number(program.p_filesz),
                    number(program.p_offset), bytes.size());
  if (program.p_vaddr > maxImageSpan || program.p_memsz > maxImageSpan)
    return dataLoss("%llu bytes at address %llu exceed the limit of %llu", number(program.p_memsz),
                    number(program.p_vaddr), number(maxImageSpan));
  bool writable = program.p_flags & PF_W, executable = program.p_flags & PF_X;
  if (writable && executable)
    return dataLoss("a segment may not be both writable and executable");
  layout.segments.push_back(
      {program.p_vaddr, program.p_offset, program.p_filesz, program.p_memsz, writable, executable});
  return Status();
}

Status ElfParser::checkPages() {
  std::sort(layout.segments.begin(), layout.segments.end(),
            [](const auto &a, const auto &b) { return a.address < b.address; });
  layout.firstPage = layout.segments.front().address & ~(pageSize - 1);
  uint64_t free = layout.firstPage;
  for (const ElfLayout::Segment &segment : layout.segments) {
    if ((segment.address & ~(pageSize - 1)) < free)
      return dataLoss("the segment at address %llu shares a page with the one before",
                      number(segment.address));
    free = (segment.address + segment.memorySize + pageSize - 1) & ~(pageSize - 1);
  }
  layout.endPage = free;
  return Status();
}

const ElfLayout::Segment *ElfParser::segmentOf(uint64_t address, uint64_t size) const {
  for (const ElfLayout::Segment &segment : layout.segments)
    if (address >= segment.address && address - segment.address <= segment.memorySize &&
        size <= segment.memorySize - (address - segment.address))
      return &segment;
  return nullptr;
}

std::optional<uint64_t> ElfParser::fileOffsetOf(uint64_t address, uint64_t size) const {
  const ElfLayout::Segment *segment = segmentOf(address, size);
  if (!segment)
    return std::nullopt;
  uint64_t offset = address - segment->address;
  if (offset > segment->fileSize || size > segment->fileSize - offset)
    return std::nullopt;
  return segment->fileOffset + offset;
}

Status ElfParser::parseDynamic() {
  if (!dynamic)
    return Status();
  if (!isInFile(dynamic->p_offset, dynamic->p_filesz))
    return dataLoss("the dynamic section at offset %llu does not fit in %zu bytes",
                    number(dynamic->p_offset), bytes.size());
  for (uint64_t i = 0; i < dynamic->p_filesz / sizeof(Elf64_Dyn); ++i) {
    auto entry = read<Elf64_Dyn>(dynamic->p_offset + i * sizeof(Elf64_Dyn));
    if (entry.d_tag == DT_NULL)
      return Status();
    WEFT_RETURN_IF_ERROR(
        parseDynamicEntry(entry).withContext("dynamic entry " + std::to_string(i)));
  }
  return dataLoss("the dynamic section has no end mark");
}

Status ElfParser::parseDynamicEntry(const Elf64_Dyn &entry) {
  switch (entry.d_tag) {
  case DT_RELA:
    relaAddress = entry.d_un.d_ptr;
    return Status();
  case DT_RELASZ:
    relaSize = entry.d_un.d_val;
    return Status();
  case DT_RELAENT:
    relaEntrySize = entry.d_un.d_val;
    return Status();
  case DT_RELR:
    relrAddress = entry.d_un.d_ptr;
    return Status();
  case DT_RELRSZ:
    relrSize = entry.d_un.d_val;
    return Status();
  case DT_RELRENT:
    relrEntrySize = entry.d_un.d_val;
    return Status();
  // The symbol table is not used: kernels are found by address.
  case DT_HASH:
  case DT_GNU_HASH:
  case DT_STRTAB:
  case DT_SYMTAB:
  case DT_STRSZ:
  case DT_SYMENT:
  case DT_SONAME:
  case DT_RELACOUNT:
  case DT_DEBUG:
  case DT_SYMBOLIC:
  case DT_FLAGS_1:
    return Status();
  case DT_FLAGS:
    if (entry.d_un.d_val & (DF_TEXTREL | DF_STATIC_TLS))
      return dataLoss("flags %llu: no text relocations and no static TLS are allowed",
                      number(entry.d_un.d_val));
    return Status();
  case DT_NEEDED:
    return dataLoss("the image needs another library");
  case DT_INIT:
  case DT_INIT_ARRAY:
  case DT_PREINIT_ARRAY:
    return dataLoss("the image has constructors");
  case DT_FINI:
  case DT_FINI_ARRAY:
    return dataLoss("the image has destructors");
  case DT_JMPREL:
  case DT_PLTRELSZ:
    return dataLoss("the image imports functions");
  default:
    return dataLoss("tag %lld is not allowed", static_cast<long long>(entry.d_tag));
  }
}

Status ElfParser::parseRela() {
  if (relaSize == 0)
    return Status();
  if (relaEntrySize != sizeof(Elf64_Rela) || relaSize % sizeof(Elf64_Rela) != 0)
    return dataLoss("a relocation table of %llu bytes with entries of %llu: expected %zu",
                    number(relaSize), number(relaEntrySize), sizeof(Elf64_Rela));
  std::optional<uint64_t> offset = fileOffsetOf(relaAddress, relaSize);
  if (!offset)
    return dataLoss("the relocation table at address %llu is not in a segment",
                    number(relaAddress));
  uint32_t relative = machine == EM_AARCH64 ? R_AARCH64_RELATIVE : R_X86_64_RELATIVE;
  for (uint64_t i = 0; i < relaSize / sizeof(Elf64_Rela); ++i) {
    auto entry = read<Elf64_Rela>(*offset + i * sizeof(Elf64_Rela));
    std::string place = "relocation " + std::to_string(i);
    if (ELF64_R_TYPE(entry.r_info) != relative || ELF64_R_SYM(entry.r_info) != 0)
      return dataLoss("%s: type %llu with symbol %llu; only relative ones are allowed",
                      place.c_str(), number(ELF64_R_TYPE(entry.r_info)),
                      number(ELF64_R_SYM(entry.r_info)));
    WEFT_RETURN_IF_ERROR(
        addRelative(entry.r_offset, static_cast<uint64_t>(entry.r_addend)).withContext(place));
  }
  return Status();
}

// Words that are even name a place; odd ones are bitmaps of the 63 places after the last named one.
Status ElfParser::parseRelr() {
  if (relrSize == 0)
    return Status();
  if (relrEntrySize != sizeof(uint64_t) || relrSize % sizeof(uint64_t) != 0)
    return dataLoss("a packed relocation table of %llu bytes with entries of %llu: expected 8",
                    number(relrSize), number(relrEntrySize));
  std::optional<uint64_t> table = fileOffsetOf(relrAddress, relrSize);
  if (!table)
    return dataLoss("the packed relocation table at address %llu is not in a segment",
                    number(relrAddress));
  uint64_t next = 0;
  for (uint64_t i = 0; i < relrSize / sizeof(uint64_t); ++i) {
    uint64_t word = read<uint64_t>(*table + i * sizeof(uint64_t));
    uint64_t mask = word & 1 ? word >> 1 : 1;
    uint64_t address = word & 1 ? next : word;
    if (address > maxImageSpan)
      return dataLoss("packed relocation %llu is out of range", number(i));
    next = address + (word & 1 ? 63 : 1) * sizeof(uint64_t);
    for (; mask != 0; mask >>= 1, address += sizeof(uint64_t)) {
      if (!(mask & 1))
        continue;
      std::optional<uint64_t> place = fileOffsetOf(address, sizeof(uint64_t));
      if (!place)
        return dataLoss("packed relocation %llu: address %llu is not in a segment", number(i),
                        number(address));
      WEFT_RETURN_IF_ERROR(addRelative(address, read<uint64_t>(*place))
                               .withContext("packed relocation " + std::to_string(i)));
    }
  }
  return Status();
}

Status ElfParser::addRelative(uint64_t address, uint64_t addend) {
  const ElfLayout::Segment *segment = segmentOf(address, sizeof(uint64_t));
  if (!segment || !segment->writable)
    return dataLoss("address %llu is not in a writable segment", number(address));
  if (addend < layout.firstPage || addend > layout.endPage)
    return dataLoss("value %llu lies outside the image", number(addend));
  layout.relocations.push_back({address, addend});
  return Status();
}

Result<ElfLayout> parseElfImage(std::span<const uint8_t> bytes, uint16_t machine) {
  return ElfParser(bytes, machine).parse();
}

} // namespace weft::rt
