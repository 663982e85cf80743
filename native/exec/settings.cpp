#include "exec/settings.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace softcuda {
namespace {

bool setChecks(Settings& s, const std::string& value) {
  bool races = false, counters = false;
  std::istringstream words(value);
  for (std::string word; std::getline(words, word, ',');) {
    if (word == "races")
      races = true;
    else if (word == "counters")
      counters = true;
    else
      return false;
  }
  s.races = races;
  s.counters = counters;
  return true;
}

bool setSeed(Settings& s, const std::string& value) {
  char* end = nullptr;
  uint64_t seed = std::strtoull(value.c_str(), &end, 0);
  if (value.empty() || *end != '\0') return false;
  s.seed = seed;
  s.shuffled = 0;
  return true;
}

bool setApproximation(Settings& s, const std::string& value) {
  const char* names[] = {"exact", "plus", "minus", "hashed"};
  for (int i = 0; i < 4; i++) {
    if (value != names[i]) continue;
    s.approximation = static_cast<Approximation>(i);
    return true;
  }
  return false;
}

// As many registers as a thread can have.
bool setRegisters(Settings& s, const std::string& value) {
  char* end = nullptr;
  uint64_t registers = std::strtoull(value.c_str(), &end, 0);
  if (value.empty() || *end != '\0' || registers > 255) return false;
  s.registers = static_cast<unsigned>(registers);
  return true;
}

bool setWork(Settings& s, const std::string& value) {
  if (value != "all" && value != "none") return false;
  s.idle = value == "none";
  return true;
}

bool set(Settings& s, const std::string& name, const std::string& value) {
  if (name == "SOFTCUDA_CHECKS") return setChecks(s, value);
  if (name == "SOFTCUDA_SEED") return setSeed(s, value);
  if (name == "SOFTCUDA_APPROXIMATION") return setApproximation(s, value);
  if (name == "SOFTCUDA_REGISTERS") return setRegisters(s, value);
  if (name == "SOFTCUDA_WORK") return setWork(s, value);
  return false;
}

Settings* fromEnvironment() {
  auto* s = new Settings;
  for (const char* name : {"SOFTCUDA_CHECKS", "SOFTCUDA_SEED", "SOFTCUDA_APPROXIMATION",
                           "SOFTCUDA_REGISTERS", "SOFTCUDA_WORK"}) {
    const char* value = std::getenv(name);
    if (value && !set(*s, name, value))
      std::fprintf(stderr, "softcuda: %s=%s is not understood; see native/README.md\n", name,
                   value);
  }
  return s;
}

}  // namespace

// Never destroyed: launches may run while the process ends.
Settings& settings() {
  static Settings* instance = fromEnvironment();
  return *instance;
}

bool configure(const std::string& name, const std::string& value) {
  return set(settings(), name, value);
}

}  // namespace softcuda
