// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finding files, telling formats, loading the tokenizer and the names of classes.
#include "train/data_files.h"
#include "base/file.h"
#include "base/json.h"
#include "data/line_reader.h"

#include <algorithm>
#include <filesystem>

namespace weft::rt {

namespace fs = std::filesystem;

namespace {

struct Extension {
  const char *suffix;
  const char *format;
};
constexpr Extension extensions[] = {{".tsv", "tsv"},      {".csv", "csv"},      {".jsonl", "jsonl"},
                                    {".json", "jsonl"},   {".ndjson", "jsonl"}, {".conll", "conll"},
                                    {".conllu", "conll"}, {".txt", "text"},     {".bio", "conll"}};

bool isFile(const std::string &path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The file of a split in a folder, by the usual names; empty if there is none.
std::string findSplit(const std::string &folder, Split split) {
  std::vector<std::string> names = {"train"};
  if (split == Split::evaluation)
    names = {"dev", "dev_matched", "validation", "validation_matched", "valid", "eval", "test"};
  for (const std::string &name : names)
    for (const Extension &extension : extensions)
      for (const char *compression : {"", ".gz"})
        if (std::string path = folder + "/" + name + extension.suffix + compression; isFile(path))
          return path;
  return "";
}

// By extension; a file of tokens that is called .txt or .tsv is CoNLL all the same.
std::string formatOfName(const std::string &path) {
  std::string_view name = path;
  if (name.ends_with(".gz"))
    name.remove_suffix(3);
  for (const Extension &extension : extensions)
    if (name.ends_with(extension.suffix))
      return extension.format;
  return "";
}

// The file of questions of a split, whose name begins like train or dev; empty if there is none.
Result<std::string> findQuestions(const std::string &folder, Split split) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, ignored))
    if (std::string name = entry.path().filename().string(); formatOfName(name) == "jsonl")
      names.push_back(name);
  std::sort(names.begin(), names.end());
  for (const char *prefix : {"train", "dev", "validation", "eval", "test"}) {
    if ((prefix == std::string_view("train")) != (split == Split::train))
      continue;
    std::string found;
    for (const std::string &name : names) {
      if (!name.starts_with(prefix))
        continue;
      if (!found.empty())
        return invalidArgument("%s: expected one file %s*.json, found %s and %s", folder.c_str(),
                               prefix, found.c_str(), name.c_str());
      found = name;
    }
    if (!found.empty())
      return folder + "/" + found;
  }
  return std::string();
}

// Arrays, which are no text.
Result<bool> holdsArrays(const std::string &path) {
  uint8_t start[9] = {};
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  WEFT_ASSIGN_OR_RETURN(size_t count, source.read(start, sizeof(start)));
  return (count >= 6 && start[0] == 0x93 && start[1] == 'N') ||
         (count == 9 && start[8] == '{' && start[7] == 0) || (count >= 4 && start[0] == 0);
}

std::string formatOfContent(std::string_view line) {
  if (line.starts_with("{"))
    return "jsonl";
  if (line.find('\t') != std::string_view::npos)
    return "tsv";
  return line.find(',') != std::string_view::npos ? "csv" : "";
}

// Arrays of words and tags, as HF's data sets have them.
Result<TaggedSentences> sentencesOfTable(const TextTable &table, size_t words,
                                         std::optional<size_t> tags) {
  TaggedSentences sentences(table.file(), tags.has_value());
  for (int64_t row = 0; row < table.rows(); ++row) {
    WEFT_ASSIGN_OR_RETURN(Json list, parseJson(table.cell(row, words), table.place(row, words)));
    Json marks = Json::array();
    if (tags) {
      WEFT_ASSIGN_OR_RETURN(marks, parseJson(table.cell(row, *tags), table.place(row, *tags)));
    }
    if (!list.is_array() || !marks.is_array() || (tags && list.size() != marks.size()))
      return dataLoss("%s: expected an array of words and one of as many tags",
                      table.place(row, words).c_str());
    for (size_t i = 0; i < list.size(); ++i) {
      if (!list[i].is_string())
        return dataLoss("%s: expected strings, found %s", table.place(row, words).c_str(),
                        list[i].type_name());
      std::string tag = !tags                  ? ""
                        : marks[i].is_string() ? marks[i].get<std::string>()
                                               : formatJson(marks[i]);
      sentences.add(list[i].get<std::string>(), tag, table.line(row));
    }
    sentences.endSentence();
  }
  return sentences;
}

} // namespace

