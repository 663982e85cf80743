#include "exec/race_cells.h"

#include <sys/mman.h>

#include <new>

namespace softcuda {
namespace {

uint64_t* reserve(uint64_t bytes) {
  void* place = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  return static_cast<uint64_t*>(place);
}

}  // namespace

GlobalCells::GlobalCells(uint64_t base, uint64_t bytes) : base_(base), bytes_(bytes) {
  for (uint64_t** cells : {&cells_.write, &cells_.read, &cells_.other}) *cells = reserve(bytes * 2);
}

GlobalCells::~GlobalCells() {
  for (uint64_t* cells : {cells_.write, cells_.read, cells_.other}) munmap(cells, bytes_ * 2);
}

// Numbers begin anew, with empty cells, before they run out.
uint32_t GlobalCells::firstSegment() {
  if (next_ > 1u << 31) {
    clear();
    next_ = 1;
  }
  return next_;
}

void GlobalCells::clear() {
  for (uint64_t* cells : {cells_.write, cells_.read, cells_.other})
    madvise(cells, bytes_ * 2, MADV_DONTNEED);
}

}  // namespace softcuda
