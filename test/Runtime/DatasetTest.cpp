// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Paths that become data sets, fields that become inputs, and the order of samples.
#include "ReaderTesting.h"
#include "data/batch_plan.h"
#include "data/sample_order.h"

#include <cmath>
#include <numeric>
#include <set>
#include <unistd.h>

using namespace weft::rt;
using namespace weft::rt::testing;

static InputSpec pixelsInput(int64_t size) {
  InputSpec input;
  input.name = "x";
  input.sampleShape = {size};
  return input;
}
static InputSpec labelsInput(int64_t classes) {
  InputSpec input;
  input.name = "labels";
  input.type = ElementType::i64;
  input.isLabel = true;
  input.high = classes;
  return input;
}

// Two splits with MNIST's names: images of 1x2 pixels.
static void writeMnist(const TemporaryFolder &folder) {
  folder.write("train-images-idx3-ubyte.gz", gzipped(idxFile({3, 1, 2}, {0, 255, 51, 102, 1, 2})));
  folder.write("train-labels-idx1-ubyte.gz", gzipped(idxFile({3}, {0, 1, 2})));
  folder.write("t10k-images-idx3-ubyte", idxFile({1, 1, 2}, {9, 10}));
  folder.write("t10k-labels-idx1-ubyte", idxFile({1}, {2}));
}

TEST(Dataset, splitsMnistFolder) {
  TemporaryFolder folder;
  writeMnist(folder);
  Result<Dataset> train = openDataset(folder.path(), {Split::train, ""});
  ASSERT_TRUE(train.ok()) << train.status().message();
  EXPECT_EQ(train->samples(), 3);
  Result<Dataset> evaluation = openDataset(folder.path(), {Split::evaluation, ""});
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().message();
  EXPECT_EQ(evaluation->samples(), 1);

  Result<BatchPlan> plan = BatchPlan::create(*train, {pixelsInput(2), labelsInput(3)});
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  float x[4];
  int64_t labels[2];
  void *targets[] = {x, labels};
  uint32_t samples[] = {1, 0};
  plan->fill({samples}, targets);
  EXPECT_EQ(x[0], 51 / 255.0f);
  EXPECT_EQ(x[1], 102 / 255.0f);
  EXPECT_EQ(x[3], 1.0f);
  EXPECT_EQ(labels[0], 1);
  EXPECT_EQ(labels[1], 0);
}

TEST(Dataset, takesOneImagesFileWithItsLabels) {
  TemporaryFolder folder;
  writeMnist(folder);
  Result<Dataset> data = openDataset(folder.path("train-images-idx3-ubyte.gz"), {});
  ASSERT_TRUE(data.ok()) << data.status().message();
  ASSERT_EQ(data->fields.size(), 2u);
  EXPECT_EQ(data->fields[1].kind, DataField::Kind::labels);
}

TEST(Dataset, takesKaggleTables) {
  TemporaryFolder folder;
  folder.write("train.csv", bytesOf("label,pixel0,pixel1\n1,255,0\n0,0,51\n"));
  folder.write("test.csv", bytesOf("pixel0,pixel1\n255,51\n"));
  Result<Dataset> train = openDataset(folder.path(), {Split::train, ""});
  ASSERT_TRUE(train.ok()) << train.status().message();
  Result<BatchPlan> plan = BatchPlan::create(*train, {pixelsInput(2), labelsInput(2)});
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  float x[2];
  int64_t label = 7;
  void *targets[] = {x, &label};
  uint32_t sample[] = {1};
  plan->fill({sample}, targets);
  EXPECT_EQ(x[1], 51 / 255.0f);
  EXPECT_EQ(label, 0);

  Result<Dataset> test = openDataset(folder.path(), {Split::evaluation, ""});
  ASSERT_TRUE(test.ok()) << test.status().message();
  EXPECT_TRUE(BatchPlan::create(*test, {pixelsInput(2)}).ok());
  Result<BatchPlan> unlabelled = BatchPlan::create(*test, {pixelsInput(2), labelsInput(2)});
  EXPECT_NE(unlabelled.status().message().find("expected labels for the input labels, found only "
                                               "features [1, 2]"),
            std::string::npos)
      << unlabelled.status().message();
}

