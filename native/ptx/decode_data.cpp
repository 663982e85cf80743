// mov, setp, cvt, cvta, isspacep.
#include "exec/cta.h"
#include "ptx/decoder.h"

namespace softcuda {
namespace {

std::string bitsName(int bits) { return ".b" + std::to_string(bits); }

}  // namespace

void Decoder::decodeMove() {
  wants(2);
  Type type;
  if (parts_.size() != 2 || !parseType(parts_[1], type)) refuse("this mov is not supported");
  if (operand(1).kind == Operand::Kind::Vector)
    pack(operand(0), operand(1), type);
  else if (operand(0).kind == Operand::Kind::Vector)
    unpack(operand(0), operand(1), type);
  else
    decodeForm(statement_->opcode);
}

void Decoder::pack(const Operand& out, const Operand& in, const Type& type) {
  int bits = type.bits / static_cast<int>(std::max<size_t>(1, in.parts.size()));
  std::vector<uint32_t> sources;
  for (const Operand& part : in.parts) sources.push_back(source(part, {'b', bits}));
  emitForm("pack" + bitsName(type.bits) + bitsName(bits), destination(out, type.bits), sources);
}

void Decoder::unpack(const Operand& out, const Operand& in, const Type& type) {
  int bits = type.bits / static_cast<int>(std::max<size_t>(1, out.parts.size()));
  uint32_t from = source(in, type);
  for (size_t i = 0; i < out.parts.size(); i++) {
    if (out.parts[i].kind == Operand::Kind::Discard) continue;
    emitForm("unpack" + bitsName(type.bits) + bitsName(bits), destination(out.parts[i], bits),
             {from, file_.constant(i * bits, 32)});
  }
}

// setp.cmp{.and|or|xor}{.ftz}.type p{|q}, a, b{, c}: q gets the opposite of the comparison.
void Decoder::decodeCompare() {
  std::string combine, name = "setp";
  for (size_t i = 1; i < parts_.size(); i++) {
    bool isCombination = parts_[i] == "and" || parts_[i] == "or" || parts_[i] == "xor";
    if (isCombination)
      combine = parts_[i] + ".pred";
    else
      name += "." + parts_[i];
  }
  auto form = forms().find(name);
  if (form == forms().end()) refuse("instruction " + name + " is not supported");
  wants(combine.empty() ? 3 : 4);
  std::vector<uint32_t> in = {source(operand(1), form->second.in[0]),
                              source(operand(2), form->second.in[1])};
  uint32_t p = destination(operand(0), 1);
  if (combine.empty() && operand(0).second.empty()) {
    emitForm(name, p, in);
    return;
  }
  uint32_t other = combine.empty() ? kNone : source(operand(3), {'p', 1});
  uint32_t result = temporary(1);
  emitForm(name, result, in);
  if (!operand(0).second.empty()) {
    uint32_t opposite = temporary(1), q = predicateNamed(operand(0).second);
    emitForm("not.pred", opposite, {result});
    if (!combine.empty()) emitForm(combine, opposite, {opposite, other});
    if (combine.empty())
      emitForm("mov.pred", p, {result});
    else
      emitForm(combine, p, {result, other});
    emitForm("mov.pred", q, {opposite});
    return;
  }
  emitForm(combine, p, {result, other});
}

// Forms take registers as wide as their types; wider ones are cut before and extended after.
void Decoder::decodeConvert() {
  wants(2);
  Type to, from;
  if (parts_.size() < 3 || !parseType(parts_[parts_.size() - 2], to) ||
      !parseType(parts_.back(), from))
    refuse("this cvt is not supported");
  const Type* wide =
      operand(1).kind == Operand::Kind::Name ? registerType(operand(1).name) : nullptr;
  uint32_t in;
  if (wide && wide->bits > from.bits) {
    in = temporary(from.bits);
    emitForm("resize.u" + std::to_string(wide->bits) + "." + std::to_string(from.bits), in,
             {source(operand(1), *wide)});
  } else {
    in = source(operand(1), from);
  }
  const Type* out =
      operand(0).kind == Operand::Kind::Name ? registerType(operand(0).name) : nullptr;
  if (out && out->bits > to.bits) {
    uint32_t narrow = temporary(to.bits);
    emitForm(statement_->opcode, narrow, {in});
    emitForm("resize." + std::string(to.kind == 's' ? "s" : "u") + std::to_string(to.bits) + "." +
                 std::to_string(out->bits),
             registerOffset(operand(0).name), {narrow});
  } else {
    emitForm(statement_->opcode, destination(operand(0), to.bits), {in});
  }
}

void Decoder::decodeAddressConversion() {
  wants(2);
  bool toSpace = parts_.size() == 4 && parts_[1] == "to";
  if (parts_.size() != (toSpace ? 4u : 3u) || parts_.back() != "u64")
    refuse("this cvta is not supported");
  std::string space = parts_[toSpace ? 2 : 1];
  uint64_t window = 0;
  if (space == "shared" || space == "shared::cta")
    window = kSharedWindow;
  else if (space == "local")
    window = kLocalWindow;
  else if (space != "global" && space != "const")
    refuse("cvta of ." + space + " is not supported");
  Type type{'u', 64};
  uint32_t in = source(operand(1), type), out = destination(operand(0), 64);
  emitForm(toSpace ? "sub.u64" : "add.u64", out, {in, file_.constant(window, 64)});
}

void Decoder::decodeIsSpace() {
  wants(2);
  emitForm(statement_->opcode, destination(operand(0), 1), {source(operand(1), {'u', 64})});
}

}  // namespace softcuda
