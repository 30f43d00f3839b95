// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lists of labels and the labels of config.json, through a file in memory.
#include "train/label_names.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const std::string folder = "/tmp/weft-fuzz-" + std::to_string(getpid());
  static const bool made =
      mkdir(folder.c_str(), 0700) == 0 && std::atexit([] {
                                            std::remove((folder + "/config.json").c_str());
                                            std::remove(folder.c_str());
                                          }) == 0;
  if (!made)
    return 0;
  std::string path = folder + "/config.json";
  std::FILE *file = std::fopen(path.c_str(), "wb");
  if (!file)
    return 0;
  (void)!std::fwrite(data, 1, size, file);
  std::fclose(file);
  (void)readConfigLabels(folder).ok();
  (void)readLabelsFile(path).ok();
  return 0;
}
