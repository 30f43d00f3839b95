// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of a tokenizer from its parts.
#include "text/tokenizer_data.h"

#include <algorithm>
#include <set>

namespace weft::rt {

size_t Template::addedTokens() const {
  size_t count = 0;
  for (const TemplatePiece &piece : pieces)
    count += piece.ids.size();
  return count;
}

Result<std::shared_ptr<const TokenizerData>> TokenizerData::create(TokenizerParts parts,
                                                                   const std::string &name) {
  auto data = std::make_shared<TokenizerData>();
  data->normalizer = Normalizer(parts.normalizer);
  WEFT_ASSIGN_OR_RETURN(data->model, WordPiece::create(std::move(parts.vocabulary),
                                                       std::move(parts.wordPiece), name));
  data->parts = std::move(parts);
  data->maxId = data->model.maxId();
  WEFT_RETURN_IF_ERROR(data->addTokens(name));
  WEFT_RETURN_IF_ERROR(data->makeFinders(name));
  WEFT_RETURN_IF_ERROR(data->checkTemplates(name));

  for (size_t i = 0; i < data->punctuationIds.size(); ++i) {
    char byte = static_cast<char>(i);
    std::vector<TextToken> tokens;
    data->model.encode({&byte, 1}, data->normalizer.byteMap(), 0, tokens);
    data->punctuationIds[i] = tokens[0].id;
  }
  const TokenizerData &made = *data;
  data->special = {made.idOf(made.parts.cls), made.idOf(made.parts.sep), made.idOf(made.parts.pad),
                   made.idOf(made.parts.mask), made.model.unknownId()};
  return std::shared_ptr<const TokenizerData>(std::move(data));
}

int32_t TokenizerData::idOf(std::string_view token) const {
  if (token.empty())
    return -1;
  if (int32_t id = model.idOf(token); id >= 0)
    return id;
  for (const AddedToken &added : parts.added)
    if (added.content == token)
      return added.id;
  return -1;
}

const AddedToken *TokenizerData::addedWithId(int32_t id) const {
  auto found = std::lower_bound(addedById.begin(), addedById.end(), std::pair(id, int32_t{0}));
  if (found == addedById.end() || found->first != id)
    return nullptr;
  return &parts.added[static_cast<size_t>(found->second)];
}

// Tokens of the vocabulary keep their ids; others follow it, in order, as Hugging Face counts: from
// the number of tokens on.
Status TokenizerData::addTokens(const std::string &name) {
  auto next = static_cast<int32_t>(model.tokenCount());
  std::set<std::string_view> contents;
  for (size_t i = 0; i < parts.added.size(); ++i) {
    AddedToken &token = parts.added[i];
    std::string place =
        name + ": added_tokens[" + std::to_string(i) + "] (\"" + token.content + "\")";
    if (!contents.insert(token.content).second)
      return dataLoss("%s: the token is added twice", place.c_str());
    if (token.content.empty())
      return dataLoss("%s: expected text, found none", place.c_str());
    int32_t id = model.idOf(token.content);
    if (id < 0) {
      id = next++;
      if (!model.tokenOf(id).empty())
        return dataLoss("%s: the id %d that follows the vocabulary is already that of \"%s\"",
                        place.c_str(), id, std::string(model.tokenOf(id)).c_str());
    }
    if (token.id >= 0 && token.id != id)
      return dataLoss("%s: expected the id %d (%s), found %d", place.c_str(), id,
                      model.idOf(token.content) < 0 ? "the next behind the vocabulary"
                                                    : "as in the vocabulary",
                      token.id);
    token.id = id;
    maxId = std::max(maxId, id);
    addedById.emplace_back(id, static_cast<int32_t>(i));
  }
  std::sort(addedById.begin(), addedById.end());
  return {};
}

Status TokenizerData::makeFinders(const std::string &name) {
  std::vector<Trie::Entry> raw, normalized;
  // Outlives the entries' views.
  std::vector<NormalizedText> forms(parts.added.size());
  std::set<std::string_view> distinct;
  for (size_t i = 0; i < parts.added.size(); ++i) {
    const AddedToken &token = parts.added[i];
    if (!token.normalized) {
      raw.emplace_back(token.content, static_cast<int32_t>(i));
      continue;
    }
    normalizer.append(token.content, 0, forms[i]);
    if (!distinct.insert(forms[i].text).second)
      return dataLoss("%s: added_tokens[%zu] (\"%s\"): expected a normal form of its own, found "
                      "that of another token, \"%s\"",
                      name.c_str(), i, token.content.c_str(), forms[i].text.c_str());
    if (forms[i].text.empty())
      return dataLoss("%s: added_tokens[%zu] (\"%s\"): the normalizer leaves nothing of it",
                      name.c_str(), i, token.content.c_str());
    normalized.emplace_back(forms[i].text, static_cast<int32_t>(i));
  }
  rawFinder = AddedTokenFinder(parts.added, raw, parts.splitSpecialTokens);
  normalizedFinder = AddedTokenFinder(parts.added, normalized, parts.splitSpecialTokens);
  return {};
}

Status TokenizerData::checkTemplates(const std::string &name) const {
  for (const auto *sequence : {&parts.single, &parts.pair})
    for (const TemplatePiece &piece : sequence->pieces)
      for (int32_t id : piece.ids)
        if (id < 0 || id > maxId)
          return dataLoss("%s: post_processor: expected ids of 0 to %d, found %d", name.c_str(),
                          maxId, id);
  return {};
}

} // namespace weft::rt
