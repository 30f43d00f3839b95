// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folders of tokenizers, vocab.txt and tokenizer_config.json.
#include "text/tokenizer_files.h"
#include "base/file.h"
#include "text/utf8.h"

#include <algorithm>
#include <filesystem>

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

bool isFile(const std::string &path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

// The string of a special token: "[CLS]", or an object that has it as "content".
Status readName(const Json &config, const char *key, const std::string &name,
                std::optional<std::string> &result) {
  auto found = config.find(key);
  if (found == config.end() || found->is_null())
    return {};
  const Json *value = &*found;
  if (value->is_object() && value->contains("content"))
    value = &(*value)["content"];
  if (!value->is_string())
    return dataLoss("%s: %s: expected a string or an object with \"content\", found %s",
                    name.c_str(), key, found->type_name());
  result = value->get<std::string>();
  return {};
}

Status readFlag(const Json &object, const char *key, const std::string &place,
                std::optional<bool> &result) {
  auto found = object.find(key);
  if (found == object.end() || found->is_null())
    return {};
  if (!found->is_boolean())
    return dataLoss("%s: %s: expected true or false, found %s", place.c_str(), key,
                    found->type_name());
  result = found->get<bool>();
  return {};
}

void sortById(std::vector<AddedToken> &tokens) {
  std::sort(tokens.begin(), tokens.end(),
            [](const AddedToken &a, const AddedToken &b) { return a.id < b.id; });
}

// "added_tokens_decoder": {"100": {"content": "[UNK]", "lstrip": false, ...}}
Status readAddedTokens(const Json &decoder, const std::string &name,
                       std::vector<AddedToken> &tokens) {
  if (!decoder.is_object())
    return dataLoss("%s: expected an object, found %s", name.c_str(), decoder.type_name());
  for (auto item = decoder.begin(); item != decoder.end(); ++item) {
    const std::string &key = item.key();
    std::string place = name + "[\"" + key + "\"]";
    bool isNumber =
        !key.empty() && key.size() <= 8 &&
        std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!isNumber || std::stol(key) >= WordPiece::idLimit)
      return dataLoss("%s: expected an id of 0 to 16777215 as key", place.c_str());
    AddedToken token;
    token.id = static_cast<int32_t>(std::stol(key));
    WEFT_ASSIGN_OR_RETURN(token.content, jsonString(item.value(), "content", place));
    std::optional<bool> flags[5];
    const char *const names[] = {"special", "single_word", "lstrip", "rstrip", "normalized"};
    for (size_t i = 0; i < std::size(names); ++i)
      WEFT_RETURN_IF_ERROR(readFlag(item.value(), names[i], place, flags[i]));
    token.special = flags[0].value_or(false);
    token.singleWord = flags[1].value_or(false);
    token.stripLeft = flags[2].value_or(false);
    token.stripRight = flags[3].value_or(false);
    token.normalized = flags[4].value_or(!token.special);
    tokens.push_back(std::move(token));
  }
  sortById(tokens);
  return {};
}

// "additional_special_tokens": ["<x>", {"content": "<y>", ...}]
Status readAdditional(const Json &list, const std::string &name, std::vector<AddedToken> &tokens) {
  if (!list.is_array())
    return dataLoss("%s: expected an array, found %s", name.c_str(), list.type_name());
  for (size_t i = 0; i < list.size(); ++i) {
    const Json &item = list[i];
    const Json &content = item.is_object() && item.contains("content") ? item["content"] : item;
    if (!content.is_string())
      return dataLoss("%s[%zu]: expected a string or an object with \"content\", found %s",
                      name.c_str(), i, item.type_name());
    tokens.push_back({content.get<std::string>(), -1, true, false, false, false, false});
  }
  return {};
}

