// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs lld in process and checks that its output is what the runtime's loader accepts.
#include "ImageLinker.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

using namespace mlir;
using llvm::object::ELF64LEObjectFile;

namespace weft::cpu {
namespace {

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

FailureOr<ELF64LEObjectFile> parseElf(llvm::ArrayRef<char> bytes, EmitError emitError) {
  llvm::MemoryBufferRef buffer(llvm::StringRef(bytes.data(), bytes.size()), "image");
  llvm::Expected<ELF64LEObjectFile> file = ELF64LEObjectFile::create(buffer);
  if (!file)
    return emitError() << "expected an ELF file: " << llvm::toString(file.takeError());
  return std::move(*file);
}

/// What the files define, and what they refer to beyond that.
struct Symbols {
  llvm::StringSet<> defined;
  std::vector<std::string> wanted;

  LogicalResult add(const ELF64LEObjectFile &object, EmitError emitError) {
    for (const llvm::object::SymbolRef &symbol : object.symbols()) {
      llvm::Expected<uint32_t> flags = symbol.getFlags();
      llvm::Expected<llvm::StringRef> name = symbol.getName();
      if (!flags || !name)
        return emitError() << "the symbol table of an object file cannot be read";
      if (name->empty() || *name == "_GLOBAL_OFFSET_TABLE_")
        continue;
      if (*flags & llvm::object::SymbolRef::SF_Undefined)
        wanted.push_back(name->str());
      else
        defined.insert(*name);
    }
    return success();
  }
};

FailureOr<Symbols> collectSymbols(ArrayRef<ObjectFile> objects, EmitError emitError) {
  Symbols symbols;
  for (const ObjectFile &object : objects) {
    FailureOr<ELF64LEObjectFile> file = parseElf(object, emitError);
    if (failed(file) || failed(symbols.add(*file, emitError)))
      return failure();
  }
  return symbols;
}

/// Kernels run without a C library, so whatever is undefined has no definition anywhere.
LogicalResult checkNoImports(ArrayRef<ObjectFile> objects, EmitError emitError) {
  FailureOr<Symbols> symbols = collectSymbols(objects, emitError);
  if (failed(symbols))
    return failure();
  for (const std::string &name : symbols->wanted)
    if (!symbols->defined.contains(name))
      return emitError() << "kernel code calls '" << name
                         << "', which no kernel image defines: an operation was lowered to a "
                            "library call instead of code";
  return success();
}

/// Relative relocations only, no constructors.
LogicalResult checkImage(const ELF64LEObjectFile &image, EmitError emitError) {
  for (llvm::object::ELFSectionRef section : image.sections()) {
    unsigned type = section.getType();
    if (type == llvm::ELF::SHT_INIT_ARRAY || type == llvm::ELF::SHT_FINI_ARRAY ||
        type == llvm::ELF::SHT_PREINIT_ARRAY)
      return emitError() << "the kernel image has constructors";
    if (type != llvm::ELF::SHT_RELA)
      continue;
    uint64_t relative = llvm::ELF::R_X86_64_RELATIVE;
    if (image.getArch() == llvm::Triple::aarch64)
      relative = llvm::ELF::R_AARCH64_RELATIVE;
    for (const llvm::object::RelocationRef &relocation : section.relocations())
      if (relocation.getType() != relative) {
        llvm::SmallString<32> name;
        relocation.getTypeName(name);
        return emitError() << "the kernel image has a relocation " << name
                           << ", expected relative ones only";
      }
  }
  return success();
}

FailureOr<std::vector<uint64_t>> findEntries(const ELF64LEObjectFile &image,
                                             ArrayRef<std::string> entryPoints,
                                             EmitError emitError) {
  llvm::StringMap<uint64_t> addresses;
  for (const llvm::object::ELFSymbolRef &symbol : image.getDynamicSymbolIterators()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    llvm::Expected<uint64_t> address = symbol.getAddress();
    if (!name || !address)
      return emitError() << "the symbol table of the kernel image cannot be read";
    addresses[*name] = *address;
  }
  std::vector<uint64_t> entries;
  for (const std::string &name : entryPoints) {
    auto found = addresses.find(name);
    if (found == addresses.end())
      return emitError() << "the kernel image does not define '" << name << "'";
    entries.push_back(found->second);
  }
  return entries;
}

/// lld's state is global.
LogicalResult runLinker(const std::string &input, const std::string &output, EmitError emitError) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  std::string messages;
  std::vector<const char *> arguments = {"ld.lld",
                                         "-shared",
                                         "-nostdlib",
                                         "-Bsymbolic",
                                         "--gc-sections",
                                         "--strip-all",
                                         "--build-id=none",
                                         "--hash-style=gnu",
                                         "--no-undefined",
                                         "-z",
                                         "norelro",
                                         "-z",
                                         "max-page-size=4096",
                                         "--threads=1",
                                         "-o",
                                         output.c_str(),
                                         "--whole-archive",
                                         input.c_str()};
  llvm::raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return emitError() << "the kernel image could not be linked: " << stream.str();
  return success();
}

/// A path under which lld opens a descriptor of this process.
std::string pathOf(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

/// A descriptor that is closed at the end.
struct Descriptor {
  int number = -1;
  ~Descriptor() { close(); }
  void close() {
    if (number >= 0)
      ::close(number);
    number = -1;
  }
};

/// All objects as an archive in memory, which ends with the process, however that ends.
LogicalResult writeArchive(ArrayRef<ObjectFile> objects, Descriptor &file, EmitError emitError) {
  std::vector<llvm::NewArchiveMember> members;
  for (const ObjectFile &object : objects)
    members.emplace_back(
        llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "kernel.o"));
  auto archive =
      llvm::writeArchiveToBuffer(members, llvm::SymtabWritingMode::NoSymtab,
                                 llvm::object::Archive::K_GNU, /*Deterministic=*/true, false);
  if (!archive)
    return emitError() << "no archive for native code: " << llvm::toString(archive.takeError());
  file.number = ::memfd_create("weft", MFD_CLOEXEC);
  if (file.number < 0)
    return emitError() << "cannot hold native code in memory: " << std::strerror(errno);
  llvm::raw_fd_ostream stream(file.number, /*shouldClose=*/false);
  stream << (*archive)->getBuffer();
  stream.flush();
  if (std::error_code code = stream.error()) {
    stream.clear_error();
    return emitError() << "cannot hold native code in memory: " << code.message();
  }
  return success();
}

/// The image that lld makes of an archive. It comes through a pipe: into anything else lld writes
/// under a second name first.
FailureOr<std::vector<char>> linkArchive(const Descriptor &archive, EmitError emitError) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return emitError() << "no pipe for native code: " << std::strerror(errno);
  Descriptor from{ends[0]}, to{ends[1]};
  std::vector<char> bytes;
  std::thread reader([&] {
    char chunk[1 << 16];
    for (ssize_t count; (count = ::read(from.number, chunk, sizeof(chunk))) != 0;)
      if (count > 0)
        bytes.insert(bytes.end(), chunk, chunk + count);
      else if (errno != EINTR)
        break;
  });
  LogicalResult linked = runLinker(pathOf(archive.number), pathOf(to.number), emitError);
  to.close();
  reader.join();
  if (failed(linked))
    return failure();
  return bytes;
}

} // namespace

