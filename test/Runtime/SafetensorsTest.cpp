// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// safetensors: what the format allows, what it forbids, and that what is written reads back.
#include "data/safetensors.h"
#include "ReaderTesting.h"

using namespace weft::rt;
using namespace weft::rt::testing;

static Result<Safetensors> parseFile(const Bytes &file) {
  return Safetensors::parse("weights", file, nullptr);
}
static std::string failure(const std::string &header, const Bytes &data) {
  return parseFile(safetensorsFile(header, data)).status().message();
}

TEST(Safetensors, readsTensors) {
  Bytes file = safetensorsFile(R"({"__metadata__":{"format":"pt"},)"
                               R"("b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},)"
                               R"("a":{"dtype":"I8","shape":[2,1],"data_offsets":[0,2]}}  )",
                               {1, 254, 0, 0, 0xC0, 0x3F});
  Result<Safetensors> tensors = parseFile(file);
  ASSERT_TRUE(tensors.ok()) << tensors.status().message();
  ASSERT_EQ(tensors->tensors().size(), 2u);
  EXPECT_EQ(tensors->metadata().at("format"), "pt");
  ASSERT_NE(tensors->find("a"), nullptr);
  EXPECT_EQ(elementAsInteger(tensors->find("a")->array, 1), -2);
  EXPECT_EQ(elementAsDouble(tensors->find("b")->array, 0), 1.5);
  EXPECT_EQ(tensors->find("c"), nullptr);
}

TEST(Safetensors, refusesWhatTheFormatForbids) {
  auto one = [](const std::string &entry) { return "{\"a\":" + entry + "}"; };
  EXPECT_NE(failure(one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"), Bytes(4))
                .find("weights: tensor a: float32 of shape [2] does not take the 4 bytes"),
            std::string::npos);
  EXPECT_NE(failure(one(R"({"dtype":"U8","shape":[2],"data_offsets":[1,3]})"), Bytes(3))
                .find("there is a hole before it"),
            std::string::npos);
  EXPECT_NE(failure(one(R"({"dtype":"U8","shape":[2],"data_offsets":[0,2]})"), Bytes(3))
                .find("the header describes 2 bytes of data, found 3"),
            std::string::npos);
  EXPECT_NE(failure(one(R"({"dtype":"U8","shape":[2],"data_offsets":[0,2]})"), Bytes(1))
                .find("within 1 bytes of data, found [0, 2]"),
            std::string::npos);
  EXPECT_NE(failure(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                    R"("b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                    Bytes(3))
                .find("it overlaps another"),
            std::string::npos);
  EXPECT_NE(failure(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                    R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                    Bytes(1))
                .find("found the key \"a\" twice"),
            std::string::npos);
  EXPECT_NE(
      failure(one(R"({"dtype":"F8","shape":[1],"data_offsets":[0,1]})"), Bytes(1)).find("found F8"),
      std::string::npos);
  EXPECT_NE(failure(one(R"({"dtype":"U8","shape":[-1],"data_offsets":[0,1]})"), Bytes(1))
                .find("found -1"),
            std::string::npos);
  EXPECT_NE(failure(one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":0})"), Bytes(1))
                .find("found \"x\""),
            std::string::npos);
  EXPECT_NE(
      failure(one(R"({"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]})"), {})
          .find("does not take"),
      std::string::npos);
  EXPECT_NE(failure(R"({"__metadata__":{"a":1}})", {}).find("expected a string, found number"),
            std::string::npos);
  EXPECT_NE(failure(" {}", {}).find("begins with '{'"), std::string::npos);
  EXPECT_NE(failure(std::string(70, '[') + std::string(70, ']'), {}).find("begins with"),
            std::string::npos);
  EXPECT_NE(failure("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", {})
                .find("64 levels"),
            std::string::npos);
}

