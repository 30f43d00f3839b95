// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sentences of tagged words.
#include "GzipMutator.h"
#include "data/conll.h"

#include <cstdlib>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<ByteSource> source = ByteSource::fromMemory("input", {data, size});
  if (!source.ok())
    return 0;
  Result<TaggedSentences> sentences = TaggedSentences::read(source.take());
  if (!sentences.ok())
    return 0;
  // Every word lies in a sentence, and none is empty.
  for (int64_t i = 0; i < sentences->first(sentences->sentences()); ++i)
    if (sentences->word(i).empty() || (sentences->hasTags() && sentences->tag(i).empty()))
      std::abort();
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  return fuzzing::mutateGzip(data, size, maxSize, seed);
}
