#include "exec/order.h"

#include <algorithm>
#include <bit>
#include <unordered_set>

#include "exec/cta.h"

namespace softcuda {
namespace {

uint32_t threadOf(const Warp& warp, int lane) { return warp.index * kLanes + lane; }

bool isBefore(const Fenced& f, const Segment& segment, uint32_t thread) {
  if (segment.time < f.base || (thread == f.thread && segment.time < f.own)) return true;
  return f.times && segment.time < (*f.times)[thread];
}

}  // namespace

void Order::begin(Cta& cta, uint64_t number) {
  CtaOrder& order = cta.order;
  order.number = number;
  order.clock = order.base = 1;
  order.baseSegment = endSegment();
  order.plain = true;
  order.known.assign(cta.launch.threads(), {});
  for (Warp& warp : cta.warps) warp.segment = 0;
}

void Order::forget() {
  first_ = endSegment();
  segments_.clear();
  heads_.clear();
  releases_.clear();
  coversFor_ = nullptr;
  fences_ = false;
}

uint32_t Order::segmentOf(Warp& warp) {
  if (warp.segment == 0) {
    warp.segment = endSegment();
    segments_.push_back({warp.cta->order.number, warp.index, warp.cta->order.clock});
  }
  return warp.segment;
}

void Order::syncAll(Cta& cta) {
  CtaOrder& order = cta.order;
  order.base = ++order.clock;
  order.baseSegment = endSegment();
  for (Warp& warp : cta.warps) warp.segment = 0;
  if (order.plain) return;
  const Release* all = nullptr;
  for (const Known& known : order.known) all = join(all, known.others);
  for (Known& known : order.known) {
    known.times = nullptr;
    known.others = all;
  }
  order.plain = all == nullptr;
}

void Order::sync(Cta& cta, const std::vector<uint32_t>& from, const std::vector<uint32_t>& to) {
  CtaOrder& order = cta.order;
  order.clock++;
  order.plain = false;
  auto united = std::make_shared<Times>(order.known.size());
  const Release* others = nullptr;
  std::unordered_set<const Times*> seen;
  for (uint32_t thread : from) {
    const Known& known = order.known[thread];
    others = join(others, known.others);
    if (!known.times || !seen.insert(known.times.get()).second) continue;
    for (size_t i = 0; i < united->size(); i++)
      (*united)[i] = std::max((*united)[i], (*known.times)[i]);
  }
  for (uint32_t thread : from) (*united)[thread] = order.clock;
  for (uint32_t thread : to) {
    Known& known = order.known[thread];
    known.others = join(known.others, others);
    bool learns = std::find(from.begin(), from.end(), thread) == from.end();
    if (!learns || !known.times) {
      known.times = united;
      continue;
    }
    auto more = std::make_shared<Times>(*united);
    for (size_t i = 0; i < more->size(); i++) (*more)[i] = std::max((*more)[i], (*known.times)[i]);
    known.times = more;
  }
  for (uint32_t thread : from) cta.warps[thread / kLanes].segment = 0;
  for (uint32_t thread : to) cta.warps[thread / kLanes].segment = 0;
}

void Order::syncLanes(Warp& warp, Mask lanes) {
  if (std::has_single_bit(lanes)) return;
  std::vector<uint32_t> threads;
  for (Mask rest = lanes; rest != 0; rest &= rest - 1)
    threads.push_back(threadOf(warp, std::countr_zero(rest)));
  sync(*warp.cta, threads, threads);
}

void Order::fence(Warp& warp, Mask lanes, bool wide) {
  CtaOrder& order = warp.cta->order;
  order.clock++;
  warp.segment = 0;
  fences_ = true;
  for (Mask rest = lanes; rest != 0; rest &= rest - 1) {
    uint32_t thread = threadOf(warp, std::countr_zero(rest));
    Known& known = order.known[thread];
    known.fenced = std::make_shared<Fenced>(
        Fenced{order.number, thread, order.base, order.clock, wide, known.times, known.others});
  }
}

Order::Place Order::place(const Warp& warp, bool shared, uint64_t address) {
  return shared ? Place{warp.cta->order.number + 1, address} : Place{0, address};
}

const Release* Order::join(const Release* a, const Release* b) {
  if (!a || a == b) return b;
  if (!b) return a;
  releases_.push_back({a, b, nullptr});
  return &releases_.back();
}

void Order::release(const Warp& warp, int lane, bool shared, uint64_t address) {
  if (!fences_) return;
  const auto& fenced = warp.cta->order.known[threadOf(warp, lane)].fenced;
  if (!fenced) return;
  const Release*& head = heads_[place(warp, shared, address)];
  if (head && head->fenced == fenced) return;
  releases_.push_back({head, fenced->others, fenced});
  head = &releases_.back();
}

void Order::acquire(const Warp& warp, int lane, bool shared, uint64_t address) {
  if (heads_.empty()) return;
  auto head = heads_.find(place(warp, shared, address));
  if (head == heads_.end()) return;
  CtaOrder& order = warp.cta->order;
  Known& known = order.known[threadOf(warp, lane)];
  // A place's releases form a chain, so the newest one covers what was acquired there before.
  known.others = known.others && head->second->before == known.others
                     ? head->second
                     : join(known.others, head->second);
  order.plain = false;
}

const Order::Covers& Order::coversOf(const Release* release) {
  if (coversFor_ == release) return covers_;
  coversFor_ = release;
  covers_.clear();
  std::vector<const Release*> open = {release};
  std::unordered_set<const Release*> seen = {release};
  while (!open.empty()) {
    const Release* next = open.back();
    open.pop_back();
    if (next->fenced) covers_[next->fenced->cta].push_back(next->fenced.get());
    for (const Release* parent : {next->before, next->also})
      if (parent && seen.insert(parent).second) open.push_back(parent);
  }
  return covers_;
}

bool Order::isCovered(const Release* others, const Segment& segment, uint32_t thread,
                      bool sameCta) {
  if (!others) return false;
  const Covers& covers = coversOf(others);
  auto found = covers.find(segment.cta);
  if (found == covers.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Fenced* f) {
    return (f->wide || sameCta) && isBefore(*f, segment, thread);
  });
}

bool Order::precedes(uint32_t number, int itsLane, const Warp& warp, int lane) {
  const Segment& its = segment(number);
  const CtaOrder& order = warp.cta->order;
  uint32_t thread = threadOf(warp, lane), itsThread = its.warp * kLanes + itsLane;
  bool sameCta = its.cta == order.number;
  if (sameCta && (itsThread == thread || its.time < order.base)) return true;
  if (order.plain) return false;
  const Known& known = order.known[thread];
  if (sameCta && known.times && its.time < (*known.times)[itsThread]) return true;
  return isCovered(known.others, its, itsThread, sameCta);
}

}  // namespace softcuda
