#include "exec/scheduler.h"

#include <bit>
#include <numeric>

#include "exec/barrier.h"
#include "exec/watch.h"

namespace softcuda {
namespace {

constexpr uint32_t kTurns = 500;       // backward branches and calls while other lanes wait
constexpr uint32_t kQuantum = 50'000;  // instructions of a warp before the next has its turn
constexpr int kTurnKinds = 7;          // shuffled turns: 1, 2, 4, ... instructions

// The active lanes go where their pcs say and wait there.
void retire(Warp& warp) {
  for (Mask rest = warp.active; rest != 0; rest &= rest - 1)
    warp.lanePc[std::countr_zero(rest)] = warp.pc;
  warp.active = 0;
}

Mask runnable(const Warp& warp) { return warp.live & ~warp.parked & ~warp.waiting; }

int anyLane(Mask mask, Random& random) {
  for (uint64_t skip = random.below(std::popcount(mask)); skip > 0; skip--) mask &= mask - 1;
  return std::countr_zero(mask);
}

// Makes the lanes of one pc active: the least or, to be fair to the others, the least above
// `beyond`.
bool select(Warp& warp, uint32_t beyond = kNone) {
  uint32_t least = kNone, chosen = kNone;
  for (Mask rest = runnable(warp); rest != 0; rest &= rest - 1) {
    uint32_t pc = warp.lanePc[std::countr_zero(rest)];
    least = std::min(least, pc);
    if (beyond != kNone && pc > beyond) chosen = std::min(chosen, pc);
  }
  if (chosen == kNone) chosen = least;
  if (chosen == kNone) return false;
  // Any lane may go first; by the least pc half of the time, else few would ever meet again.
  Random* random = warp.cta->random;
  bool any = random && random->below(2) == 0;
  if (any) chosen = warp.lanePc[anyLane(runnable(warp), *random)];
  warp.pc = chosen;
  warp.nextPc = kNone;
  for (Mask rest = runnable(warp); rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (warp.lanePc[lane] == chosen)
      warp.active |= 1u << lane;
    else if (warp.lanePc[lane] > chosen && !any)
      warp.nextPc = std::min(warp.nextPc, warp.lanePc[lane]);
  }
  return true;
}

// Goes on with the least pc or, after enough turns, with other lanes than those at `here`.
void selectFairly(Warp& warp, uint32_t here, bool turn) {
  warp.turns += turn;
  bool others = warp.turns > kTurns;
  select(warp, others ? here : kNone);
  if (others) warp.turns = 0;
}

// Sends the lanes in `taken` to target, the rest of the active ones to the next instruction.
void branch(Warp& warp, Mask taken, uint32_t target) {
  uint32_t here = warp.pc;
  if (warp.cta->counting) {
    warp.cta->counters.branches++;
    warp.cta->counters.divergentBranches += taken != 0 && taken != warp.active;
  }
  if (taken == warp.active) {
    warp.pc = target;
    if (target <= here && runnable(warp) != warp.active && ++warp.turns > kTurns) {
      retire(warp);
      select(warp, here);
      warp.turns = 0;
    }
    return;
  }
  warp.pc++;
  if (taken == 0) return;
  retire(warp);
  for (Mask rest = taken; rest != 0; rest &= rest - 1) warp.lanePc[std::countr_zero(rest)] = target;
  selectFairly(warp, here, target <= here);
}

// Sends each lane of `taken` to its own target.
void scatter(Warp& warp, Mask taken, const uint32_t* targets, const uint32_t* table, size_t size,
             const Insn& insn) {
  uint32_t here = warp.pc++;
  retire(warp);
  for (Mask rest = taken; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (table && targets[lane] >= size)
      throw faultOf(warp, insn, lane, FaultCode::LaunchFailed, "index beyond the branch table");
    warp.lanePc[lane] = table ? table[targets[lane]] : targets[lane];
  }
  selectFairly(warp, here, true);
}

// Runs the active lanes of a warp, then others, until all wait or the quantum is over.
void runWarp(Warp& warp, uint32_t quantum) {
  const Program& program = *warp.cta->launch.program;
  const Insn* code = program.code.data();
  uint64_t executed = 0, issued = 0;
  retire(warp);
  select(warp);
  for (uint32_t budget = quantum; budget > 0; budget--) {
    if (warp.pc >= warp.nextPc || warp.active == 0) {
      retire(warp);
      if (!select(warp) && !(resumeWaiting(warp) && select(warp))) break;
    }
    const Insn& insn = code[warp.pc];
    Mask mask = warp.active;
    if (insn.guard != kNone) {
      Mask guard = predicate(warp, insn.guard);
      mask &= insn.guardNegated ? ~guard : guard;
    }
    if (insn.watch != kNone) [[unlikely]]
      watch(warp, insn, mask, warp.active);
    executed += std::popcount(mask);
    issued++;
    switch (insn.flow) {
      case Flow::Plain:
        if (mask != 0) insn.execute(warp, insn, mask);
        warp.pc++;
        break;
      case Flow::Branch:
        branch(warp, mask, static_cast<uint32_t>(insn.imm));
        break;
      case Flow::BranchIndexed: {
        const auto& table = program.branchTables[insn.imm];
        scatter(warp, mask, lanes<uint32_t>(warp, insn.in[0]), table.data(), table.size(), insn);
        break;
      }
      case Flow::Call:
        for (Mask rest = mask; rest != 0; rest &= rest - 1)
          lanes<uint32_t>(warp, insn.out)[std::countr_zero(rest)] = warp.pc + 1;
        branch(warp, mask, static_cast<uint32_t>(insn.imm));
        break;
      case Flow::Return:
        if (mask != 0)
          scatter(warp, mask, lanes<uint32_t>(warp, insn.in[0]), nullptr, 0, insn);
        else
          warp.pc++;
        break;
      case Flow::Exit:
        warp.live &= ~mask;
        warp.active &= ~mask;
        warp.pc++;
        break;
      case Flow::Barrier: {
        warp.pc++;
        Mask all = warp.active;
        warp.active = mask;
        retire(warp);
        warp.active = all & ~mask;
        if (mask != 0) arriveAtBarrier(warp, insn, mask);
        break;
      }
      case Flow::WarpSync:
        syncWarp(warp, insn, mask);
        break;
    }
  }
  warp.executed += executed;
  warp.issued += issued;
}

void turn(Warp& warp) {
  Random* random = warp.cta->random;
  runWarp(warp, random ? 1u << random->below(kTurnKinds) : kQuantum);
}

std::vector<uint32_t> orderOfWarps(const Cta& cta) {
  std::vector<uint32_t> order(cta.warps.size());
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[cta.random->below(i)]);
  return order;
}

}  // namespace

bool runRound(Cta& cta) {
  bool running = false, moved = false;
  auto visit = [&](Warp& warp) {
    if (runnable(warp) != 0 || resumeWaiting(warp)) {
      turn(warp);
      moved = true;
    }
    running |= warp.live != 0;
  };
  if (cta.random)
    for (uint32_t index : orderOfWarps(cta)) visit(cta.warps[index]);
  else
    for (Warp& warp : cta.warps) visit(warp);
  moved |= releaseBarriers(cta);
  if (running && !moved) reportStuck(cta);
  return running;
}

void runCta(Cta& cta, const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed) && runRound(cta)) {
  }
}

}  // namespace softcuda
