// Operands of the statement at hand, as offsets in the register file.
#include <bit>

#include "ptx/decoder.h"

namespace softcuda {
namespace {

std::string trimmed(const std::string& line) {
  size_t start = line.find_first_not_of(" \t"), end = line.find_last_not_of(" \t\r");
  return start == std::string::npos ? "" : line.substr(start, end - start + 1);
}

}  // namespace

void Decoder::refuse(const std::string& why) const {
  throw PtxError(statement_->line, why + ": " + trimmed(module_.lines.at(statement_->line - 1)));
}

void Decoder::wants(size_t operands) const {
  if (statement_->operands.size() != operands)
    refuse(statement_->opcode + " with " + std::to_string(statement_->operands.size()) +
           " operands is not supported");
}

const Type* Decoder::registerType(const std::string& name) const {
  auto found = function_->registers.find(name);
  return found == function_->registers.end() ? nullptr : &found->second;
}

uint32_t Decoder::registerOffset(const std::string& name) const {
  return frames_.at(function_).registers.at(name);
}

uint32_t Decoder::destination(const Operand& operand, int bits) {
  const Type* type = operand.kind == Operand::Kind::Name ? registerType(operand.name) : nullptr;
  if (!type) refuse("the destination is no register");
  if (type->bits != bits)
    refuse(operand.name + " has " + std::to_string(type->bits) + " bits, the result " +
           std::to_string(bits));
  return registerOffset(operand.name);
}

uint32_t Decoder::predicateNamed(const std::string& name) {
  const Type* type = registerType(name);
  if (!type || type->kind != 'p') refuse(name + " is no predicate");
  return registerOffset(name);
}

uint32_t Decoder::source(const Operand& operand, const Type& type) {
  if (operand.kind == Operand::Kind::Vector || operand.kind == Operand::Kind::Address)
    refuse("an operand of this kind is not supported");
  if (operand.kind != Operand::Kind::Name) return constantOf(operand, type);
  uint32_t offset;
  if (const Type* own = registerType(operand.name)) {
    if (own->bits != type.bits)
      refuse(operand.name + " has " + std::to_string(own->bits) + " bits, the operand " +
             std::to_string(type.bits));
    offset = registerOffset(operand.name);
  } else if (file_.special(operand.name, offset)) {
    if (type.bits != 32) refuse(operand.name + " has 32 bits");
  } else {
    return addressConstant(operand, type);
  }
  if (!operand.negated) return offset;
  uint32_t negated = temporary(1);
  emitForm("not.pred", negated, {offset});
  return negated;
}

uint32_t Decoder::constantOf(const Operand& operand, const Type& type) {
  uint64_t bits = operand.bits;
  using Kind = Operand::Kind;
  if (operand.kind == Kind::Discard) refuse("'_' is no source");
  if (type.kind == 'f' && type.bits == 32) {
    if (operand.kind == Kind::Float64)
      bits = std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(bits)));
    if (operand.kind == Kind::Integer)
      bits = std::bit_cast<uint32_t>(static_cast<float>(static_cast<int64_t>(bits)));
  } else if (type.kind == 'f' && type.bits == 64) {
    if (operand.kind == Kind::Float32)
      bits = std::bit_cast<uint64_t>(double{std::bit_cast<float>(static_cast<uint32_t>(bits))});
    if (operand.kind == Kind::Integer)
      bits = std::bit_cast<uint64_t>(static_cast<double>(static_cast<int64_t>(bits)));
  }
  return file_.constant(bits, type.bits);
}

uint32_t Decoder::addressConstant(const Operand& operand, const Type& type) {
  if (uint64_t function = module_.functionAddress(operand.name)) {
    if (type.bits != 64 || type.isFloat()) refuse("an address does not fit here");
    return file_.constant(function, 64);
  }
  Place place;
  if (!variables_.find(*function_, operand.name, place)) refuse(operand.name + " is not declared");
  bool far = place.space == Space::Global || place.space == Space::Const;
  if (type.isFloat() || type.bits < (far ? 64 : 32)) refuse("an address does not fit here");
  return file_.constant(place.offset + operand.bits, type.bits);
}

Insn& Decoder::emit(Execute execute, Flow flow) {
  Insn insn;
  insn.execute = execute;
  insn.flow = flow;
  insn.line = statement_->line;
  if (!statement_->guard.empty()) {
    insn.guard = predicateNamed(statement_->guard);
    insn.guardNegated = statement_->guardNegated;
  }
  program_.code.push_back(insn);
  return program_.code.back();
}

Insn& Decoder::emitForm(const std::string& name, uint32_t out, std::vector<uint32_t> in) {
  auto found = forms().find(name);
  if (found == forms().end()) refuse("instruction " + name + " is not supported");
  Insn& insn = emit(found->second.execute);
  insn.out = out;
  for (size_t i = 0; i < in.size(); i++) insn.in[i] = in[i];
  return insn;
}

}  // namespace softcuda
