// Kernels with one thing changed in their text.
#pragma once

#include "tests/device.h"

namespace test {

// The text with the n-th `part` in a kernel replaced; empty if there are not so many.
inline std::string replaced(std::string text, const std::string& kernel, const std::string& part,
                            const std::string& by, int n = 0) {
  size_t at = text.find(".entry " + kernel + "(");
  CHECK(at != std::string::npos);
  size_t end = std::min(text.find(".entry ", at + 1), text.size());
  for (; n >= 0; n--) {
    at = text.find(part, at + 1);
    if (at >= end) return "";
  }
  return text.replace(at, part.size(), by);
}

// The text with the n-th line that contains `part` made a comment; empty if there is none.
inline std::string without(const std::string& text, const std::string& kernel,
                           const std::string& part, int n) {
  return replaced(text, kernel, part, "//" + part, n);
}

}  // namespace test
