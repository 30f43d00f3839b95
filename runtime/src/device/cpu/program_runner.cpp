// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop over the commands of a program, in every worker.
#include "device/cpu/program_runner.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <ctime>

namespace weft::rt {

namespace {

// Copies and fills are cut in tiles of this many bytes.
constexpr uint64_t bytesPerTile = 16384;

struct TileRange {
  int64_t begin, end;
};

class ShareRunner {
public:
  ShareRunner(const CpuExecutable &executable, const CommandList &list, ThreadPool::Share share)
      : executable(executable), list(list), share(share) {}

  // Runs this share of commands [begin, end), among which there is no barrier.
  void runGroup(size_t begin, size_t end) const;
  // Whether a kernel has met a value out of range.
  bool hasError() const;

private:
  TileRange rangeOf(int64_t tiles, double start, double cost, double total) const;
  void runTiles(const Command &command, TileRange range) const;
  void timeTiles(size_t index, TileRange range) const;
  void dispatch(const Command &command, TileRange range) const;
  void report(uint64_t code, uint64_t command) const;

  const CpuExecutable &executable;
  const CommandList &list;
  ThreadPool::Share share;
};

} // namespace

// Seconds for which this thread has had a processor: other programs do not count.
static double processorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

static int64_t tileCount(const Command &command) {
  if (command.kind == Command::Kind::dispatch)
    return command.tiles;
  return static_cast<int64_t>((command.bytes + bytesPerTile - 1) / bytesPerTile);
}

void ShareRunner::runGroup(size_t begin, size_t end) const {
  double total = 0;
  for (size_t i = begin; i < end; ++i)
    total += list.commands[i].cost;
  double start = 0;
  for (size_t i = begin; i < end; ++i) {
    const Command &command = list.commands[i];
    TileRange range = rangeOf(tileCount(command), start, command.cost, total);
    if (range.begin < range.end) {
      if (list.seconds)
        timeTiles(i, range);
      else
        runTiles(command, range);
    }
    start += command.cost;
  }
}

// The tiles of a command on [start, start + cost) of the line that begin inside this share's
// stretch. Neighbours compute their common border with the same arithmetic, so no tile is lost or
// done twice.
TileRange ShareRunner::rangeOf(int64_t tiles, double start, double cost, double total) const {
  if (share.count == 1)
    return {0, tiles};
  auto border = [&](int index) -> int64_t {
    if (index == 0)
      return 0;
    if (index == share.count)
      return tiles;
    double position = (total * index / share.count - start) / cost * static_cast<double>(tiles);
    if (!(position > 0))
      return 0;
    return position >= static_cast<double>(tiles) ? tiles
                                                  : static_cast<int64_t>(std::llround(position));
  };
  return {border(share.index), border(share.index + 1)};
}

void ShareRunner::timeTiles(size_t index, TileRange range) const {
  double begin = processorSeconds();
  runTiles(list.commands[index], range);
  list.seconds[static_cast<size_t>(share.index) * list.commands.size() + index] +=
      processorSeconds() - begin;
}

void ShareRunner::runTiles(const Command &command, TileRange range) const {
  if (command.kind == Command::Kind::dispatch)
    return dispatch(command, range);
  uint64_t first = static_cast<uint64_t>(range.begin) * bytesPerTile;
  uint64_t last = std::min(static_cast<uint64_t>(range.end) * bytesPerTile, command.bytes);
  void *const *pointers = list.pointers.data() + command.firstPointer;
  if (command.kind == Command::Kind::copy) {
    std::memcpy(static_cast<char *>(pointers[1]) + first,
                static_cast<const char *>(pointers[0]) + first, last - first);
  } else {
    auto *target = static_cast<char *>(pointers[0]);
    for (uint64_t i = first; i < last; i += sizeof(command.pattern))
      std::memcpy(target + i, &command.pattern, std::min(sizeof(command.pattern), last - i));
  }
}

// Generated code carries no type tags for UBSan's check of indirect calls, which would read memory
// in front of the function.
#if defined(__clang__)
[[clang::no_sanitize("function")]]
#endif
void ShareRunner::dispatch(const Command &command, TileRange range) const {
  weft_kernel_args_t arguments;
  arguments.bindings = list.pointers.data() + command.firstPointer;
  arguments.rows = command.rows;
  arguments.constants = list.constants.data() + command.firstConstant;
  arguments.tile_begin = range.begin;
  arguments.tile_end = range.end;
  arguments.scratch = const_cast<uint8_t *>(executable.scratch[share.index].data());
  uint64_t error = 0;
  arguments.error = &error;
  executable.kernels[command.kernel](&arguments);
  if (error != 0 && list.error)
    report(error, static_cast<uint64_t>(&command - list.commands.data()));
}

// The first error stays.
void ShareRunner::report(uint64_t code, uint64_t command) const {
  uint64_t none = 0;
  if (std::atomic_ref<uint64_t>(list.error[0]).compare_exchange_strong(none, code))
    list.error[1] = command;
}

bool ShareRunner::hasError() const {
  return list.error &&
         std::atomic_ref<uint64_t>(list.error[0]).load(std::memory_order_relaxed) != 0;
}

void runShare(ThreadPool &pool, const CpuExecutable &executable, const CommandList &list,
              ThreadPool::Share share) {
  ShareRunner runner(executable, list, share);
  size_t begin = 0;
  for (size_t i = 0; i < list.commands.size(); ++i) {
    if (list.commands[i].kind != Command::Kind::barrier)
      continue;
    if (!runner.hasError())
      runner.runGroup(begin, i);
    pool.barrier(share);
    begin = i + 1;
  }
  if (!runner.hasError())
    runner.runGroup(begin, list.commands.size());
}

} // namespace weft::rt
