#include "exec/races.h"

#include <algorithm>
#include <bit>

#include "exec/cta.h"

namespace softcuda {
namespace {

constexpr uint64_t kThread = AccessBits::kThread;

std::string triple(uint64_t x, uint64_t y, uint64_t z) {
  return "(" + std::to_string(x) + "," + std::to_string(y) + "," + std::to_string(z) + ")";
}

bool isStrong(uint64_t bits) { return bits & AccessBits::kStrong; }

// One access on its way through the cells of its words.
class Pass {
 public:
  Pass(const Touch& t, Order& order, const RaceCells& cells, uint64_t base)
      : t_(t), order_(order), cells_(cells), base_(base) {
    uint64_t flags = (t.insn.strong ? AccessBits::kStrong : 0) |
                     (t.insn.wideScope ? AccessBits::kWide : 0) |
                     (t.insn.nonCoherent ? AccessBits::kNonCoherent : 0);
    segment_ = order.segmentOf(t.warp);
    mine_ = AccessBits::make(segment_, t.warp.pc, flags);
    // What is older needs no look: of this CTA's shared memory before the last barrier, of global
    // memory before the launch.
    uint32_t old = t.shared ? t.warp.cta->order.baseSegment : order.firstSegment();
    old_ = uint64_t{old} << 32;
  }

  std::optional<Conflict> run() {
    if (passesAtOnce()) return std::nullopt;
    Mask lanes = t_.mask;
    if (isUniformRead()) lanes = edges(lanes);
    for (Mask rest = lanes; rest != 0; rest &= rest - 1) {
      visit(std::countr_zero(rest));
      if (conflict_) break;
    }
    return std::move(conflict_);
  }

 private:
  // Consecutive words that nobody else has touched in a way that matters.
  bool passesAtOnce() {
    if (!t_.contiguous || t_.bytes < 4 || t_.insn.strong) return false;
    size_t words = t_.bytes / 4, first = (t_.address[0] - base_) / 4;
    if (words == 1) return pass<1>(first);
    if (words == 2) return pass<2>(first);
    return words == 4 && pass<4>(first);
  }

  template <int Words>
  bool pass(size_t first) {
    uint64_t mine[kLanes];
    for (int l = 0; l < kLanes; l++) mine[l] = mine_ | AccessBits::lane(l) | AccessBits::bytes(15);
    uint64_t *write = cells_.write + first, *read = cells_.read + first,
             *other = cells_.other + first;
    auto foreign = [&](uint64_t cell, uint64_t own) {
      return cell >= old_ && ((cell ^ own) & kThread) != 0;
    };
    bool isRead = t_.access == Access::Load;
    bool found = false;
    for (int l = 0; l < kLanes; l++)
      for (int w = 0; w < Words; w++) {
        int i = l * Words + w;
        found |= foreign(write[i], mine[l]) | foreign(read[i], mine[l]);
        if (!isRead) found |= foreign(other[i], mine[l]);
      }
    if (found) return false;
    uint64_t* mark = isRead ? read : write;
    for (int l = 0; l < kLanes; l++)
      for (int w = 0; w < Words; w++) mark[l * Words + w] = mine[l];
    return true;
  }

  // All lanes read one word that was not written: two of them stand for all.
  bool isUniformRead() const {
    if (t_.access != Access::Load || t_.bytes > 4) return false;
    uint64_t first = t_.address[std::countr_zero(t_.mask)];
    for (Mask rest = t_.mask; rest != 0; rest &= rest - 1)
      if (t_.address[std::countr_zero(rest)] != first) return false;
    return cells_.write[(first - base_) / 4] < old_;
  }

  static Mask edges(Mask mask) { return (mask & -mask) | (0x80000000u >> std::countl_zero(mask)); }

  void visit(int lane) {
    size_t first = (t_.address[lane] - base_) / 4;
    uint32_t words = std::max(t_.bytes / 4, 1u);
    uint32_t bytes = t_.bytes >= 4 ? 15 : ((1u << t_.bytes) - 1) << t_.address[lane] % 4;
    uint64_t own = mine_ | AccessBits::lane(lane) | AccessBits::bytes(bytes);
    for (uint32_t w = 0; w < words && !conflict_; w++) {
      if (t_.access == Access::Load)
        visitRead(lane, first + w, own);
      else
        visitWrite(lane, w, first + w, own);
    }
  }

  void visitRead(int lane, size_t word, uint64_t own) {
    uint64_t written = cells_.write[word];
    if (t_.insn.nonCoherent && written >= old_ && overlap(written, own))
      return report(lane, written, "wrote", "and .nc loads are for memory that no thread writes");
    if (isUnordered(written, own, lane)) return report(lane, written, "wrote");
    remember(word, own);
  }

  void visitWrite(int lane, uint32_t offset, size_t word, uint64_t own) {
    for (uint64_t read : {cells_.read[word], cells_.other[word]}) {
      if (read >= old_ && (read & AccessBits::kNonCoherent) && overlap(read, own))
        return report(lane, read, "read", "and .nc loads are for memory that no thread writes");
      if (isUnordered(read, own, lane)) return report(lane, read, "read");
    }
    uint64_t written = cells_.write[word];
    if (isUnordered(written, own, lane) && !isSame(written, lane, offset, word))
      return report(lane, written, "wrote");
    cells_.write[word] = own;
    // Bytes of the word that this write leaves alone keep their readers.
    if (AccessBits::bytesOf(own) == 15) cells_.read[word] = cells_.other[word] = 0;
  }

