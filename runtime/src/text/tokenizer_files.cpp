// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folders of tokenizers, and vocab.txt.
#include "text/tokenizer_files.h"
#include "base/file.h"
#include "text/utf8.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace weft::rt {

namespace {

constexpr size_t fileLimit = size_t{100} << 20;

// Without white space at the end.
size_t trimmedSize(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && (CharacterTable::get()[previousCharacter(text, end)] & spaceProperty))
    do
      --end;
    while (isContinuationByte(text[end]));
  return end;
}

// Adds tokens whose content is not there yet.
void addTokens(const std::vector<AddedToken> &tokens, std::vector<AddedToken> &list) {
  std::set<std::string> contents;
  for (const AddedToken &token : list)
    contents.insert(token.content);
  for (const AddedToken &token : tokens)
    if (contents.insert(token.content).second)
      list.push_back(token);
}

// The tokens that are looked for in texts, in the order in which Hugging Face gives them ids:
// `base`, the special tokens by name, further ones.
std::vector<AddedToken> configuredTokens(const TokenizerConfig &config,
                                         std::vector<AddedToken> base) {
  for (const TokenizerConfig::Named &name : config.names) {
    if (!name.token)
      continue;
    for (AddedToken &token : base)
      token.special |= token.content == name.token->content;
    addTokens({*name.token}, base);
  }
  addTokens(config.custom, base);
  if (config.extra)
    addTokens(*config.extra, base);
  return base;
}

// The name of a special token: that of the configuration, which may say that there is none.
void applyName(const TokenizerConfig &config, TokenizerConfig::Name name, std::string &target) {
  const TokenizerConfig::Named &found = config.names[name];
  if (found.isSaid)
    target = found.token ? found.token->content : std::string();
}

void applyOptions(const TokenizerConfig &config, TokenizerParts &parts) {
  parts.modelMaxLength = config.modelMaxLength;
  parts.truncationSide = config.truncatesLeft ? TruncationSide::left : TruncationSide::right;
  parts.padsLeft = config.padsLeft;
  parts.splitSpecialTokens = config.splitSpecialTokens;
}

// Transformers makes BERT's normalizer anew, whatever tokenizer.json says.
NormalizerOptions bertNormalizer(const TokenizerConfig &config) {
  bool lowercase = config.lowercase.value_or(true);
  return {true, config.handleChineseChars.value_or(true),
          config.stripAccents.value_or(std::nullopt).value_or(lowercase), lowercase};
}

// Adds the five that BERT's tokenizer has under names of its own, as far as the vocabulary has
// them.
void addBertTokens(TokenizerParts &parts) {
  for (const std::string *content :
       {&parts.pad, &parts.wordPiece.unknownToken, &parts.cls, &parts.sep, &parts.mask}) {
    bool isThere =
        std::any_of(parts.vocabulary.begin(), parts.vocabulary.end(),
                    [&](const WordPiece::Token &token) { return token.text == *content; });
    if (isThere && !content->empty())
      addTokens({{*content, -1, true, false, false, false, false}}, parts.added);
  }
}

Result<TokenizerParts> partsFromJson(std::string_view text, const std::string &path,
                                     const TokenizerConfig &config) {
  WEFT_ASSIGN_OR_RETURN(TokenizerParts parts, readTokenizerJson(text, path));
  // What the configuration lists goes before tokenizer.json's list; for BERT it is all there is.
  std::vector<AddedToken> base = config.listsAdded ? config.added : parts.added;
  if (!config.listsAdded)
    addTokens(config.added, base);
  else if (!config.isBert)
    addTokens(parts.added, base);
  sortById(base);
  parts.added = configuredTokens(config, std::move(base));
  applyName(config, TokenizerConfig::cls, parts.cls);
  applyName(config, TokenizerConfig::sep, parts.sep);
  applyName(config, TokenizerConfig::pad, parts.pad);
  applyName(config, TokenizerConfig::mask, parts.mask);
  if (config.isBert && config.isFound) {
    parts.normalizer = bertNormalizer(config);
    addBertTokens(parts);
  }
  applyOptions(config, parts);
  return parts;
}