TEST(Dataset, doesNotScaleOtherTables) {
  TemporaryFolder folder;
  std::string path = folder.write("house.csv", bytesOf("rooms,age,price\n3,200,1.5\n4,10,2.5\n"));
  Result<Dataset> data = openDataset(path, {Split::train, "price"});
  ASSERT_TRUE(data.ok()) << data.status().message();
  InputSpec price;
  price.name = "y";
  price.isLabel = true;
  Result<BatchPlan> plan = BatchPlan::create(*data, {pixelsInput(2), price});
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  float x[2], y;
  void *targets[] = {x, &y};
  uint32_t sample[] = {0};
  plan->fill({sample}, targets);
  EXPECT_EQ(x[1], 200.0f);
  EXPECT_EQ(y, 1.5f);
  EXPECT_NE(
      openDataset(path, {Split::train, "cost"}).status().message().find("expected a column cost"),
      std::string::npos);
}

TEST(Dataset, takesNpyFamilies) {
  TemporaryFolder folder;
  std::string u1 = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }";
  std::string i4 = "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }";
  folder.write("digits_x.npy", npyFile(u1, {0, 255, 51, 102}));
  folder.write("digits_y.npy", npyFile(i4, {1, 0, 0, 0, 0, 0, 0, 0}));
  Result<Dataset> data = openDataset(folder.path("digits_x.npy"), {});
  ASSERT_TRUE(data.ok()) << data.status().message();
  ASSERT_EQ(data->fields.size(), 2u);
  Result<BatchPlan> plan = BatchPlan::create(*data, {pixelsInput(2), labelsInput(2)});
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  float x[2];
  int64_t label = 7;
  void *targets[] = {x, &label};
  uint32_t sample[] = {0};
  plan->fill({sample}, targets);
  // Bytes of a row are numbers.
  EXPECT_EQ(x[1], 255.0f);
  EXPECT_EQ(label, 1);
}

TEST(Dataset, scalesBytesOfImages) {
  TemporaryFolder folder;
  std::string u1 = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 2), }";
  Result<Dataset> data = openDataset(folder.write("x.npy", npyFile(u1, {51, 255})), {});
  ASSERT_TRUE(data.ok()) << data.status().message();
  EXPECT_TRUE(data->fields[0].pixels);
  folder.write("t10k-images-idx3-ubyte", idxFile({1, 2}, {51, 255}));
  data = openDataset(folder.path("t10k-images-idx3-ubyte"), {});
  ASSERT_TRUE(data.ok()) << data.status().message();
  EXPECT_FALSE(data->fields[0].pixels); // two numbers a sample
}

TEST(Dataset, refusesLabelsThatAreNoNumbers) {
  TemporaryFolder folder;
  std::string f4 = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  folder.write("house_x.npy", npyFile(f4, Bytes(8)));
  std::string path = folder.write("house_y.npy", npyFile(f4, {0, 0, 0, 0, 0, 0, 0xC0, 0x7F}));
  EXPECT_EQ(openDataset(path, {}).status().message(),
            path + ": y, sample 1: expected a number as label, found nan");
}

TEST(Dataset, takesSafetensorsByInputName) {
  TemporaryFolder folder;
  std::string path =
      folder.write("set.safetensors",
                   safetensorsFile(R"({"x":{"dtype":"U8","shape":[2,1],"data_offsets":[0,2]},)"
                                   R"("other":{"dtype":"U8","shape":[2,2],"data_offsets":[2,6]}} )",
                                   {255, 0, 1, 2, 3, 4}));
  Result<Dataset> data = openDataset(path, {});
  ASSERT_TRUE(data.ok()) << data.status().message();
  EXPECT_TRUE(BatchPlan::create(*data, {pixelsInput(1)}).ok());
}

TEST(BatchPlan, makesOneHotRows) {
  TemporaryFolder folder;
  writeMnist(folder);
  Result<Dataset> data = openDataset(folder.path(), {});
  ASSERT_TRUE(data.ok());
  InputSpec oneHot = labelsInput(0);
  oneHot.type = ElementType::f32;
  oneHot.sampleShape = {3};
  Result<BatchPlan> plan = BatchPlan::create(*data, {pixelsInput(2), oneHot});
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  float x[4], rows[6];
  void *targets[] = {x, rows};
  uint32_t samples[] = {2, 0};
  plan->fill({samples}, targets);
  EXPECT_EQ(std::vector<float>(rows, rows + 6), (std::vector<float>{0, 0, 1, 1, 0, 0}));
  oneHot.sampleShape = {2};
  EXPECT_NE(BatchPlan::create(*data, {pixelsInput(2), oneHot})
                .status()
                .message()
                .find("sample 2: expected a value of 0 to 1 for the input labels, found 2"),
            std::string::npos);
}

