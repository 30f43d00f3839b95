// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft tokenize: texts of a JSON lines file to token ids, one object a line.
#include "base/file.h"
#include "command.h"
#include "text/tokenizer.h"
#include "text/utf8.h"

#include <cstdio>
#include <fstream>

namespace weft::tool {

namespace {

const char *const help =
    R"(weft tokenize: token ids of texts, as Hugging Face's tokenizers give them.

Usage: weft tokenize --tokenizer DIR_OR_FILE [OPTIONS] TEXTS.jsonl

Reads {"text": ..., "pair": ...} (the pair may be absent) or {"words": [...], "pair": [...]}, an object a line;
writes {"input_ids", "token_type_ids", "offsets"}, an object a line. Offsets count characters of the text, or of
the word if words were given.

  --tokenizer PATH          tokenizer.json, vocab.txt, or the folder that holds them
  --max-length N            tokens at most, special ones included
  --truncation STRATEGY     longest_first|only_first|only_second|do_not_truncate
                            (longest_first with --max-length)
  --truncation-side SIDE    right|left (the tokenizer's, else right)
  --stride N                writes what is cut off too, as "overflowing": pieces that each repeat N tokens
  --no-special-tokens       without [CLS] and [SEP]
  --invalid-utf8 WHAT       replace|error (replace): what becomes of bytes that are not UTF-8
  --all                     word_ids, sequence_ids and special_tokens_mask too; null for tokens that are added

Example:
  weft tokenize --tokenizer MODEL_DIR --max-length 128 texts.jsonl
)";

struct TokenizeOptions {
  std::string tokenizer, texts;
  std::string truncation, side, invalid = "replace";
  size_t maxLength = 0;
  int64_t stride = -1;
  bool noSpecialTokens = false, all = false;
};

// The strings of a line, whose views they are.
struct Input {
  bool words = false, hasPair = false;
  std::vector<std::string> first, second;
};

Status readStrings(const Json &line, const char *key, bool words,
                   std::vector<std::string> &strings) {
  const Json &value = line[key];
  auto add = [&](const Json &string) -> Status {
    if (!string.is_string())
      return rt::dataLoss("\"%s\": expected %s, found %s", key,
                          words ? "an array of strings" : "a string", string.type_name());
    strings.push_back(string.get<std::string>());
    return {};
  };
  if (!words || !value.is_array())
    return add(value);
  for (const Json &word : value)
    WEFT_RETURN_IF_ERROR(add(word));
  return {};
}

Result<Input> readInput(const std::string &text) {
  WEFT_ASSIGN_OR_RETURN(Json line, rt::parseJson(text, "the line"));
  if (!line.is_object() || line.contains("text") == line.contains("words"))
    return rt::dataLoss("expected an object with either \"text\" or \"words\", found %s",
                        line.is_object() ? "another one" : line.type_name());
  Input input;
  input.words = line.contains("words");
  WEFT_RETURN_IF_ERROR(readStrings(line, input.words ? "words" : "text", input.words, input.first));
  input.hasPair = line.contains("pair") && !line["pair"].is_null();
  if (input.hasPair)
    WEFT_RETURN_IF_ERROR(readStrings(line, "pair", input.words, input.second));
  return input;
}

Status encodeInput(const rt::Tokenizer &tokenizer, const Input &input,
                   const rt::EncodeOptions &options, rt::Encoding &encoding) {
  if (!input.words)
    return input.hasPair ? tokenizer.encode(input.first[0], input.second[0], options, encoding)
                         : tokenizer.encode(input.first[0], options, encoding);
  std::vector<std::string_view> first(input.first.begin(), input.first.end());
  std::vector<std::string_view> second(input.second.begin(), input.second.end());
  return input.hasPair ? tokenizer.encodeWords(first, second, options, encoding)
                       : tokenizer.encodeWords(first, options, encoding);
}

template <typename T, typename Write>
void appendList(std::string &line, const char *name, const std::vector<T> &values, Write write) {
  line += std::string(line.ends_with('{') ? "\"" : ", \"") + name + "\": [";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0)
      line += ", ";
    write(values[i]);
  }
  line += ']';
}

