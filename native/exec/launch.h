// Runs a launch to its end.
#pragma once

#include <optional>

#include "exec/cta.h"

namespace softcuda {

struct Outcome {
  std::optional<Fault> fault;  // the first that occurred; the launch ends with it
  uint64_t laneInstructions = 0;
};

Outcome execute(const Launch& launch);

}  // namespace softcuda
