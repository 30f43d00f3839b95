// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lists of labels and the labels of config.json, through a file.
#include "TemporaryFolder.h"
#include "train/label_names.h"

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string path =
      fuzzing::writeTemporary("config.json", {reinterpret_cast<const char *>(data), size});
  (void)readConfigLabels(fuzzing::temporaryFolder()).ok();
  (void)readLabelsFile(path).ok();
  return 0;
}
