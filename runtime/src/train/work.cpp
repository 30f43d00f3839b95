// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums over the dispatches of a program.
#include "train/work.h"
#include "module/sizes.h"

namespace weft::rt {

static double countProgram(const schema::Program &program, const schema::Executable &executable,
                           int64_t rows) {
  double sum = 0;
  for (const schema::CommandEntry *command : *program.commands())
    if (const schema::Dispatch *dispatch = command->command_as_Dispatch())
      if (const auto *work = executable.kernels()->Get(dispatch->kernel())->flops())
        sum += static_cast<double>(linear(*work).at(rows * dispatch->rows()));
  return sum;
}

double WorkCounter::flops(uint32_t entry, uint32_t bucket, int64_t rows) {
  auto [place, isNew] = known.try_emplace({entry, bucket, rows}, 0.0);
  if (!isNew)
    return place->second;
  const schema::Module &module = session.module().schema();
  const schema::Executable &executable =
      *module.executables()->Get(static_cast<uint32_t>(session.executableIndex()));
  for (uint32_t index : *session.module().entry(entry).buckets()->Get(bucket)->programs()) {
    const schema::Program &program = *module.programs()->Get(index);
    if (static_cast<int>(program.target()) == static_cast<int>(executable.target()))
      place->second = countProgram(program, executable, rows);
  }
  return place->second;
}

} // namespace weft::rt
