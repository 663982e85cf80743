#include "ptx/variable.h"

#include <cstring>

#include "ptx/number.h"

namespace softcuda {

bool parseType(std::string text, Type& type) {
  if (!text.empty() && text[0] == '.') text.erase(0, 1);
  if (text == "pred") {
    type = {'p', 1};
    return true;
  }
  if (text.size() < 2 || std::string("usbf").find(text[0]) == std::string::npos) return false;
  std::string digits = text.substr(1);
  if (digits != "8" && digits != "16" && digits != "32" && digits != "64") return false;
  type = {text[0], std::stoi(digits)};
  return true;
}

bool parseSpace(std::string_view word, Space& space) {
  if (word == ".global")
    space = Space::Global;
  else if (word == ".const")
    space = Space::Const;
  else if (word == ".shared")
    space = Space::Shared;
  else if (word == ".local")
    space = Space::Local;
  else if (word == ".param")
    space = Space::Param;
  else
    return false;
  return true;
}

namespace {

void store(Variable& variable, uint64_t offset, const Operand& value, int line) {
  size_t bytes = variable.type.bytes();
  if (offset + bytes > variable.bytes)
    throw PtxError(line, "more values than " + variable.name + " holds");
  std::memcpy(variable.data.data() + offset, &value.bits, bytes);
}

// One value or a braced list of them: numbers, symbols, generic(symbol), symbol + number.
uint64_t parseValue(Cursor& cursor, Variable& variable, uint64_t offset) {
  if (cursor.accept("{")) {
    while (!cursor.accept("}")) {
      offset = parseValue(cursor, variable, offset);
      cursor.accept(",");
    }
    return offset;
  }
  if (cursor.peek().kind == Token::Kind::Word) {
    bool generic = cursor.accept("generic");
    if (generic) cursor.expect("(");
    Variable::Relocation relocation{offset, cursor.word(), 0};
    if (generic) cursor.expect(")");
    if (cursor.at("+")) relocation.addend = parseNumber(cursor).bits;
    if (variable.type.bits != 64) cursor.fail("an address needs a 64-bit variable, before");
    variable.relocations.push_back(relocation);
  } else {
    int line = cursor.line();
    store(variable, offset, parseNumber(cursor), line);
  }
  return offset + variable.type.bytes();
}

}  // namespace

Variable parseVariable(Cursor& cursor, Space space) {
  Variable variable;
  variable.space = space;
  variable.line = cursor.line();
  uint64_t lanes = 1;
  bool typed = false;
  while (cursor.peek().kind == Token::Kind::Word && cursor.peek().text[0] == '.') {
    std::string word = cursor.word();
    if (word == ".align")
      variable.align = parseNumber(cursor).bits;
    else if (word == ".v2" || word == ".v4")
      lanes = word[2] - '0';
    else if (word == ".ptr")
      continue;
    else if (word == ".global" || word == ".const" || word == ".shared" || word == ".local")
      continue;
    else if (parseType(word, variable.type))
      typed = true;
    else
      throw PtxError(variable.line, "unknown attribute " + word + " of a variable");
  }
  if (!typed) cursor.fail("expected a type before");
  variable.name = cursor.word();
  uint64_t count = lanes;
  while (cursor.accept("[")) {
    count *= cursor.at("]") ? 0 : parseNumber(cursor).bits;
    cursor.expect("]");
  }
  variable.bytes = count * variable.type.bytes();
  variable.align = std::max<uint64_t>(variable.align, variable.type.bytes() * lanes);
  if (cursor.accept("=")) {
    variable.data.resize(variable.bytes);
    parseValue(cursor, variable, 0);
  }
  return variable;
}

std::vector<Variable> parseParameters(Cursor& cursor) {
  std::vector<Variable> list;
  if (!cursor.accept("(")) return list;
  while (!cursor.accept(")")) {
    std::string word = cursor.word();
    if (word != ".param")
      throw PtxError(cursor.line(), "a parameter in " + word + " is not supported");
    list.push_back(parseVariable(cursor, Space::Param));
    if (!cursor.at(")")) cursor.expect(",");
  }
  return list;
}

}  // namespace softcuda
