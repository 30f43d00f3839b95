// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tokenizer.json. Whatever could change ids has to be known; the rest is passed over.
#include "base/json.h"
#include "text/tokenizer_files.h"

#include <algorithm>
#include <initializer_list>
#include <map>

namespace weft::rt {

namespace {

// A value and where it stands: "tokenizer.json: model.vocab".
struct Place {
  const Json &value;
  std::string path;

  Place at(const char *key) const {
    return {value[key], path + (path.ends_with(": ") ? "" : ".") + key};
  }
  Place at(size_t index) const { return {value[index], path + "[" + std::to_string(index) + "]"}; }
  bool has(const char *key) const { return value.contains(key); }
  const char *name() const { return path.c_str(); }
};

std::string describe(const Json &value) {
  if (value.is_object() || value.is_array())
    return value.type_name();
  std::string text = formatJson(value);
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

Status expected(const Place &place, const char *what) {
  return dataLoss("%s: expected %s, found %s", place.name(), what, describe(place.value).c_str());
}

// An object that has all of `required` and, besides, nothing but `optional`.
Status checkObject(const Place &place, std::initializer_list<const char *> required,
                   std::initializer_list<const char *> optional) {
  if (!place.value.is_object())
    return expected(place, "an object");
  for (const char *key : required)
    if (!place.has(key))
      return dataLoss("%s: the key \"%s\" is missing", place.name(), key);
  for (auto item = place.value.begin(); item != place.value.end(); ++item) {
    auto isKey = [&](const char *key) { return item.key() == key; };
    if (std::none_of(required.begin(), required.end(), isKey) &&
        std::none_of(optional.begin(), optional.end(), isKey))
      return unimplemented("%s: found the key \"%s\", which could change ids and is not supported",
                           place.name(), item.key().c_str());
  }
  return {};
}

Result<bool> readBool(const Place &place) {
  if (!place.value.is_boolean())
    return expected(place, "true or false");
  return place.value.get<bool>();
}

Result<std::string> readString(const Place &place) {
  if (!place.value.is_string())
    return expected(place, "a string");
  return place.value.get<std::string>();
}

Result<int32_t> readId(const Place &place) {
  if (!place.value.is_number_integer() || place.value < 0 || place.value >= WordPiece::idLimit)
    return expected(place, "an integer of 0 to 16777215");
  return place.value.get<int32_t>();
}

// The "type" of a part must be one of `supported`.
Result<std::string> readType(const Place &place, std::initializer_list<const char *> supported) {
  if (!place.value.is_object())
    return expected(place, "an object");
  if (!place.has("type"))
    return dataLoss("%s: the key \"type\" is missing", place.name());
  WEFT_ASSIGN_OR_RETURN(std::string type, readString(place.at("type")));
  std::string list;
  for (const char *name : supported) {
    if (type == name)
      return type;
    list += (list.empty() ? "" : " or ") + std::string(name);
  }
  return unimplemented("%s.type: expected %s, found \"%s\", which is not supported", place.name(),
                       list.c_str(), type.c_str());
}

Result<NormalizerOptions> readNormalizer(const Place &place) {
  if (place.value.is_null())
    return NormalizerOptions{false, false, false, false};
  WEFT_RETURN_IF_ERROR(readType(place, {"BertNormalizer"}).status());
  WEFT_RETURN_IF_ERROR(checkObject(
      place, {"type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"}, {}));
  NormalizerOptions options;
  WEFT_ASSIGN_OR_RETURN(options.cleanText, readBool(place.at("clean_text")));
  WEFT_ASSIGN_OR_RETURN(options.handleChineseChars, readBool(place.at("handle_chinese_chars")));
  WEFT_ASSIGN_OR_RETURN(options.lowercase, readBool(place.at("lowercase")));
  options.stripAccents = options.lowercase;
  if (!place.at("strip_accents").value.is_null()) {
    WEFT_ASSIGN_OR_RETURN(options.stripAccents, readBool(place.at("strip_accents")));
  }
  return options;
}

Status readModel(const Place &place, TokenizerParts &parts) {
  if (place.value.is_object() && place.has("type"))
    WEFT_RETURN_IF_ERROR(readType(place, {"WordPiece"}).status());
  WEFT_RETURN_IF_ERROR(checkObject(
      place, {"unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"},
      {"type"}));
  WordPieceOptions &options = parts.wordPiece;
  WEFT_ASSIGN_OR_RETURN(options.unknownToken, readString(place.at("unk_token")));
  WEFT_ASSIGN_OR_RETURN(options.continuationPrefix,
                        readString(place.at("continuing_subword_prefix")));
  Place longest = place.at("max_input_chars_per_word");
  if (!longest.value.is_number_unsigned())
    return expected(longest, "an integer of at least 0");
  options.maxWordCharacters = longest.value.get<size_t>();
  Place vocabulary = place.at("vocab");
  if (!vocabulary.value.is_object())
    return expected(vocabulary, "an object of tokens and ids");
  parts.vocabulary.reserve(vocabulary.value.size());
  std::vector<bool> used;
  for (auto item = vocabulary.value.begin(); item != vocabulary.value.end(); ++item) {
    auto id = readId({item.value(), vocabulary.path + "[\"" + item.key() + "\"]"});
    WEFT_RETURN_IF_ERROR(id.status());
    auto index = static_cast<size_t>(*id);
    if (index >= used.size())
      used.resize(std::max(index + 1, used.size() * 2));
    if (used[index])
      return dataLoss("%s[\"%s\"]: expected an id of its own, found %d, which another token has",
                      vocabulary.name(), item.key().c_str(), *id);
    used[index] = true;
    parts.vocabulary.push_back({item.key(), *id});
  }
  return {};
}

Result<AddedToken> readAddedToken(const Place &place) {
  WEFT_RETURN_IF_ERROR(checkObject(
      place, {"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"}, {}));
  AddedToken token;
  WEFT_ASSIGN_OR_RETURN(token.id, readId(place.at("id")));
  WEFT_ASSIGN_OR_RETURN(token.content, readString(place.at("content")));
  WEFT_ASSIGN_OR_RETURN(token.singleWord, readBool(place.at("single_word")));
  WEFT_ASSIGN_OR_RETURN(token.stripLeft, readBool(place.at("lstrip")));
  WEFT_ASSIGN_OR_RETURN(token.stripRight, readBool(place.at("rstrip")));
  WEFT_ASSIGN_OR_RETURN(token.normalized, readBool(place.at("normalized")));
  WEFT_ASSIGN_OR_RETURN(token.special, readBool(place.at("special")));
  return token;
}

Status readAddedTokens(const Place &place, std::vector<AddedToken> &tokens) {
  if (!place.value.is_array())
    return expected(place, "an array");
  for (size_t i = 0; i < place.value.size(); ++i) {
    WEFT_ASSIGN_OR_RETURN(AddedToken token, readAddedToken(place.at(i)));
    tokens.push_back(std::move(token));
  }
  return {};
}

using SpecialIds = std::map<std::string, std::vector<int32_t>>;

Result<SpecialIds> readSpecialTokens(const Place &place) {
  if (!place.value.is_object())
    return expected(place, "an object");
  SpecialIds result;
  for (auto item = place.value.begin(); item != place.value.end(); ++item) {
    Place token{item.value(), place.path + "[\"" + item.key() + "\"]"};
    WEFT_RETURN_IF_ERROR(checkObject(token, {"ids"}, {"id", "tokens"}));
    Place ids = token.at("ids");
    if (!ids.value.is_array())
      return expected(ids, "an array");
    for (size_t i = 0; i < ids.value.size(); ++i) {
      WEFT_ASSIGN_OR_RETURN(int32_t id, readId(ids.at(i)));
      result[item.key()].push_back(id);
    }
  }
  return result;
}

Result<TemplatePiece> readPiece(const Place &place, const SpecialIds &special) {
  if (!place.value.is_object() || place.value.size() != 1)
    return expected(place, "an object of one key, Sequence or SpecialToken");
  bool isSequence = place.has("Sequence");
  if (!isSequence && !place.has("SpecialToken"))
    return unimplemented("%s: expected the key Sequence or SpecialToken, found \"%s\"",
                         place.name(), place.value.begin().key().c_str());
  Place inner = place.at(isSequence ? "Sequence" : "SpecialToken");
  WEFT_RETURN_IF_ERROR(checkObject(inner, {"id", "type_id"}, {}));
  TemplatePiece piece;
  WEFT_ASSIGN_OR_RETURN(piece.typeId, readId(inner.at("type_id")));
  WEFT_ASSIGN_OR_RETURN(std::string id, readString(inner.at("id")));
  if (isSequence) {
    if (id != "A" && id != "B")
      return expected(inner.at("id"), "\"A\" or \"B\"");
    piece.sequence = id == "A" ? 0 : 1;
    return piece;
  }
  auto found = special.find(id);
  if (found == special.end())
    return expected(inner.at("id"), "one of the keys of special_tokens");
  piece.ids = found->second;
  return piece;
}

// `sequences`: how many texts the template is for. Each of them occurs once.
Result<Template> readTemplate(const Place &place, const SpecialIds &special, int sequences) {
  if (!place.value.is_array())
    return expected(place, "an array");
  Template result;
  int count[2] = {0, 0};
  for (size_t i = 0; i < place.value.size(); ++i) {
    WEFT_ASSIGN_OR_RETURN(TemplatePiece piece, readPiece(place.at(i), special));
    if (piece.sequence >= 0)
      ++count[piece.sequence];
    result.pieces.push_back(std::move(piece));
  }
  if (count[0] != 1 || count[1] != sequences - 1)
    return unimplemented("%s: expected the sequence%s once, found A %d times and B %d times",
                         place.name(), sequences == 1 ? " A" : "s A and B, each", count[0],
                         count[1]);
  return result;
}

// ["[SEP]", 102]
Result<int32_t> readTokenAndId(const Place &place) {
  if (!place.value.is_array() || place.value.size() != 2)
    return expected(place, "an array of a token and its id");
  WEFT_RETURN_IF_ERROR(readString(place.at(size_t{0})).status());
  return readId(place.at(size_t{1}));
}

Status readPostProcessor(const Place &place, TokenizerParts &parts) {
  if (place.value.is_null()) {
    parts.single.pieces = {{0, {}, 0}};
    parts.pair.pieces = {{0, {}, 0}, {1, {}, 1}};
    return {};
  }
  WEFT_ASSIGN_OR_RETURN(std::string type,
                        readType(place, {"TemplateProcessing", "BertProcessing"}));
  if (type == "BertProcessing") {
    WEFT_RETURN_IF_ERROR(checkObject(place, {"type", "sep", "cls"}, {}));
    WEFT_ASSIGN_OR_RETURN(int32_t sep, readTokenAndId(place.at("sep")));
    WEFT_ASSIGN_OR_RETURN(int32_t cls, readTokenAndId(place.at("cls")));
    setBertTemplates(cls, sep, parts);
    return {};
  }
  WEFT_RETURN_IF_ERROR(checkObject(place, {"type", "single", "pair", "special_tokens"}, {}));
  WEFT_ASSIGN_OR_RETURN(SpecialIds special, readSpecialTokens(place.at("special_tokens")));
  WEFT_ASSIGN_OR_RETURN(parts.single, readTemplate(place.at("single"), special, 1));
  WEFT_ASSIGN_OR_RETURN(parts.pair, readTemplate(place.at("pair"), special, 2));
  return {};
}

// Ids do not depend on it: other decoders than WordPiece are passed over.
Status readDecoder(const Place &place, TokenizerParts &parts) {
  parts.decoderPrefix.clear();
  parts.decoderCleansUp = false;
  if (!place.value.is_object() || !place.has("type") || place.value["type"] != "WordPiece")
    return {};
  if (place.has("prefix")) {
    WEFT_ASSIGN_OR_RETURN(parts.decoderPrefix, readString(place.at("prefix")));
  }
  if (place.has("cleanup")) {
    WEFT_ASSIGN_OR_RETURN(parts.decoderCleansUp, readBool(place.at("cleanup")));
  }
  return {};
}

} // namespace

void setBertTemplates(int32_t cls, int32_t sep, TokenizerParts &parts) {
  TemplatePiece begin{-1, {cls}, 0};
  parts.single.pieces = {begin, {0, {}, 0}, {-1, {sep}, 0}};
  parts.pair.pieces = {begin, {0, {}, 0}, {-1, {sep}, 0}, {1, {}, 1}, {-1, {sep}, 1}};
}

Result<TokenizerParts> readTokenizerJson(std::string_view text, const std::string &name) {
  WEFT_ASSIGN_OR_RETURN(Json json, parseJson(text, name));
  if (!json.is_object())
    return dataLoss("%s: expected a JSON object, found %s", name.c_str(), json.type_name());
  Place root{json, name + ": "};
  for (auto item = json.begin(); item != json.end(); ++item) {
    static const char *const known[] = {"version",        "truncation", "padding",
                                        "added_tokens",   "normalizer", "pre_tokenizer",
                                        "post_processor", "decoder",    "model"};
    if (std::find(std::begin(known), std::end(known), item.key()) == std::end(known))
      return unimplemented("%s: found the key \"%s\", which could change ids and is not supported",
                           name.c_str(), item.key().c_str());
  }
  if (json.contains("version") && json["version"] != "1.0")
    return expected(root.at("version"), "\"1.0\"");
  static const Json null;
  auto partOf = [&](const char *key) {
    return json.contains(key) ? root.at(key) : Place{null, root.path + key};
  };
  TokenizerParts parts;
  WEFT_ASSIGN_OR_RETURN(parts.normalizer, readNormalizer(partOf("normalizer")));
  Place preTokenizer = partOf("pre_tokenizer");
  WEFT_RETURN_IF_ERROR(readType(preTokenizer, {"BertPreTokenizer"}).status());
  WEFT_RETURN_IF_ERROR(checkObject(preTokenizer, {"type"}, {}));
  WEFT_RETURN_IF_ERROR(readModel(partOf("model"), parts));
  if (json.contains("added_tokens"))
    WEFT_RETURN_IF_ERROR(readAddedTokens(root.at("added_tokens"), parts.added));
  WEFT_RETURN_IF_ERROR(readPostProcessor(partOf("post_processor"), parts));
  WEFT_RETURN_IF_ERROR(readDecoder(partOf("decoder"), parts));
  return parts;
}

} // namespace weft::rt
