// Loads and stores of one to four elements.
#pragma once

#include "exec/cta.h"

namespace softcuda {

// The executor for elements of `bytes` in registers of `registerBytes`; null if there is none.
Execute loader(int bytes, int registerBytes, bool isSigned);
Execute storer(int bytes, int registerBytes);

// Copies `imm` bytes of local memory from offset in[0] to offset out: parameters of a call.
void copyLocal(Warp& warp, const Insn& insn, Mask mask);

}  // namespace softcuda
