// Products of small matrices by a warp, whose lanes hold pieces ("fragments") of each.
#pragma once

#include <map>
#include <string>

#include "exec/cta.h"

namespace softcuda {

// What executes mma.sync, by shape and types as "m16n8k16.f32.f16.f16.f32" (d, a, b, c). The
// program's fragments number Insn::fragments say where d, and a, b and c, are. Products are exact;
// they and c are added in double precision, and rounded once. NVIDIA does not say how cards do it.
struct Multiplication {
  Execute execute;
  size_t a, b, c;  // registers of a lane; d has as many as c
};
const std::map<std::string, Multiplication>& multiplications();

// ldmatrix.sync: 8 x 8 elements of 16 bits for each register, rows from addresses of 8 lanes each.
void loadMatrix(Warp& warp, const Insn& insn, Mask mask);
void loadMatrixTransposed(Warp& warp, const Insn& insn, Mask mask);

}  // namespace softcuda
