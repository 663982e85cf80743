// Barriers of a CTA and of a warp: who waits, who goes on, and who never came.
#pragma once

#include "exec/cta.h"

namespace softcuda {

// What an instruction at a CTA barrier asks for, in Insn::imm.
enum class BarrierKind : uint64_t { Sync, Arrive, Popc, And, Or };

// The lanes of mask arrive and, unless they only arrive, park; their lanePc is set already.
// in[0] is the barrier's number, in[1] the count of threads or none, in[2] the predicate of
// bar.red.
void arriveAtBarrier(Warp& warp, const Insn& insn, Mask mask);

// Lets the lanes of every complete barrier go on; true if there was one. Throws Fault if threads
// of the CTA have exited without reaching it.
bool releaseBarriers(Cta& cta);

// A *.sync instruction, whose member mask is in[3]: executed when every living member is there.
void syncWarp(Warp& warp, const Insn& insn, Mask mask);

// Makes lanes runnable that wait at a *.sync for lanes that have exited since; false if none.
bool resumeWaiting(Warp& warp);

// Throws the fault of a CTA in which every living thread waits for another.
[[noreturn]] void reportStuck(Cta& cta);

}  // namespace softcuda
