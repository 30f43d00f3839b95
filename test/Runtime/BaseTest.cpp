// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The base layer: element types, random numbers, files, buffers, logs, strided copies.
#include "base/allocator.h"
#include "base/element_type.h"
#include "base/energy.h"
#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "base/strided_copy.h"

#include "gtest/gtest.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

using namespace weft::rt;

namespace {
// A folder that is removed at the end of a test, with the files in it.
class TemporaryFolder {
public:
  TemporaryFolder() {
    char pattern[] = "/tmp/weft-base-test-XXXXXX";
    name = ::mkdtemp(pattern);
  }
  ~TemporaryFolder() {
    for (const std::string &file : files())
      ::unlink((name + "/" + file).c_str());
    ::rmdir(name.c_str());
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    DIR *folder = ::opendir(name.c_str());
    while (dirent *entry = ::readdir(folder))
      if (std::string_view(entry->d_name).find_first_not_of('.') != std::string_view::npos)
        names.push_back(entry->d_name);
    ::closedir(folder);
    return names;
  }
  std::string path(const char *file) const { return name + "/" + file; }
  std::string name;
};
} // namespace

TEST(ElementType, SizesAndNames) {
  EXPECT_EQ(elementSize(ElementType::f32), 4u);
  EXPECT_EQ(elementSize(ElementType::bf16), 2u);
  EXPECT_EQ(elementSize(ElementType::i1), 1u);
  for (int i = 0; i < elementTypeCount; ++i) {
    auto type = static_cast<ElementType>(i);
    EXPECT_EQ(parseElementType(elementTypeName(type)), type);
  }
  EXPECT_FALSE(parseElementType("f8").has_value());
}

TEST(ElementType, HalfRoundTrips) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    float value = floatFromF16(static_cast<uint16_t>(bits));
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(floatFromF16(f16FromFloat(value))));
    else
      EXPECT_EQ(f16FromFloat(value), bits);
    float brain = floatFromBf16(static_cast<uint16_t>(bits));
    if (std::isnan(brain))
      EXPECT_TRUE(std::isnan(floatFromBf16(bf16FromFloat(brain))));
    else
      EXPECT_EQ(bf16FromFloat(brain), bits);
  }
}

TEST(ElementType, RoundsToNearestEven) {
  EXPECT_EQ(bf16FromFloat(1.00390625f), 0x3F80); // half way: to even
  EXPECT_EQ(bf16FromFloat(1.01171875f), 0x3F82); // half way: to even
  EXPECT_EQ(f16FromFloat(65519.0f), 0x7BFF);     // the largest
  EXPECT_EQ(f16FromFloat(65520.0f), 0x7C00);     // infinity
  EXPECT_EQ(f16FromFloat(0x1p-25f), 0);          // half of the smallest: to even
  EXPECT_EQ(f16FromFloat(0x1.8p-25f), 1);
  EXPECT_EQ(f16FromFloat(-2049.0f), 0xE800); // to even
}

TEST(ElementType, StoresAndLoads) {
  alignas(8) uint8_t bytes[16];
  storeElement(ElementType::i8, bytes, 3, 300);
  EXPECT_EQ(loadInteger(ElementType::i8, bytes, 3), 127);
  storeElement(ElementType::u8, bytes, 0, -5);
  EXPECT_EQ(loadElement(ElementType::u8, bytes, 0), 0);
  storeElement(ElementType::i64, bytes, 1, 1e300);
  EXPECT_EQ(loadInteger(ElementType::i64, bytes, 1), std::numeric_limits<int64_t>::max());
  storeElement(ElementType::i32, bytes, 0, std::nan(""));
  EXPECT_EQ(loadInteger(ElementType::i32, bytes, 0), 0);
  storeElement(ElementType::i1, bytes, 5, 0.5);
  EXPECT_EQ(bytes[5], 1);
  storeElement(ElementType::f64, bytes, 1, 0.1);
  EXPECT_EQ(loadElement(ElementType::f64, bytes, 1), 0.1);
}

