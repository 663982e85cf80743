#include "exec/warp_ops.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdio>

#include "exec/races.h"

namespace softcuda {
namespace {

struct Source {
  int lane;
  bool inRange;
};

// Segment mask in bits 8 to 12 of c, clamp in bits 0 to 4.
Source sourceOf(Shuffle mode, int lane, uint32_t b, uint32_t c) {
  int segment = c >> 8 & 31, clamp = c & 31, offset = b & 31;
  int last = (lane & segment) | (clamp & ~segment);
  int first = lane & segment;
  int from = lane;
  bool inRange = true;
  switch (mode) {
    case Shuffle::Up:
      from = lane - offset;
      inRange = from >= last;
      break;
    case Shuffle::Down:
      from = lane + offset;
      inRange = from <= last;
      break;
    case Shuffle::Butterfly:
      from = lane ^ offset;
      inRange = from <= last;
      break;
    case Shuffle::Index:
      from = first | (offset & ~segment);
      inRange = from <= last;
      break;
  }
  return {inRange ? from : lane, inRange};
}

template <class T>
void matchAny(Warp& warp, const Insn& insn, Mask mask) {
  const T* value = lanes<T>(warp, insn.in[0]);
  for (int l = 0; l < kLanes; l++) {
    if (!(mask >> l & 1)) continue;
    Mask same = 0;
    for (int k = 0; k < kLanes; k++)
      if ((mask >> k & 1) && value[k] == value[l]) same |= 1u << k;
    lanes<uint32_t>(warp, insn.out)[l] = same;
  }
}

}  // namespace

const std::map<std::string, Shuffle>& shuffles() {
  static const std::map<std::string, Shuffle> modes = {{"up", Shuffle::Up},
                                                       {"down", Shuffle::Down},
                                                       {"bfly", Shuffle::Butterfly},
                                                       {"idx", Shuffle::Index}};
  return modes;
}

const std::map<std::string, Vote>& votes() {
  static const std::map<std::string, Vote> kinds = {{"all.pred", Vote::All},
                                                    {"any.pred", Vote::Any},
                                                    {"uni.pred", Vote::Uniform},
                                                    {"ballot.b32", Vote::Ballot}};
  return kinds;
}

const std::map<std::string, Reduce>& reductions() {
  static const std::map<std::string, Reduce> operations = {
      {"add.s32", Reduce::Add}, {"add.u32", Reduce::Add},       {"min.u32", Reduce::Min},
      {"max.u32", Reduce::Max}, {"and.b32", Reduce::And},       {"or.b32", Reduce::Or},
      {"xor.b32", Reduce::Xor}, {"min.s32", Reduce::MinSigned}, {"max.s32", Reduce::MaxSigned}};
  return operations;
}

void shuffle(Warp& warp, const Insn& insn, Mask mask) {
  uint32_t value[kLanes];
  std::copy_n(lanes<uint32_t>(warp, insn.in[0]), kLanes, value);
  const uint32_t* b = lanes<uint32_t>(warp, insn.in[1]);
  const uint32_t* c = lanes<uint32_t>(warp, insn.in[2]);
  uint32_t* out = lanes<uint32_t>(warp, insn.out);
  Mask inRange = 0;
  uint32_t result[kLanes];
  for (Mask rest = mask; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    Source source = sourceOf(static_cast<Shuffle>(insn.imm), lane, b[lane], c[lane]);
    if (!(mask >> source.lane & 1))
      throw faultOf(warp, insn, lane, FaultCode::LaunchFailed,
                    "shuffles from lane " + std::to_string(source.lane) + ", which is not active");
    result[lane] = value[source.lane];
    inRange |= Mask{source.inRange} << lane;
  }
  for (Mask rest = mask; rest != 0; rest &= rest - 1)
    out[std::countr_zero(rest)] = result[std::countr_zero(rest)];
  if (insn.address == kNone) return;
  Mask& p = predicate(warp, insn.address);
  p = (p & ~mask) | (inRange & mask);
}

void vote(Warp& warp, const Insn& insn, Mask mask) {
  Mask p = predicate(warp, insn.in[0]);
  p &= mask;
  auto kind = static_cast<Vote>(insn.imm);
  if (kind == Vote::Ballot) {
    for (Mask rest = mask; rest != 0; rest &= rest - 1)
      lanes<uint32_t>(warp, insn.out)[std::countr_zero(rest)] = p;
    return;
  }
  bool result = kind == Vote::All ? p == mask : kind == Vote::Any ? p != 0 : p == mask || p == 0;
  Mask& out = predicate(warp, insn.out);
  out = result ? out | mask : out & ~mask;
}

void matchAny32(Warp& warp, const Insn& insn, Mask mask) { matchAny<uint32_t>(warp, insn, mask); }
void matchAny64(Warp& warp, const Insn& insn, Mask mask) { matchAny<uint64_t>(warp, insn, mask); }

void reduceSync(Warp& warp, const Insn& insn, Mask mask) {
  const uint32_t* value = lanes<uint32_t>(warp, insn.in[0]);
  uint32_t result = value[std::countr_zero(mask)];
  for (Mask rest = mask & (mask - 1); rest != 0; rest &= rest - 1) {
    uint32_t x = value[std::countr_zero(rest)];
    auto less = [](uint32_t a, uint32_t b) {
      return static_cast<int32_t>(a) < static_cast<int32_t>(b);
    };
    switch (static_cast<Reduce>(insn.imm)) {
      case Reduce::Add:
        result += x;
        break;
      case Reduce::Min:
        result = std::min(result, x);
        break;
      case Reduce::Max:
        result = std::max(result, x);
        break;
      case Reduce::MinSigned:
        result = std::min(result, x, less);
        break;
      case Reduce::MaxSigned:
        result = std::max(result, x, less);
        break;
      case Reduce::And:
        result &= x;
        break;
      case Reduce::Or:
        result |= x;
        break;
      case Reduce::Xor:
        result ^= x;
        break;
    }
  }
  for (Mask rest = mask; rest != 0; rest &= rest - 1)
    lanes<uint32_t>(warp, insn.out)[std::countr_zero(rest)] = result;
}

void activeMask(Warp& warp, const Insn& insn, Mask mask) {
  for (Mask rest = mask; rest != 0; rest &= rest - 1)
    lanes<uint32_t>(warp, insn.out)[std::countr_zero(rest)] = mask;
}

void nothing(Warp&, const Insn&, Mask) {}

void warpBarrier(Warp& warp, const Insn&, Mask mask) {
  if (warp.cta->races) warp.cta->races->order.syncLanes(warp, mask);
}

void fence(Warp& warp, const Insn& insn, Mask mask) {
  if (warp.cta->races) warp.cta->races->order.fence(warp, mask, insn.wideScope);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

void checkCallee(Warp& warp, const Insn& insn, Mask mask) {
  const auto& callees = warp.cta->launch.program->callees[insn.imm];
  for (Mask rest = mask; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    uint64_t pointer = lanes<uint64_t>(warp, insn.in[0])[lane];
    if (std::find(callees.begin(), callees.end(), pointer) != callees.end()) continue;
    char text[80];
    std::snprintf(text, sizeof text, "calls %#llx, which is no function that this call may reach",
                  static_cast<unsigned long long>(pointer));
    throw faultOf(warp, insn, lane, FaultCode::InvalidPc, text);
  }
}

void trap(Warp& warp, const Insn& insn, Mask mask) {
  throw faultOf(warp, insn, std::countr_zero(mask), FaultCode::LaunchFailed, "trap");
}

}  // namespace softcuda
