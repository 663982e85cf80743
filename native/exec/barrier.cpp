#include "exec/barrier.h"

#include <bit>

#include "exec/races.h"

namespace softcuda {
namespace {

uint32_t livingThreads(const Cta& cta) {
  uint32_t living = 0;
  for (const Warp& warp : cta.warps) living += std::popcount(warp.live);
  return living;
}

uint32_t waitingThreads(const Cta& cta, int id) {
  uint32_t waiting = 0;
  for (const Warp& warp : cta.warps)
    for (Mask rest = warp.parked; rest != 0; rest &= rest - 1)
      waiting += warp.barrierOf[std::countr_zero(rest)] == id;
  return waiting;
}

// A thread of the CTA for which the condition on (warp, lane) holds, as text.
template <class Condition>
std::string threadWhere(const Cta& cta, Condition condition) {
  for (const Warp& warp : cta.warps) {
    for (uint32_t lane = 0; lane < kLanes; lane++) {
      if (warp.index * kLanes + lane < cta.launch.threads() && condition(warp, lane)) {
        return "thread " + std::to_string(warp.index * kLanes + lane) + " of the CTA";
      }
    }
  }
  return "no thread";
}

const Insn& barrierInsn(const Warp& warp, int lane) {
  return warp.cta->launch.program->code[warp.lanePc[lane] - 1];
}

void deliver(Warp& warp, int lane, const Insn& insn, const Barrier& barrier, uint32_t expected) {
  auto kind = static_cast<BarrierKind>(insn.imm);
  if (kind == BarrierKind::Popc) {
    lanes<uint32_t>(warp, insn.out)[lane] = barrier.votes;
  } else if (kind == BarrierKind::And || kind == BarrierKind::Or) {
    bool result = kind == BarrierKind::And ? barrier.votes == expected : barrier.votes > 0;
    Mask& out = predicate(warp, insn.out);
    out = (out & ~(1u << lane)) | Mask{result} << lane;
  }
}

// bar is for whole warps: their lanes come to one instruction, not to one in each branch.
void checkAligned(Cta& cta, int id) {
  for (Warp& warp : cta.warps) {
    int first = -1;
    for (Mask rest = warp.parked; rest != 0; rest &= rest - 1) {
      int lane = std::countr_zero(rest);
      if (warp.barrierOf[lane] != id || !barrierInsn(warp, lane).aligned) continue;
      if (first < 0) first = lane;
      if (warp.lanePc[lane] != warp.lanePc[first])
        throw faultOf(
            warp, barrierInsn(warp, lane), lane, FaultCode::LaunchFailed,
            "the barrier is divergent: thread " + std::to_string(warp.index * kLanes + first) +
                " of the warp is at that of line " + std::to_string(barrierInsn(warp, first).line));
    }
  }
}

// What the threads at the barrier did before comes before what they do after it.
void orderThreads(Cta& cta, int id) {
  std::vector<uint32_t> waiting;
  for (const Warp& warp : cta.warps)
    for (Mask rest = warp.parked; rest != 0; rest &= rest - 1)
      if (int lane = std::countr_zero(rest); warp.barrierOf[lane] == id)
        waiting.push_back(warp.index * kLanes + lane);
  if (waiting.size() == cta.launch.threads()) return cta.races->order.syncAll(cta);
  std::vector<uint32_t> all = cta.barriers[id].passing;
  all.insert(all.end(), waiting.begin(), waiting.end());
  cta.races->order.sync(cta, all, waiting);
}

void release(Cta& cta, int id, uint32_t expected) {
  checkAligned(cta, id);
  if (cta.races) orderThreads(cta, id);
  for (Warp& warp : cta.warps) {
    for (Mask rest = warp.parked; rest != 0; rest &= rest - 1) {
      int lane = std::countr_zero(rest);
      if (warp.barrierOf[lane] != id) continue;
      deliver(warp, lane, barrierInsn(warp, lane), cta.barriers[id], expected);
      warp.parked &= ~(1u << lane);
    }
  }
  cta.barriers[id] = {};
}

[[noreturn]] void reportMissing(Cta& cta, int id, uint32_t living) {
  for (Warp& warp : cta.warps) {
    for (Mask rest = warp.parked; rest != 0; rest &= rest - 1) {
      int lane = std::countr_zero(rest);
      if (warp.barrierOf[lane] != id) continue;
      uint32_t gone = cta.launch.threads() - living;
      std::string who =
          threadWhere(cta, [](const Warp& w, uint32_t l) { return !(w.live >> l & 1); });
      throw faultOf(warp, barrierInsn(warp, lane), lane, FaultCode::LaunchFailed,
                    "barrier " + std::to_string(id) + " is never reached by " +
                        std::to_string(gone) +
                        " threads of the CTA, which have exited (the first is " + who + ")");
    }
  }
  __builtin_unreachable();
}

// The lanes that a lane at a *.sync waits for.
Mask members(Warp& warp, const Insn& insn, int lane) {
  return insn.in[3] == kNone ? kFull : lanes<uint32_t>(warp, insn.in[3])[lane];
}

Mask waitingAt(const Warp& warp, uint32_t pc) {
  Mask there = 0;
  for (Mask rest = warp.waiting; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (warp.lanePc[lane] == pc) there |= 1u << lane;
  }
  return there;
}

}  // namespace

void arriveAtBarrier(Warp& warp, const Insn& insn, Mask mask) {
  int first = std::countr_zero(mask);
  uint32_t id = lanes<uint32_t>(warp, insn.in[0])[first];
  if (id >= 16)
    throw faultOf(warp, insn, first, FaultCode::IllegalInstruction,
                  "a barrier's number is at most 15");
  Barrier& barrier = warp.cta->barriers[id];
  barrier.arrived += std::popcount(mask);
  if (insn.in[1] != kNone) barrier.count = lanes<uint32_t>(warp, insn.in[1])[first];
  if (barrier.count % kLanes != 0)
    throw faultOf(
        warp, insn, first, FaultCode::IllegalInstruction,
        "a barrier is for whole warps, not for " + std::to_string(barrier.count) + " threads");
  if (insn.in[2] != kNone) {
    Mask votes = predicate(warp, insn.in[2]);
    barrier.votes += std::popcount(votes & mask);
  }
  if (static_cast<BarrierKind>(insn.imm) == BarrierKind::Arrive) {
    for (Mask rest = mask; rest != 0; rest &= rest - 1)
      barrier.passing.push_back(warp.index * kLanes + std::countr_zero(rest));
    return;
  }
  warp.parked |= mask;
  for (Mask rest = mask; rest != 0; rest &= rest - 1)
    warp.barrierOf[std::countr_zero(rest)] = static_cast<uint8_t>(id);
}

bool releaseBarriers(Cta& cta) {
  bool released = false;
  for (int id = 0; id < 16; id++) {
    Barrier& barrier = cta.barriers[id];
    if (barrier.arrived == 0) continue;
    uint32_t living = livingThreads(cta);
    uint32_t expected = barrier.count ? barrier.count : cta.launch.threads();
    if (barrier.arrived >= expected) {
      release(cta, id, expected);
      released = true;
    } else if (living > 0 && waitingThreads(cta, id) == living) {
      reportMissing(cta, id, living);
    }
  }
  return released;
}

void syncWarp(Warp& warp, const Insn& insn, Mask mask) {
  if (mask == kFull) {
    bool all = true;
    for (int lane = 0; lane < kLanes; lane++) all &= members(warp, insn, lane) == kFull;
    if (all) {
      insn.execute(warp, insn, mask);
      warp.pc++;
      return;
    }
  }
  uint32_t pc = warp.pc;
  Mask here = mask | waitingAt(warp, pc);
  for (Mask rest = warp.active; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    warp.lanePc[lane] = mask >> lane & 1 ? pc : pc + 1;
  }
  warp.active = 0;
  warp.waiting |= mask;
  for (Mask rest = here; rest != 0;) {
    int lane = std::countr_zero(rest);
    Mask named = members(warp, insn, lane);
    if (!(named >> lane & 1))
      throw faultOf(warp, insn, lane, FaultCode::IllegalInstruction,
                    "the member mask lacks the thread itself");
    Mask group = named & warp.live;
    rest &= ~group;
    if ((group & ~here) != 0) continue;
    insn.execute(warp, insn, group);
    warp.waiting &= ~group;
    for (Mask done = group; done != 0; done &= done - 1)
      warp.lanePc[std::countr_zero(done)] = pc + 1;
  }
}

bool resumeWaiting(Warp& warp) {
  bool resumed = false;
  for (Mask rest = warp.waiting; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    const Insn& insn = warp.cta->launch.program->code[warp.lanePc[lane]];
    Mask group = members(warp, insn, lane) & warp.live;
    if ((group & ~waitingAt(warp, warp.lanePc[lane])) != 0) continue;
    warp.waiting &= ~group;
    rest &= warp.waiting | 1u << lane;
    resumed = true;
  }
  return resumed;
}

void reportStuck(Cta& cta) {
  for (Warp& warp : cta.warps) {
    Mask blocked = warp.parked | warp.waiting;
    if (blocked == 0) continue;
    int lane = std::countr_zero(blocked);
    bool atBarrier = warp.parked >> lane & 1;
    const Insn& insn =
        atBarrier ? barrierInsn(warp, lane) : cta.launch.program->code[warp.lanePc[lane]];
    auto elsewhere = [&](const Warp& w, uint32_t l) {
      return (w.live >> l & 1) && w.lanePc[l] != warp.lanePc[lane];
    };
    throw faultOf(warp, insn, lane, FaultCode::LaunchFailed,
                  std::string(atBarrier ? "a barrier" : "a *.sync instruction") +
                      " is never reached by all its threads: " + threadWhere(cta, elsewhere) +
                      " waits at another one");
  }
  __builtin_unreachable();
}

}  // namespace softcuda
