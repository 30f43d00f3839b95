// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Answers as SQuAD's official evaluation compares them.
#ifndef WEFT_RUNTIME_TEXT_ANSWER_WORDS_H
#define WEFT_RUNTIME_TEXT_ANSWER_WORDS_H

#include <string>
#include <string_view>
#include <vector>

namespace weft::rt {

// The words of a text in lowercase, without ASCII punctuation and without the articles a, an, the;
// what white space divides, by Python's rules for Unicode. `text` is UTF-8.
std::vector<std::u32string> answerWords(std::string_view text);

} // namespace weft::rt

#endif
