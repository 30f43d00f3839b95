// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Buffered reads of a file or of memory, through zlib when the data begins as a gzip file does.
#include "data/byte_source.h"
#include "base/file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>
#include <zlib.h>

namespace weft::rt {

struct ByteSource::State {
  std::string name;
  InputFile file;
  std::vector<uint8_t> buffer;      // of a file
  std::span<const uint8_t> pending; // stored bytes not yet used
  uint64_t unread = 0;              // stored bytes of the file that are not in `buffer` yet
  uint64_t position = 0;
  bool gzip = false;
  bool memberOpen = false; // inside a gzip member
  bool finished = false;
  z_stream stream = {};

  ~State() {
    if (gzip)
      inflateEnd(&stream);
  }

  // Makes `pending` nonempty unless the stored bytes are at their end.
  Status refill() {
    if (!pending.empty() || unread == 0)
      return {};
    size_t wanted = static_cast<size_t>(std::min<uint64_t>(buffer.size(), unread));
    WEFT_RETURN_IF_ERROR(file.read(file.size() - unread, buffer.data(), wanted));
    unread -= wanted;
    pending = std::span<const uint8_t>(buffer.data(), wanted);
    return {};
  }

  Status begin();
  Result<size_t> readPlain(uint8_t *target, size_t size);
  Result<size_t> readGzip(uint8_t *target, size_t size);
  // Goes on to the next member after one has ended, or finishes.
  Status endMember();
  Status inflateError(int code) const;
};

// Looks at the first bytes and sets up decompression.
Status ByteSource::State::begin() {
  WEFT_RETURN_IF_ERROR(refill());
  if (pending.size() < 2 || pending[0] != 0x1F || pending[1] != 0x8B)
    return {};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
    return resourceExhausted("%s: no memory to decompress", name.c_str());
  gzip = true;
  memberOpen = true;
  return {};
}

Result<size_t> ByteSource::State::readPlain(uint8_t *target, size_t size) {
  size_t done = 0;
  while (done < size) {
    WEFT_RETURN_IF_ERROR(refill());
    if (pending.empty())
      break;
    size_t count = std::min(size - done, pending.size());
    std::memcpy(target + done, pending.data(), count);
    pending = pending.subspan(count);
    done += count;
  }
  return done;
}

Status ByteSource::State::inflateError(int code) const {
  if (code == Z_MEM_ERROR)
    return resourceExhausted("%s: no memory to decompress", name.c_str());
  const char *reason = code == Z_BUF_ERROR ? "the file ends inside the compressed data"
                       : stream.msg        ? stream.msg
                                           : "damaged data";
  return dataLoss("%s: gzip: %s, after %llu decompressed bytes", name.c_str(), reason,
                  static_cast<unsigned long long>(position));
}

Status ByteSource::State::endMember() {
  memberOpen = false;
  WEFT_RETURN_IF_ERROR(refill());
  if (pending.empty()) {
    finished = true;
    return {};
  }
  // gzip allows members one after the other; anything else behind a member is damage.
  if (pending[0] != 0x1F)
    return dataLoss("%s: gzip: found byte 0x%02x after the compressed data, expected its end",
                    name.c_str(), pending[0]);
  if (inflateReset(&stream) != Z_OK)
    return internalError("%s: gzip: cannot start the next member", name.c_str());
  memberOpen = true;
  return {};
}

Result<size_t> ByteSource::State::readGzip(uint8_t *target, size_t size) {
  size_t done = 0;
  while (done < size && !finished) {
    WEFT_RETURN_IF_ERROR(refill());
    auto available = static_cast<uInt>(std::min<size_t>(size - done, 1u << 30));
    auto given = static_cast<uInt>(std::min<size_t>(pending.size(), 1u << 30));
    stream.next_in = const_cast<Bytef *>(pending.data());
    stream.avail_in = given;
    stream.next_out = target + done;
    stream.avail_out = available;
    int code = inflate(&stream, Z_NO_FLUSH);
    pending = pending.subspan(given - stream.avail_in);
    done += available - stream.avail_out;
    position += available - stream.avail_out;
    if (code == Z_STREAM_END) {
      WEFT_RETURN_IF_ERROR(endMember());
      continue;
    }
    bool starved = pending.empty() && unread == 0 && stream.avail_out != 0;
    if (code != Z_OK || starved)
      return inflateError(code == Z_OK ? Z_BUF_ERROR : code);
  }
  return done;
}

ByteSource::ByteSource(std::unique_ptr<State> state) : state(std::move(state)) {}
ByteSource::ByteSource(ByteSource &&) noexcept = default;
ByteSource &ByteSource::operator=(ByteSource &&) noexcept = default;
ByteSource::~ByteSource() = default;

Result<ByteSource> ByteSource::open(const std::string &path) {
  auto state = std::make_unique<State>();
  state->name = path;
  WEFT_ASSIGN_OR_RETURN(state->file, InputFile::open(path));
  state->unread = state->file.size();
  state->buffer.resize(1u << 16);
  WEFT_RETURN_IF_ERROR(state->begin());
  return ByteSource(std::move(state));
}

Result<ByteSource> ByteSource::fromMemory(std::string name, std::span<const uint8_t> bytes) {
  auto state = std::make_unique<State>();
  state->name = std::move(name);
  state->pending = bytes;
  WEFT_RETURN_IF_ERROR(state->begin());
  return ByteSource(std::move(state));
}

const std::string &ByteSource::name() const { return state->name; }
bool ByteSource::compressed() const { return state->gzip; }
uint64_t ByteSource::position() const { return state->position; }

uint64_t ByteSource::remainingAtMost() const {
  uint64_t stored = state->unread + state->pending.size();
  // What zlib has taken in may still be in its window: 32 KiB and one longest match.
  return state->gzip ? stored * 1032 + (1u << 16) : stored;
}

Result<size_t> ByteSource::read(void *target, size_t size) {
  auto *bytes = static_cast<uint8_t *>(target);
  if (state->gzip)
    return state->readGzip(bytes, size);
  WEFT_ASSIGN_OR_RETURN(size_t count, state->readPlain(bytes, size));
  state->position += count;
  return count;
}

Status ByteSource::readExactly(void *target, size_t size, const char *what) {
  uint64_t start = position();
  WEFT_ASSIGN_OR_RETURN(size_t count, read(target, size));
  if (count == size)
    return {};
  return dataLoss("%s: %s at byte %llu: expected %zu bytes, found %zu", name().c_str(), what,
                  static_cast<unsigned long long>(start), size, count);
}

Status ByteSource::expectEnd() {
  std::array<uint8_t, 16> extra;
  uint64_t end = position();
  WEFT_ASSIGN_OR_RETURN(size_t count, read(extra.data(), extra.size()));
  if (count == 0)
    return {};
  return dataLoss("%s: expected the data to end at byte %llu, found more", name().c_str(),
                  static_cast<unsigned long long>(end));
}

} // namespace weft::rt
