#include "exec/cta.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "exec/races.h"
#include "exec/settings.h"

namespace softcuda {
namespace {

uint32_t specialValue(const Cta& cta, const Warp& warp, Special special, uint32_t lane) {
  const Launch& launch = cta.launch;
  uint32_t thread = warp.index * kLanes + lane;
  const uint32_t* block = launch.block;
  switch (special) {
    case Special::TidX:
      return thread % block[0];
    case Special::TidY:
      return thread / block[0] % block[1];
    case Special::TidZ:
      return thread / block[0] / block[1];
    case Special::NtidX:
      return block[0];
    case Special::NtidY:
      return block[1];
    case Special::NtidZ:
      return block[2];
    case Special::CtaidX:
      return cta.index[0];
    case Special::CtaidY:
      return cta.index[1];
    case Special::CtaidZ:
      return cta.index[2];
    case Special::NctaidX:
      return launch.grid[0];
    case Special::NctaidY:
      return launch.grid[1];
    case Special::NctaidZ:
      return launch.grid[2];
    case Special::LaneId:
      return lane;
    case Special::WarpId:
      return warp.index;
    case Special::NwarpId:
      return static_cast<uint32_t>(cta.warps.size());
    case Special::LaneEq:
      return 1u << lane;
    case Special::LaneLe:
      return (2u << lane) - 1;
    case Special::LaneLt:
      return (1u << lane) - 1;
    case Special::LaneGe:
      return ~((1u << lane) - 1);
    case Special::LaneGt:
      return ~((2u << lane) - 1);
    case Special::Smid:
      return 0;
    case Special::DynamicShared:
      return launch.dynamicShared;
    case Special::TotalShared:
      return launch.sharedBytes();
  }
  return 0;
}

template <class T>
void fill(Warp& warp, uint32_t offset, uint64_t bits) {
  for (int lane = 0; lane < kLanes; lane++) lanes<T>(warp, offset)[lane] = static_cast<T>(bits);
}

void fillConstant(Warp& warp, const Program::Constant& constant) {
  if (constant.bytes == 8)
    fill<uint64_t>(warp, constant.offset, constant.bits);
  else if (constant.bytes == 4)
    fill<uint32_t>(warp, constant.offset, constant.bits);
  else if (constant.bytes == 2)
    fill<uint16_t>(warp, constant.offset, constant.bits);
  else if (constant.bytes == 1)
    fill<uint8_t>(warp, constant.offset, constant.bits);
  else
    predicate(warp, constant.offset) = constant.bits ? kFull : 0;
}

void fillSpecials(Warp& warp, bool all) {
  for (const auto& use : warp.cta->launch.program->specials) {
    bool ofCta = use.special >= Special::CtaidX && use.special <= Special::CtaidZ;
    if (!all && !ofCta) continue;
    for (uint32_t lane = 0; lane < kLanes; lane++)
      lanes<uint32_t>(warp, use.offset)[lane] = specialValue(*warp.cta, warp, use.special, lane);
  }
}

}  // namespace

void Cta::Free::operator()(void* place) const { std::free(place); }

Cta::Cta(const Launch& launch, Races* races, Random* random)
    : launch(launch),
      races(races),
      random(random),
      counting(settings().counters),
      shared(launch.sharedBytes()),
      sharedShadow((launch.sharedBytes() + 3) / 4),
      warps((launch.threads() + kLanes - 1) / kLanes),
      recent(launch.program->code.size()) {
  const Program& program = *launch.program;
  size_t file = (program.fileBytes + 63) / 64 * 64;
  files_.reset(
      static_cast<uint8_t*>(std::aligned_alloc(64, std::max<size_t>(64, file * warps.size()))));
  if (!files_) throw std::bad_alloc();
  std::memset(files_.get(), 0, file * warps.size());
  if (races) cells_.resize(sharedShadow.size() * 3);
  localShadows_.resize(size_t{program.localBytes} * kLanes * warps.size() / 4);
  locals_.resize(size_t{program.localBytes} * kLanes * warps.size());
  for (uint32_t w = 0; w < warps.size(); w++) {
    Warp& warp = warps[w];
    warp.registers = files_.get() + w * file;
    warp.local = locals_.data() + size_t{w} * program.localBytes * kLanes;
    warp.localShadow = localShadows_.data() + size_t{w} * program.localBytes * kLanes / 4;
    warp.cta = this;
    warp.index = w;
    for (const auto& constant : program.constants) fillConstant(warp, constant);
    fillSpecials(warp, true);
  }
}

void Cta::begin(uint64_t number) {
  index[0] = static_cast<uint32_t>(number % launch.grid[0]);
  index[1] = static_cast<uint32_t>(number / launch.grid[0] % launch.grid[1]);
  index[2] = static_cast<uint32_t>(number / launch.grid[0] / launch.grid[1]);
  std::fill(sharedShadow.begin(), sharedShadow.end(), uint8_t{0});
  std::fill(localShadows_.begin(), localShadows_.end(), uint8_t{0});
  for (Barrier& barrier : barriers) barrier = {};
  if (races) races->begin(*this, number);
  for (Warp& warp : warps) {
    uint32_t count = std::min<uint32_t>(kLanes, launch.threads() - warp.index * kLanes);
    warp.active = warp.live = count == kLanes ? kFull : (1u << count) - 1;
    warp.parked = warp.waiting = 0;
    warp.pc = 0;
    warp.nextPc = kNone;
    warp.turns = 0;
    fillSpecials(warp, false);
    for (uint32_t mask : launch.program->watchedMasks) predicate(warp, mask) = 0;
  }
}

Counters Cta::counted() const {
  Counters sum = counters;
  for (const Warp& warp : warps) {
    sum.laneInstructions += warp.executed;
    sum.warpInstructions += warp.issued;
  }
  return sum;
}

RaceCells Cta::raceCells() {
  size_t words = sharedShadow.size();
  return {cells_.data(), cells_.data() + words, cells_.data() + 2 * words};
}

Fault faultOf(const Warp& warp, const Insn& insn, int lane, FaultCode code,
              const std::string& what) {
  Fault fault{code, what, insn.line, {}, {}, 0};
  const uint32_t* block = warp.cta->launch.block;
  uint32_t thread = warp.index * kLanes + lane;
  uint32_t place[3] = {thread % block[0], thread / block[0] % block[1],
                       thread / block[0] / block[1]};
  for (int i = 0; i < 3; i++) {
    fault.cta[i] = warp.cta->index[i];
    fault.thread[i] = place[i];
  }
  return fault;
}

}  // namespace softcuda
