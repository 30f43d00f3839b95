// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The folder that a run writes to: found writable before the first step, and of one run at a time.
#ifndef WEFT_RUNTIME_TRAIN_OUTPUT_FOLDER_H
#define WEFT_RUNTIME_TRAIN_OUTPUT_FOLDER_H

#include "base/file.h"

namespace weft::rt {

// Fails if a run could not write to `path`, which need not exist. Creates nothing, so it can be
// asked before data is read.
Status checkOutputFolder(const std::string &path);

// A claim on an output folder by the lock on a file in it, which ends with the object or the
// process.
class OutputFolder {
public:
  // Makes the folder, and finishes what an earlier run left in it half-way. failedPrecondition,
  // with the process that holds it, if another run does.
  static Result<OutputFolder> claim(const std::string &path);
  OutputFolder(OutputFolder &&) = default;
  ~OutputFolder();

  // Fails if what stands at the name of a file of the folder is nothing that a run may replace: a
  // folder, a link, a device, a file that is protected against writing.
  Status checkFile(const std::string &name) const;

private:
  OutputFolder() = default;
  Result<bool> lock();
  std::string path;
  Descriptor file;
};

} // namespace weft::rt

#endif