// added_tokens.json, {"<x>": 30522}: what older folders have instead of added_tokens_decoder. A
// token is special if the configuration names it as such.
Status readAddedTokensFile(const std::string &path, TokenizerConfig &config) {
  WEFT_ASSIGN_OR_RETURN(Json ids, parseJsonFile(path, fileLimit));
  if (!ids.is_object())
    return dataLoss("%s: expected a JSON object, found %s", path.c_str(), ids.type_name());
  std::vector<AddedToken> tokens;
  for (auto item = ids.begin(); item != ids.end(); ++item) {
    AddedToken token;
    token.content = item.key();
    WEFT_ASSIGN_OR_RETURN(int64_t id, jsonInteger(ids, token.content.c_str(), path));
    if (token.content.empty() || id < 0 || id >= WordPiece::idLimit)
      return dataLoss("%s: \"%s\": expected a token with an id of 0 to 16777215, found %lld",
                      path.c_str(), token.content.c_str(), static_cast<long long>(id));
    token.id = static_cast<int32_t>(id);
    token.special =
        std::any_of(config.added.begin(), config.added.end(), [&](const AddedToken &other) {
          return other.special && other.content == token.content;
        });
    for (const auto *name : {&config.pad, &config.unk, &config.cls, &config.sep, &config.mask})
      token.special |= *name == token.content;
    token.normalized = !token.special;
    tokens.push_back(std::move(token));
  }
  sortById(tokens);
  for (size_t i = 1; i < tokens.size(); ++i)
    if (tokens[i].id == tokens[i - 1].id)
      return dataLoss(
          "%s: expected an id of its own for each token, found %d for \"%s\" and \"%s\"",
          path.c_str(), tokens[i].id, tokens[i - 1].content.c_str(), tokens[i].content.c_str());
  config.added.insert(config.added.begin(), tokens.begin(), tokens.end());
  return {};
}

// The configuration beside a tokenizer, or an empty one.
Result<TokenizerConfig> readConfigOfFolder(const std::string &folder) {
  TokenizerConfig config;
  std::string path = folder + "/tokenizer_config.json";
  if (isFile(path)) {
    WEFT_ASSIGN_OR_RETURN(std::string text, readFile(path, fileLimit));
    WEFT_ASSIGN_OR_RETURN(config, readTokenizerConfig(text, path));
  }
  // Older folders have the names of the special tokens in a file of their own.
  path = folder + "/special_tokens_map.json";
  if (isFile(path)) {
    WEFT_ASSIGN_OR_RETURN(std::string text, readFile(path, fileLimit));
    WEFT_ASSIGN_OR_RETURN(TokenizerConfig names, readTokenizerConfig(text, path));
    for (auto name : {&TokenizerConfig::cls, &TokenizerConfig::sep, &TokenizerConfig::pad,
                      &TokenizerConfig::mask, &TokenizerConfig::unk})
      if (!(config.*name))
        config.*name = names.*name;
    config.added.insert(config.added.end(), names.added.begin(), names.added.end());
  }
  path = folder + "/added_tokens.json";
  if (!config.listsAdded && isFile(path))
    WEFT_RETURN_IF_ERROR(readAddedTokensFile(path, config));
  return config;
}

// Tokens that the configuration names are looked for in texts, whether the tokenizer's own file
// says so or not.
void addConfiguredTokens(const TokenizerConfig &config, TokenizerParts &parts) {
  auto add = [&](const AddedToken &token) {
    if (std::none_of(parts.added.begin(), parts.added.end(),
                     [&](const AddedToken &other) { return other.content == token.content; }))
      parts.added.push_back(token);
  };
  for (const AddedToken &token : config.added)
    add(token);
  for (const auto *name : {&config.pad, &config.unk, &config.cls, &config.sep, &config.mask})
    if (*name)
      add({**name, -1, true, false, false, false, false});
}

void applyNames(const TokenizerConfig &config, TokenizerParts &parts) {
  parts.cls = config.cls.value_or(parts.cls);
  parts.sep = config.sep.value_or(parts.sep);
  parts.pad = config.pad.value_or(parts.pad);
  parts.mask = config.mask.value_or(parts.mask);
  parts.modelMaxLength = config.modelMaxLength;
}