void appendEncoding(std::string &line, const rt::Encoding &encoding,
                    const TokenizeOptions &options) {
  auto number = [&](int64_t value) { line += std::to_string(value); };
  auto orNull = [&](int64_t value) { line += value < 0 ? "null" : std::to_string(value); };
  line += '{';
  appendList(line, "input_ids", encoding.ids, number);
  appendList(line, "token_type_ids", encoding.typeIds, number);
  appendList(line, "offsets", encoding.offsets, [&](rt::TextRange range) {
    line += '[' + std::to_string(range.begin) + ", " + std::to_string(range.end) + ']';
  });
  if (options.all) {
    appendList(line, "word_ids", encoding.wordIds, orNull);
    appendList(line, "sequence_ids", encoding.sequenceIds, orNull);
    appendList(line, "special_tokens_mask", encoding.specialTokensMask, number);
  }
  if (options.stride >= 0)
    appendList(line, "overflowing", encoding.overflowing, [&](const rt::Encoding &piece) {
      TokenizeOptions flat = options;
      flat.stride = -1;
      appendEncoding(line, piece, flat);
    });
  line += '}';
}

rt::EncodeOptions encodeOptions(const TokenizeOptions &options, rt::TruncationSide usual) {
  rt::EncodeOptions result;
  bool truncates = options.maxLength > 0 && options.truncation != "do_not_truncate";
  if (truncates)
    result.truncation = options.truncation == "only_first"    ? rt::Truncation::onlyFirst
                        : options.truncation == "only_second" ? rt::Truncation::onlySecond
                                                              : rt::Truncation::longestFirst;
  result.side = options.side.empty()     ? usual
                : options.side == "left" ? rt::TruncationSide::left
                                         : rt::TruncationSide::right;
  result.invalidUtf8 =
      options.invalid == "error" ? rt::InvalidUtf8::error : rt::InvalidUtf8::replace;
  result.addSpecialTokens = !options.noSpecialTokens;
  result.maxLength = options.maxLength;
  result.keepOverflow = options.stride >= 0;
  result.stride = options.stride >= 0 ? static_cast<size_t>(options.stride) : 0;
  return result;
}

// JSON has to be UTF-8 before it can be read.
Status checkUtf8(std::string &line, rt::InvalidUtf8 invalid) {
  size_t place = rt::findInvalidUtf8(line);
  if (place == std::string::npos)
    return {};
  if (invalid == rt::InvalidUtf8::error)
    return rt::dataLoss("byte %zu: expected UTF-8, found 0x%02X", place,
                        static_cast<unsigned>(static_cast<uint8_t>(line[place])));
  std::string replaced;
  rt::replaceInvalidUtf8(line, replaced);
  line = std::move(replaced);
  return {};
}

Status runTokenize(const TokenizeOptions &options) {
  WEFT_ASSIGN_OR_RETURN(rt::Tokenizer tokenizer, rt::Tokenizer::load(options.tokenizer));
  // Refuses what is no file, and what cannot be opened.
  WEFT_RETURN_IF_ERROR(rt::InputFile::open(options.texts).takeStatus());
  std::ifstream file(options.texts);
  if (!file)
    return rt::fromErrno("cannot open '%s'", options.texts.c_str());
  rt::EncodeOptions encode = encodeOptions(options, tokenizer.truncationSide());
  rt::Encoding encoding;
  std::string line, output;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    auto tokenizeLine = [&]() -> Status {
      WEFT_RETURN_IF_ERROR(checkUtf8(line, encode.invalidUtf8));
      WEFT_ASSIGN_OR_RETURN(Input input, readInput(line));
      return encodeInput(tokenizer, input, encode, encoding);
    };
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    if (Status status = tokenizeLine(); !status.ok())
      return std::move(status).withContext(options.texts + ": line " + std::to_string(number));
    output.clear();
    appendEncoding(output, encoding, options);
    output += '\n';
    std::fwrite(output.data(), 1, output.size(), stdout);
  }
  if (file.bad())
    return rt::fromErrno("cannot read '%s'", options.texts.c_str());
  return {};
}

} // namespace

Command addTokenize(CLI::App &parent) {
  auto options = std::make_shared<TokenizeOptions>();
  CLI::App *app = addSubcommand(parent, "tokenize", "texts to token ids", help);
  app->add_option("--tokenizer", options->tokenizer)->required();
  CLI::Option *maxLength = app->add_option("--max-length", options->maxLength);
  maxLength->check(CLI::PositiveNumber);
  app->add_option("--truncation", options->truncation)
      ->check(CLI::IsMember({"longest_first", "only_first", "only_second", "do_not_truncate"}))
      ->needs(maxLength);
  app->add_option("--truncation-side", options->side)->check(CLI::IsMember({"right", "left"}));
  app->add_option("--stride", options->stride)->check(CLI::NonNegativeNumber)->needs(maxLength);
  app->add_flag("--no-special-tokens", options->noSpecialTokens);
  app->add_option("--invalid-utf8", options->invalid)->check(CLI::IsMember({"replace", "error"}));
  app->add_flag("--all", options->all);
  app->add_option("texts", options->texts)->required();
  return {app, [options] { return runTokenize(*options); }};
}

} // namespace weft::tool