TEST(Safetensors, roundTrips) {
  TemporaryFolder folder;
  std::vector<TensorSpec> specs = {{"z.weight", DataType::f32, {2, 3}},
                                   {"half", DataType::bf16, {3}},
                                   {"a.bias", DataType::f32, {1}},
                                   {"step", DataType::i64, {}},
                                   {"none", DataType::f32, {0, 4}}};
  std::map<std::string, Bytes> content;
  Status written = writeSafetensors(folder.path("w.safetensors"), specs, {{"format", "pt"}},
                                    [&](const TensorSpec &spec, uint8_t *target) -> Status {
                                      int64_t size = dataTypeSize(spec.type);
                                      for (int64_t extent : spec.shape)
                                        size *= extent;
                                      for (int64_t i = 0; i < size; ++i)
                                        content[spec.name].push_back(
                                            target[i] = static_cast<uint8_t>(spec.name[0] + i));
                                      return {};
                                    });
  ASSERT_TRUE(written.ok()) << written.message();
  Result<Safetensors> read = Safetensors::open(folder.path("w.safetensors"));
  ASSERT_TRUE(read.ok()) << read.status().message();
  ASSERT_EQ(read->tensors().size(), specs.size());
  EXPECT_EQ(read->metadata().at("format"), "pt");
  for (const TensorSpec &spec : specs) {
    const Safetensors::Tensor *tensor = read->find(spec.name);
    ASSERT_NE(tensor, nullptr) << spec.name;
    EXPECT_EQ(tensor->array.shape, spec.shape);
    EXPECT_EQ(tensor->array.type, spec.type);
    Result<Array> array = tensor->load();
    ASSERT_TRUE(array.ok()) << array.status().message();
    EXPECT_EQ(Bytes(array->data, array->data + array->bytes()), content[spec.name]);
    // The reference implementation keeps tensors aligned by ordering them by element size.
    EXPECT_EQ(tensor->offset % dataTypeSize(spec.type), 0u);
  }
}

// What was read stays; what was not yet is an error, not a signal.
TEST(Safetensors, noticesThatAFileBecameShorter) {
  TemporaryFolder folder;
  std::string path =
      folder.write("w.safetensors",
                   safetensorsFile(R"({"a":{"dtype":"U8","shape":[9000],"data_offsets":[0,9000]}})",
                                   Bytes(9000, 7)));
  Result<Safetensors> file = Safetensors::open(path);
  ASSERT_TRUE(file.ok()) << file.status().message();
  Result<Array> array = file->find("a")->load();
  ASSERT_TRUE(array.ok());
  std::filesystem::resize_file(path, 100);
  EXPECT_EQ(elementAsInteger(*array, 8999), 7);
  EXPECT_EQ(file->find("a")->load().status().message(),
            path + ": the file became shorter while it was read");
}

TEST(Safetensors, opensShards) {
  TemporaryFolder folder;
  auto shard = [&](const std::string &file, const std::string &tensor, uint8_t value) {
    folder.write(file, safetensorsFile("{\"" + tensor +
                                           R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                                       {value}));
  };
  shard("one.safetensors", "a", 1);
  shard("two.safetensors", "b", 2);
  folder.write("model.safetensors.index.json",
               bytesOf(R"({"weight_map":{"a":"one.safetensors","b":"two.safetensors"}})"));
  Result<Safetensors> tensors = Safetensors::open(folder.path());
  ASSERT_TRUE(tensors.ok()) << tensors.status().message();
  EXPECT_EQ(elementAsInteger(*tensors->find("b")->load(), 0), 2);
  EXPECT_EQ(tensors->find("b")->file, folder.path("two.safetensors"));

  folder.write("model.safetensors.index.json",
               bytesOf(R"({"weight_map":{"c":"one.safetensors"}})"));
  EXPECT_NE(Safetensors::open(folder.path()).status().message().find("expected the tensor c in"),
            std::string::npos);
  folder.write("model.safetensors.index.json", bytesOf(R"({"weight_map":{"a":"../x"}})"));
  EXPECT_NE(Safetensors::open(folder.path()).status().message().find("in the same folder"),
            std::string::npos);
}

TEST(Safetensors, survivesDamage) {
  Bytes file = safetensorsFile(R"({"__metadata__":{"k":"v"},)"
                               R"("x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                               R"("y":{"dtype":"F16","shape":[],"data_offsets":[2,4]}})",
                               {1, 2, 3, 4});
  ASSERT_TRUE(parseFile(file).ok());
  forEachDamage(file, [](const Bytes &damaged, bool cut) {
    Result<Safetensors> tensors = parseFile(damaged);
    if (cut)
      EXPECT_FALSE(tensors.ok()) << "cut to " << damaged.size() << " bytes";
    if (!tensors.ok()) {
      EXPECT_EQ(tensors.status().message().rfind("weights: ", 0), 0u) << tensors.status().message();
      return;
    }
    // What was accepted can be read to its last byte.
    int64_t sum = 0;
    for (const Safetensors::Tensor &tensor : tensors->tensors())
      for (size_t i = 0; i < tensor.array.bytes(); ++i)
        sum += tensor.array.data[i];
    EXPECT_GE(sum, 0);
  });
}
