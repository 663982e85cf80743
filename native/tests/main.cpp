#include "tests/test.h"

std::vector<test::Case>& test::cases() {
  static std::vector<Case> all;
  return all;
}

int main(int count, char** arguments) {
  int passed = 0, failed = 0;
  for (const test::Case& one : test::cases()) {
    if (count > 1 && one.name.find(arguments[1]) == std::string::npos) continue;
    try {
      one.body();
      passed++;
    } catch (const std::exception& error) {
      failed++;
      std::printf("FAILED %s: %s\n", one.name.c_str(), error.what());
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}
