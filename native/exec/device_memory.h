// The device's memory: one reserved range of host addresses, handed out in allocations with a
// redzone behind each, beside it a shadow of one byte for every four, whose low four bits say which
// bytes have been written. A device address is the host address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "exec/footprint.h"
#include "exec/race_cells.h"

namespace softcuda {

struct Allocation {
  uint64_t base = 0;
  uint64_t bytes = 0;
  uint64_t number = 0;  // in order of allocation
  std::string what;     // who made it: "cuMemAlloc", "global counter"
  bool freed = false;
  bool written = false;  // every byte has been: the shadow need not be asked
  uint64_t end() const { return base + bytes; }
};

class DeviceMemory {
 public:
  explicit DeviceMemory(uint64_t capacity);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  // 0 if there is no room.
  uint64_t allocate(uint64_t bytes, const std::string& what);
  // False if nothing was allocated at this address, or it has been freed.
  bool release(uint64_t base);
  void releaseAll();

  uint64_t total() const { return capacity_ / 2; }
  uint64_t used() const { return used_; }

  // The allocation that holds the address, living or, in quarantine, freed; else null.
  Allocation* find(uint64_t address);
  // The nearest allocation at or before the address, for reports; or null.
  Allocation* before(uint64_t address);
  bool contains(uint64_t address) const { return address - base_ < capacity_; }

  GlobalCells& raceCells();
  Footprint& footprint();
  uint8_t* shadow(uint64_t address) const { return shadow_ + (address - base_) / 4; }
  void markWritten(uint64_t address, uint64_t bytes);
  bool isWritten(uint64_t address, uint64_t bytes, uint64_t* firstNot) const;
  // Carries the shadow along with a copy inside the device.
  void copyShadow(uint64_t to, uint64_t from, uint64_t bytes);

 private:
  void flushQuarantine(uint64_t keep);
  void insertHole(uint64_t base, uint64_t bytes);
  uint64_t takeHole(uint64_t bytes);

  uint64_t capacity_;
  uint64_t base_ = 0;
  uint8_t* shadow_ = nullptr;
  uint64_t used_ = 0;
  uint64_t count_ = 0;
  uint64_t quarantined_ = 0;
  std::map<uint64_t, Allocation> allocations_;  // by base, freed ones in quarantine too
  std::map<uint64_t, uint64_t> holes_;          // base to size
  std::deque<uint64_t> quarantine_;
  std::unique_ptr<GlobalCells> raceCells_;
  std::unique_ptr<Footprint> footprint_;
};

}  // namespace softcuda
