// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A table of LLVM's x86 feature names and the cpuid bits that stand for them (Intel SDM volume 2A,
// CPUID; AMD APM volume 3, appendix E). A feature with wide registers also needs the operating
// system to save them (XCR0). On aarch64 the operating system is asked.
#include "device/cpu/cpu_features.h"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace weft::rt {

#if defined(__x86_64__)

namespace {
enum Register : uint8_t { eax, ebx, ecx, edx };
enum SavedState : uint8_t { none, avx, avx512, amx };

struct Feature {
  const char *name;
  uint32_t leaf, subleaf;
  Register where;
  uint8_t bit;
  SavedState state;
};

struct Answer {
  uint32_t registers[4] = {};
};
} // namespace

// clang-format off
static constexpr Feature featureTable[] = {
    {"x87", 1, 0, edx, 0, none},          {"cx8", 1, 0, edx, 8, none},
    {"cmov", 1, 0, edx, 15, none},        {"mmx", 1, 0, edx, 23, none},
    {"fxsr", 1, 0, edx, 24, none},        {"sse", 1, 0, edx, 25, none},
    {"sse2", 1, 0, edx, 26, none},
    {"sse3", 1, 0, ecx, 0, none},         {"pclmul", 1, 0, ecx, 1, none},
    {"ssse3", 1, 0, ecx, 9, none},        {"fma", 1, 0, ecx, 12, avx},
    {"cx16", 1, 0, ecx, 13, none},        {"sse4.1", 1, 0, ecx, 19, none},
    {"sse4.2", 1, 0, ecx, 20, none},      {"crc32", 1, 0, ecx, 20, none},
    {"movbe", 1, 0, ecx, 22, none},       {"popcnt", 1, 0, ecx, 23, none},
    {"aes", 1, 0, ecx, 25, none},         {"xsave", 1, 0, ecx, 27, none},
    {"avx", 1, 0, ecx, 28, avx},          {"f16c", 1, 0, ecx, 29, avx},
    {"rdrnd", 1, 0, ecx, 30, none},
    {"64bit", 0x80000001, 0, edx, 29, none},  {"sahf", 0x80000001, 0, ecx, 0, none},
    {"lzcnt", 0x80000001, 0, ecx, 5, none},   {"sse4a", 0x80000001, 0, ecx, 6, none},
    {"prfchw", 0x80000001, 0, ecx, 8, none},  {"xop", 0x80000001, 0, ecx, 11, avx},
    {"lwp", 0x80000001, 0, ecx, 15, none},    {"fma4", 0x80000001, 0, ecx, 16, avx},
    {"tbm", 0x80000001, 0, ecx, 21, none},    {"mwaitx", 0x80000001, 0, ecx, 29, none},
    {"clzero", 0x80000008, 0, ebx, 0, none},  {"rdpru", 0x80000008, 0, ebx, 4, none},
    {"wbnoinvd", 0x80000008, 0, ebx, 9, none},
    {"fsgsbase", 7, 0, ebx, 0, none},     {"bmi", 7, 0, ebx, 3, none},
    {"avx2", 7, 0, ebx, 5, avx},          {"bmi2", 7, 0, ebx, 8, none},
    {"invpcid", 7, 0, ebx, 10, none},     {"rtm", 7, 0, ebx, 11, none},
    {"avx512f", 7, 0, ebx, 16, avx512},   {"evex512", 7, 0, ebx, 16, avx512},
    {"avx512dq", 7, 0, ebx, 17, avx512},  {"rdseed", 7, 0, ebx, 18, none},
    {"adx", 7, 0, ebx, 19, none},         {"avx512ifma", 7, 0, ebx, 21, avx512},
    {"clflushopt", 7, 0, ebx, 23, none},  {"clwb", 7, 0, ebx, 24, none},
    {"avx512cd", 7, 0, ebx, 28, avx512},  {"sha", 7, 0, ebx, 29, none},
    {"avx512bw", 7, 0, ebx, 30, avx512},  {"avx512vl", 7, 0, ebx, 31, avx512},
    {"avx512vbmi", 7, 0, ecx, 1, avx512}, {"pku", 7, 0, ecx, 4, none},
    {"waitpkg", 7, 0, ecx, 5, none},      {"avx512vbmi2", 7, 0, ecx, 6, avx512},
    {"shstk", 7, 0, ecx, 7, none},        {"gfni", 7, 0, ecx, 8, none},
    {"vaes", 7, 0, ecx, 9, avx},          {"vpclmulqdq", 7, 0, ecx, 10, avx},
    {"avx512vnni", 7, 0, ecx, 11, avx512}, {"avx512bitalg", 7, 0, ecx, 12, avx512},
    {"avx512vpopcntdq", 7, 0, ecx, 14, avx512}, {"rdpid", 7, 0, ecx, 22, none},
    {"cldemote", 7, 0, ecx, 25, none},    {"movdiri", 7, 0, ecx, 27, none},
    {"movdir64b", 7, 0, ecx, 28, none},   {"enqcmd", 7, 0, ecx, 29, none},
    {"uintr", 7, 0, edx, 5, none},        {"avx512vp2intersect", 7, 0, edx, 8, avx512},
    {"serialize", 7, 0, edx, 14, none},   {"tsxldtrk", 7, 0, edx, 16, none},
    {"amx-bf16", 7, 0, edx, 22, amx},     {"avx512fp16", 7, 0, edx, 23, avx512},
    {"amx-tile", 7, 0, edx, 24, amx},     {"amx-int8", 7, 0, edx, 25, amx},
    {"avxvnni", 7, 1, eax, 4, avx},       {"avx512bf16", 7, 1, eax, 5, avx512},
    {"cmpccxadd", 7, 1, eax, 7, none},    {"amx-fp16", 7, 1, eax, 21, amx},
    {"avxifma", 7, 1, eax, 23, avx},      {"avxvnniint8", 7, 1, edx, 4, avx},
    {"avxneconvert", 7, 1, edx, 5, avx},  {"amx-complex", 7, 1, edx, 8, amx},
    {"avxvnniint16", 7, 1, edx, 10, avx}, {"prefetchi", 7, 1, edx, 14, none},
    {"xsaveopt", 0xD, 1, eax, 0, none},   {"xsavec", 0xD, 1, eax, 1, none},
    {"xsaves", 0xD, 1, eax, 3, none},     {"ptwrite", 0x14, 0, ebx, 4, none},
};
// clang-format on