  bool overlap(uint64_t a, uint64_t b) const {
    return (AccessBits::bytesOf(a) & AccessBits::bytesOf(b)) != 0;
  }

  bool isUnordered(uint64_t earlier, uint64_t own, int lane) {
    if (earlier < old_ || !overlap(earlier, own)) return false;
    if (((earlier ^ own) & kThread & ~AccessBits::kNonCoherent) == 0) return false;
    if (isStrong(earlier) && isStrong(own) && (bothWide(earlier, own) || isOfThisCta(earlier)))
      return false;
    return !order_.precedes(AccessBits::segmentOf(earlier), AccessBits::laneOf(earlier), t_.warp,
                            lane);
  }

  static bool bothWide(uint64_t a, uint64_t b) { return a & b & AccessBits::kWide; }
  uint64_t ctaOf(uint64_t bits) const { return order_.segment(AccessBits::segmentOf(bits)).cta; }
  bool isOfThisCta(uint64_t bits) const { return ctaOf(bits) == t_.warp.cta->order.number; }

  // Two reads are kept: of different CTAs if there are any, else of different threads; then any
  // third thread that writes meets one of them.
  void remember(size_t word, uint64_t own) {
    uint64_t &read = cells_.read[word], &other = cells_.other[word];
    if (read < old_ || ((read ^ own) & kThread) == 0) {
      read = own;
    } else if (other < old_ || t_.shared) {
      other = own;
    } else {
      uint64_t here = t_.warp.cta->order.number, first = ctaOf(read), second = ctaOf(other);
      if (first == second || (second == here && first != here)) other = own;
    }
  }

  // Whether a plain store writes what the earlier write left there.
  bool isSame(uint64_t written, int lane, uint32_t offset, size_t word) const {
    if (t_.access != Access::Store) return false;
    int before = AccessBits::laneOf(written);
    bool now = AccessBits::segmentOf(written) == segment_ &&
               AccessBits::pcOf(written) == (t_.warp.pc & 0xfffff) && before < lane &&
               (t_.mask >> before & 1);
    uint64_t from = t_.address[lane] + uint64_t{offset} * 4;
    uint32_t count = std::min(t_.bytes, 4u);
    for (uint32_t i = 0; i < count; i++) {
      uint64_t its = from + i - t_.address[before];
      bool twin = now && its < t_.bytes;
      uint8_t old = twin ? valueOf(before, static_cast<uint32_t>(its)) : *place(word, from + i);
      if (valueOf(lane, offset * 4 + i) != old) return false;
    }
    return true;
  }

  uint8_t valueOf(int lane, uint32_t byte) const {
    const Insn& insn = t_.insn;
    const uint8_t* values = t_.warp.registers + insn.in[byte / insn.bytes];
    return values[lane * insn.registerBytes + byte % insn.bytes];
  }

  const uint8_t* place(size_t, uint64_t address) const {
    return t_.shared ? t_.warp.cta->shared.data() + address
                     : reinterpret_cast<const uint8_t*>(address);
  }

  void report(int lane, uint64_t its, const char* did, const std::string& rule = "") {
    const Launch& launch = t_.warp.cta->launch;
    const Segment& segment = order_.segment(AccessBits::segmentOf(its));
    uint32_t thread = segment.warp * kLanes + AccessBits::laneOf(its);
    const uint32_t* block = launch.block;
    std::string who = "thread " + triple(thread % block[0], thread / block[0] % block[1],
                                         thread / block[0] / block[1]);
    if (segment.cta != t_.warp.cta->order.number)
      who += " of CTA " + triple(segment.cta % launch.grid[0],
                                 segment.cta / launch.grid[0] % launch.grid[1],
                                 segment.cta / launch.grid[0] / launch.grid[1]);
    int line = launch.program->code.at(AccessBits::pcOf(its)).line;
    conflict_ = Conflict{lane, "which " + who + " " + did + " at line " + std::to_string(line) +
                                   " (" + launch.program->text(line) + "), " +
                                   (rule.empty() ? "and nothing orders the two" : rule)};
  }

  const Touch& t_;
  Order& order_;
  const RaceCells& cells_;
  uint64_t base_, old_, mine_;
  uint32_t segment_;
  std::optional<Conflict> conflict_;
};

void synchronise(const Touch& t, Order& order) {
  bool writes = t.access != Access::Load;
  if (writes && t.insn.releases) order.fence(t.warp, t.mask, t.insn.wideScope);
  for (Mask rest = t.mask; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (writes) order.release(t.warp, lane, t.shared, t.address[lane]);
    if (t.access != Access::Store) order.acquire(t.warp, lane, t.shared, t.address[lane]);
  }
}

}  // namespace

Races::Races(GlobalCells* global) : order(global ? global->firstSegment() : 1), global_(global) {}

Races::~Races() {
  if (global_) global_->endSegment(order.endSegment());
}

void Races::begin(Cta& cta, uint64_t number) {
  if (!global_) order.forget();
  order.begin(cta, number);
}

std::optional<Conflict> Races::touch(const Touch& t) {
  if (t.insn.strong) synchronise(t, order);
  if (!t.shared && !global_) return std::nullopt;
  const RaceCells cells = t.shared ? t.warp.cta->raceCells() : global_->cells();
  return Pass(t, order, cells, t.shared ? 0 : global_->base()).run();
}

}  // namespace softcuda
