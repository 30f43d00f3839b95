// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the tests of the C API that are written in C, and tests the C++ wrapper.
#include "CApiTesting.h"
#include "ModuleTesting.h"
#include "weft/weft.hpp"
#include "gtest/gtest.h"

#include <thread>

using namespace weft::rt::testing;

static const std::vector<uint8_t> &moduleFile() {
  static const std::vector<uint8_t> file = writeModule(ModuleBuilder().module);
  return file;
}

using CTest = const char *(*)(const void *, size_t);
static std::string outcome(CTest test) {
  const char *failure = test(moduleFile().data(), moduleFile().size());
  return failure ? std::string(failure) + " (" + weft_last_error_message() + ")" : "";
}

TEST(CApi, Module) { EXPECT_EQ(outcome(weft_test_module), ""); }
TEST(CApi, Session) { EXPECT_EQ(outcome(weft_test_session), ""); }
TEST(CApi, Dlpack) { EXPECT_EQ(outcome(weft_test_dlpack), ""); }
TEST(CApi, Errors) { EXPECT_EQ(outcome(weft_test_errors), ""); }

TEST(CApi, MessagesBelongToTheirThread) {
  weft_module_t *module = nullptr;
  EXPECT_EQ(weft_module_load("/nonexistent-here.weft", &module), WEFT_NOT_FOUND);
  std::thread other([] { EXPECT_STREQ(weft_last_error_message(), ""); });
  other.join();
  EXPECT_NE(std::string(weft_last_error_message()).find("nonexistent-here"), std::string::npos);
}

TEST(CApi, LogFunction) {
  int calls = 0;
  weft_set_log_function([](void *self, int, const char *) { ++*static_cast<int *>(self); }, &calls);
  weft_set_log_function(nullptr, nullptr);
  EXPECT_EQ(calls, 0);
}

TEST(CppWrapper, TrainsAndReads) {
  weft::Module module = weft::Module::parse(moduleFile().data(), moduleFile().size());
  EXPECT_EQ(module.name(), "small");
  EXPECT_EQ(module.findEntry("predict"), 1u);
  weft::Session session(module);
  session.initialize(1);
  std::vector<float> w = {1, 1, 1, 1};
  session.writeVariable("w", w);
  std::vector<float> x = {1, 1, 1, 1}, y(4);
  session.run("predict", 1, {x.data()}, {y.data()});
  EXPECT_EQ(y, (std::vector<float>{6, 7, 8, 9}));
  EXPECT_EQ(session.readVariable<float>("w"), w);
  weft::Session moved = std::move(session);
  EXPECT_EQ(moved.readVariable<float>("w"), w);
}

TEST(CppWrapper, ThrowsWithCodeAndMessage) {
  try {
    weft::Module::load("/nonexistent.weft");
    FAIL() << "no exception";
  } catch (const weft::Error &error) {
    EXPECT_EQ(error.status(), WEFT_NOT_FOUND);
    EXPECT_NE(std::string(error.what()).find("/nonexistent.weft"), std::string::npos);
  }
}