TEST(BatchPlan, checksRunsOfElementsByThemselves) {
  TemporaryFolder folder;
  folder.write("ids.csv", bytesOf("a,b,c\n9,2,7\n0,-5,1\n"));
  Result<Dataset> data = openDataset(folder.path("ids.csv"), {});
  ASSERT_TRUE(data.ok()) << data.status().message();
  InputSpec input = pixelsInput(3);
  input.type = ElementType::i64;
  input.runs = {{1, 0, 10, false, 0}, {1, 0, 3, true, -5}, {1, 0, 0, false, 0}};
  EXPECT_TRUE(BatchPlan::create(*data, {input}).ok())
      << BatchPlan::create(*data, {input}).status().message();
  input.runs[1].high = 2;
  EXPECT_NE(BatchPlan::create(*data, {input})
                .status()
                .message()
                .find("sample 0: expected a value of 0 to 1 for element 1 of the input x, found 2"),
            std::string::npos);
}

TEST(BatchPlan, namesWhatDoesNotFit) {
  TemporaryFolder folder;
  writeMnist(folder);
  Result<Dataset> data = openDataset(folder.path(), {});
  ASSERT_TRUE(data.ok());
  std::string file = folder.path("train-images-idx3-ubyte.gz");
  EXPECT_EQ(BatchPlan::create(*data, {pixelsInput(784), labelsInput(3)}).status().message(),
            file + ": images: expected 784 values a sample for the input x, found 1x2 = 2");
  EXPECT_EQ(BatchPlan::create(*data, {pixelsInput(2), labelsInput(2)}).status().message(),
            folder.path("train-labels-idx1-ubyte.gz") +
                ": labels, sample 2: expected a value of 0 to 1 for the input labels, found 2");
}

// Numbers are compared with their range before they become integers.
TEST(BatchPlan, refusesIntegersOutOfRange) {
  auto failure = [](DataType type, const void *value, InputSpec input) {
    Dataset data;
    data.path = "d";
    DataField field;
    field.name = input.name;
    field.file = "d";
    uint8_t *target = nullptr;
    field.array = Array::allocate(type, {1}, &target).take();
    std::memcpy(target, value, dataTypeSize(type));
    data.fields.push_back(field);
    return BatchPlan::create(data, {input}).status().message();
  };
  std::string place = "d: labels, sample 0: expected ", range = "a value of 0 to 2 for the input "
                                                                "labels, found ";
  for (auto [value, found] : {std::pair(1e20, "1e+20"),
                              {-1e20, "-1e+20"},
                              {0x1p63, "9.22337e+18"},
                              {-0x1p63, "-9223372036854775808"},
                              {HUGE_VAL, "inf"},
                              {3.0, "3"}})
    EXPECT_EQ(failure(DataType::f64, &value, labelsInput(3)), place + range + found);
  double half = 0.5, none = NAN, two = 2;
  EXPECT_EQ(failure(DataType::f64, &half, labelsInput(3)),
            place + "an integer for the input labels, found 0.5");
  EXPECT_EQ(failure(DataType::f64, &none, labelsInput(3)),
            place + "an integer for the input labels, found nan");
  EXPECT_EQ(failure(DataType::f64, &two, labelsInput(3)), "");
  uint64_t most = UINT64_MAX;
  EXPECT_EQ(failure(DataType::u64, &most, labelsInput(3)), place + range + "1.84467e+19");
  // Without a range of its own, an input has that of its type.
  int64_t wide = int64_t{1} << 40;
  InputSpec narrow;
  narrow.name = "n";
  for (auto [type, text] : {std::pair(ElementType::i32, "-2147483648 to 2147483647"),
                            {ElementType::i8, "-128 to 127"},
                            {ElementType::u8, "0 to 255"},
                            {ElementType::i1, "0 to 1"}}) {
    narrow.type = type;
    EXPECT_EQ(failure(DataType::i64, &wide, narrow), "d: n, sample 0: expected a value of " +
                                                         std::string(text) +
                                                         " for the input n, found 1099511627776");
  }
  narrow.type = ElementType::i64;
  EXPECT_EQ(failure(DataType::i64, &wide, narrow), "");
}

