#include "exec/load_store.h"

#include <bit>
#include <cstring>

#include "exec/access.h"

namespace softcuda {
namespace {

// Calls body with the number of elements as a constant, which lets its loop be vectorised.
template <class Body>
void withStride(int elements, Body body) {
  if (elements == 1)
    body(std::integral_constant<int, 1>());
  else if (elements == 2)
    body(std::integral_constant<int, 2>());
  else
    body(std::integral_constant<int, 4>());
}

template <class M, class R>
void load(Warp& warp, const Insn& insn, Mask mask) {
  Places places;
  resolve(warp, insn, mask, Access::Load, places);
  for (int e = 0; e < insn.elements; e++) {
    if (insn.in[e] == kNone) continue;
    R* out = lanes<R>(warp, insn.in[e]);
    if (places.contiguous) {
      const M* from = reinterpret_cast<const M*>(places.at[0]) + e;
      withStride(insn.elements, [&](auto stride) {
        for (int l = 0; l < kLanes; l++) out[l] = static_cast<R>(from[l * stride]);
      });
      continue;
    }
    for (Mask rest = mask; rest != 0; rest &= rest - 1) {
      int lane = std::countr_zero(rest);
      M value;
      std::memcpy(&value, places.at[lane] + e * sizeof(M), sizeof(M));
      out[lane] = static_cast<R>(value);
    }
  }
}

template <class M, class R>
void store(Warp& warp, const Insn& insn, Mask mask) {
  Places places;
  resolve(warp, insn, mask, Access::Store, places);
  for (int e = 0; e < insn.elements; e++) {
    const R* in = lanes<R>(warp, insn.in[e]);
    if (places.contiguous) {
      M* to = reinterpret_cast<M*>(places.at[0]) + e;
      withStride(insn.elements, [&](auto stride) {
        for (int l = 0; l < kLanes; l++) to[l * stride] = static_cast<M>(in[l]);
      });
      continue;
    }
    for (Mask rest = mask; rest != 0; rest &= rest - 1) {
      int lane = std::countr_zero(rest);
      M value = static_cast<M>(in[lane]);
      std::memcpy(places.at[lane] + e * sizeof(M), &value, sizeof(M));
    }
  }
}

template <class M>
Execute loaderInto(int registerBytes) {
  if (registerBytes < static_cast<int>(sizeof(M))) return nullptr;
  switch (registerBytes) {
    case 2:
      return load<M, uint16_t>;
    case 4:
      return load<M, uint32_t>;
    case 8:
      return load<M, uint64_t>;
    default:
      return nullptr;
  }
}

template <class M>
Execute storerFrom(int registerBytes) {
  if (registerBytes < static_cast<int>(sizeof(M))) return nullptr;
  switch (registerBytes) {
    case 2:
      return store<M, uint16_t>;
    case 4:
      return store<M, uint32_t>;
    case 8:
      return store<M, uint64_t>;
    default:
      return nullptr;
  }
}

}  // namespace

Execute loader(int bytes, int registerBytes, bool isSigned) {
  switch (bytes) {
    case 1:
      return isSigned ? loaderInto<int8_t>(registerBytes) : loaderInto<uint8_t>(registerBytes);
    case 2:
      return isSigned ? loaderInto<int16_t>(registerBytes) : loaderInto<uint16_t>(registerBytes);
    case 4:
      return isSigned ? loaderInto<int32_t>(registerBytes) : loaderInto<uint32_t>(registerBytes);
    case 8:
      return loaderInto<uint64_t>(registerBytes);
    default:
      return nullptr;
  }
}

Execute storer(int bytes, int registerBytes) {
  switch (bytes) {
    case 1:
      return storerFrom<uint8_t>(registerBytes);
    case 2:
      return storerFrom<uint16_t>(registerBytes);
    case 4:
      return storerFrom<uint32_t>(registerBytes);
    case 8:
      return storerFrom<uint64_t>(registerBytes);
    default:
      return nullptr;
  }
}

void copyLocal(Warp& warp, const Insn& insn, Mask mask) {
  uint32_t size = warp.cta->launch.program->localBytes;
  for (Mask rest = mask; rest != 0; rest &= rest - 1) {
    size_t base = size_t{size} * std::countr_zero(rest);
    std::memmove(warp.local + base + insn.out, warp.local + base + insn.in[0], insn.imm);
    // Every variable has 16 bytes or multiples of them to itself.
    uint8_t* shadow = warp.localShadow + base / 4;
    std::memmove(shadow + insn.out / 4, shadow + insn.in[0] / 4, (insn.imm + 3) / 4);
  }
}

}  // namespace softcuda
