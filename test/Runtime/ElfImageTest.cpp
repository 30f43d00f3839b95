// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loader of CPU images: what it loads runs, what is not as it must be is refused with the
// reason, and no damage to a file makes it crash.
#include "device/cpu/elf_image.h"

#include "ElfTesting.h"
#include "gtest/gtest.h"

#include <functional>
#include <string>

using namespace weft::rt;
using weft::rt::testing::ElfBuilder;

#if defined(__clang__)
[[clang::no_sanitize("function")]]
#endif
static int call(const void *code) {
  return reinterpret_cast<int (*)()>(reinterpret_cast<uintptr_t>(code))();
}

static std::string refusal(const ElfBuilder &builder) {
  auto parsed = parseElfImage(builder.bytes(), EM_X86_64);
  return parsed.ok() ? "accepted" : parsed.status().message();
}

#if defined(__x86_64__)
TEST(ElfImage, RunsCode) {
  for (bool packed : {false, true}) {
    auto image = ElfImage::load(ElfBuilder(packed).bytes(), EM_X86_64);
    ASSERT_TRUE(image.ok()) << image.status().message();
    const void *code = image->code(ElfBuilder::codeAddress);
    ASSERT_NE(code, nullptr);
    EXPECT_EQ(call(code), 42);
    EXPECT_EQ(image->code(ElfBuilder::dataAddress), nullptr);
    EXPECT_EQ(image->code(0), nullptr);
    EXPECT_EQ(image->code(~uint64_t{0}), nullptr);
  }
}

TEST(ElfImage, RelocatesPointers) {
  for (bool packed : {false, true}) {
    auto image = ElfImage::load(ElfBuilder(packed).bytes(), EM_X86_64);
    ASSERT_TRUE(image.ok()) << image.status().message();
    auto *code = static_cast<const uint8_t *>(image->code(ElfBuilder::codeAddress));
    const uint8_t *data = code + (ElfBuilder::dataAddress - ElfBuilder::codeAddress);
    const void *pointers[2];
    std::memcpy(pointers, data, sizeof(pointers));
    EXPECT_EQ(pointers[0], code);
    EXPECT_EQ(pointers[1], data);
  }
}
#endif

TEST(ElfImage, KnowsMachines) {
  EXPECT_EQ(elfMachineOfTriple("x86_64-unknown-linux-gnu"), EM_X86_64);
  EXPECT_EQ(elfMachineOfTriple("aarch64-unknown-linux-gnu"), EM_AARCH64);
  EXPECT_EQ(elfMachineOfTriple("riscv64-unknown-linux-gnu"), 0);
}

struct ElfCase {
  const char *name;
  std::function<void(ElfBuilder &)> change;
  const char *message;
};

static void addDynamic(ElfBuilder &elf, int64_t tag, uint64_t value) {
  elf.dynamic.insert(elf.dynamic.begin(), {tag, {value}});
  for (Elf64_Phdr &program : elf.programs)
    if (program.p_type == PT_DYNAMIC)
      program.p_filesz += sizeof(Elf64_Dyn);
  elf.programs[1].p_filesz += sizeof(Elf64_Dyn);
}

class ElfRefusal : public ::testing::TestWithParam<ElfCase> {};

TEST_P(ElfRefusal, NamesTheReason) {
  ElfBuilder builder;
  ASSERT_EQ(refusal(builder), "accepted");
  GetParam().change(builder);
  EXPECT_NE(refusal(builder).find(GetParam().message), std::string::npos) << refusal(builder);
}

