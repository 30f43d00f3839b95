// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Columns of labels as numbers of classes and as values.
#include "train/data_files.h"
#include "train/table_columns.h"

#include <algorithm>
#include <cmath>

namespace weft::rt {

static const std::vector<std::string> labelColumns = {
    "label",      "labels", "gold_label", "is_duplicate", "Quality",
    "similarity", "score",  "target",     "class",        "y"};

static std::vector<std::string> splitAtCommas(const std::string &text) {
  std::vector<std::string> parts(1);
  for (char character : text)
    if (character == ',')
      parts.emplace_back();
    else
      parts.back() += character;
  return parts;
}

Result<DataField> DataOpener::tableLabels(TextTable &table) {
  bool several = model->task.task == schema::Task::MultiLabelClassification;
  if (several || arguments.labelColumn.find(',') != std::string::npos) {
    std::vector<size_t> columns;
    for (const std::string &name : splitAtCommas(arguments.labelColumn)) {
      WEFT_ASSIGN_OR_RETURN(std::optional<size_t> column,
                            chooseColumn(table, name, {}, "--label-column"));
      if (!column)
        return invalidArgument("%s: a model of several labels needs --label-column with the "
                               "columns of all %lld classes, divided by commas",
                               table.file().c_str(), static_cast<long long>(model->task.classes));
      columns.push_back(*column);
    }
    // The columns are the classes, in their order.
    if (!std::exchange(namesAreFixed, true) && names.names.size() != columns.size())
      names.names = splitAtCommas(arguments.labelColumn);
    return numberLabels(table, columns);
  }
  WEFT_ASSIGN_OR_RETURN(std::optional<size_t> column,
                        chooseColumn(table, arguments.labelColumn, labelColumns, "--label-column"));
  if (!column)
    return invalidArgument("%s: line 1: expected a column of labels with a usual name (%s) or "
                           "--label-column, found %s",
                           table.file().c_str(), listedColumns(labelColumns).c_str(),
                           listedColumns(table.columns()).c_str());
  if (model->task.task == schema::Task::Regression)
    return numberLabels(table, {*column});
  return classLabels(table, *column);
}

// How to name classes that are other numbers than those from 0 on: "weftc --labels=1,2". Empty if
// the values would not do.
static std::string namingAdvice(const std::set<std::string> &values, int64_t classes) {
  std::vector<int64_t> numbers;
  for (const std::string &value : values)
    if (std::optional<int64_t> number = integerOf(value))
      numbers.push_back(*number);
  if (numbers.size() != values.size() || static_cast<int64_t>(numbers.size()) != classes)
    return "";
  std::sort(numbers.begin(), numbers.end());
  std::string list;
  for (size_t i = 0; i < numbers.size() && i < 12; ++i)
    list += (i ? "," : "") + std::to_string(numbers[i]);
  return "; numbers that do not count from 0 are names of classes: compile with weftc --labels=" +
         list + (numbers.size() > 12 ? ",..." : "") +
         ", or list them in a file for --labels-file, one a line";
}

bool DataOpener::labelsAreNumbers(const std::set<std::string> &values) const {
  return names.empty() || (!names.anyInteger() &&
                           std::all_of(values.begin(), values.end(), [](const std::string &value) {
                             return integerOf(value).has_value();
                           }));
}

std::optional<int64_t> DataOpener::classOf(std::string_view label, bool areNumbers) const {
  std::optional<int64_t> value = areNumbers ? integerOf(label) : names.find(label);
  int64_t classes = model->task.classes;
  bool isClass = value && *value >= 0 && (classes == 0 || *value < classes) &&
                 (names.empty() || *value < static_cast<int64_t>(names.names.size()));
  return isClass ? value : std::nullopt;
}

std::string DataOpener::expectedClasses(bool areNumbers) const {
  if (names.empty())
    return "a class of 0 to " + std::to_string(model->task.classes - 1);
  std::string text = "one of " + names.listed();
  return areNumbers
             ? text + ", or the number of one, 0 to " + std::to_string(names.names.size() - 1)
             : text;
}

// Numbers where the classes have names: what they are taken for.
void DataOpener::noteNumbers(const std::string &file) {
  notices.push_back(file + ": labels are the numbers, from 0 on, of the classes " + names.listed());
}

Result<DataField> DataOpener::classLabels(TextTable &table, size_t column) {
  std::set<std::string> seen;
  bool areKnown = namesAreFixed && !names.empty();
  auto unexpected = [&](int64_t row, bool areNumbers, const std::string &advice) {
    return invalidArgument("%s: expected %s, found '%s'%s", table.place(row, column).c_str(),
                           expectedClasses(areNumbers).c_str(),
                           shownText(table.cell(row, column)).c_str(), advice.c_str());
  };
  WEFT_RETURN_IF_ERROR(table.filter([&](int64_t row) -> Status {
    Status status = checkLabel(table, row, column);
    if (!status.ok() && !names.find(table.cell(row, column)))
      return areKnown ? unexpected(row, false, "") : std::move(status);
    if (seen.size() < 100000)
      seen.emplace(table.cell(row, column));
    return {};
  }));
  WEFT_RETURN_IF_ERROR(learnNames({seen.begin(), seen.end()}, table.file()));
  bool areNumbers = labelsAreNumbers(seen);
  if (areNumbers && !names.empty() && !seen.empty())
    noteNumbers(table.file());
  std::vector<int64_t> values;
  WEFT_RETURN_IF_ERROR(table.filter([&](int64_t row) -> Status {
    std::optional<int64_t> value = classOf(table.cell(row, column), areNumbers);
    if (!value)
      return unexpected(row, areNumbers,
                        names.empty() ? namingAdvice(seen, model->task.classes) : "");
    values.push_back(*value);
    return {};
  }));
  return sampleField("labels", DataType::i64, std::move(values), nullptr, table.file());
}

Result<DataField> DataOpener::numberLabels(TextTable &table, const std::vector<size_t> &columns) {
  std::vector<float> values, row;
  WEFT_RETURN_IF_ERROR(table.filter([&](int64_t index) -> Status {
    row.clear();
    for (size_t column : columns) {
      std::string_view cell = table.cell(index, column);
      std::optional<double> value = numberOf(cell);
      if (!value || !std::isfinite(static_cast<float>(*value)))
        return invalidArgument("%s: expected a number, found '%s'",
                               table.place(index, column).c_str(), shownText(cell).c_str());
      row.push_back(static_cast<float>(*value));
    }
    values.insert(values.end(), row.begin(), row.end());
    return {};
  }));
  DataField field = sampleField("labels", DataType::f32, std::move(values), nullptr, table.file());
  if (columns.size() > 1)
    field.array.shape = {table.rows(), static_cast<int64_t>(columns.size())};
  return field;
}

} // namespace weft::rt
