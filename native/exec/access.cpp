#include "exec/access.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>

#include "exec/races.h"

namespace softcuda {
namespace {

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string describe(const Allocation& a) {
  return "allocation #" + std::to_string(a.number) + " (" + std::to_string(a.bytes) + " bytes at " +
         hex(a.base) + ", " + a.what + ")";
}

struct Request {
  Warp& warp;
  const Insn& insn;
  Mask mask;
  Access access;
  uint32_t bytes;  // of all elements of a lane
  uint64_t address[kLanes];

  [[noreturn]] void fail(int lane, FaultCode code, const std::string& why) const {
    const char* verb = access == Access::Load    ? "reads "
                       : access == Access::Store ? "writes "
                                                 : "updates ";
    std::string what =
        verb + std::to_string(bytes) + " bytes at " + hex(address[lane]) + ", " + why;
    Fault fault = faultOf(warp, insn, lane, code, what);
    fault.address = address[lane];
    throw fault;
  }
  int first() const { return std::countr_zero(mask); }
};

// Inactive lanes get the address of an active one, so that loops over all lanes are safe.
void computeAddresses(Request& r) {
  uint64_t imm = r.insn.imm;
  if (r.insn.address == kNone) {
    std::fill_n(r.address, kLanes, imm);
    return;
  }
  if (r.insn.addressBytes == 8) {
    const uint64_t* base = lanes<uint64_t>(r.warp, r.insn.address);
    for (int l = 0; l < kLanes; l++) r.address[l] = base[l] + imm;
  } else {
    const uint32_t* base = lanes<uint32_t>(r.warp, r.insn.address);
    for (int l = 0; l < kLanes; l++) r.address[l] = static_cast<uint32_t>(base[l] + imm);
  }
  if (r.mask != kFull) {
    uint64_t spare = r.address[r.first()];
    for (int l = 0; l < kLanes; l++) r.address[l] = r.mask >> l & 1 ? r.address[l] : spare;
  }
}

void checkAlignment(const Request& r) {
  uint64_t low = 0;
  for (int l = 0; l < kLanes; l++) low |= r.address[l];
  if ((low & (r.bytes - 1)) == 0) return;
  for (Mask rest = r.mask; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (r.address[lane] % r.bytes != 0)
      r.fail(lane, FaultCode::MisalignedAddress,
             "which is not a multiple of " + std::to_string(r.bytes));
  }
}

bool isContiguous(const Request& r) {
  uint64_t different = r.mask ^ kFull;
  for (int l = 0; l < kLanes; l++) different |= r.address[l] ^ (r.address[0] + l * r.bytes);
  return different == 0;
}

// Bits of a shadow byte that an access of 1, 2 or 4 bytes covers.
uint8_t bitsOf(uint64_t address, uint32_t bytes) {
  return static_cast<uint8_t>(((1u << std::min(bytes, 4u)) - 1) << address % 4);
}

bool shadowIsSet(const uint8_t* shadow, uint64_t address, uint32_t bytes) {
  uint8_t bits = bitsOf(address, bytes);
  for (uint32_t i = 0; i < bytes; i += 4)
    if ((shadow[i / 4] & bits) != bits) return false;
  return true;
}

void setShadow(uint8_t* shadow, uint64_t address, uint32_t bytes) {
  if (bytes >= 4)
    std::memset(shadow, 0xf, bytes / 4);
  else
    __atomic_fetch_or(shadow, bitsOf(address, bytes), __ATOMIC_RELAXED);
}

// Loads ask the shadow and stores write it. shadowOf maps a lane's address to its shadow byte.
template <class ShadowOf>
void useShadow(const Request& r, bool contiguous, const char* space, ShadowOf shadowOf) {
  bool wide = contiguous && r.bytes >= 4;
  size_t words = size_t{r.bytes} * kLanes / 4;
  if (r.access == Access::Store) {
    if (wide) {
      std::memset(shadowOf(r.address[0], 0), 0xf, words);
    } else {
      for (Mask rest = r.mask; rest != 0; rest &= rest - 1) {
        int lane = std::countr_zero(rest);
        setShadow(shadowOf(r.address[lane], lane), r.address[lane], r.bytes);
      }
    }
    return;
  }
  if (wide) {
    const uint8_t* shadow = shadowOf(r.address[0], 0);
    uint8_t all = 0xf;
    for (size_t i = 0; i < words; i++) all &= shadow[i];
    if (all == 0xf) return;
  }
  for (Mask rest = r.mask; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (!shadowIsSet(shadowOf(r.address[lane], lane), r.address[lane], r.bytes))
      r.fail(lane, FaultCode::LaunchFailed,
             std::string("of ") + space + " memory that was never written");
  }
}

[[noreturn]] void failGlobal(const Request& r, int lane) {
  uint64_t address = r.address[lane];
  DeviceMemory& memory = *r.warp.cta->launch.memory;
  std::string why = "which no allocation holds";
  if (const Allocation* near = memory.before(address)) {
    if (near->freed && address < near->end()) {
      why = "inside the freed " + describe(*near);
    } else if (address >= near->end()) {
      why = std::to_string(address - near->end()) + " bytes behind the end of " + describe(*near);
    } else {
      why = "across the end of " + describe(*near);
    }
  }
  r.fail(lane, FaultCode::IllegalAddress, why);
}

// `where` says what the memory is.
template <class Where>
void checkRaces(const Request& r, bool shared, bool contiguous, Where where) {
  Races* races = r.warp.cta->races;
  if (!races) return;
  auto conflict =
      races->touch({r.warp, r.insn, r.mask, r.access, r.bytes, r.address, shared, contiguous});
  if (conflict)
    r.fail(conflict->lane, FaultCode::LaunchFailed,
           "in " + where(conflict->lane) + ", " + conflict->why);
}

void resolveGlobal(Request& r, Places& places) {
  DeviceMemory& memory = *r.warp.cta->launch.memory;
  uint64_t least = r.address[0], greatest = r.address[0];
  for (int l = 1; l < kLanes; l++) {
    least = std::min(least, r.address[l]);
    greatest = std::max(greatest, r.address[l]);
  }
  const Allocation*& recent = r.warp.cta->recent[r.warp.pc];
  auto holdsAll = [&](const Allocation* a) {
    return a && !a->freed && least >= a->base && greatest + r.bytes <= a->end();
  };
  bool written = false;
  if (!holdsAll(recent)) recent = memory.find(least);
  if (holdsAll(recent)) {
    written = recent->written;
  } else {
    for (Mask rest = r.mask; rest != 0; rest &= rest - 1) {
      int lane = std::countr_zero(rest);
      const Allocation* a = memory.find(r.address[lane]);
      if (!a || a->freed || r.address[lane] + r.bytes > a->end()) failGlobal(r, lane);
    }
    recent = nullptr;
  }
  checkAlignment(r);
  places.contiguous = isContiguous(r);
  if (!written)
    useShadow(r, places.contiguous, "global",
              [&](uint64_t address, int) { return memory.shadow(address); });
  if (r.warp.cta->counting)
    countGlobal(r.warp.cta->counters, memory.footprint(), r.mask, r.address, r.bytes,
                r.access != Access::Store, r.access != Access::Load);
  checkRaces(r, false, places.contiguous,
             [&](int lane) { return describe(*memory.find(r.address[lane])); });
  for (int l = 0; l < kLanes; l++) places.at[l] = reinterpret_cast<uint8_t*>(r.address[l]);
}

// Bounds of a space that starts at 0.
void checkBounds(const Request& r, uint64_t size, const char* space) {
  for (Mask rest = r.mask; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (r.address[lane] > size || r.bytes > size - r.address[lane])
      r.fail(lane, FaultCode::IllegalAddress,
             std::string("beyond the ") + std::to_string(size) + " bytes of " + space + " memory");
  }
}

void resolveShared(Request& r, Places& places) {
  Cta& cta = *r.warp.cta;
  checkBounds(r, cta.shared.size(), "shared");
  checkAlignment(r);
  places.contiguous = isContiguous(r);
  uint8_t* shadow = cta.sharedShadow.data();
  useShadow(r, places.contiguous, "shared",
            [&](uint64_t address, int) { return shadow + address / 4; });
  if (cta.counting) countShared(cta.counters, r.mask, r.address, r.bytes);
  checkRaces(r, true, places.contiguous, [](int) { return std::string("shared memory"); });
  for (int l = 0; l < kLanes; l++) places.at[l] = cta.shared.data() + r.address[l];
}

void resolveLocal(Request& r, Places& places) {
  uint32_t size = r.warp.cta->launch.program->localBytes;
  checkBounds(r, size, "local");
  checkAlignment(r);
  useShadow(r, false, "local", [&](uint64_t address, int lane) {
    return r.warp.localShadow + (size_t{size} * lane + address) / 4;
  });
  for (int l = 0; l < kLanes; l++) places.at[l] = r.warp.local + size_t{size} * l + r.address[l];
}

void resolveParam(Request& r, Places& places) {
  const auto& params = r.warp.cta->launch.params;
  checkBounds(r, params.size(), "parameter");
  checkAlignment(r);
  for (int l = 0; l < kLanes; l++)
    places.at[l] = const_cast<uint8_t*>(params.data()) + r.address[l];
}

// Each lane's address decides its space; lanes of one space go together.
void resolveGeneric(Request& r, Places& places) {
  Mask all = r.mask, shared = 0, local = 0;
  for (Mask rest = all; rest != 0; rest &= rest - 1) {
    int lane = std::countr_zero(rest);
    if (r.address[lane] - kSharedWindow < kWindowBytes) shared |= 1u << lane;
    if (r.address[lane] - kLocalWindow < kWindowBytes) local |= 1u << lane;
  }
  auto part = [&](Mask mask, uint64_t window, void (*resolvePart)(Request&, Places&)) {
    if (mask == 0) return;
    Request some{r.warp, r.insn, mask, r.access, r.bytes, {}};
    int first = std::countr_zero(mask);
    for (int l = 0; l < kLanes; l++)
      some.address[l] = r.address[mask >> l & 1 ? l : first] - window;
    Places found;
    resolvePart(some, found);
    for (int l = 0; l < kLanes; l++)
      if (mask >> l & 1) places.at[l] = found.at[l];
    places.contiguous = mask == kFull && found.contiguous;
  };
  part(shared, kSharedWindow, resolveShared);
  part(local, kLocalWindow, resolveLocal);
  part(all & ~shared & ~local, 0, resolveGlobal);
}

}  // namespace

void resolve(Warp& warp, const Insn& insn, Mask mask, Access access, Places& places) {
  Request r{warp, insn, mask, access, uint32_t{insn.bytes} * insn.elements, {}};
  computeAddresses(r);
  switch (insn.space) {
    case Space::Shared:
      return resolveShared(r, places);
    case Space::Local:
      return resolveLocal(r, places);
    case Space::Param:
      return resolveParam(r, places);
    case Space::Generic:
      return resolveGeneric(r, places);
    default:
      return resolveGlobal(r, places);
  }
}

}  // namespace softcuda
