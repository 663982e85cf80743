// A place in a token list, with the small steps of which the parser consists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ptx/error.h"
#include "ptx/lexer.h"

namespace softcuda {

class Cursor {
 public:
  explicit Cursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& peek(size_t ahead = 0) const {
    return tokens_[std::min(index_ + ahead, tokens_.size() - 1)];
  }
  int line() const { return peek().line; }
  bool atEnd() const { return peek().kind == Token::Kind::End; }
  bool at(std::string_view text) const {
    return peek().text == text && peek().kind != Token::Kind::String && !atEnd();
  }
  const Token& take() {
    const Token& token = peek();
    if (!atEnd()) index_++;
    return token;
  }
  bool accept(std::string_view text) {
    if (!at(text)) return false;
    index_++;
    return true;
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail("expected '" + std::string(text) + "', found");
  }
  std::string word() {
    if (peek().kind != Token::Kind::Word) fail("expected a name, found");
    return std::string(take().text);
  }
  // A message that ends with the token at hand.
  [[noreturn]] void fail(const std::string& message) const {
    throw PtxError(line(), message + " '" + std::string(peek().text) + "'");
  }

 private:
  std::vector<Token> tokens_;
  size_t index_ = 0;
};

}  // namespace softcuda