TEST(Array, isNoLargerThanTheMemory) {
  auto bytes = static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGE_SIZE);
  uint8_t *target = nullptr;
  EXPECT_EQ(Array::allocate(DataType::i32, {bytes / 4, 1}, &target).status().message(),
            "no memory for " + std::to_string(bytes) + " bytes");
  EXPECT_FALSE(Array::allocate(DataType::f64, {INT64_MAX / 8}, &target).ok());
  // Half of it is given, as nothing of it is used.
  EXPECT_TRUE(Array::allocate(DataType::u8, {bytes / 2}, &target).ok());
}

// Headers are compared before a small compressed file becomes a large array.
TEST(Dataset, comparesHeadersFirst) {
  TemporaryFolder folder;
  // Where elements would be, there is damage, which nobody comes to.
  Bytes elements(1 << 20);
  for (size_t i = 0; i < elements.size(); ++i)
    elements[i] = static_cast<uint8_t>(i * i >> 5);
  Bytes images = gzipped(idxFile({1u << 20, 1, 1}, elements));
  images.resize(images.size() / 2);
  folder.write("train-images-idx3-ubyte.gz", images);
  folder.write("train-labels-idx1-ubyte.gz", gzipped(idxFile({2}, {0, 1})));
  EXPECT_EQ(openDataset(folder.path(), {}).status().message(),
            folder.path("train-labels-idx1-ubyte.gz") +
                ": labels: expected as many samples as images in " +
                folder.path("train-images-idx3-ubyte.gz") + " has (1048576), found 2");
  // Where headers agree, they are read until the damage.
  folder.write("train-labels-idx1-ubyte.gz", gzipped(idxFile({1u << 20}, Bytes(1 << 20))));
  EXPECT_NE(openDataset(folder.path(), {}).status().message().find("gzip"), std::string::npos);

  TemporaryFolder arrays;
  auto npy = [](const std::string &shape, size_t bytes) {
    std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + shape + ",), }\n";
    Bytes file =
        bytesOf("\x93NUMPY\x01" + std::string(1, '\0') +
                std::string(1, static_cast<char>(header.size())) + std::string(1, '\0') + header);
    file.resize(file.size() + bytes);
    return file;
  };
  Bytes cut = gzipped(npy("1048576", 1 << 20));
  cut.resize(cut.size() / 2);
  arrays.write("train_a.npy.gz", cut);
  arrays.write("train_y.npy", npy("3", 3));
  EXPECT_EQ(openDataset(arrays.path(), {}).status().message(),
            arrays.path("train_y.npy") + ": y: expected as many samples as a in " +
                arrays.path("train_a.npy.gz") + " has (1048576), found 3");
}

TEST(Dataset, namesWhatIsMissing) {
  TemporaryFolder folder;
  EXPECT_NE(openDataset(folder.path(), {})
                .status()
                .message()
                .find("expected one of train-images-idx3-ubyte[.gz], train.csv"),
            std::string::npos);
  EXPECT_EQ(openDataset(folder.path("none"), {}).status().code(), StatusCode::notFound);
  folder.write("train-images-idx3-ubyte", idxFile({3, 1, 1}, {1, 2, 3}));
  folder.write("train-labels-idx1-ubyte", idxFile({2}, {1, 2}));
  EXPECT_NE(openDataset(folder.path(), {})
                .status()
                .message()
                .find("expected as many samples as images in " +
                      folder.path("train-images-idx3-ubyte") + " has (3), found 2"),
            std::string::npos);
  EXPECT_NE(openDataset(folder.write("empty", {}), {}).status().message().find("an empty file"),
            std::string::npos);
}

TEST(SampleOrder, isAPermutationBySeedAndEpoch) {
  auto first = sampleOrder(1000, SamplingStrategy::random, 42, 0);
  EXPECT_EQ(std::set<uint32_t>(first.begin(), first.end()).size(), 1000u);
  EXPECT_EQ(first, sampleOrder(1000, SamplingStrategy::random, 42, 0));
  EXPECT_NE(first, sampleOrder(1000, SamplingStrategy::random, 42, 1));
  EXPECT_NE(first, sampleOrder(1000, SamplingStrategy::random, 43, 0));
  std::vector<uint32_t> inOrder(1000);
  std::iota(inOrder.begin(), inOrder.end(), 0u);
  EXPECT_NE(first, inOrder);
  EXPECT_EQ(sampleOrder(1000, SamplingStrategy::sequential, 42, 3), inOrder);
}
