// PTX text to tokens. A word keeps its dots and double colons: "ld.global.L1::no_allocate.f32",
// "%tid.x", ".reg" are one token each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace softcuda {

struct Token {
  enum class Kind { Word, Number, String, Punctuation, End };
  Kind kind;
  std::string_view text;
  int line;
};

// The tokens view into `source`, which must outlive them.
std::vector<Token> tokenise(std::string_view source);

}  // namespace softcuda
