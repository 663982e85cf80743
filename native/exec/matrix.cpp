#include "exec/matrix.h"

#include <bit>
#include <cstring>

#include "exec/access.h"
#include "exec/floats.h"

namespace softcuda {
namespace {

constexpr int kRows = 16, kColumns = 8;

void needsWholeWarp(Warp& warp, const Insn& insn, Mask mask) {
  if (mask == kFull) return;
  throw faultOf(warp, insn, std::countr_zero(mask), FaultCode::LaunchFailed,
                "computes on matrices without all lanes of its warp");
}

// The element types: how many are in a register, and their values.
struct Half {
  static constexpr int kPerRegister = 2;
  static double value(uint32_t word, int i) {
    return static_cast<double>(std::bit_cast<_Float16>(static_cast<uint16_t>(word >> 16 * i)));
  }
};
struct Bfloat {
  static constexpr int kPerRegister = 2;
  static double value(uint32_t word, int i) { return std::bit_cast<float>(word >> 16 * i << 16); }
};
// The low 13 bits of a float32 do not count.
struct Tf32 {
  static constexpr int kPerRegister = 1;
  static double value(uint32_t word, int) { return std::bit_cast<float>(word & 0xffffe000u); }
};
struct Single {
  static constexpr int kPerRegister = 1;
  static double value(uint32_t word, int) { return std::bit_cast<float>(word); }
};

uint32_t rounded(double sum, Single) {
  return std::bit_cast<uint32_t>(canonical(static_cast<float>(sum)));
}
uint32_t rounded(double sum, Half) {
  return sum != sum ? 0x7fff : std::bit_cast<uint16_t>(static_cast<_Float16>(sum));
}

// Four lanes share a row of a and of c, and a column of b; eight such groups are below each other.
template <class In, class Sum, int K>
void multiply(Warp& warp, const Insn& insn, Mask mask) {
  needsWholeWarp(warp, insn, mask);
  constexpr int kIn = In::kPerRegister, kSum = Sum::kPerRegister;
  constexpr int kA = kRows * K / kLanes / kIn, kB = K * kColumns / kLanes / kIn;
  constexpr int kC = kRows * kColumns / kLanes / kSum;
  const Program::Fragments& fragments = warp.cta->launch.program->fragments[insn.fragments];
  auto word = [&](int r, int lane) { return lanes<uint32_t>(warp, fragments.in[r])[lane]; };
  double a[kRows][K], b[K][kColumns], sum[kRows][kColumns];
  // c0 and c1 stand side by side, the next two eight rows below.
  auto place = [&](int lane, int element, auto visit) {
    visit(lane / 4 + element / 2 * 8, lane % 4 * 2 + element % 2);
  };
  for (int lane = 0; lane < kLanes; lane++) {
    int group = lane / 4, member = lane % 4;
    for (int i = 0; i < kIn; i++) {
      int k = member * kIn + i;
      for (int r = 0; r < kA; r++)
        a[group + r % 2 * 8][k + r / 2 * 4 * kIn] = In::value(word(r, lane), i);
      for (int r = 0; r < kB; r++) b[k + r * 4 * kIn][group] = In::value(word(kA + r, lane), i);
    }
    for (int e = 0; e < kC * kSum; e++)
      place(lane, e, [&](int row, int column) {
        sum[row][column] = Sum::value(word(kA + kB + e / kSum, lane), e % kSum);
      });
  }
  for (int k = 0; k < K; k++)
    for (int row = 0; row < kRows; row++)
      for (int column = 0; column < kColumns; column++)
        sum[row][column] += a[row][k] * b[k][column];
  for (int lane = 0; lane < kLanes; lane++)
    for (int r = 0; r < kC; r++) {
      uint32_t result = 0;
      for (int i = 0; i < kSum; i++)
        place(lane, r * kSum + i,
              [&](int row, int column) { result |= rounded(sum[row][column], Sum()) << 16 * i; });
      lanes<uint32_t>(warp, fragments.out[r])[lane] = result;
    }
}

template <class In, class Sum, int K>
constexpr Multiplication kMultiplication = {
    multiply<In, Sum, K>, kRows* K / kLanes / In::kPerRegister,
    K* kColumns / kLanes / In::kPerRegister, kRows* kColumns / kLanes / Sum::kPerRegister};

void load(Warp& warp, const Insn& insn, Mask mask, bool transposed) {
  needsWholeWarp(warp, insn, mask);
  constexpr int kSide = 8;
  const auto& out = warp.cta->launch.program->fragments[insn.fragments].out;
  size_t rows = out.size() * kSide;
  Places places;
  resolve(warp, insn, rows == kLanes ? kFull : (1u << rows) - 1, Access::Load, places);
  for (size_t matrix = 0; matrix < out.size(); matrix++) {
    uint16_t elements[kSide][kSide];
    for (size_t row = 0; row < kSide; row++) {
      size_t lane = matrix * kSide + row;
      const uint8_t* from =
          places.contiguous ? places.at[0] + lane * sizeof elements[0] : places.at[lane];
      std::memcpy(elements[row], from, sizeof elements[0]);
    }
    for (int lane = 0; lane < kLanes; lane++) {
      int row = lane / 4, column = lane % 4 * 2;
      auto element = [&](int i) -> uint32_t {
        return transposed ? elements[column + i][row] : elements[row][column + i];
      };
      lanes<uint32_t>(warp, out[matrix])[lane] = element(0) | element(1) << 16;
    }
  }
}

}  // namespace

const std::map<std::string, Multiplication>& multiplications() {
  static const std::map<std::string, Multiplication> table = {
      {"m16n8k8.f32.f16.f16.f32", kMultiplication<Half, Single, 8>},
      {"m16n8k8.f16.f16.f16.f16", kMultiplication<Half, Half, 8>},
      {"m16n8k8.f32.bf16.bf16.f32", kMultiplication<Bfloat, Single, 8>},
      {"m16n8k8.f32.tf32.tf32.f32", kMultiplication<Tf32, Single, 8>},
      {"m16n8k16.f32.f16.f16.f32", kMultiplication<Half, Single, 16>},
      {"m16n8k16.f16.f16.f16.f16", kMultiplication<Half, Half, 16>},
      {"m16n8k16.f32.bf16.bf16.f32", kMultiplication<Bfloat, Single, 16>}};
  return table;
}

void loadMatrix(Warp& warp, const Insn& insn, Mask mask) { load(warp, insn, mask, false); }
void loadMatrixTransposed(Warp& warp, const Insn& insn, Mask mask) { load(warp, insn, mask, true); }

}  // namespace softcuda
