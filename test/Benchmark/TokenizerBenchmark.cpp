// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The contender of tokenizer.py: TokenizerBenchmark TOKENIZER TEXTS, a text a line. For each line
// on stdin, "one" or "batch", it encodes all texts once and prints the seconds, the number of
// tokens and a hash of all ids. "one" encodes them into the same Encoding, "batch" keeps all of
// them.
#include "text/tokenizer.h"

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iostream>

using namespace weft::rt;

static void fail(const Status &status) {
  std::fprintf(stderr, "tokenizer-benchmark: %s\n", status.message().c_str());
  std::exit(1);
}

struct Sum {
  uint64_t tokens = 0, hash = 0;
  void add(const Encoding &encoding) {
    tokens += encoding.size();
    for (int32_t id : encoding.ids)
      hash = (hash + static_cast<uint64_t>(id)) * 1000003 % 2147483647;
  }
};

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: tokenizer-benchmark TOKENIZER TEXTS\n");
    return 2;
  }
  Result<Tokenizer> tokenizer = Tokenizer::load(argv[1]);
  if (!tokenizer.ok())
    fail(tokenizer.status());
  std::vector<std::string> texts;
  std::ifstream file(argv[2]);
  for (std::string line; std::getline(file, line);)
    texts.push_back(line);

  EncodeOptions options;
  Encoding encoding;
  for (std::string mode; std::getline(std::cin, mode);) {
    std::vector<Encoding> all(mode == "batch" ? texts.size() : 0);
    Sum sum;
    auto start = std::chrono::steady_clock::now();
    for (size_t i = 0; i < texts.size(); ++i) {
      Encoding &target = all.empty() ? encoding : all[i];
      if (Status status = tokenizer->encode(texts[i], options, target); !status.ok())
        fail(status);
    }
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    for (const std::string &text : texts) {
      if (!tokenizer->encode(text, options, encoding).ok())
        return 1;
      sum.add(encoding);
    }
    std::printf("%.9f %" PRIu64 " %" PRIu64 "\n", seconds.count(), sum.tokens, sum.hash);
    std::fflush(stdout);
  }
}
