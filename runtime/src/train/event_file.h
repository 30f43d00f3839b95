// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorBoard event files: scalars by tag and step, as TFRecords of Event messages.
#ifndef WEFT_RUNTIME_TRAIN_EVENT_FILE_H
#define WEFT_RUNTIME_TRAIN_EVENT_FILE_H

#include "base/status.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weft::rt {

// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) and the rotation and offset that TFRecord
// adds.
uint32_t crc32c(std::span<const uint8_t> bytes);
uint32_t maskedCrc32c(std::span<const uint8_t> bytes);

// The bytes of one record: length, its checksum, data, its checksum.
std::string tfRecord(std::string_view data);

// An Event message with one scalar, and the one that begins every file.
std::string scalarEvent(double wallTime, int64_t step, std::string_view tag, float value);
std::string versionEvent(double wallTime);

// <Month><day>_<hour>-<minute>-<second>_<host>, as Hugging Face names the folder of a run.
std::string runFolderName();

// A file that grows event by event. Each write is flushed to the system, so a reader sees it at
// once.
class EventFile {
public:
  // Makes `folder` and in it events.out.tfevents.<time>.<host>.<pid>.0.
  static Result<EventFile> create(const std::string &folder);
  EventFile(EventFile &&other) noexcept;
  EventFile &operator=(EventFile &&other) noexcept;
  ~EventFile();

  Status addScalar(std::string_view tag, double value, int64_t step);
  const std::string &path() const { return name; }

private:
  EventFile(int descriptor, std::string name) : descriptor(descriptor), name(std::move(name)) {}
  Status append(const std::string &event);

  int descriptor = -1;
  std::string name;
};

} // namespace weft::rt

#endif
