// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Event messages are four fields of protocol buffers, written here by hand.
#include "train/event_file.h"
#include "base/file.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace weft::rt {

// --- Checksums and framing
// ------------------------------------------------------------------------

static constexpr std::array<uint32_t, 256> crcTable = [] {
  std::array<uint32_t, 256> table = {};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = value >> 1 ^ (value & 1 ? 0x82F63B78u : 0);
    table[i] = value;
  }
  return table;
}();

uint32_t crc32c(std::span<const uint8_t> bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (uint8_t byte : bytes)
    crc = crc >> 8 ^ crcTable[(crc ^ byte) & 255];
  return ~crc;
}

uint32_t maskedCrc32c(std::span<const uint8_t> bytes) {
  uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xA282EAD8u;
}

template <typename T>
static void appendRaw(std::string &target, T value) {
  target.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

static std::span<const uint8_t> asBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

std::string tfRecord(std::string_view data) {
  std::string record;
  appendRaw(record, static_cast<uint64_t>(data.size()));
  appendRaw(record, maskedCrc32c(asBytes(record)));
  record += data;
  appendRaw(record, maskedCrc32c(asBytes(data)));
  return record;
}

// --- Messages
// -------------------------------------------------------------------------------------

// Wire types of protocol buffers.
enum Wire : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

static void appendVarint(std::string &target, uint64_t value) {
  for (; value >= 128; value >>= 7)
    target.push_back(static_cast<char>(value | 128));
  target.push_back(static_cast<char>(value));
}

static void appendKey(std::string &target, uint32_t field, Wire wire) {
  appendVarint(target, field << 3 | wire);
}

static void appendBytes(std::string &target, uint32_t field, std::string_view value) {
  appendKey(target, field, bytes);
  appendVarint(target, value.size());
  target += value;
}

// Event: 1 wall_time (double), 2 step (int64), 3 file_version (string), 5 summary (Summary).
static std::string eventHeader(double wallTime) {
  std::string event;
  appendKey(event, 1, fixed64);
  appendRaw(event, wallTime);
  return event;
}

std::string versionEvent(double wallTime) {
  std::string event = eventHeader(wallTime);
  appendBytes(event, 3, "brain.Event:2");
  return event;
}

std::string scalarEvent(double wallTime, int64_t step, std::string_view tag, float value) {
  // Summary: 1 value (Summary.Value); Summary.Value: 1 tag (string), 2 simple_value (float).
  std::string entry, summary;
  appendBytes(entry, 1, tag);
  appendKey(entry, 2, fixed32);
  appendRaw(entry, value);
  appendBytes(summary, 1, entry);
  std::string event = eventHeader(wallTime);
  appendKey(event, 2, varint);
  appendVarint(event, static_cast<uint64_t>(step));
  appendBytes(event, 5, summary);
  return event;
}

// --- Files
// ----------------------------------------------------------------------------------------

static std::string hostName() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 && name[0] ? name : "localhost";
}

static double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string runFolderName() {
  std::time_t time = std::time(nullptr);
  std::tm local = {};
  localtime_r(&time, &local);
  // Month names in English whatever the locale.
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof(text), "%s%02d_%02d-%02d-%02d_", months[local.tm_mon % 12],
                local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
  return text + hostName();
}

Result<EventFile> EventFile::create(const std::string &folder) {
  WEFT_RETURN_IF_ERROR(createFolders(folder));
  char stamp[32];
  std::snprintf(stamp, sizeof(stamp), "%010lld", static_cast<long long>(std::time(nullptr)));
  // The last number tells files of one second and process apart.
  for (int number = 0; number < 1000; ++number) {
    std::string path = folder + "/events.out.tfevents." + stamp + "." + hostName() + "." +
                       std::to_string(getpid()) + "." + std::to_string(number);
    int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno == EEXIST)
      continue;
    if (descriptor < 0)
      return fromErrno("%s: cannot create", path.c_str());
    EventFile file(descriptor, path);
    WEFT_RETURN_IF_ERROR(file.append(versionEvent(now())));
    return file;
  }
  return resourceExhausted("%s: too many event files of this second", folder.c_str());
}

EventFile::EventFile(EventFile &&other) noexcept
    : descriptor(std::exchange(other.descriptor, -1)), name(std::move(other.name)) {}
EventFile &EventFile::operator=(EventFile &&other) noexcept {
  std::swap(descriptor, other.descriptor);
  std::swap(name, other.name);
  return *this;
}
EventFile::~EventFile() {
  if (descriptor >= 0)
    ::close(descriptor);
}

Status EventFile::append(const std::string &event) {
  std::string record = tfRecord(event);
  for (size_t done = 0; done < record.size();) {
    ssize_t count = ::write(descriptor, record.data() + done, record.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fromErrno("%s: cannot write", name.c_str());
    done += static_cast<size_t>(count);
  }
  return {};
}

Status EventFile::addScalar(std::string_view tag, double value, int64_t step) {
  return append(scalarEvent(now(), step, tag, static_cast<float>(value)));
}

} // namespace weft::rt
