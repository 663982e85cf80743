// Instructions in which the lanes of a warp exchange values, and atomics.
#pragma once

#include <map>
#include <string>

#include "exec/cta.h"

namespace softcuda {

enum class Shuffle : uint64_t { Up, Down, Butterfly, Index };
enum class Vote : uint64_t { All, Any, Uniform, Ballot };
enum class Reduce : uint64_t { Add, Min, Max, MinSigned, MaxSigned, And, Or, Xor };

// shfl.sync: out, in[0] value, in[1] lane, in[2] clamp; address, if any, the predicate q. imm:
// Shuffle
void shuffle(Warp& warp, const Insn& insn, Mask mask);
// vote.sync: in[0] predicate; imm: Vote
void vote(Warp& warp, const Insn& insn, Mask mask);
void matchAny32(Warp& warp, const Insn& insn, Mask mask);
void matchAny64(Warp& warp, const Insn& insn, Mask mask);
void reduceSync(Warp& warp, const Insn& insn, Mask mask);
void activeMask(Warp& warp, const Insn& insn, Mask mask);
void nothing(Warp& warp, const Insn& insn, Mask mask);
// bar.warp.sync: orders the memory accesses of its members
void warpBarrier(Warp& warp, const Insn& insn, Mask mask);
void fence(Warp& warp, const Insn& insn, Mask mask);
// in[0] points to one of the program's callees number imm
void checkCallee(Warp& warp, const Insn& insn, Mask mask);
void trap(Warp& warp, const Insn& insn, Mask mask);

// The modes of these as PTX spells them.
const std::map<std::string, Shuffle>& shuffles();
const std::map<std::string, Vote>& votes();
const std::map<std::string, Reduce>& reductions();

// Executors of atom and red by operation and type, as "add.u32": in[0] and in[1] operands, out
// optional.
const std::map<std::string, Execute>& atomics();

}  // namespace softcuda
