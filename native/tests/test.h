// A minimal test frame: TEST(name) { CHECK(...); } ; the main function runs all and counts.
#pragma once

#include <cstdio>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

struct Case {
  std::string name;
  std::function<void()> body;
};
std::vector<Case>& cases();

struct Register {
  Register(const std::string& name, std::function<void()> body) {
    cases().push_back({name, std::move(body)});
  }
};

class Failure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class A, class B>
void equal(const A& a, const B& b, const char* what, int line) {
  if (a == b) return;
  std::ostringstream text;
  text << "line " << line << ": " << what << ": " << a << " is not " << b;
  throw Failure(text.str());
}

inline void check(bool condition, const std::string& what, int line) {
  if (!condition) throw Failure("line " + std::to_string(line) + ": " + what);
}

}  // namespace test

#define TEST(name)                                           \
  static void test_##name();                                 \
  static test::Register register_##name(#name, test_##name); \
  static void test_##name()
#define CHECK(condition) test::check(condition, #condition, __LINE__)
#define CHECK_THAT(condition, what) test::check(condition, what, __LINE__)
#define EQUAL(a, b) test::equal(a, b, #a, __LINE__)
