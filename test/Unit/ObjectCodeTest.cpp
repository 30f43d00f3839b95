// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Processors and images: what is accepted, what an image holds, what it must not need.
#include "weft/Target/CPU/ObjectCode.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/BinaryFormat/ELF.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace mlir;
using namespace weft::cpu;

namespace {

class ObjectCode : public testing::Test {
protected:
  ObjectCode() {
    context.loadDialect<LLVM::LLVMDialect>();
    registerBuiltinDialectTranslation(context);
    registerLLVMDialectTranslation(context);
  }

  CpuTarget target(const char *cpu) {
    std::string error;
    FailureOr<CpuTarget> created = CpuTarget::create(cpu, error);
    EXPECT_TRUE(succeeded(created)) << error;
    return *created;
  }

  FailureOr<Image> compile(const char *text, const CpuTarget &target,
                           ArrayRef<std::string> entries) {
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    auto module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return failure();
    return compileToImage(*module, target, entries);
  }

  static llvm::ELF::Elf64_Ehdr headerOf(const Image &image) {
    llvm::ELF::Elf64_Ehdr header;
    std::memcpy(&header, image.bytes.data(), sizeof(header));
    return header;
  }

  MLIRContext context;
  std::string message;
};

TEST_F(ObjectCode, FeaturesFollowTheProcessor) {
  CpuTarget v2 = target("x86-64-v2"), v3 = target("x86-64-v3"), v4 = target("x86-64-v4");
  auto has = [](const CpuTarget &cpu, const char *feature) {
    return llvm::is_contained(cpu.getFeatures(), feature);
  };
  EXPECT_TRUE(has(v2, "sse4.2") && !has(v2, "avx"));
  EXPECT_TRUE(has(v3, "avx2") && has(v3, "fma") && !has(v3, "avx512f"));
  EXPECT_TRUE(has(v4, "avx512f") && has(v4, "avx512vl") && !has(v4, "avx512bf16"));
  EXPECT_EQ(v2.getTraits().vectorBytes, 16);
  EXPECT_EQ(v3.getTraits().vectorBytes, 32);
  EXPECT_EQ(v4.getTraits().vectorBytes, 64);
  EXPECT_TRUE(target("znver4").getTraits().hasAvx512Bf16);
  EXPECT_NE(target("native").getCpu(), "native");
}

TEST_F(ObjectCode, UnknownProcessorsAreNamed) {
  std::string error;
  EXPECT_TRUE(failed(CpuTarget::create("pentium-nine", error)));
  EXPECT_NE(error.find("x86-64-v3"), std::string::npos) << error;
  EXPECT_NE(error.find("'pentium-nine'"), std::string::npos) << error;
}

constexpr const char *kTwoEntries = R"(
  llvm.func @first(%x: i64) -> i64 { %y = llvm.call @helper(%x) : (i64) -> i64 llvm.return %y : i64 }
  llvm.func @second(%x: i64) -> i64 { %y = llvm.call @helper(%x) : (i64) -> i64 llvm.return %y : i64 }
  llvm.func @helper(%x: i64) -> i64 attributes {passthrough = ["noinline"]} {
    %y = llvm.mul %x, %x : i64
    llvm.return %y : i64
  })";

TEST_F(ObjectCode, EntriesAreDistinctAddresses) {
  FailureOr<Image> image = compile(kTwoEntries, target("x86-64-v3"), {"first", "second"});
  ASSERT_TRUE(succeeded(image)) << message;
  ASSERT_EQ(image->entries.size(), 2u);
  EXPECT_NE(image->entries[0], image->entries[1]);
  llvm::ELF::Elf64_Ehdr header = headerOf(*image);
  EXPECT_TRUE(header.checkMagic());
  EXPECT_EQ(header.e_type, llvm::ELF::ET_DYN);
  EXPECT_EQ(header.e_machine, llvm::ELF::EM_X86_64);
}

TEST_F(ObjectCode, CrossCompilesForAarch64) {
  CpuTarget aarch64 = target("aarch64");
  EXPECT_EQ(aarch64.getTriple(), "aarch64-unknown-linux-gnu");
  EXPECT_EQ(target("neoverse-n1").getTriple(), aarch64.getTriple());
  FailureOr<Image> image = compile(kTwoEntries, aarch64, {"first", "second"});
  ASSERT_TRUE(succeeded(image)) << message;
  EXPECT_EQ(headerOf(*image).e_machine, llvm::ELF::EM_AARCH64);
}

TEST_F(ObjectCode, ImportsAreErrors) {
  FailureOr<Image> image = compile(R"(
    llvm.func @expf(f32) -> f32
    llvm.func @kernel(%x: f32) -> f32 { %y = llvm.call @expf(%x) : (f32) -> f32 llvm.return %y : f32 }
  )",
                                   target("x86-64-v3"), {"kernel"});
  EXPECT_TRUE(failed(image));
  EXPECT_NE(message.find("'expf'"), std::string::npos) << message;
}

// What LLVM may call by itself is in the image.
TEST_F(ObjectCode, MemoryFunctionsAreDefined) {
  FailureOr<Image> image = compile(R"(
    llvm.func @kernel(%to: !llvm.ptr, %from: !llvm.ptr, %size: i64) {
      %zero = llvm.mlir.constant(0 : i8) : i8
      "llvm.intr.memcpy"(%to, %from, %size) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
      "llvm.intr.memmove"(%from, %to, %size) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
      "llvm.intr.memset"(%to, %zero, %size) <{isVolatile = false}> : (!llvm.ptr, i8, i64) -> ()
      llvm.return
    })",
                                   target("x86-64-v3"), {"kernel"});
  ASSERT_TRUE(succeeded(image)) << message;
}

} // namespace
