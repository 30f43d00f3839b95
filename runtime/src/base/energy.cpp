// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading intel-rapl:N (Intel and AMD).
#include "base/energy.h"

#include <cstdio>
#include <filesystem>

namespace weft::rt {

namespace fs = std::filesystem;

static std::optional<uint64_t> readNumber(const std::string &path) {
  std::FILE *file = std::fopen(path.c_str(), "re");
  if (!file)
    return std::nullopt;
  unsigned long long value = 0;
  bool found = std::fscanf(file, "%llu", &value) == 1;
  std::fclose(file);
  return found ? std::optional<uint64_t>(value) : std::nullopt;
}

std::optional<EnergyMeter> EnergyMeter::open(const std::string &root) {
  EnergyMeter meter;
  std::error_code error;
  for (fs::directory_iterator entry(root, error), end; !error && entry != end;
       entry.increment(error)) {
    // intel-rapl:0 is a package; intel-rapl:0:1 is a part of it.
    std::string name = entry->path().filename().string();
    if (!name.starts_with("intel-rapl:") || name.find(':') != name.rfind(':'))
      continue;
    Counter counter;
    counter.path = entry->path().string() + "/energy_uj";
    std::optional<uint64_t> now = readNumber(counter.path);
    if (!now)
      continue;
    counter.last = *now;
    counter.range = readNumber(entry->path().string() + "/max_energy_range_uj").value_or(0);
    meter.counters.push_back(std::move(counter));
  }
  if (meter.counters.empty())
    return std::nullopt;
  return meter;
}

double EnergyMeter::joules() {
  for (Counter &counter : counters) {
    std::optional<uint64_t> now = readNumber(counter.path);
    if (!now)
      continue;
    if (*now >= counter.last)
      total += static_cast<double>(*now - counter.last);
    else if (counter.range > counter.last)
      total += static_cast<double>(counter.range - counter.last + *now);
    counter.last = *now;
  }
  return total * 1e-6;
}

} // namespace weft::rt
