#include "exec/counters.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace softcuda {
namespace {

constexpr uint32_t kBanks = 32;

// The values for the lanes of the mask, each once; returns the end.
template <class ValueOf>
uint64_t* distinct(Mask mask, uint64_t* values, ValueOf valueOf) {
  uint64_t* end = values;
  for (Mask rest = mask; rest != 0; rest &= rest - 1) *end++ = valueOf(std::countr_zero(rest));
  std::sort(values, end);
  return std::unique(values, end);
}

// Passes that the lanes need: each bank gives one word in each.
uint64_t passes(Mask mask, const uint64_t* address, uint32_t words) {
  uint64_t starts[kLanes];
  const uint64_t* end = distinct(mask, starts, [&](int lane) { return address[lane] / 4; });
  uint32_t ofBank[kBanks] = {};
  for (const uint64_t* start = starts; start != end; start++)
    for (uint32_t w = 0; w < words; w++) ofBank[(*start + w) % kBanks]++;
  return *std::max_element(ofBank, ofBank + kBanks);
}

}  // namespace

void Counters::add(const Counters& other) {
  launches += other.launches;
  warpInstructions += other.warpInstructions;
  laneInstructions += other.laneInstructions;
  branches += other.branches;
  divergentBranches += other.divergentBranches;
  bytesRead += other.bytesRead;
  bytesWritten += other.bytesWritten;
  sectors += other.sectors;
  leastSectors += other.leastSectors;
  memoryRead += other.memoryRead;
  memoryWritten += other.memoryWritten;
  sharedAccesses += other.sharedAccesses;
  bankConflicts += other.bankConflicts;
}

void countGlobal(Counters& counters, Footprint& footprint, Mask mask, const uint64_t* address,
                 uint32_t bytes, bool reads, bool writes) {
  uint64_t asked = uint64_t{bytes} * std::popcount(mask);
  if (reads) counters.bytesRead += asked;
  if (writes) counters.bytesWritten += asked;
  uint64_t values[kLanes];
  auto touched = [&](uint64_t unit) {
    return distinct(mask, values, [&](int lane) { return address[lane] / unit; });
  };
  const uint64_t* end = touched(kSector);
  counters.sectors += end - values;
  for (const uint64_t* sector = values; sector != end; sector++) {
    if (reads && footprint.firstRead(*sector)) counters.memoryRead += kSector;
    if (writes && footprint.firstWrite(*sector)) counters.memoryWritten += kSector;
  }
  counters.leastSectors += ((touched(bytes) - values) * bytes + kSector - 1) / kSector;
}

// 8-byte accesses go by half warps, 16-byte ones by quarters.
void countShared(Counters& counters, Mask mask, const uint64_t* address, uint32_t bytes) {
  counters.sharedAccesses++;
  uint32_t words = std::max(bytes / 4, 1u), group = kLanes / words;
  Mask lanes = group == kLanes ? kFull : (1u << group) - 1;
  for (uint32_t first = 0; first < kLanes; first += group)
    if (Mask part = mask & lanes << first)
      counters.bankConflicts += passes(part, address, words) - 1;
}

void Tally::add(const std::string& kernel, const Counters& counters) {
  std::lock_guard lock(mutex_);
  sums_[kernel].add(counters);
  last_ = counters;
}

void Tally::clear() {
  std::lock_guard lock(mutex_);
  sums_.clear();
  last_ = {};
}

size_t Tally::kernels() {
  std::lock_guard lock(mutex_);
  return sums_.size();
}

bool Tally::get(size_t index, const char*& kernel, Counters& counters) {
  std::lock_guard lock(mutex_);
  if (index >= sums_.size()) return false;
  auto found = std::next(sums_.begin(), static_cast<std::ptrdiff_t>(index));
  kernel = found->first.c_str();
  counters = found->second;
  return true;
}

Counters Tally::last() {
  std::lock_guard lock(mutex_);
  return last_;
}

// Never destroyed: launches may run while the process ends.
Tally& tally() {
  static Tally* instance = new Tally;
  return *instance;
}

}  // namespace softcuda