Result<TokenizerParts> partsFromVocabulary(std::string_view text, const std::string &path,
                                           const TokenizerConfig &config) {
  if (!config.isBert)
    return unimplemented("%s: tokenizer_config.json beside it: tokenizer_class: expected a "
                         "tokenizer of BERT, found %s",
                         path.c_str(), config.className.c_str());
  VocabularyOptions options;
  options.lowercase = config.lowercase.value_or(true);
  options.stripAccents = config.stripAccents.value_or(std::nullopt);
  options.handleChineseChars = config.handleChineseChars.value_or(true);
  applyName(config, TokenizerConfig::cls, options.cls);
  applyName(config, TokenizerConfig::sep, options.sep);
  applyName(config, TokenizerConfig::pad, options.pad);
  applyName(config, TokenizerConfig::mask, options.mask);
  applyName(config, TokenizerConfig::unk, options.unk);
  WEFT_ASSIGN_OR_RETURN(TokenizerParts parts, readVocabulary(text, path, options));
  parts.added = configuredTokens(config, config.added);
  addBertTokens(parts);
  applyOptions(config, parts);
  return parts;
}

Result<Tokenizer> makeTokenizer(Result<TokenizerParts> parts, const std::string &name) {
  WEFT_RETURN_IF_ERROR(parts.status());
  WEFT_ASSIGN_OR_RETURN(auto data, TokenizerData::create(parts.take(), name));
  return Tokenizer(std::move(data));
}

bool looksLikeJson(std::string_view text) {
  size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{')
    return false;
  // A vocabulary may begin with the token "{", on a line of its own.
  size_t next = text.find_first_not_of(" \t\r\n", first + 1);
  return next == std::string_view::npos || text[next] == '"' || text[next] == '}';
}

} // namespace

Result<TokenizerParts> readVocabulary(std::string_view text, const std::string &name,
                                      const VocabularyOptions &options) {
  size_t invalid = findInvalidUtf8(text);
  if (invalid != std::string_view::npos)
    return dataLoss("%s: line %zu: expected UTF-8, found the byte 0x%02X", name.c_str(),
                    static_cast<size_t>(
                        std::count(text.begin(), text.begin() + static_cast<long>(invalid), '\n')) +
                        1,
                    static_cast<unsigned>(static_cast<uint8_t>(text[invalid])));
  TokenizerParts parts;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view token = text.substr(begin, end - begin);
    token = token.substr(0, trimmedSize(token));
    auto id = static_cast<int32_t>(parts.vocabulary.size());
    if (id >= WordPiece::idLimit)
      return dataLoss("%s: expected at most %d lines", name.c_str(), WordPiece::idLimit);
    parts.vocabulary.push_back({std::string(token), id});
    begin = end + 1;
  }
  parts.normalizer = {true, options.handleChineseChars,
                      options.stripAccents.value_or(options.lowercase), options.lowercase};
  parts.wordPiece.unknownToken = options.unk;
  parts.cls = options.cls;
  parts.sep = options.sep;
  parts.pad = options.pad;
  parts.mask = options.mask;
  auto idOf = [&](const std::string &token) {
    // The last of equal lines counts.
    auto found = std::find_if(parts.vocabulary.rbegin(), parts.vocabulary.rend(),
                              [&](const WordPiece::Token &other) { return other.text == token; });
    return found == parts.vocabulary.rend() ? -1 : found->id;
  };
  for (const std::string &token : {options.cls, options.sep})
    if (idOf(token) < 0)
      return dataLoss("%s: expected the special token \"%s\" in a line of its own, found none",
                      name.c_str(), token.c_str());
  setBertTemplates(idOf(options.cls), idOf(options.sep), parts);
  addBertTokens(parts);
  return parts;
}

Result<Tokenizer> Tokenizer::fromJson(std::string_view text, const std::string &name) {
  return makeTokenizer(readTokenizerJson(text, name), name);
}

Result<Tokenizer> Tokenizer::fromVocabulary(std::string_view text, const std::string &name,
                                            const VocabularyOptions &options) {
  return makeTokenizer(readVocabulary(text, name, options), name);
}

Result<Tokenizer> Tokenizer::load(const std::string &path) {
  std::error_code ignored;
  std::string file = path, folder = folderOf(path);
  if (std::filesystem::is_directory(path, ignored)) {
    folder = path;
    file = path + "/tokenizer.json";
    if (!isFile(file))
      file = path + "/vocab.txt";
    if (!isFile(file))
      return notFound("%s: expected tokenizer.json or vocab.txt in the folder, found neither",
                      path.c_str());
  }
  WEFT_ASSIGN_OR_RETURN(std::string text, readFile(file, fileLimit));
  bool isJson = looksLikeJson(text);
  TokenizerConfig config;
  if (folder == path || !isJson) {
    WEFT_ASSIGN_OR_RETURN(config, readConfigOfFolder(folder));
  }
  return makeTokenizer(
      isJson ? partsFromJson(text, file, config) : partsFromVocabulary(text, file, config), file);
}

} // namespace weft::rt
