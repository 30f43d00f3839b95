// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON that nobody vouches for: values, limits, messages, and that its size is all that counts.
#include "base/json.h"

#include "gtest/gtest.h"

#include <chrono>

using namespace weft::rt;

static std::string failure(const std::string &text) {
  Result<Json> result = parseJson(text, "j");
  return result.ok() ? "" : result.status().message();
}

TEST(Json, KeepsEveryValue) {
  for (const char *text :
       {"null", "true", "-7", "18446744073709551615", "1.5", "\"a\\u00e9\\n\"", "[]", "{}", "[[]]",
        "[1,[2,{\"a\":[3]},\"x\"],{\"b\":{\"c\":null,\"d\":[{}]}},4]", "{\"a\":{},\"b\":[1,2]}"}) {
    Result<Json> value = parseJson(text, "j");
    ASSERT_TRUE(value.ok()) << value.status().message();
    EXPECT_EQ(formatJson(*value), formatJson(*parseJson(formatJson(*value), "j")));
    EXPECT_EQ(value->dump(), Json::parse(text).dump());
  }
}

TEST(Json, NamesWhatIsWrong) {
  EXPECT_EQ(failure("{\"a\": 1, \"b\": {\"a\": 2}, \"a\": 3}"),
            "j: JSON: found the key \"a\" twice");
  EXPECT_EQ(failure("[{\"x\": 1}, {\"x\": 1, \"x\": 1}]"), "j: JSON: found the key \"x\" twice");
  EXPECT_EQ(failure("[{\"x\": 1}, {\"x\": 1}]"), "");
  for (const char *text : {"", "[1,", "[1 2]", "{\"a\"}", "{1: 2}", "[1] 2", "nul", "\"\xff\"",
                           "nan", "Infinity", "[1,]", "{\"a\":1,}", "// c\n1"})
    EXPECT_EQ(failure(text).rfind("j: JSON, byte ", 0), 0u) << text << ": " << failure(text);
  EXPECT_NE(failure("[1, 1e999]").find("number overflow"), std::string::npos);
}

TEST(Json, BoundsItsDepth) {
  auto nested = [](size_t depth, const std::string &open, const std::string &close) {
    std::string text;
    for (size_t i = 0; i < depth; ++i)
      text += open;
    text += "1";
    for (size_t i = 0; i < depth; ++i)
      text += close;
    return text;
  };
  EXPECT_EQ(failure(nested(64, "[", "]")), "");
  EXPECT_EQ(failure(nested(64, "{\"k\":", "}")), "");
  std::string message = "j: JSON: expected at most 64 levels of nesting";
  EXPECT_EQ(failure(nested(65, "[", "]")), message);
  EXPECT_EQ(failure(nested(65, "{\"k\":", "}")), message);
  EXPECT_EQ(failure(nested(1'000'000, "[", "")), message);
}

// Objects within an array, and within an object: seconds would be hours if each of them were
// looked at again for each that follows.
TEST(Json, TakesTimeInProportion) {
  constexpr int count = 200'000;
  std::string list = "[", object = "{";
  for (int i = 0; i < count; ++i) {
    std::string line = "{\"loss\": 0.5, \"step\": " + std::to_string(i) + "}";
    list += (i ? ", " : "") + line;
    object += (i ? ", \"" : "\"") + std::to_string(i) + "\": " + line;
  }
  auto begin = std::chrono::steady_clock::now();
  Result<Json> first = parseJson(list + "]", "j"), second = parseJson(object + "}", "j");
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->size(), size_t{count});
  EXPECT_EQ((*second)["199999"]["step"], 199999);
  EXPECT_LT(took.count(), 30);
}
