#include "ptx/lexer.h"

#include <cctype>

#include "ptx/error.h"

namespace softcuda {
namespace {

bool startsWord(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '%' ||
         c == '.';
}

bool continuesWord(char c) { return startsWord(c) || std::isdigit(static_cast<unsigned char>(c)); }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    while (skipBlanks()) tokens.push_back(next());
    tokens.push_back({Token::Kind::End, "end of file", line_});
    return tokens;
  }

 private:
  char at(size_t i) const { return i < source_.size() ? source_[i] : '\0'; }

  bool skipBlanks() {
    while (position_ < source_.size()) {
      char c = source_[position_];
      if (c == '\n') line_++;
      if (std::isspace(static_cast<unsigned char>(c)) || c == '\0') {
        position_++;
      } else if (c == '/' && at(position_ + 1) == '/') {
        while (position_ < source_.size() && source_[position_] != '\n') position_++;
      } else if (c == '/' && at(position_ + 1) == '*') {
        skipBlockComment();
      } else {
        return true;
      }
    }
    return false;
  }

  void skipBlockComment() {
    size_t end = source_.find("*/", position_ + 2);
    if (end == std::string_view::npos) throw PtxError(line_, "comment without an end");
    for (; position_ < end + 2; position_++) line_ += source_[position_] == '\n';
  }

  Token next() {
    size_t start = position_;
    char c = source_[start];
    Token::Kind kind = Token::Kind::Punctuation;
    if (startsWord(c)) {
      kind = Token::Kind::Word;
      position_++;
      while (continuesWord(at(position_)) || twoColons()) position_ += twoColons() ? 2 : 1;
    } else if (std::isdigit(static_cast<unsigned char>(c))) {
      kind = Token::Kind::Number;
      while (std::isalnum(static_cast<unsigned char>(at(position_))) || at(position_) == '.')
        position_++;
    } else if (c == '"') {
      kind = Token::Kind::String;
      size_t end = source_.find('"', start + 1);
      if (end == std::string_view::npos) throw PtxError(line_, "string without an end");
      position_ = end + 1;
    } else {
      position_++;
    }
    return {kind, source_.substr(start, position_ - start), line_};
  }

  bool twoColons() const { return at(position_) == ':' && at(position_ + 1) == ':'; }

  std::string_view source_;
  size_t position_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<Token> tokenise(std::string_view source) { return Lexer(source).run(); }

}  // namespace softcuda