DataOpener::DataOpener(const Module &module, ThreadPool &pool, DataArguments given,
                       std::string folder, int64_t seed)
    : module(module), pool(pool), arguments(std::move(given)), folder(std::move(folder)),
      seed(static_cast<uint64_t>(seed)), model(describeTextModel(module)) {}

Status DataOpener::loadTokenizer() {
  if (loaded)
    return {};
  std::string path = arguments.tokenizer.empty() ? folder : arguments.tokenizer;
  if (path.empty())
    return invalidArgument("text needs a tokenizer: expected --model or --tokenizer with a folder "
                           "that has tokenizer.json or vocab.txt");
  WEFT_ASSIGN_OR_RETURN(loaded, Tokenizer::load(path));
  if (model->vocabulary > 0 && loaded->vocabularySize() > static_cast<size_t>(model->vocabulary))
    return invalidArgument("%s: expected a vocabulary of at most %lld tokens, which the model was "
                           "compiled for, found %zu",
                           path.c_str(), static_cast<long long>(model->vocabulary),
                           loaded->vocabularySize());
  return {};
}

// What is known before any data is read.
Status DataOpener::loadNames() {
  if (namesAreLoaded)
    return {};
  namesAreLoaded = true;
  if (!arguments.labelsFile.empty()) {
    WEFT_ASSIGN_OR_RETURN(names, readLabelsFile(arguments.labelsFile));
    namesAreFixed = true;
    return checkCount(arguments.labelsFile);
  }
  names = moduleLabels(module);
  namesAreFixed = !names.empty();
  if (names.empty()) {
    WEFT_ASSIGN_OR_RETURN(names, readConfigLabels(folder));
  }
  return {};
}

Status DataOpener::checkCount(const std::string &file) const {
  auto classes = static_cast<size_t>(model->task.classes);
  if (classes == 0 || names.names.size() <= classes)
    return {};
  return invalidArgument("%s: found %zu classes (%s), but the module was compiled for %zu; compile "
                         "it with --num-labels %zu",
                         file.c_str(), names.names.size(), names.listed().c_str(), classes,
                         names.names.size());
}

// Names from config.json stay if they cover the data; else the data's values in their order.
Status DataOpener::learnNames(std::vector<std::string> values, const std::string &file) {
  if (namesAreFixed)
    return {};
  namesAreFixed = true;
  LabelNames found = namesOfValues(std::move(values));
  bool covered = true;
  for (const std::string &name : found.names)
    covered = covered && names.find(name).has_value();
  if (names.empty() || !covered)
    names = std::move(found);
  return checkCount(file);
}

Result<Dataset> DataOpener::open(const std::string &path, Split split, bool withLabels) {
  std::error_code ignored;
  std::string file = path, format = arguments.format;
  bool questions = model && model->task.task == schema::Task::QuestionAnswering;
  if (fs::is_directory(path, ignored)) {
    file = model || !format.empty() ? findSplit(path, split) : "";
    if (questions) {
      WEFT_ASSIGN_OR_RETURN(file, findQuestions(path, split));
    }
  }
  bool arrays = !model || file.empty();
  if (!arrays && format.empty()) {
    WEFT_ASSIGN_OR_RETURN(arrays, holdsArrays(file));
  }
  if (arrays) {
    Result<Dataset> data = openDataset(path, {split, withLabels ? arguments.labelColumn : ""});
    bool found = data.ok() || data.status().code() != StatusCode::notFound;
    if (questions && file.empty() && !found)
      return notFound("%s: expected a file %s*.json or .jsonl with questions, found none",
                      path.c_str(), split == Split::train ? "train" : "dev");
    if (model && file.empty() && !found)
      return notFound("%s: expected %s.tsv, .csv, .jsonl, .conll or .txt, or arrays of token ids, "
                      "found none of these",
                      path.c_str(), split == Split::train ? "train" : "dev");
    return data;
  }
  if (questions) {
    if (!format.empty() && format != "jsonl")
      return invalidArgument("--data-format: expected jsonl, which is how questions are read "
                             "(SQuAD's JSON, JSON lines), found %s",
                             format.c_str());
    return openQuestions(file, withLabels, split == Split::evaluation);
  }
  if (split == Split::evaluation && withLabels && !namesAreFixed) {
    // Without training data the names are those of the checkpoint.
    WEFT_RETURN_IF_ERROR(loadNames());
    namesAreFixed = namesAreFixed || !names.empty();
  }
  return openText(file, format, withLabels);
}

