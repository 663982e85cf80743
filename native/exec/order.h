// What comes before what among the threads of a launch: by CTA barriers, by bar.warp.sync among its
// members, and by a fence before a strong access of a place that another thread accesses strongly
// afterwards (an atomic counter, "last block done"). Each CTA has a clock; a thread's accesses
// between two synchronisations carry one time, and what a thread has synchronised with is kept as
// times of the others.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "exec/program.h"

namespace softcuda {

struct Cta;
struct Warp;
struct Release;

// Accesses of each thread of the CTA with a lesser time than its entry are visible.
using Times = std::vector<uint32_t>;

// What a fence of a thread covers.
struct Fenced {
  uint64_t cta = 0;
  uint32_t thread = 0;
  uint32_t base = 0;  // accesses of the whole CTA before this time
  uint32_t own = 0;   // accesses of the thread before this time
  bool wide = false;  // for other CTAs too
  std::shared_ptr<const Times> times;
  const Release* others = nullptr;
};

// What a thread knows beyond its CTA's full barriers.
struct Known {
  std::shared_ptr<const Times> times;
  const Release* others = nullptr;  // what it has acquired
  std::shared_ptr<const Fenced> fenced;
};

// The order of one CTA's threads; part of Cta.
struct CtaOrder {
  uint64_t number = 0;
  uint32_t clock = 1;
  uint32_t base = 1;         // the time of the last barrier of all threads
  uint32_t baseSegment = 0;  // segments before this number are older
  bool plain = true;         // no thread knows more than the barriers
  std::vector<Known> known;
};

// A stretch of a warp's execution without synchronisation.
struct Segment {
  uint64_t cta;
  uint32_t warp;
  uint32_t time;
};

// The order of the CTAs that one host thread runs.
class Order {
 public:
  explicit Order(uint32_t firstSegment) : first_(firstSegment) {}

  void begin(Cta& cta, uint64_t number);
  // Forgets the CTAs before; for cells that do not outlive them.
  void forget();
  uint32_t segmentOf(Warp& warp);
  const Segment& segment(uint32_t number) const { return segments_[number - first_]; }
  uint32_t firstSegment() const { return first_; }
  uint32_t endSegment() const { return first_ + static_cast<uint32_t>(segments_.size()); }

  // Every thread of the CTA meets the others.
  void syncAll(Cta& cta);
  // The threads in `to` see what those in `from` have done.
  void sync(Cta& cta, const std::vector<uint32_t>& from, const std::vector<uint32_t>& to);
  void syncLanes(Warp& warp, Mask lanes);
  void fence(Warp& warp, Mask lanes, bool wide);

  // A strong write of a place makes visible what the thread's last fence covers, a strong read
  // after it sees that.
  void release(const Warp& warp, int lane, bool shared, uint64_t address);
  void acquire(const Warp& warp, int lane, bool shared, uint64_t address);

  // Whether an access of a lane in a segment comes before what the other lane does now.
  bool precedes(uint32_t segment, int itsLane, const Warp& warp, int lane);

 private:
  using Place = std::pair<uint64_t, uint64_t>;  // CTA and offset in shared memory, or 0 and address
  using Covers = std::unordered_map<uint64_t, std::vector<const Fenced*>>;
  static Place place(const Warp& warp, bool shared, uint64_t address);
  const Release* join(const Release* a, const Release* b);
  const Covers& coversOf(const Release* release);
  bool isCovered(const Release* others, const Segment& segment, uint32_t thread, bool sameCta);

  uint32_t first_;
  std::vector<Segment> segments_;
  std::deque<Release> releases_;
  std::map<Place, const Release*> heads_;
  bool fences_ = false;
  const Release* coversFor_ = nullptr;
  Covers covers_;
};

// A node of the graph of releases: what two others or a fence made visible.
struct Release {
  const Release* before = nullptr;
  const Release* also = nullptr;
  std::shared_ptr<const Fenced> fenced;
};

}  // namespace softcuda
