// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run as a person or a program sees it: a progress bar on a terminal, plain lines in a pipe, or
// one JSON object a line.
#ifndef WEFT_TOOLS_WEFT_CONSOLE_H
#define WEFT_TOOLS_WEFT_CONSOLE_H

#include "train/trainer.h"

#include <chrono>
#include <string>

namespace weft::tool {

class Console : public rt::TrainerListener {
public:
  explicit Console(bool json);
  ~Console() override { clearBar(); }

  // From now on SIGINT, SIGTERM, SIGHUP and SIGUSR1 ask for a stop; before, each ends the process.
  void onBegin() override;
  void onStep(const rt::StepProgress &progress) override;
  void onLog(const rt::Json &entry) override;
  void onEpoch(int64_t epoch, int64_t epochs, double loss) override;
  void onSave(const std::string &checkpoint) override;
  void onNotice(const std::string &message) override;
  // True after one of the signals; a second SIGINT or SIGTERM ends the process at once.
  bool shouldStop() override;

private:
  void clearBar();
  void printLine(const std::string &text);
  std::string logLine(const rt::Json &entry) const;

  bool json, terminal;
  bool barShown = false;
  rt::StepProgress last;
  std::chrono::steady_clock::time_point lastDrawn;
};

} // namespace weft::tool

#endif