static const ElfCase elfCases[] = {
    {"Magic", [](ElfBuilder &e) { e.header.e_ident[1] = 'x'; }, "no ELF magic"},
    {"Class", [](ElfBuilder &e) { e.header.e_ident[EI_CLASS] = ELFCLASS32; }, "64-bit"},
    {"Endianness", [](ElfBuilder &e) { e.header.e_ident[EI_DATA] = ELFDATA2MSB; }, "little-endian"},
    {"Version", [](ElfBuilder &e) { e.header.e_version = 9; }, "unknown ELF version 9"},
    {"Type", [](ElfBuilder &e) { e.header.e_type = ET_EXEC; }, "expected a shared object"},
    {"Machine", [](ElfBuilder &e) { e.header.e_machine = EM_AARCH64; }, "found machine 183"},
    {"HeaderSize", [](ElfBuilder &e) { e.header.e_phentsize = 32; }, "program headers of 56 bytes"},
    {"HeaderCount", [](ElfBuilder &e) { e.header.e_phnum = 0; }, "found 0"},
    {"HeaderOffset", [](ElfBuilder &e) { e.header.e_phoff = ~uint64_t{7}; }, "do not fit"},
    {"FileSize", [](ElfBuilder &e) { e.programs[0].p_filesz = 1u << 20; }, "in the file for"},
    {"FileOffset", [](ElfBuilder &e) { e.programs[0].p_offset = ~uint64_t{0}; }, "do not fit"},
    {"Address", [](ElfBuilder &e) { e.programs[0].p_vaddr = ~uint64_t{4095}; }, "exceed the limit"},
    {"MemorySize", [](ElfBuilder &e) { e.programs[1].p_memsz = ~uint64_t{0}; }, "exceed the limit"},
    {"WritableCode", [](ElfBuilder &e) { e.programs[0].p_flags |= PF_W; },
     "both writable and executable"},
    {"SharedPage", [](ElfBuilder &e) { e.programs[1].p_vaddr = 0x1800; }, "shares a page"},
    {"Tls", [](ElfBuilder &e) { e.programs[2].p_type = PT_TLS; }, "thread-local"},
    {"Interpreter", [](ElfBuilder &e) { e.programs[2].p_type = PT_INTERP; }, "interpreter"},
    {"TwoDynamics", [](ElfBuilder &e) { e.programs[0].p_type = PT_DYNAMIC; }, "second dynamic"},
    {"DynamicOffset", [](ElfBuilder &e) { e.programs[2].p_offset = 1u << 30; }, "does not fit"},
    {"DynamicEnd", [](ElfBuilder &e) { e.dynamic.back().d_tag = DT_DEBUG; }, "no end mark"},
    {"Needed", [](ElfBuilder &e) { addDynamic(e, DT_NEEDED, 1); }, "needs another library"},
    {"Constructor", [](ElfBuilder &e) { addDynamic(e, DT_INIT, 1); }, "constructors"},
    {"Constructors", [](ElfBuilder &e) { addDynamic(e, DT_INIT_ARRAY, 1); }, "constructors"},
    {"Destructors", [](ElfBuilder &e) { addDynamic(e, DT_FINI_ARRAY, 1); }, "destructors"},
    {"Imports", [](ElfBuilder &e) { addDynamic(e, DT_JMPREL, 1); }, "imports functions"},
    {"TextRelocations", [](ElfBuilder &e) { addDynamic(e, DT_FLAGS, DF_TEXTREL); },
     "no text relocations"},
    {"UnknownTag", [](ElfBuilder &e) { addDynamic(e, 0x60000099, 1); }, "is not allowed"},
    {"RelaSize", [](ElfBuilder &e) { e.dynamic[1].d_un.d_val = 25; },
     "relocation table of 25 bytes"},
    {"RelaEntry", [](ElfBuilder &e) { e.dynamic[2].d_un.d_val = 16; }, "with entries of 16"},
    {"RelaAddress", [](ElfBuilder &e) { e.dynamic[0].d_un.d_val = ~uint64_t{7}; },
     "not in a segment"},
    {"Symbol", [](ElfBuilder &e) { e.relocations[1].r_info = ELF64_R_INFO(1, R_X86_64_GLOB_DAT); },
     "relocation 1: type 6 with symbol 1"},
    {"RelocatedCode", [](ElfBuilder &e) { e.relocations[0].r_offset = 0x1000; },
     "not in a writable segment"},
    {"RelocatedNowhere", [](ElfBuilder &e) { e.relocations[0].r_offset = ~uint64_t{3}; },
     "not in a writable segment"},
    {"RelocatedBeyond", [](ElfBuilder &e) { e.relocations[0].r_addend = 0x9000; },
     "lies outside the image"},
    {"NoSegment", [](ElfBuilder &e) { e.programs[0].p_type = e.programs[1].p_type = PT_NOTE; },
     "nothing to load"},
};
INSTANTIATE_TEST_SUITE_P(, ElfRefusal, ::testing::ValuesIn(elfCases),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(ElfImage, RefusesPackedRelocationsOutside) {
  ElfBuilder builder(/*packed=*/true);
  builder.relr[0] = 0x900000;
  EXPECT_NE(refusal(builder).find("packed relocation 0"), std::string::npos) << refusal(builder);
  builder.relr[0] = ~uint64_t{1};
  EXPECT_NE(refusal(builder).find("out of range"), std::string::npos) << refusal(builder);
}

TEST(ElfImage, SurvivesTruncation) {
  std::vector<uint8_t> bytes = ElfBuilder().bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + size);
    EXPECT_FALSE(parseElfImage(cut, EM_X86_64).ok()) << size;
  }
}

TEST(ElfImage, SurvivesBitFlips) {
  for (bool packed : {false, true}) {
    std::vector<uint8_t> bytes = ElfBuilder(packed).bytes();
    int loaded = 0;
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::vector<uint8_t> flipped = bytes;
      flipped[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
      loaded += ElfImage::load(flipped, EM_X86_64).ok();
    }
    EXPECT_GT(loaded, 0);
  }
}