void overrideNormalizer(const TokenizerConfig &config, NormalizerOptions &options) {
  // strip_accents follows lowercase where the file leaves it open.
  bool follows = options.stripAccents == options.lowercase;
  options.lowercase = config.lowercase.value_or(options.lowercase);
  options.handleChineseChars = config.handleChineseChars.value_or(options.handleChineseChars);
  if (config.stripAccents)
    options.stripAccents = config.stripAccents->value_or(options.lowercase);
  else if (follows)
    options.stripAccents = options.lowercase;
}

Result<TokenizerParts> partsFromJson(std::string_view text, const std::string &path,
                                     const TokenizerConfig &config) {
  WEFT_ASSIGN_OR_RETURN(TokenizerParts parts, readTokenizerJson(text, path));
  if (config.isBert)
    overrideNormalizer(config, parts.normalizer);
  addConfiguredTokens(config, parts);
  applyNames(config, parts);
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
  options.cls = config.cls.value_or(options.cls);
  options.sep = config.sep.value_or(options.sep);
  options.pad = config.pad.value_or(options.pad);
  options.mask = config.mask.value_or(options.mask);
  options.unk = config.unk.value_or(options.unk);
  WEFT_ASSIGN_OR_RETURN(TokenizerParts parts, readVocabulary(text, path, options));
  addConfiguredTokens(config, parts);
  parts.modelMaxLength = config.modelMaxLength;
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

Result<TokenizerConfig> readTokenizerConfig(std::string_view text, const std::string &name) {
  WEFT_ASSIGN_OR_RETURN(Json json, parseJson(text, name));
  if (!json.is_object())
    return dataLoss("%s: expected a JSON object, found %s", name.c_str(), json.type_name());
  TokenizerConfig config;
  WEFT_RETURN_IF_ERROR(readFlag(json, "do_lower_case", name, config.lowercase));
  WEFT_RETURN_IF_ERROR(readFlag(json, "tokenize_chinese_chars", name, config.handleChineseChars));
  if (json.contains("strip_accents")) {
    config.stripAccents.emplace();
    WEFT_RETURN_IF_ERROR(readFlag(json, "strip_accents", name, *config.stripAccents));
  }
  WEFT_RETURN_IF_ERROR(readName(json, "cls_token", name, config.cls));
  WEFT_RETURN_IF_ERROR(readName(json, "sep_token", name, config.sep));
  WEFT_RETURN_IF_ERROR(readName(json, "pad_token", name, config.pad));
  WEFT_RETURN_IF_ERROR(readName(json, "mask_token", name, config.mask));
  WEFT_RETURN_IF_ERROR(readName(json, "unk_token", name, config.unk));
  // "No limit" is written as 10^30.
  if (auto found = json.find("model_max_length");
      found != json.end() && found->is_number() && *found > 0 && *found < 1e9)
    config.modelMaxLength = found->get<size_t>();
  auto found = json.find("added_tokens_decoder");
  config.listsAdded = found != json.end() && !found->is_null();
  if (config.listsAdded)
    WEFT_RETURN_IF_ERROR(readAddedTokens(*found, name + ": added_tokens_decoder", config.added));
  if (auto found = json.find("additional_special_tokens"); found != json.end() && !found->is_null())
    WEFT_RETURN_IF_ERROR(
        readAdditional(*found, name + ": additional_special_tokens", config.added));
  if (json.contains("tokenizer_class") && json["tokenizer_class"].is_string()) {
    config.className = json["tokenizer_class"].get<std::string>();
    std::string_view base = config.className;
    if (base.ends_with("Fast"))
      base.remove_suffix(4);
    static const std::string_view family[] = {
        "BertTokenizer",        "DistilBertTokenizer", "ElectraTokenizer",  "MobileBertTokenizer",
        "SqueezeBertTokenizer", "ConvBertTokenizer",   "RetriBertTokenizer"};
    config.isBert = std::find(std::begin(family), std::end(family), base) != std::end(family);
  }
  return config;
}

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
  for (const std::string &content :
       {options.pad, options.unk, options.cls, options.sep, options.mask}) {
    bool twice = std::any_of(parts.added.begin(), parts.added.end(),
                             [&](const AddedToken &other) { return other.content == content; });
    if (!twice && idOf(content) >= 0)
      parts.added.push_back({content, -1, true, false, false, false, false});
  }
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
