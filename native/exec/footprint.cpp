#include "exec/footprint.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace softcuda {
namespace {

// A load first: most sectors are touched again and again, and an exchange is dear.
bool becomes(uint32_t& last, uint32_t launch) {
  return __atomic_load_n(&last, __ATOMIC_RELAXED) != launch &&
         __atomic_exchange_n(&last, launch, __ATOMIC_RELAXED) != launch;
}

}  // namespace

Footprint::Footprint(uint64_t base, uint64_t bytes)
    : firstSector_(base / kSector), bytes_(bytes / kSector * sizeof(Launches)) {
  void* place = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  last_ = static_cast<Launches*>(place);
}

Footprint::~Footprint() { munmap(last_, bytes_); }

// Numbers begin anew, with nothing touched, when they have run out.
void Footprint::beginLaunch() {
  if (++launch_ == 0) {
    madvise(last_, bytes_, MADV_DONTNEED);
    launch_ = 1;
  }
}

bool Footprint::firstRead(uint64_t sector) {
  Launches& last = last_[sector - firstSector_];
  return __atomic_load_n(&last.written, __ATOMIC_RELAXED) != launch_ && becomes(last.read, launch_);
}

bool Footprint::firstWrite(uint64_t sector) {
  return becomes(last_[sector - firstSector_].written, launch_);
}

uint64_t sectorsOfMatrix(uint64_t address, uint64_t rowBytes, uint64_t rows, uint64_t stride) {
  uint64_t count = 0, next = 0;
  for (uint64_t row = 0; row < rows; row++) {
    uint64_t begin = address + row * stride;
    uint64_t from = std::max(begin / kSector, next);
    next = (begin + rowBytes - 1) / kSector + 1;
    count += next - from;
  }
  return count;
}

}  // namespace softcuda
