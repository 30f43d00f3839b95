// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the commands of `weft` share: the options that every one takes, sessions, output.
#ifndef WEFT_TOOLS_WEFT_COMMAND_H
#define WEFT_TOOLS_WEFT_COMMAND_H

#include "base/json.h"
#include "base/status.h"
#include "module/session.h"
#include "train/arguments.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

namespace weft::tool {

using rt::Json;
using rt::Result;
using rt::Status;

// A command sets up its options and leaves what to run once they are parsed.
struct Command {
  CLI::App *app = nullptr;
  std::function<Status()> run;
};

using AddCommand = Command (*)(CLI::App &parent);
Command addTrain(CLI::App &parent);
Command addEval(CLI::App &parent);
Command addPredict(CLI::App &parent);
Command addInspect(CLI::App &parent);
Command addBench(CLI::App &parent);
Command addTokenize(CLI::App &parent);
Command addExplain(CLI::App &parent);

// A subcommand whose help is `help`, as it stands.
CLI::App *addSubcommand(CLI::App &parent, const char *name, const char *summary, std::string help);

// Options of every command that runs a model.
struct RunOptions {
  std::string module;
  int threads = 0;
  bool json = false;
  void add(CLI::App &app);
};

// Options of a table as flags. `set` gets key and value of each that is given, in order, after its
// value was checked; what `wanted` refuses is left out.
using SetArgument = std::function<void(const std::string &key, const std::string &value)>;
void addArguments(CLI::App &app, const std::function<bool(const rt::ArgumentSpec &)> &wanted,
                  const SetArgument &set);
// Those of Hugging Face that change nothing here, in the same way; help does not tell of them.
void addPassedOverArguments(CLI::App &app, const SetArgument &set);
// Their help, two a line.
std::string argumentsHelp(const std::function<bool(const rt::ArgumentSpec &)> &wanted);

// Loads a module and makes a session of it; variables are zero.
Result<std::unique_ptr<rt::Session>> openSession(const RunOptions &options, int64_t rows);

// Sets all parameters from what --checkpoint names: a checkpoint, a folder of them (the newest is
// taken), a folder that Hugging Face wrote, or a safetensors file. A final model that is older than
// the newest checkpoint beside it is passed over; that, and tensors that the model does not use,
// are told on stderr. Returns the folder that was taken, or an empty string for a file.
Result<std::string> loadCheckpointWeights(rt::Session &session, const std::string &path);

// Fails if a file to be written is one of those that are read. "-" and "" are no files.
Status checkNoInput(const std::string &output, const std::vector<std::string> &inputs);

// One object a line on stdout.
void printJson(const Json &object);

// "1,234,567 bytes" and the like.
std::string withThousands(uint64_t number);

} // namespace weft::tool

#endif
