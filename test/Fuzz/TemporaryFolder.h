// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A folder for readers that take paths: one a process, gone with it.
#ifndef WEFT_TEST_FUZZ_TEMPORARY_FOLDER_H
#define WEFT_TEST_FUZZ_TEMPORARY_FOLDER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace weft::rt::fuzzing {

inline const std::string &temporaryFolder() {
  static const std::string folder = [] {
    std::string path = std::filesystem::temp_directory_path() / "weft-fuzz-XXXXXX";
    if (!mkdtemp(path.data()))
      std::abort();
    return path;
  }();
  static const bool isRemoved = std::atexit([] {
                                  std::error_code ignored;
                                  std::filesystem::remove_all(folder, ignored);
                                }) == 0;
  return isRemoved ? folder : (std::abort(), folder);
}

// The path of a file of this content.
inline std::string writeTemporary(const std::string &name, std::string_view content) {
  std::string path = temporaryFolder() + "/" + name;
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  return path;
}

} // namespace weft::rt::fuzzing

#endif