static Answer askProcessor(uint32_t leaf, uint32_t subleaf) {
  Answer answer;
  uint32_t *r = answer.registers;
  if (__get_cpuid_max(leaf & 0x80000000, nullptr) < leaf)
    return answer;
  // Subleaves of 7 beyond the number in eax of subleaf 0 have no meaning.
  if (leaf == 7 && subleaf > 0 && askProcessor(7, 0).registers[eax] < subleaf)
    return answer;
  __cpuid_count(leaf, subleaf, r[eax], r[ebx], r[ecx], r[edx]);
  return answer;
}

// The register files that the operating system saves.
static uint64_t savedStates() {
  constexpr uint32_t osxsave = 1u << 27;
  if (!(askProcessor(1, 0).registers[ecx] & osxsave))
    return 0;
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t{high} << 32) | low;
}

static bool isSaved(SavedState state) {
  constexpr uint64_t masks[] = {0, 0x6, 0xE6, 0x60000};
  uint64_t mask = masks[state];
  return mask == 0 || (savedStates() & mask) == mask;
}

bool hasCpuFeature(std::string_view name) {
  for (const Feature &feature : featureTable)
    if (name == feature.name)
      return ((askProcessor(feature.leaf, feature.subleaf).registers[feature.where] >>
               feature.bit) &
              1) != 0 &&
             isSaved(feature.state);
  return false;
}

#elif defined(__aarch64__)

// Linux says in the auxiliary vector what kernel and processor both have.
bool hasCpuFeature(std::string_view name) {
  constexpr unsigned long asimd = 1 << 1, halfPrecision = 1 << 10, dotProduct = 1 << 20,
                          scalableVectors = 1 << 22, brainFloats = 1 << 14;
  if (name == "neon" || name == "fp-armv8")
    return ::getauxval(AT_HWCAP) & asimd;
  if (name == "fullfp16")
    return ::getauxval(AT_HWCAP) & halfPrecision;
  if (name == "dotprod")
    return ::getauxval(AT_HWCAP) & dotProduct;
  if (name == "sve")
    return ::getauxval(AT_HWCAP) & scalableVectors;
  if (name == "bf16")
    return ::getauxval(AT_HWCAP2) & brainFloats;
  return false;
}

#else

bool hasCpuFeature(std::string_view) { return false; }

#endif

} // namespace weft::rt
