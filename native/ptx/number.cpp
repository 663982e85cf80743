#include "ptx/number.h"

#include <bit>
#include <cstdlib>

namespace softcuda {

Operand parseNumber(Cursor& cursor) {
  bool negative = cursor.accept("-");
  if (!negative) cursor.accept("+");
  if (cursor.peek().kind != Token::Kind::Number) cursor.fail("expected a number, found");
  std::string text(cursor.peek().text);
  Operand operand;
  char* end = nullptr;
  char second = text.size() > 1 ? text[1] : '\0';
  if (text[0] == '0' && (second == 'f' || second == 'F') && text.size() == 10) {
    operand.kind = Operand::Kind::Float32;
    operand.bits = std::strtoull(text.c_str() + 2, &end, 16) ^ (negative ? 0x80000000ull : 0);
  } else if (text[0] == '0' && (second == 'd' || second == 'D') && text.size() == 18) {
    operand.kind = Operand::Kind::Float64;
    operand.bits = std::strtoull(text.c_str() + 2, &end, 16) ^ (negative ? 1ull << 63 : 0);
  } else if (text.find('.') != std::string::npos) {
    operand.kind = Operand::Kind::Float64;
    double value = std::strtod(text.c_str(), &end);
    operand.bits = std::bit_cast<uint64_t>(negative ? -value : value);
  } else {
    operand.kind = Operand::Kind::Integer;
    bool binary = second == 'b' || second == 'B';
    operand.bits =
        binary ? std::strtoull(text.c_str() + 2, &end, 2) : std::strtoull(text.c_str(), &end, 0);
    if (*end == 'U') end++;
    if (negative) operand.bits = -operand.bits;
  }
  if (*end != '\0') cursor.fail("not a number:");
  cursor.take();
  return operand;
}

}  // namespace softcuda