// The known answers of Random123's kat_vectors for philox4x32-10.
TEST(Random, PhiloxKnownAnswers) {
  EXPECT_EQ(philox(0, {0, 0, 0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~uint64_t{0}, {~0u, ~0u, ~0u, ~0u}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, InverseNormal) {
  EXPECT_EQ(inverseNormal(0.5), 0);
  EXPECT_NEAR(inverseNormal(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(inverseNormal(0.01), -2.3263478740408408, 1e-14);
  EXPECT_NEAR(inverseNormal(1e-12), -7.034483825301132, 1e-13);
  for (double p : {1e-9, 0.001, 0.08, 0.3, 0.6})
    EXPECT_NEAR(0.5 * std::erfc(-inverseNormal(p) / std::sqrt(2.0)), p, p * 1e-13);
}

TEST(Random, Distributions) {
  RandomStream stream(1, streamOfName("fc1.weight"));
  double sum = 0, squares = 0;
  constexpr int count = 100000;
  for (int i = 0; i < count; ++i) {
    uint32_t word = stream.nextWord();
    double uniform = uniformFromWord(word), cut = truncatedNormalFromWord(word);
    ASSERT_TRUE(uniform >= 0 && uniform < 1);
    ASSERT_LE(std::fabs(cut), 2.0);
    sum += normalFromWord(word);
    squares += normalFromWord(word) * normalFromWord(word);
  }
  EXPECT_NEAR(sum / count, 0, 0.01);
  EXPECT_NEAR(squares / count, 1, 0.02);
  EXPECT_TRUE(std::isfinite(normalFromWord(0)) && std::isfinite(normalFromWord(~0u)));
  EXPECT_NEAR(truncatedNormalFromWord(~0u), 2, 1e-6);
}

TEST(Random, BelowIsInRangeAndReachesAll) {
  RandomStream stream(7, 9);
  int seen[6] = {};
  for (int i = 0; i < 6000; ++i) {
    uint64_t value = stream.nextBelow(6);
    ASSERT_LT(value, 6u);
    ++seen[value];
  }
  for (int count : seen)
    EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(stream.nextBelow(1), 0u);
}

TEST(File, WritesAtomically) {
  TemporaryFolder folder;
  std::string path = folder.path("a.txt");
  ASSERT_TRUE(writeFileAtomically(path, "one").ok());
  {
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->write("half").ok());
    EXPECT_EQ(file->size(), 4u);
    EXPECT_EQ(*readFile(path), "one");
  }
  EXPECT_EQ(*readFile(path), "one");
  EXPECT_EQ(folder.files(), std::vector<std::string>{"a.txt"});
  ASSERT_TRUE(writeFileAtomically(path, "two").ok());
  EXPECT_EQ(*readFile(path), "two");
}

// The limit on the size of a file stands for a full disk: a write fails half way.
TEST(File, LeavesNothingWhenAWriteFails) {
  TemporaryFolder folder;
  ASSERT_TRUE(writeFileAtomically(folder.path("kept"), "old").ok());
  struct rlimit old;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  struct rlimit small = {4096, old.rlim_max};
  auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Status status = writeFileAtomically(folder.path("kept"), std::string(10000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(status.code(), StatusCode::resourceExhausted);
  EXPECT_NE(status.message().find("kept' after 4096 bytes"), std::string::npos) << status.message();
  EXPECT_EQ(*readFile(folder.path("kept")), "old");
  EXPECT_EQ(folder.files(), std::vector<std::string>{"kept"});
}

static mode_t modeOf(const std::string &path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST(File, KeepsPermissions) {
  TemporaryFolder folder;
  std::string path = folder.path("a");
  ASSERT_TRUE(writeFileAtomically(path, "one").ok());
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  ASSERT_TRUE(writeFileAtomically(path, "two").ok());
  EXPECT_EQ(modeOf(path), 0600u);
  // No more than the file that a copy is made of has.
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  ASSERT_TRUE(writeFileAtomically(path, "three", 0640).ok());
  EXPECT_EQ(modeOf(path), 0640u);
  ASSERT_TRUE(writeFileAtomically(folder.path("new"), "four", 0600).ok());
  EXPECT_EQ(modeOf(folder.path("new")), 0600u);
}

TEST(File, FollowsLinksAndKeepsThem) {
  TemporaryFolder folder;
  ASSERT_TRUE(writeFileAtomically(folder.path("target"), "old").ok());
  ASSERT_EQ(::symlink("target", folder.path("link").c_str()), 0);
  ASSERT_TRUE(writeFileAtomically(folder.path("link"), "new").ok());
  EXPECT_EQ(*readFile(folder.path("target")), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link")));
  ASSERT_EQ(::symlink("nothing", folder.path("dangling").c_str()), 0);
  EXPECT_EQ(AtomicFile::create(folder.path("dangling")).status().message(),
            "cannot follow the link '" + folder.path("dangling") + "': No such file or directory");
}

// A name that was planted beside the file, hard link or not, is never written to.
TEST(File, TemporaryNamesAreNew) {
  EXPECT_NE(temporaryName("a"), temporaryName("a"));
  TemporaryFolder folder;
  auto file = AtomicFile::create(folder.path("a"));
  ASSERT_TRUE(file.ok());
  std::vector<std::string> names = folder.files();
  ASSERT_EQ(names.size(), 1u);
  EXPECT_TRUE(names[0].starts_with(".weft-tmp-" + std::to_string(::getpid()) + "-")) << names[0];
  EXPECT_FALSE(isAbandoned(folder.path(names[0].c_str())));
  file = AtomicFile();
  EXPECT_TRUE(folder.files().empty());
}

TEST(File, WritesToPipesAsTheyAre) {
  TemporaryFolder folder;
  std::string path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(AtomicFile::create(path).status().message(),
            "'" + path + "' is a pipe that nobody reads");
  int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_TRUE(writeFileAtomically(path, "through").ok());
  char text[16] = {};
  EXPECT_EQ(::read(reader, text, sizeof(text)), 7);
  ::close(reader);
  EXPECT_STREQ(text, "through");
  EXPECT_TRUE(std::filesystem::is_fifo(path));
  EXPECT_EQ(AtomicFile::create(folder.name).status().message(),
            "'" + folder.name + "': expected a file to write, found a folder");
}

TEST(File, WritesToDevicesAsTheyAre) {
  TemporaryFolder folder;
  std::string path = folder.path("null");
  if (::mknod(path.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0)
    GTEST_SKIP() << "devices cannot be made here";
  Status status = writeFileAtomically(path, "nowhere");
  if (status.code() == StatusCode::permissionDenied)
    GTEST_SKIP() << "devices cannot be opened here";
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_TRUE(std::filesystem::is_character_file(path));
  EXPECT_EQ(readFile(path).status().message(), path + ": expected a file, found a device");
}

TEST(File, NamesWhatItCannotOpen) {
  Status status = InputFile::open("/nonexistent/model.weft").status();
  EXPECT_EQ(status.code(), StatusCode::notFound);
  EXPECT_NE(status.message().find("/nonexistent/model.weft"), std::string::npos);
  EXPECT_FALSE(AtomicFile::create("/nonexistent/x").ok());
  EXPECT_FALSE(readFile("/nonexistent/x").ok());
}

// At once: opening a pipe would wait for a writer.
TEST(File, ReadsFilesOnly) {
  TemporaryFolder folder;
  std::string pipe = folder.path("pipe"), socket = folder.path("socket");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(InputFile::open(pipe).status().message(), pipe + ": expected a file, found a pipe");
  EXPECT_EQ(InputFile::open(folder.name).status().message(),
            folder.name + ": expected a file, found a folder");
  int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  socket.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof(address)), 0);
  Status status = readFile(socket).status();
  ::close(listener);
  EXPECT_EQ(status.code(), StatusCode::invalidArgument);
  EXPECT_EQ(status.message(), socket + ": expected a file, found a socket");
}

TEST(File, ReadsWithinLimits) {
  TemporaryFolder folder;
  ASSERT_TRUE(writeFileAtomically(folder.path("m"), "content").ok());
  EXPECT_EQ(*readFile(folder.path("m"), 7), "content");
  EXPECT_EQ(readFile(folder.path("m"), 3).status().code(), StatusCode::resourceExhausted);
  // Files of the system have a size of 0.
  EXPECT_NE(readFile("/proc/self/stat")->size(), 0u);
  ASSERT_TRUE(writeFileAtomically(folder.path("e"), "").ok());
  EXPECT_EQ(*readFile(folder.path("e")), "");
}

// A file that is cut while it is open is an error, not a signal.
TEST(File, NoticesThatAFileBecameShorter) {
  TemporaryFolder folder;
  std::string path = folder.path("m");
  ASSERT_TRUE(writeFileAtomically(path, std::string(100000, 'x')).ok());
  auto file = InputFile::open(path);
  ASSERT_TRUE(file.ok());
  std::string text(100000, ' ');
  ASSERT_TRUE(file->read(0, text.data(), text.size()).ok());
  ASSERT_EQ(::truncate(path.c_str(), 10), 0);
  Status status = file->read(0, text.data(), text.size());
  EXPECT_EQ(status.code(), StatusCode::dataLoss);
  EXPECT_EQ(status.message(), path + ": the file became shorter while it was read");
}

TEST(File, Folders) {
  EXPECT_EQ(folderOf("a"), ".");
  EXPECT_EQ(folderOf("a/b"), "a");
  EXPECT_EQ(folderOf("/a"), "/");
  EXPECT_EQ(folderOf("a/b/"), "a");
  EXPECT_EQ(withoutSlash("a/b//"), "a/b");
  EXPECT_EQ(withoutSlash("/"), "/");
  TemporaryFolder folder;
  ASSERT_TRUE(createFolders(folder.path("x/y/z")).ok());
  ASSERT_TRUE(createFolders(folder.path("x/y/z")).ok());
  ASSERT_TRUE(renameAndSync(folder.path("x/y/z"), folder.path("x/y/w")).ok());
  ASSERT_TRUE(writeFileAtomically(folder.path("x/y/w/f"), "1").ok());
  EXPECT_EQ(createFolders(folder.path("x/y/w/f")).code(), StatusCode::alreadyExists);
  ::unlink(folder.path("x/y/w/f").c_str());
  for (const char *name : {"x/y/w", "x/y", "x"})
    EXPECT_EQ(::rmdir(folder.path(name).c_str()), 0);
}

TEST(AlignedBuffer, IsZeroedAlignedAndMovable) {
  auto created = AlignedBuffer::create(1001);
  ASSERT_TRUE(created.ok());
  AlignedBuffer buffer = created.take(), other;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % bufferAlignment, 0u);
  for (uint8_t byte : buffer.bytes())
    ASSERT_EQ(byte, 0);
  other = std::move(buffer);
  EXPECT_EQ(other.size(), 1001u);
  EXPECT_TRUE(AlignedBuffer::create(0)->empty());
  EXPECT_EQ(AlignedBuffer::create(SIZE_MAX).status().code(), StatusCode::resourceExhausted);
}

TEST(Log, GoesToTheHook) {
  std::string seen;
  setLogHook(
      [](void *self, int severity, const char *message) {
        *static_cast<std::string *>(self) = std::to_string(severity) + message;
      },
      &seen);
  log(LogSeverity::warning, "ignored %d names", 3);
  setLogHook(nullptr, nullptr);
  EXPECT_EQ(seen, "2ignored 3 names");
}

TEST(StridedCopy, PermutesEverySize) {
  std::vector<int64_t> shape = {2, 3, 4};
  std::vector<int32_t> layout = {2, 0, 1};
  std::vector<int64_t> physical = stridesOfLayout(shape, layout);
  EXPECT_EQ(physical, (std::vector<int64_t>{3, 1, 6}));
  std::vector<int64_t> logical = rowMajorStrides(shape);
  for (size_t bytes : {1u, 2u, 4u, 8u}) {
    std::vector<uint8_t> source(24 * bytes), stored(24 * bytes), back(24 * bytes);
    for (size_t i = 0; i < source.size(); ++i)
      source[i] = static_cast<uint8_t>(i);
    stridedCopy(bytes, shape, stored.data(), physical, source.data(), logical);
    // Element (1, 2, 3) has logical number 23 and physical number 1*3 + 2*1 + 3*6 = 23; (0, 1, 2) 6
    // and 13.
    EXPECT_EQ(0, std::memcmp(&stored[13 * bytes], &source[6 * bytes], bytes));
    EXPECT_NE(stored, source);
    stridedCopy(bytes, shape, back.data(), logical, stored.data(), physical);
    EXPECT_EQ(back, source);
  }
}

TEST(StridedCopy, ScalarsAndNothing) {
  float from = 3, to = 0;
  stridedCopy(4, {}, &to, {}, &from, {});
  EXPECT_EQ(to, 3);
  std::vector<int64_t> empty = {2, 0};
  std::vector<int64_t> strides = rowMajorStrides(empty);
  stridedCopy(4, empty, nullptr, strides, nullptr, strides);
}

TEST(Energy, countsPackagesAndWrapsAround) {
  char folder[] = "/tmp/weft-energy-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  std::string root = folder;
  auto write = [&](const std::string &name, const char *text) {
    std::filesystem::create_directories(root + "/" + name.substr(0, name.rfind('/')));
    std::ofstream(root + "/" + name) << text;
  };
  EXPECT_FALSE(EnergyMeter::open(root).has_value());
  EXPECT_FALSE(EnergyMeter::open(root + "/nowhere").has_value());
  write("intel-rapl:0/energy_uj", "1000000\n");
  write("intel-rapl:0/max_energy_range_uj", "5000000\n");
  write("intel-rapl:0:0/energy_uj", "77\n"); // a part of package 0, not counted again
  write("intel-rapl:1/energy_uj", "not a number\n");
  std::optional<EnergyMeter> meter = EnergyMeter::open(root);
  ASSERT_TRUE(meter.has_value());
  EXPECT_EQ(meter->joules(), 0);
  write("intel-rapl:0/energy_uj", "4500000\n");
  EXPECT_DOUBLE_EQ(meter->joules(), 3.5);
  write("intel-rapl:0/energy_uj", "250000\n");
  EXPECT_DOUBLE_EQ(meter->joules(), 4.25);
  std::filesystem::remove_all(root);
}

TEST(Status, MessagesArePrintable) {
  EXPECT_EQ(printable("caf\u00e9 \u6f22\u5b57 \U0001F600 '\"\\"),
            "caf\u00e9 \u6f22\u5b57 \U0001F600 '\"\\");
  EXPECT_EQ(printable("a\x1b[31mb\nc\td\x7f"), "a\\x1b[31mb\\x0ac\\x09d\\x7f");
  EXPECT_EQ(printable("a\nb\tc\rd", /*keepLines=*/true), "a\nb\tc\\x0dd");
  // C1 controls, as UTF-8 and as bytes; line ends and direction marks of Unicode.
  EXPECT_EQ(printable("\u009b31m\u0085"), "\\u009b31m\\u0085");
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(printable("a\u2028b\u202ec\u2066d"), "a\\u2028b\\u202ec\\u2066d");
  // Not UTF-8: stray, cut, too long, surrogates, beyond the last character.
  EXPECT_EQ(printable("\xff\x80"), "\\xff\\x80");
  EXPECT_EQ(printable("\xc3"), "\\xc3");
  EXPECT_EQ(printable("\xe6\xbc"
                      "a"),
            "\\xe6\\xbca");
  EXPECT_EQ(printable("\xc0\xaf\xe0\x80\xaf"), "\\xc0\\xaf\\xe0\\x80\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");

  EXPECT_EQ(notFound("tensor %s", "w\x1b]0;t\x07").message(), "tensor w\\x1b]0;t\\x07");
  EXPECT_EQ(notFound("gone")
                .withContext("a\x1b"
                             "b")
                .message(),
            "a\\x1bb: gone");
}
