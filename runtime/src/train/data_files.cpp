// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finding files, telling formats, loading the tokenizer and the names of classes.
#include "train/data_files.h"
#include "base/file.h"
#include "base/json.h"
#include "data/line_reader.h"
#include "train/table_columns.h"

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
  if (line.starts_with("{") || line == "[" || line.starts_with("[{"))
    return "jsonl";
  if (line.find('\t') != std::string_view::npos)
    return "tsv";
  return line.find(',') != std::string_view::npos ? "csv" : "";
}

// An array of strings, or of numbers, in a cell.
Result<std::vector<std::string>> readList(const TextTable &table, int64_t row, size_t column,
                                          bool mayBeNumbers) {
  std::string place = table.place(row, column);
  std::vector<std::string> items;
  if (table.cell(row, column).empty())
    return dataLoss("%s: expected an array, found nothing", place.c_str());
  WEFT_ASSIGN_OR_RETURN(Json list, parseJson(table.cell(row, column), place));
  if (!list.is_array())
    return dataLoss("%s: expected an array, found %s", place.c_str(), list.type_name());
  for (const Json &item : list) {
    if (!item.is_string() && !(mayBeNumbers && item.is_number_integer()))
      return dataLoss("%s: expected strings%s, found %s", place.c_str(),
                      mayBeNumbers ? " or integers" : "", item.type_name());
    items.push_back(item.is_string() ? item.get<std::string>() : formatJson(item));
    if (mayBeNumbers && items.back().empty())
      return dataLoss("%s: expected a tag, found nothing", place.c_str());
  }
  return items;
}

// A row of words and tags, as HF's data sets have them.
Status addSentence(const TextTable &table, int64_t row, size_t words, std::optional<size_t> tags,
                   TaggedSentences &sentences) {
  WEFT_ASSIGN_OR_RETURN(std::vector<std::string> list, readList(table, row, words, false));
  std::vector<std::string> marks(list.size());
  if (tags) {
    WEFT_ASSIGN_OR_RETURN(marks, readList(table, row, *tags, true));
  }
  if (list.size() != marks.size())
    return dataLoss("%s: expected an array of words and one of as many tags, found %zu and %zu",
                    table.place(row, words).c_str(), list.size(), marks.size());
  for (size_t i = 0; i < list.size(); ++i)
    sentences.add(list[i], marks[i], table.line(row));
  sentences.endSentence();
  return {};
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
  if (loaded->padsLeft())
    return unimplemented("%s: padding_side: expected right, found left, which is not supported: it "
                         "moves the positions of tokens",
                         path.c_str());
  if (loaded->truncationSide() == TruncationSide::left &&
      model->task.task == schema::Task::QuestionAnswering)
    return unimplemented("%s: truncation_side: expected right for questions, found left, which is "
                         "not supported",
                         path.c_str());
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
  bool areNumbers = labelsAreNumbers({values.begin(), values.end()});
  bool covered = true;
  for (const std::string &value : values)
    covered = covered && classOf(value, areNumbers).has_value();
  if (names.empty() || !covered)
    names = namesOfValues(std::move(values));
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
    DataOptions options = {split, withLabels ? arguments.labelColumn : "", arguments.idColumn,
                           arguments.idIsValue, arguments.skipBadRows};
    Result<Dataset> data = openDataset(path, options);
    if (data.ok() && !data->notice.empty())
      notices.push_back(data->notice);
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
  WEFT_ASSIGN_OR_RETURN(TextFile file, readText(path, asked, withLabels));
  if (file.table)
    return openTable(*file.table, withLabels);
  if (file.sentences)
    return openSentences(file, withLabels);
  return openCorpus(path, {file.lines.begin(), file.lines.end()}, file.numbers);
}

// The format is that which was asked for, that of the name, or that of the first line.
Result<TextFile> DataOpener::readText(const std::string &path, const std::string &asked,
                                      bool withTags) {
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
    WEFT_ASSIGN_OR_RETURN(
        file.sentences,
        TaggedSentences::read(std::move(source), arguments.textColumn, arguments.labelColumn));
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
  WEFT_ASSIGN_OR_RETURN(file.table,
                        TextTable::read(std::move(source), kind, arguments.skipBadRows));
  if (tokens) {
    WEFT_RETURN_IF_ERROR(readSentences(*file.table, file, withTags));
    noteBadRows(*file.table);
    file.table.reset();
  }
  return file;
}

// The arrays of words and of tags that the rows of a table have. A row without words is no
// sentence.
Status DataOpener::readSentences(TextTable &table, TextFile &file, bool withTags) const {
  WEFT_ASSIGN_OR_RETURN(
      std::optional<size_t> column,
      chooseColumn(table, arguments.textColumn, {"tokens", "words"}, "--text-column"));
  WEFT_ASSIGN_OR_RETURN(
      std::optional<size_t> tags,
      chooseColumn(table, arguments.labelColumn, {"ner_tags", "tags", "labels"}, "--label-column"));
  if (!column)
    return invalidArgument("%s: expected an array of words under tokens or words, or --text-column",
                           file.path.c_str());
  if (!withTags)
    tags.reset();
  file.sentences.emplace(table.file(), tags.has_value());
  return table.filter([&](int64_t row) -> Status {
    int64_t before = file.sentences->sentences();
    WEFT_RETURN_IF_ERROR(addId(table, row, file.ids, file.rows));
    Status status = addSentence(table, row, *column, tags, *file.sentences);
    if (file.sentences->sentences() == before) {
      file.rows.pop_back();
      file.ids.resize(std::min(file.ids.size(), file.rows.size()));
    }
    return status;
  });
}

} // namespace weft::rt
