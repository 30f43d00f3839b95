// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Energy that the processors have used, where the kernel says it (RAPL through powercap).
#ifndef WEFT_RUNTIME_BASE_ENERGY_H
#define WEFT_RUNTIME_BASE_ENERGY_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weft::rt {

// Counts what all processor packages use from the moment when it is made. It is the machine's:
// other programs count too.
class EnergyMeter {
public:
  // Nothing where there is no counter, or none that this user may read.
  static std::optional<EnergyMeter> open(const std::string &root = "/sys/class/powercap");

  // Joules since the meter was made. Counters wrap around, so it must be read at least every ten
  // minutes or so.
  double joules();

private:
  struct Counter {
    std::string path;
    uint64_t last = 0, range = 0;
  };
  std::vector<Counter> counters;
  double total = 0;
};

} // namespace weft::rt

#endif
