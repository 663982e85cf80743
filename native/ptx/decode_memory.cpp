// ld, st, atom, red, fences.
#include "exec/load_store.h"
#include "exec/warp_ops.h"
#include "ptx/decoder.h"

namespace softcuda {

// Reads the modifiers of an access. Cache hints change nothing here; orders and scopes matter to
// the search for races only: a CTA runs on one thread, and other threads of an x86 see its stores
// in order.
Decoder::Qualifiers Decoder::qualifiers(bool withOperation) const {
  static const std::set<std::string> ignored = {"volatile",
                                                "relaxed",
                                                "acquire",
                                                "release",
                                                "acq_rel",
                                                "weak",
                                                "mmio",
                                                "cta",
                                                "gpu",
                                                "sys",
                                                "cluster",
                                                "ca",
                                                "cg",
                                                "cs",
                                                "lu",
                                                "cv",
                                                "wb",
                                                "wt",
                                                "nc",
                                                "uni",
                                                "noftz",
                                                "L1::evict_normal",
                                                "L1::evict_unchanged",
                                                "L1::evict_first",
                                                "L1::evict_last",
                                                "L1::no_allocate",
                                                "L2::64B",
                                                "L2::128B",
                                                "L2::256B"};
  Qualifiers result;
  bool typed = false;
  for (size_t i = 1; i < parts_.size(); i++) {
    const std::string& part = parts_[i];
    if (part == "shared" || part == "shared::cta")
      result.space = Space::Shared;
    else if (part == "global")
      result.space = Space::Global;
    else if (part == "const")
      result.space = Space::Const;
    else if (part == "local")
      result.space = Space::Local;
    else if (part == "param" || part == "param::entry" || part == "param::func")
      result.space = Space::Param;
    else if (part == "v2" || part == "v4")
      result.elements = part[1] - '0';
    else if (parseType(part, result.type))
      typed = true;
    else if (ignored.count(part))
      continue;
    else if (withOperation && result.operation.empty())
      result.operation = part;
    else
      refuse("modifier ." + part + " is not supported");
  }
  std::set<std::string> words(parts_.begin() + 1, parts_.end());
  bool isVolatile = words.count("volatile") || words.count("mmio");
  bool releases = words.count("release") || words.count("acq_rel");
  result.strong =
      withOperation || isVolatile || releases || words.count("relaxed") || words.count("acquire");
  result.wideScope = isVolatile || !words.count("cta");
  result.releases = releases;
  result.nonCoherent = words.count("nc");
  if (!typed || result.type.kind == 'p') refuse("an access of this type is not supported");
  return result;
}

void Decoder::Qualifiers::apply(Insn& insn) const {
  insn.strong = strong;
  insn.wideScope = wideScope;
  insn.releases = releases;
  insn.nonCoherent = nonCoherent;
}

void Decoder::setAddress(Insn& insn, const Operand& address, Space space) {
  if (address.kind != Operand::Kind::Address) refuse("expected an address in brackets");
  insn.space = space;
  insn.imm = address.bits;
  if (address.name.empty()) return;
  if (const Type* type = registerType(address.name)) {
    bool near = space == Space::Shared || space == Space::Local || space == Space::Param;
    if (type->bits != 64 && !(type->bits == 32 && near))
      refuse("an address of this size is not supported");
    insn.address = registerOffset(address.name);
    insn.addressBytes = static_cast<uint8_t>(type->bytes());
    return;
  }
  Place place;
  if (!variables_.find(*function_, address.name, place)) refuse(address.name + " is not declared");
  bool global = place.space == Space::Global && (space == Space::Const || space == Space::Generic);
  bool ownParam = place.space == Space::Local && space == Space::Param;
  if (place.space != space && !global && !ownParam) refuse(address.name + " is not in this space");
  insn.space = place.space;
  insn.imm += place.offset;
}

void Decoder::decodeLoad() {
  wants(2);
  Qualifiers q = qualifiers(false);
  std::vector<Operand> targets = {operand(0)};
  if (operand(0).kind == Operand::Kind::Vector) targets = operand(0).parts;
  if (static_cast<int>(targets.size()) != q.elements) refuse("the vector has another length");
  Insn& insn = emit(nullptr);
  int registerBytes = 0;
  for (size_t i = 0; i < targets.size(); i++) {
    if (targets[i].kind == Operand::Kind::Discard) continue;
    const Type* type = registerType(targets[i].name);
    if (!type) refuse("the destination is no register");
    if (registerBytes && type->bytes() != registerBytes) refuse("registers of different sizes");
    registerBytes = type->bytes();
    insn.in[i] = registerOffset(targets[i].name);
  }
  insn.elements = static_cast<uint8_t>(q.elements);
  insn.bytes = static_cast<uint8_t>(q.type.bytes());
  insn.execute = loader(q.type.bytes(), registerBytes ? registerBytes : std::max(2, q.type.bytes()),
                        q.type.kind == 's');
  if (!insn.execute) refuse("the register is too small");
  q.apply(insn);
  insn.loads = true;
  setAddress(insn, operand(1), q.space);
}

void Decoder::decodeStore() {
  wants(2);
  Qualifiers q = qualifiers(false);
  std::vector<Operand> values = {operand(1)};
  if (operand(1).kind == Operand::Kind::Vector) values = operand(1).parts;
  if (static_cast<int>(values.size()) != q.elements) refuse("the vector has another length");
  int registerBits = 0;
  for (const Operand& value : values)
    if (value.kind == Operand::Kind::Name)
      if (const Type* type = registerType(value.name)) registerBits = type->bits;
  if (registerBits == 0) registerBits = std::max(16, q.type.bits);
  Type type{q.type.bits == registerBits ? q.type.kind : 'b', registerBits};
  uint32_t sources[4] = {kNone, kNone, kNone, kNone};
  for (size_t i = 0; i < values.size(); i++) sources[i] = source(values[i], type);
  Insn& insn = emit(storer(q.type.bytes(), registerBits / 8));
  if (!insn.execute) refuse("the register is too small");
  std::copy_n(sources, 4, insn.in);
  insn.elements = static_cast<uint8_t>(q.elements);
  insn.bytes = static_cast<uint8_t>(q.type.bytes());
  insn.registerBytes = static_cast<uint8_t>(registerBits / 8);
  q.apply(insn);
  setAddress(insn, operand(0), q.space);
  if (insn.space == Space::Param || q.space == Space::Const) refuse("this space cannot be written");
}

void Decoder::decodeAtomic() {
  bool reduction = parts_[0] == "red";
  Qualifiers q = qualifiers(true);
  size_t first = reduction ? 1 : 2;  // operand of the first value
  bool swap = q.operation == "cas";
  wants(first + (swap ? 2 : 1));
  auto found = atomics().find(q.operation + "." + q.type.kind + std::to_string(q.type.bits));
  if (found == atomics().end() || q.elements != 1 || (reduction && (swap || q.operation == "exch")))
    refuse("this atomic is not supported");
  uint32_t b = source(operand(first), q.type);
  uint32_t c = swap ? source(operand(first + 1), q.type) : kNone;
  Insn& insn = emit(found->second);
  insn.in[0] = b;
  insn.in[1] = c;
  insn.bytes = static_cast<uint8_t>(q.type.bytes());
  if (!reduction && operand(0).kind != Operand::Kind::Discard)
    insn.out = destination(operand(0), q.type.bits);
  q.apply(insn);
  setAddress(insn, operand(first - 1), q.space);
  if (insn.space == Space::Param || insn.space == Space::Local || insn.space == Space::Const)
    refuse("an atomic in this space is not supported");
}

void Decoder::decodeReduction() { decodeAtomic(); }

// membar.{cta,gl,sys}; fence{.sc|.acq_rel}.{cta,gpu,sys,cluster}
void Decoder::decodeFence() {
  if (parts_.size() < 2) refuse("a fence without scope is not supported");
  emit(fence).wideScope = parts_.back() != "cta";
}

}  // namespace softcuda
