#include "exec/watch.h"

#include <bit>

namespace softcuda {
namespace {

void need(Warp& warp, const Insn& insn, const Watch::Need& need, Mask lanes) {
  Mask missing = lanes & ~predicate(warp, need.mask);
  if (missing == 0) return;
  throw faultOf(warp, insn, std::countr_zero(missing), FaultCode::LaunchFailed,
                "reads the register " + need.name + ", which was never written");
}

}  // namespace

void watch(Warp& warp, const Insn& insn, Mask mask, Mask active) {
  const Watch& watch = warp.cta->launch.program->watches[insn.watch];
  if (watch.guard.mask != kNone) need(warp, insn, watch.guard, active);
  for (const Watch::Need& one : watch.needs) need(warp, insn, one, mask);
  Mask source = watch.from == kNone ? kFull : predicate(warp, watch.from);
  for (uint32_t offset : watch.sets) {
    Mask& written = predicate(warp, offset);
    written = (written & ~mask) | (source & mask);
  }
}

}  // namespace softcuda
