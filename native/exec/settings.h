// What is switched on beyond the checks that always run: by environment variables when the library
// is loaded, later by softcudaConfigure with the same names.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace softcuda {

// By how much approximate instructions err: not at all, by the bound of the PTX ISA up or down, or
// by it with a sign that depends on the operand.
enum class Approximation : uint8_t { Exact, Plus, Minus, Hashed };

struct Settings {
  std::atomic<bool> races{false};     // SOFTCUDA_CHECKS=races
  std::atomic<bool> counters{false};  // SOFTCUDA_CHECKS=counters
  std::atomic<uint64_t> seed{0};      // SOFTCUDA_SEED; 0: no shuffling
  std::atomic<uint64_t> shuffled{0};  // launches since the seed was set
  std::atomic<Approximation> approximation{Approximation::Exact};  // SOFTCUDA_APPROXIMATION
  std::atomic<unsigned> registers{0};  // SOFTCUDA_REGISTERS; 0: not known
  std::atomic<bool> idle{false};       // SOFTCUDA_WORK=none
};

Settings& settings();

// False if there is no such variable or it cannot have this value.
bool configure(const std::string& name, const std::string& value);

}  // namespace softcuda
