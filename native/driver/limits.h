// What a launch may ask for.
#pragma once

#include "driver/state.h"

namespace softcuda {

constexpr uint32_t kSharedWithoutOptIn = 48 * 1024;
constexpr uint32_t kMostShared = 160 * 1024;

// Registers of a thread: what the settings say, else what the PTX uses; not beyond .maxnreg.
unsigned registersOf(const Program& program);
// Threads of a CTA at most, by directives or registers.
unsigned mostThreads(const Program& program);

CUresult checkGeometry(const LoadedFunction& function, const Launch& launch);

}  // namespace softcuda
