// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions about texts.
#include "data/squad.h"

#include <cstdlib>

using namespace weft::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<ByteSource> source = ByteSource::fromMemory("input", {data, size});
  if (!source.ok())
    return 0;
  Result<QuestionSet> set = QuestionSet::read(source.take());
  if (!set.ok())
    return 0;
  // Every answer lies in its context.
  for (size_t i = 0; i < set->size(); ++i)
    for (size_t k = 0; k < set->answers(i); ++k)
      if (QuestionSet::Answer answer = set->answer(i, k);
          answer.begin >= answer.end || answer.end > set->context(i).size())
        std::abort();
  return 0;
}
