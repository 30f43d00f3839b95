// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tokenizer_config.json, special_tokens_map.json and added_tokens.json, as Transformers 5 puts them
// together.
#include "base/file.h"
#include "text/tokenizer_files.h"

#include <algorithm>
#include <set>

namespace weft::rt {

namespace {

constexpr size_t fileLimit = size_t{100} << 20;

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

Status readSide(const Json &object, const char *key, const std::string &place, bool &isLeft) {
  auto found = object.find(key);
  if (found == object.end() || found->is_null())
    return {};
  if (*found != "left" && *found != "right")
    return dataLoss("%s: %s: expected \"left\" or \"right\", found %s", place.c_str(), key,
                    formatJson(*found).substr(0, 60).c_str());
  isLeft = *found == "left";
  return {};
}

// A token with its flags; what is not normalized is looked for in the text as it stands.
Result<AddedToken> readToken(const Json &value, const std::string &place, bool special) {
  AddedToken token;
  WEFT_ASSIGN_OR_RETURN(token.content, jsonString(value, "content", place));
  std::optional<bool> flags[5];
  const char *const names[] = {"special", "single_word", "lstrip", "rstrip", "normalized"};
  for (size_t i = 0; i < std::size(names); ++i)
    WEFT_RETURN_IF_ERROR(readFlag(value, names[i], place, flags[i]));
  token.special = flags[0].value_or(special) || special;
  token.singleWord = flags[1].value_or(false);
  token.stripLeft = flags[2].value_or(false);
  token.stripRight = flags[3].value_or(false);
  token.normalized = flags[4].value_or(!token.special);
  return token;
}

// A special token: "[CLS]", or an object that has it as "content".
Result<AddedToken> readSpecial(const Json &value, const std::string &place) {
  if (value.is_string())
    return AddedToken{value.get<std::string>(), -1, true, false, false, false, false};
  if (!value.is_object() || !value.contains("content") || !value["content"].is_string())
    return dataLoss("%s: expected a string or an object with \"content\", found %s", place.c_str(),
                    value.type_name());
  return readToken(value, place, /*special=*/true);
}

// bos_token, cls_token and the like, and those that only this model has.
Status readNames(const Json &json, const std::string &file, bool isMap, TokenizerConfig &config) {
  static const char *const names[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                      "pad_token", "cls_token", "mask_token"};
  for (auto item = json.begin(); item != json.end(); ++item) {
    std::string place = file + ": " + item.key();
    const auto *name = std::find(std::begin(names), std::end(names), item.key());
    if (name == std::end(names)) {
      bool isToken = item.key().ends_with("_token") &&
                     (item.value().is_string() ||
                      (item.value().is_object() && item.value().contains("content")));
      if (isToken) {
        WEFT_ASSIGN_OR_RETURN(AddedToken token, readSpecial(item.value(), place));
        config.custom.push_back(std::move(token));
      }
      continue;
    }
    auto index = static_cast<size_t>(name - names);
    TokenizerConfig::Named &named = config.names[index];
    named = {true, std::nullopt, !isMap && item.value().is_object()};
    if (!item.value().is_null()) {
      WEFT_ASSIGN_OR_RETURN(named.token, readSpecial(item.value(), place));
    } else if (index == TokenizerConfig::unk || index == TokenizerConfig::cls ||
               index == TokenizerConfig::sep) {
      return unimplemented("%s: expected a token, found null", place.c_str());
    }
  }
  return {};
}

// extra_special_tokens: ["<x>", {"content": "<y>", ...}], or an object of names and tokens.
Status readExtra(const Json &list, const std::string &name, TokenizerConfig &config) {
  if (!list.is_array() && !(list.is_object() && !name.ends_with("additional_special_tokens")))
    return dataLoss("%s: expected an array, found %s", name.c_str(), list.type_name());
  std::vector<AddedToken> &tokens = list.is_object() ? config.custom
                                    : config.extra   ? *config.extra
                                                     : config.extra.emplace();
  size_t number = 0;
  for (const Json &item : list) {
    WEFT_ASSIGN_OR_RETURN(AddedToken token,
                          readSpecial(item, name + "[" + std::to_string(number++) + "]"));
    tokens.push_back(std::move(token));
  }
  return {};
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
    WEFT_ASSIGN_OR_RETURN(AddedToken token, readToken(item.value(), place, /*special=*/false));
    token.id = static_cast<int32_t>(std::stol(key));
    tokens.push_back(std::move(token));
  }
  sortById(tokens);
  return {};
}

// added_tokens.json, {"<x>": 30522}: what older folders have instead of added_tokens_decoder. A
// token is special if the configuration names it as such.
Status readAddedTokensFile(const std::string &path, TokenizerConfig &config) {
  WEFT_ASSIGN_OR_RETURN(Json ids, parseJsonFile(path, fileLimit));
  if (!ids.is_object())
    return dataLoss("%s: expected a JSON object, found %s", path.c_str(), ids.type_name());
  std::set<std::string_view> special;
  if (config.extra)
    for (const AddedToken &other : *config.extra)
      special.insert(other.content);
  for (const TokenizerConfig::Named &name : config.names)
    if (name.token && !name.isObject)
      special.insert(name.token->content);
  std::vector<AddedToken> &tokens = config.added;
  for (auto item = ids.begin(); item != ids.end(); ++item) {
    AddedToken token;
    token.content = item.key();
    WEFT_ASSIGN_OR_RETURN(int64_t id, jsonInteger(ids, token.content.c_str(), path));
    if (token.content.empty() || id < 0 || id >= WordPiece::idLimit)
      return dataLoss("%s: \"%s\": expected a token with an id of 0 to 16777215, found %lld",
                      path.c_str(), token.content.c_str(), static_cast<long long>(id));
    token.id = static_cast<int32_t>(id);
    token.special = special.contains(token.content);
    token.normalized = !token.special;
    tokens.push_back(std::move(token));
  }
  sortById(tokens);
  for (size_t i = 1; i < tokens.size(); ++i)
    if (tokens[i].id == tokens[i - 1].id)
      return dataLoss(
          "%s: expected an id of its own for each token, found %d for \"%s\" and \"%s\"",
          path.c_str(), tokens[i].id, tokens[i - 1].content.c_str(), tokens[i].content.c_str());
  return {};
}

// Older folders have the special tokens in a file of their own, which then decides.
Status readTokensMap(const std::string &path, TokenizerConfig &config) {
  WEFT_ASSIGN_OR_RETURN(Json json, parseJsonFile(path, fileLimit));
  if (!json.is_object())
    return dataLoss("%s: expected a JSON object, found %s", path.c_str(), json.type_name());
  WEFT_RETURN_IF_ERROR(readNames(json, path, /*isMap=*/true, config));
  if (auto found = json.find("additional_special_tokens");
      found != json.end() && !found->is_null() && !config.extra)
    WEFT_RETURN_IF_ERROR(readExtra(*found, path + ": additional_special_tokens", config));
  if (auto found = json.find("extra_special_tokens"); found != json.end() && !found->is_null())
    WEFT_RETURN_IF_ERROR(readExtra(*found, path + ": extra_special_tokens", config));
  return {};
}

} // namespace