bool callsMemoryFunctions(ArrayRef<ObjectFile> objects) {
  FailureOr<Symbols> symbols = collectSymbols(objects, [] { return InFlightDiagnostic(); });
  return succeeded(symbols) && llvm::any_of(symbols->wanted, [](llvm::StringRef name) {
           return name == "memcpy" || name == "memset" || name == "memmove";
         });
}

FailureOr<Image> linkImage(ArrayRef<ObjectFile> objects, ArrayRef<std::string> entryPoints,
                           EmitError emitError) {
  if (failed(checkNoImports(objects, emitError)))
    return failure();
  Descriptor archive;
  if (failed(writeArchive(objects, archive, emitError)))
    return failure();
  FailureOr<std::vector<char>> bytes = linkArchive(archive, emitError);
  if (failed(bytes))
    return failure();
  Image image;
  image.bytes.assign(bytes->begin(), bytes->end());
  FailureOr<ELF64LEObjectFile> linked = parseElf(image.bytes, emitError);
  if (failed(linked) || failed(checkImage(*linked, emitError)))
    return failure();
  FailureOr<std::vector<uint64_t>> entries = findEntries(*linked, entryPoints, emitError);
  if (failed(entries))
    return failure();
  image.entries = std::move(*entries);
  return image;
}

} // namespace weft::cpu
