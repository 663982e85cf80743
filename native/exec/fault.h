// What a check found, thrown from the instruction that did it.
#pragma once

#include <cstdint>
#include <string>

namespace softcuda {

// The CUDA error that a card gives for it, by CUDA's number.
enum class FaultCode : int {
  IllegalAddress = 700,
  IllegalInstruction = 715,
  MisalignedAddress = 716,
  InvalidPc = 718,
  LaunchFailed = 719,
};

struct Fault {
  FaultCode code;
  std::string what;  // one sentence about the access or barrier
  int line = 0;      // of the PTX
  uint32_t cta[3] = {};
  uint32_t thread[3] = {};
  uint64_t address = 0;
};

}  // namespace softcuda