void sortById(std::vector<AddedToken> &tokens) {
  std::sort(tokens.begin(), tokens.end(),
            [](const AddedToken &a, const AddedToken &b) { return a.id < b.id; });
}

Result<TokenizerConfig> readConfigOfFolder(const std::string &folder) {
  TokenizerConfig config;
  std::string path = folder + "/tokenizer_config.json";
  config.isFound = isFile(path) || isFile(folder + "/config.json");
  if (isFile(path)) {
    WEFT_ASSIGN_OR_RETURN(std::string text, readFile(path, fileLimit));
    WEFT_RETURN_IF_ERROR(readTokenizerConfig(text, path, config));
  }
  if (config.listsAdded)
    return config;
  path = folder + "/special_tokens_map.json";
  if (isFile(path))
    WEFT_RETURN_IF_ERROR(readTokensMap(path, config));
  path = folder + "/added_tokens.json";
  if (isFile(path))
    WEFT_RETURN_IF_ERROR(readAddedTokensFile(path, config));
  return config;
}

Status readTokenizerConfig(std::string_view text, const std::string &name,
                           TokenizerConfig &config) {
  WEFT_ASSIGN_OR_RETURN(Json json, parseJson(text, name));
  if (!json.is_object())
    return dataLoss("%s: expected a JSON object, found %s", name.c_str(), json.type_name());
  WEFT_RETURN_IF_ERROR(readFlag(json, "do_lower_case", name, config.lowercase));
  WEFT_RETURN_IF_ERROR(readFlag(json, "tokenize_chinese_chars", name, config.handleChineseChars));
  if (json.contains("strip_accents")) {
    config.stripAccents.emplace();
    WEFT_RETURN_IF_ERROR(readFlag(json, "strip_accents", name, *config.stripAccents));
  }
  std::optional<bool> split;
  WEFT_RETURN_IF_ERROR(readFlag(json, "split_special_tokens", name, split));
  config.splitSpecialTokens = split.value_or(false);
  WEFT_RETURN_IF_ERROR(readSide(json, "truncation_side", name, config.truncatesLeft));
  WEFT_RETURN_IF_ERROR(readSide(json, "padding_side", name, config.padsLeft));
  WEFT_RETURN_IF_ERROR(readNames(json, name, /*isMap=*/false, config));
  // "No limit" is written as 10^30; max_len is the older name.
  for (const char *key : {"max_len", "model_max_length"})
    if (auto found = json.find(key);
        found != json.end() && found->is_number() && *found > 0 && *found < 1e9)
      config.modelMaxLength = found->get<size_t>();
  auto found = json.find("added_tokens_decoder");
  config.listsAdded = found != json.end() && !found->is_null();
  if (config.listsAdded)
    WEFT_RETURN_IF_ERROR(readAddedTokens(*found, name + ": added_tokens_decoder", config.added));
  // The older name counts where the newer one is not used.
  for (const char *key : {"extra_special_tokens", "additional_special_tokens"})
    if (auto list = json.find(key); list != json.end() && !list->empty()) {
      WEFT_RETURN_IF_ERROR(readExtra(*list, name + ": " + key, config));
      break;
    }
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
  return {};
}

} // namespace weft::rt
