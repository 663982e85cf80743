#include "ptx/operand.h"

#include "ptx/number.h"

namespace softcuda {
namespace {

uint64_t parseOffset(Cursor& cursor) {
  uint64_t offset = 0;
  while (cursor.at("+") || cursor.at("-")) {
    if (cursor.peek().text == "+" && cursor.peek(1).text == "-") cursor.take();
    offset += parseNumber(cursor).bits;
  }
  return offset;
}

Operand parseList(Cursor& cursor, const Scopes& scopes, std::string_view end) {
  Operand list;
  list.kind = Operand::Kind::Vector;
  while (!cursor.accept(end)) {
    list.parts.push_back(parseOperand(cursor, scopes));
    if (!cursor.at(end)) cursor.expect(",");
  }
  return list;
}

Operand parseAddress(Cursor& cursor, const Scopes& scopes) {
  Operand operand;
  operand.kind = Operand::Kind::Address;
  if (cursor.peek().kind == Token::Kind::Word) {
    operand.name = scopes.find(cursor.word());
    operand.bits = parseOffset(cursor);
  } else {
    operand.bits = parseNumber(cursor).bits;
  }
  cursor.expect("]");
  return operand;
}

}  // namespace

Operand parseOperand(Cursor& cursor, const Scopes& scopes) {
  if (cursor.accept("{")) return parseList(cursor, scopes, "}");
  if (cursor.accept("(")) return parseList(cursor, scopes, ")");
  if (cursor.accept("[")) return parseAddress(cursor, scopes);
  Operand operand;
  operand.negated = cursor.accept("!");
  if (cursor.peek().kind != Token::Kind::Word) {
    if (operand.negated) cursor.fail("expected a predicate, found");
    return parseNumber(cursor);
  }
  std::string name = cursor.word();
  if (name != "_") {
    operand.kind = Operand::Kind::Name;
    operand.name = scopes.find(name);
  }
  if (cursor.accept("|")) operand.second = scopes.find(cursor.word());
  operand.bits = parseOffset(cursor);
  return operand;
}

}  // namespace softcuda
