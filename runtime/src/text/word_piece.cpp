// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Greedy matching by two double arrays.
#include "text/word_piece.h"
#include "text/utf8.h"

#include <algorithm>
#include <tuple>

namespace weft::rt {

Result<WordPiece> WordPiece::create(std::vector<Token> tokens, WordPieceOptions options,
                                    const std::string &place) {
  WordPiece model;
  model.settings = std::move(options);
  std::sort(tokens.begin(), tokens.end(), [](const Token &a, const Token &b) {
    return std::tie(a.text, a.id) < std::tie(b.text, b.id);
  });
  // Of equal tokens, keeps the last.
  auto last = std::unique(tokens.rbegin(), tokens.rend(),
                          [](const Token &a, const Token &b) { return a.text == b.text; });
  tokens.erase(tokens.begin(), last.base());
  model.sorted = std::move(tokens);

  const std::string &prefix = model.settings.continuationPrefix;
  // A longer token is part of no word. (Four bytes a character at most.)
  size_t longest = model.settings.maxWordCharacters > (size_t{1} << 30)
                       ? SIZE_MAX
                       : model.settings.maxWordCharacters * 4 + prefix.size();
  std::vector<Trie::Entry> first, later;
  for (size_t i = 0; i < model.sorted.size(); ++i) {
    const Token &token = model.sorted[i];
    if (token.id >= static_cast<int32_t>(model.byId.size()))
      model.byId.resize(static_cast<size_t>(token.id) + 1, -1);
    model.byId[static_cast<size_t>(token.id)] = static_cast<int32_t>(i);
    if (token.text.size() > longest)
      continue;
    std::string_view text = token.text;
    first.emplace_back(text, token.id);
    if (text.starts_with(prefix))
      later.emplace_back(text.substr(prefix.size()), token.id);
  }
  model.firstTokens = Trie(std::move(first));
  model.laterTokens = Trie(std::move(later));
  model.unknown = model.idOf(model.settings.unknownToken);
  if (model.unknown < 0)
    return dataLoss("%s: expected the unknown token \"%s\" in the vocabulary of %zu tokens, which "
                    "does not have it",
                    place.c_str(), model.settings.unknownToken.c_str(), model.sorted.size());
  return model;
}

int32_t WordPiece::idOf(std::string_view token) const {
  auto found =
      std::lower_bound(sorted.begin(), sorted.end(), token,
                       [](const Token &a, std::string_view text) { return a.text < text; });
  return found != sorted.end() && found->text == token ? found->id : -1;
}

std::string_view WordPiece::tokenOf(int32_t id) const {
  if (id < 0 || id > maxId() || byId[static_cast<size_t>(id)] < 0)
    return {};
  return sorted[static_cast<size_t>(byId[static_cast<size_t>(id)])].text;
}

bool WordPiece::isContinuation(int32_t id) const {
  std::string_view token = tokenOf(id);
  const std::string &prefix = settings.continuationPrefix;
  return !prefix.empty() && token.size() > prefix.size() && token.starts_with(prefix);
}

bool WordPiece::isTooLong(std::string_view word) const {
  return word.size() > settings.maxWordCharacters &&
         countCharacters(word) > settings.maxWordCharacters;
}

void WordPiece::encode(std::string_view word, const uint8_t *map, int32_t wordIndex,
                       std::vector<TextToken> &result) const {
  size_t firstToken = result.size();
  bool known = !isTooLong(word);
  const Trie *trie = &firstTokens;
  for (size_t begin = 0; known && begin < word.size(); trie = &laterTokens) {
    size_t end = begin;
    int32_t id = -1;
    uint32_t node = Trie::root;
    for (size_t i = begin; i < word.size(); ++i) {
      node = trie->step(node, map[static_cast<uint8_t>(word[i])]);
      if (node == Trie::none)
        break;
      if (trie->value(node) >= 0) {
        id = trie->value(node);
        end = i + 1;
      }
    }
    known = end > begin;
    if (known)
      result.push_back({id, static_cast<uint32_t>(begin), static_cast<uint32_t>(end), wordIndex});
    begin = end;
  }
  if (known)
    return;
  result.resize(firstToken);
  result.push_back({unknown, 0, static_cast<uint32_t>(word.size()), wordIndex});
}

} // namespace weft::rt
