// shfl, vote, match, redux, activemask.
#include "exec/warp_ops.h"
#include "ptx/decoder.h"

namespace softcuda {

Insn& Decoder::emitWarp(Execute execute, const Operand& members) {
  uint32_t mask = source(members, {'u', 32});
  Insn& insn = emit(execute, Flow::WarpSync);
  insn.in[3] = mask;
  return insn;
}

void Decoder::decodeShuffle() {
  wants(5);
  if (parts_.size() != 4 || parts_[1] != "sync" || !shuffles().count(parts_[2]) ||
      parts_[3] != "b32")
    refuse("this shuffle is not supported");
  Type b32{'b', 32};
  uint32_t in[3];
  for (int i = 0; i < 3; i++) in[i] = source(operand(i + 1), b32);
  uint32_t q = operand(0).second.empty() ? kNone : predicateNamed(operand(0).second);
  uint32_t out = destination(operand(0), 32);
  Insn& insn = emitWarp(shuffle, operand(4));
  std::copy_n(in, 3, insn.in);
  insn.out = out;
  insn.address = q;
  insn.imm = static_cast<uint64_t>(shuffles().at(parts_[2]));
}

void Decoder::decodeVote() {
  wants(3);
  auto found = votes().find(parts_.size() == 4 ? parts_[2] + "." + parts_[3] : "");
  if (found == votes().end() || parts_[1] != "sync") refuse("this vote is not supported");
  bool ballot = found->second == Vote::Ballot;
  uint32_t p = source(operand(1), {'p', 1});
  uint32_t out = destination(operand(0), ballot ? 32 : 1);
  Insn& insn = emitWarp(vote, operand(2));
  insn.in[0] = p;
  insn.out = out;
  insn.imm = static_cast<uint64_t>(found->second);
}

void Decoder::decodeMatch() {
  wants(3);
  Type type;
  if (parts_.size() != 4 || parts_[1] != "any" || parts_[2] != "sync" ||
      !parseType(parts_[3], type) || type.bits < 32)
    refuse("this match is not supported");
  uint32_t value = source(operand(1), type);
  uint32_t out = destination(operand(0), 32);
  Insn& insn = emitWarp(type.bits == 64 ? matchAny64 : matchAny32, operand(2));
  insn.in[0] = value;
  insn.out = out;
}

void Decoder::decodeRedux() {
  wants(3);
  auto found = reductions().find(parts_.size() == 4 ? parts_[2] + "." + parts_[3] : "");
  if (found == reductions().end() || parts_[1] != "sync") refuse("this redux is not supported");
  uint32_t value = source(operand(1), {'b', 32});
  uint32_t out = destination(operand(0), 32);
  Insn& insn = emitWarp(reduceSync, operand(2));
  insn.in[0] = value;
  insn.out = out;
  insn.imm = static_cast<uint64_t>(found->second);
}

void Decoder::decodeActiveMask() {
  wants(1);
  uint32_t out = destination(operand(0), 32);
  emit(activeMask).out = out;
}

}  // namespace softcuda
