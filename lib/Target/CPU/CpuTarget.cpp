// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Processors to compile for: names, features, LLVM's target machine.
#include "weft/Target/CPU/ObjectCode.h"

#include "dialects/Assert.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

#include <mutex>

using namespace mlir;

namespace weft::cpu {
namespace {

/// Features that generated code may use and that a loader can ask the processor for. Others
/// (tuning, system instructions) are none of a kernel's business.
constexpr llvm::StringLiteral kInstructionSets[] = {"adx",
                                                    "aes",
                                                    "avx",
                                                    "avx2",
                                                    "avx512bf16",
                                                    "avx512bitalg",
                                                    "avx512bw",
                                                    "avx512cd",
                                                    "avx512dq",
                                                    "avx512f",
                                                    "avx512fp16",
                                                    "avx512ifma",
                                                    "avx512vbmi",
                                                    "avx512vbmi2",
                                                    "avx512vl",
                                                    "avx512vnni",
                                                    "avx512vpopcntdq",
                                                    "avxvnni",
                                                    "bmi",
                                                    "bmi2",
                                                    "cx16",
                                                    "f16c",
                                                    "fma",
                                                    "gfni",
                                                    "lzcnt",
                                                    "movbe",
                                                    "pclmul",
                                                    "popcnt",
                                                    "sahf",
                                                    "sse3",
                                                    "sse4.1",
                                                    "sse4.2",
                                                    "ssse3",
                                                    "vaes",
                                                    "vpclmulqdq",
                                                    "neon",
                                                    "bf16",
                                                    "dotprod",
                                                    "fullfp16",
                                                    "sve"};

void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
}

/// "+a,-b" of this machine, or nothing: a processor may lack, under a hypervisor, what its model
/// has.
std::string hostFeatures() {
  std::string features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures()) {
    if (!features.empty())
      features += ',';
    features += (feature.second ? "+" : "-") + feature.first().str();
  }
  return features;
}

} // namespace

FailureOr<CpuTarget> CpuTarget::create(llvm::StringRef cpu, std::string &error) {
  initializeTargets();
  CpuTarget result;
  bool native = cpu == "native";
  result.cpu = native ? llvm::sys::getHostCPUName().str() : cpu.str();
  result.featureString = native ? hostFeatures() : "";
  if (cpu == "aarch64")
    result.cpu = "generic";

  const llvm::Target *target = nullptr;
  llvm::Triple triple;
  for (llvm::StringRef name : {"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"}) {
    // "generic" is a name of both.
    if (cpu == "aarch64" && !name.starts_with(cpu))
      continue;
    triple = llvm::Triple(name);
    target = llvm::TargetRegistry::lookupTarget(triple, error);
    if (!target)
      return failure();
    std::unique_ptr<llvm::MCSubtargetInfo> all(target->createMCSubtargetInfo(triple, "", ""));
    if (all && all->isCPUStringValid(result.cpu))
      break;
    target = nullptr;
  }
  if (!target) {
    error = "expected native, x86-64-v2, x86-64-v3, x86-64-v4, aarch64 or a processor that LLVM "
            "knows, got '" +
            cpu.str() + "'";
    return failure();
  }
  result.triple = triple.str();
  std::unique_ptr<llvm::MCSubtargetInfo> processor(
      target->createMCSubtargetInfo(triple, result.cpu, result.featureString));
  for (const llvm::SubtargetFeatureKV &feature : processor->getEnabledProcessorFeatures())
    if (llvm::is_contained(kInstructionSets, llvm::StringRef(feature.Key)))
      result.features.push_back(feature.Key);
  llvm::sort(result.features);

  std::string enabled;
  for (const std::string &feature : result.features)
    enabled += "+" + feature + ",";
  result.traits = CpuTraits::fromFeatures(result.triple, enabled);
  return result;
}

std::unique_ptr<llvm::TargetMachine> CpuTarget::createMachine() const {
  initializeTargets();
  std::string error;
  llvm::Triple parsed(triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(parsed, error);
  WEFT_ASSERT(target && "a CpuTarget has a triple that LLVM knows");
  llvm::TargetOptions options;
  options.FunctionSections = true;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(parsed, cpu, featureString, options, llvm::Reloc::PIC_,
                                  std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

} // namespace weft::cpu
