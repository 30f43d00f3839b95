// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Printing of a run's events.
#include "console.h"
#include "command.h"

#include <csignal>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace weft::tool {

static volatile std::sig_atomic_t stopSignal = 0;

static void onSignal(int signal) {
  stopSignal = signal;
  // The next one is not waited for. A terminal that closes and a batch system may send theirs
  // twice.
  if (signal == SIGINT || signal == SIGTERM)
    std::signal(signal, SIG_DFL);
}

void Console::onBegin() {
  std::signal(SIGINT, onSignal);
  std::signal(SIGTERM, onSignal);
  std::signal(SIGUSR1, onSignal);
  // nohup asks that it be ignored.
  if (std::signal(SIGHUP, onSignal) == SIG_IGN)
    std::signal(SIGHUP, SIG_IGN);
}

bool Console::shouldStop() { return stopSignal != 0; }

Console::Console(bool json) : json(json), terminal(!json && isatty(STDOUT_FILENO)) {}

static std::string formatText(const char *format, auto... values) {
  char text[512];
  std::snprintf(text, sizeof(text), format, values...);
  return text;
}

// "1:02:03" or "2:03".
static std::string formatTime(double seconds) {
  auto whole = static_cast<long long>(seconds + 0.5);
  if (whole >= 3600)
    return formatText("%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  return formatText("%lld:%02lld", whole / 60, whole % 60);
}

void Console::clearBar() {
  if (barShown)
    std::fputs("\r\033[K", stdout);
  barShown = false;
  std::fflush(stdout);
}

void Console::printLine(const std::string &text) {
  clearBar();
  std::fputs((text + "\n").c_str(), stdout);
  std::fflush(stdout);
}

void Console::onStep(const rt::StepProgress &progress) {
  last = progress;
  if (!terminal)
    return;
  auto now = std::chrono::steady_clock::now();
  bool atEnd = progress.step == progress.maxSteps;
  if (!atEnd && now - lastDrawn < std::chrono::milliseconds(100))
    return;
  lastDrawn = now;
  winsize size = {};
  int columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
  double rate = static_cast<double>(progress.samplesSeen) / progress.seconds;
  double left = progress.seconds / static_cast<double>(progress.stepsHere) *
                static_cast<double>(progress.maxSteps - progress.step);
  std::string tail = formatText(
      " %lld/%lld  loss %.4f  %.0f samples/s  %s left", static_cast<long long>(progress.step),
      static_cast<long long>(progress.maxSteps), progress.loss, rate, formatTime(left).c_str());
  int width = std::max(0, std::min(40, columns - static_cast<int>(tail.size()) - 8));
  double share = static_cast<double>(progress.step) / static_cast<double>(progress.maxSteps);
  auto full = static_cast<int>(share * width);
  std::string bar = formatText("%3d%% ", static_cast<int>(share * 100)) +
                    (width > 2 ? "[" + std::string(static_cast<size_t>(full), '=') +
                                     std::string(static_cast<size_t>(width - full), ' ') + "]"
                               : "") +
                    tail;
  std::fputs(("\r\033[K" + bar.substr(0, static_cast<size_t>(columns - 1))).c_str(), stdout);
  std::fflush(stdout);
  barShown = true;
}

// The line at the end of a run.
static std::string summaryLine(const rt::Json &entry) {
  auto number = [&](const char *key) { return entry.value(key, 0.0); };
  std::string line =
      formatText("trained %lld steps in %.1f s, %.0f samples/s, mean loss %.6g",
                 static_cast<long long>(entry.value("step", int64_t{0})), number("train_runtime"),
                 number("train_samples_per_second"), number("train_loss"));
  if (entry.contains("train_flops_per_second"))
    line += formatText(", %.3g GFLOP/s", number("train_flops_per_second") / 1e9);
  if (entry.contains("train_share_of_peak"))
    line += formatText(" (%.3g %% of peak)", number("train_share_of_peak") * 100);
  if (entry.contains("train_energy_joules"))
    line += formatText(", %.0f J", number("train_energy_joules"));
  return line;
}

std::string Console::logLine(const rt::Json &entry) const {
  auto number = [&](const char *key) { return entry.value(key, 0.0); };
  if (entry.contains("train_runtime"))
    return summaryLine(entry);
  if (entry.contains("epoch_energy_joules"))
    return formatText("energy of the epoch: %.0f J", number("epoch_energy_joules"));
  std::string line = formatText("step %lld/%lld: ", static_cast<long long>(last.step),
                                static_cast<long long>(last.maxSteps));
  if (entry.contains("eval_loss")) {
    line += formatText("eval loss %.6g", number("eval_loss"));
    for (const char *name :
         {"accuracy", "exact_match", "f1", "precision", "recall", "matthews_correlation", "pearson",
          "spearmanr", "mse", "perplexity", "HasAns_exact", "HasAns_f1", "NoAns_exact", "NoAns_f1"})
      if (std::string key = std::string("eval_") + name; entry.contains(key))
        line += formatText(", %s %.4f", name, number(key.c_str()));
    return line;
  }
  line += formatText("loss %.6g, learning rate %.6g", number("loss"), number("learning_rate"));
  if (entry.contains("grad_norm"))
    line += formatText(", gradient norm %.6g", number("grad_norm"));
  return line;
}

void Console::onLog(const rt::Json &entry) {
  if (json)
    printJson(entry);
  else
    printLine(logLine(entry));
}

void Console::onEpoch(int64_t epoch, int64_t epochs, double loss) {
  if (json)
    printJson({{"event", "epoch"}, {"epoch", epoch}, {"epochs", epochs}, {"epoch_loss", loss}});
  else
    printLine(formatText("epoch %lld/%lld: loss %.6f", static_cast<long long>(epoch),
                         static_cast<long long>(epochs), loss));
}

void Console::onSave(const std::string &checkpoint) {
  if (json)
    printJson({{"event", "save"}, {"checkpoint", checkpoint}});
  else
    printLine("saved " + rt::printable(checkpoint));
}

void Console::onNotice(const std::string &message) {
  if (json)
    printJson({{"event", "notice"}, {"message", message}});
  else
    printLine(rt::printable(message));
}

} // namespace weft::tool
