#include "exec/device_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace softcuda {
namespace {

constexpr uint64_t kAlign = 256;
constexpr uint64_t kRedzone = 256;
constexpr uint64_t kPage = 4096;

// The room an allocation takes: its bytes rounded up, and the redzone.
uint64_t room(uint64_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign + kRedzone; }

uint8_t* reserve(uint64_t bytes) {
  void* place = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  return static_cast<uint8_t*>(place);
}

// Gives whole pages back to the system; they read as zero afterwards.
void discard(uint8_t* from, uint64_t bytes) {
  auto start = (reinterpret_cast<uint64_t>(from) + kPage - 1) / kPage * kPage;
  auto end = (reinterpret_cast<uint64_t>(from) + bytes) / kPage * kPage;
  if (end > start) madvise(reinterpret_cast<void*>(start), end - start, MADV_DONTNEED);
}

// Zeroes, whole pages by giving them back: a large range costs nothing until it is used.
void clear(uint8_t* from, uint64_t bytes) {
  uint64_t edge = std::min(bytes, kPage);
  discard(from, bytes);
  std::memset(from, 0, edge);
  std::memset(from + bytes - edge, 0, edge);
}

}  // namespace

// Room for redzones comes on top of the capacity.
DeviceMemory::DeviceMemory(uint64_t capacity) : capacity_(capacity * 2) {
  base_ = reinterpret_cast<uint64_t>(reserve(capacity_));
  shadow_ = reserve(capacity_ / 4);
  holes_[base_] = capacity_;
}

DeviceMemory::~DeviceMemory() {
  munmap(reinterpret_cast<void*>(base_), capacity_);
  munmap(shadow_, capacity_ / 4);
}

GlobalCells& DeviceMemory::raceCells() {
  if (!raceCells_) raceCells_ = std::make_unique<GlobalCells>(base_, capacity_);
  return *raceCells_;
}

Footprint& DeviceMemory::footprint() {
  if (!footprint_) footprint_ = std::make_unique<Footprint>(base_, capacity_);
  return *footprint_;
}

uint64_t DeviceMemory::takeHole(uint64_t bytes) {
  for (auto hole = holes_.begin(); hole != holes_.end(); ++hole) {
    if (hole->second < bytes) continue;
    uint64_t base = hole->first, rest = hole->second - bytes;
    holes_.erase(hole);
    if (rest > 0) holes_[base + bytes] = rest;
    return base;
  }
  return 0;
}

void DeviceMemory::insertHole(uint64_t base, uint64_t bytes) {
  auto next = holes_.lower_bound(base);
  if (next != holes_.end() && next->first == base + bytes) {
    bytes += next->second;
    next = holes_.erase(next);
  }
  if (next != holes_.begin()) {
    auto previous = std::prev(next);
    if (previous->first + previous->second == base) {
      previous->second += bytes;
      return;
    }
  }
  holes_[base] = bytes;
}

uint64_t DeviceMemory::allocate(uint64_t bytes, const std::string& what) {
  if (bytes > capacity_ / 2 || used_ + bytes > capacity_ / 2) return 0;
  uint64_t base = takeHole(room(bytes));
  if (base == 0) {
    flushQuarantine(0);
    base = takeHole(room(bytes));
    if (base == 0) return 0;
  }
  clear(shadow(base), room(bytes) / 4);
  used_ += bytes;
  allocations_[base] = {base, bytes, ++count_, what, false, false};
  return base;
}

bool DeviceMemory::release(uint64_t base) {
  auto found = allocations_.find(base);
  if (found == allocations_.end() || found->second.freed) return false;
  Allocation& allocation = found->second;
  allocation.freed = true;
  used_ -= allocation.bytes;
  discard(reinterpret_cast<uint8_t*>(base), allocation.bytes);
  quarantine_.push_back(base);
  quarantined_ += room(allocation.bytes);
  flushQuarantine(capacity_ / 8);
  return true;
}

void DeviceMemory::releaseAll() {
  for (auto& [base, allocation] : allocations_)
    if (!allocation.freed) quarantine_.push_back(base);
  used_ = 0;
  flushQuarantine(0);
  quarantined_ = 0;
}

// A thousand freed blocks are remembered at most, so that the lists stay short.
void DeviceMemory::flushQuarantine(uint64_t keep) {
  while (!quarantine_.empty() && (keep == 0 || quarantined_ > keep || quarantine_.size() > 1000)) {
    auto oldest = allocations_.find(quarantine_.front());
    uint64_t bytes = room(oldest->second.bytes);
    discard(reinterpret_cast<uint8_t*>(oldest->first), bytes);
    discard(shadow(oldest->first), bytes / 4);
    insertHole(oldest->first, bytes);
    quarantined_ -= std::min(quarantined_, bytes);
    allocations_.erase(oldest);
    quarantine_.pop_front();
  }
}

Allocation* DeviceMemory::before(uint64_t address) {
  auto after = allocations_.upper_bound(address);
  return after == allocations_.begin() ? nullptr : &std::prev(after)->second;
}

Allocation* DeviceMemory::find(uint64_t address) {
  Allocation* allocation = before(address);
  return allocation && address < allocation->end() ? allocation : nullptr;
}

void DeviceMemory::markWritten(uint64_t address, uint64_t bytes) {
  uint64_t end = address + bytes;
  for (; address < end && address % 4 != 0; address++) *shadow(address) |= 1u << address % 4;
  if (end > address) std::memset(shadow(address), 0xf, (end - address) / 4);
  for (uint64_t rest = std::max(address, end / 4 * 4); rest < end; rest++)
    *shadow(rest) |= 1u << rest % 4;
  Allocation* allocation = find(end - 1);
  if (allocation && end == allocation->end() && bytes == allocation->bytes)
    allocation->written = true;
}

bool DeviceMemory::isWritten(uint64_t address, uint64_t bytes, uint64_t* firstNot) const {
  for (uint64_t at = address; at < address + bytes; at++) {
    if (at % 4 == 0 && at + 4 <= address + bytes && *shadow(at) == 0xf) {
      at += 3;
    } else if (!(*shadow(at) >> at % 4 & 1)) {
      *firstNot = at;
      return false;
    }
  }
  return true;
}

void DeviceMemory::copyShadow(uint64_t to, uint64_t from, uint64_t bytes) {
  Allocation* source = find(from);
  if (source && source->written) {
    markWritten(to, bytes);
    return;
  }
  Allocation* target = find(to);
  uint64_t at = 0;
  if (to % 4 == 0 && from % 4 == 0) {
    std::memmove(shadow(to), shadow(from), bytes / 4);
    at = bytes / 4 * 4;
  }
  if (target) target->written = false;
  for (; at < bytes; at++) {
    unsigned bit = *shadow(from + at) >> (from + at) % 4 & 1;
    uint8_t& place = *shadow(to + at);
    place = static_cast<uint8_t>((place & ~(1u << (to + at) % 4)) | bit << (to + at) % 4);
  }
}

}  // namespace softcuda