Status DataOpener::prepareText() {
  if (!model)
    return failedPrecondition("expected a model with an input input_ids, which reads text");
  WEFT_RETURN_IF_ERROR(loadTokenizer());
  return loadNames();
}

Result<std::string> DataOpener::findText(const std::string &path, Split split) const {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored))
    return path;
  std::string file = findSplit(path, split);
  if (file.empty())
    return notFound("%s: expected a file such as %s.tsv, found none", path.c_str(),
                    split == Split::train ? "train" : "dev");
  return file;
}

Result<Dataset> DataOpener::openText(const std::string &path, const std::string &asked,
                                     bool withLabels) {
  WEFT_RETURN_IF_ERROR(prepareText());
  WEFT_ASSIGN_OR_RETURN(TextFile file, readText(path, asked));
  if (file.table)
    return openTable(*file.table, withLabels);
  if (file.sentences)
    return openSentences(*file.sentences, withLabels);
  return openCorpus(path, {file.lines.begin(), file.lines.end()}, file.numbers);
}

// The format is that which was asked for, that of the name, or that of the first line.
Result<TextFile> DataOpener::readText(const std::string &path, const std::string &asked) const {
  bool tokens = model->task.task == schema::Task::TokenClassification;
  bool words = model->task.task == schema::Task::MaskedLanguageModeling ||
               model->task.task == schema::Task::Pretraining;
  std::string format = asked.empty() ? formatOfName(path) : asked;
  if (asked.empty() && tokens && format != "jsonl")
    format = "conll";
  if (format.empty() && words)
    format = "text";
  TextFile file;
  file.path = path;
  WEFT_ASSIGN_OR_RETURN(ByteSource source, ByteSource::open(path));
  if (format == "conll") {
    WEFT_ASSIGN_OR_RETURN(file.sentences, TaggedSentences::read(std::move(source)));
    return file;
  }
  if (format == "text" || format.empty()) {
    LineReader reader(std::move(source));
    bool isTable = false;
    while (!isTable) {
      WEFT_ASSIGN_OR_RETURN(bool found, reader.next());
      if (!found)
        break;
      if (format.empty() && file.lines.empty())
        format = formatOfContent(reader.text());
      isTable = format != "text" && !format.empty();
      if (reader.text().find_first_not_of(" \t") == std::string_view::npos)
        continue;
      file.lines.emplace_back(reader.text());
      file.numbers.push_back(reader.line());
    }
    if (!isTable)
      return file;
    file.lines.clear();
    file.numbers.clear();
    WEFT_ASSIGN_OR_RETURN(source, ByteSource::open(path));
  }
  TextTable::Format kind = format == "csv"   ? TextTable::Format::csv
                           : format == "tsv" ? TextTable::Format::tsv
                                             : TextTable::Format::jsonLines;
  WEFT_ASSIGN_OR_RETURN(file.table, TextTable::read(std::move(source), kind));
  if (!tokens)
    return file;
  std::optional<size_t> column, tags;
  for (const std::string &name :
       {arguments.textColumn, std::string("tokens"), std::string("words")})
    column = column ? column : file.table->find(name);
  for (const std::string &name :
       {arguments.labelColumn, std::string("ner_tags"), std::string("tags"), std::string("labels")})
    tags = tags ? tags : file.table->find(name);
  if (!column)
    return invalidArgument("%s: expected an array of words under tokens or words, or --text-column",
                           path.c_str());
  WEFT_ASSIGN_OR_RETURN(file.sentences, sentencesOfTable(*file.table, *column, tags));
  file.table.reset();
  return file;
}

} // namespace weft::rt
