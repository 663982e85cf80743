// Where a program's registers, constants, special registers and variables lie.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "exec/program.h"
#include "ptx/decode.h"

namespace softcuda {

// The register file of a warp under construction.
class RegisterFile {
 public:
  explicit RegisterFile(Program& program) : program_(program) {}

  uint32_t allocate(int bits);
  uint32_t constant(uint64_t bits, int width);
  // False if there is no such special register.
  bool special(const std::string& name, uint32_t& offset);

 private:
  Program& program_;
  std::map<std::pair<uint64_t, int>, uint32_t> constants_;
  std::map<std::string, uint32_t> specials_;
};

// A place in one of the spaces.
struct Place {
  Space space;
  uint64_t offset;  // the address itself, of a global
};

// Offsets of shared, local and parameter variables of an entry and the functions it calls.
class Variables {
 public:
  Variables(const Module& module, const Symbols& symbols, Program& program)
      : module_(module), symbols_(symbols), program_(program) {}

  // Lays out the variables of a function, and the module's shared ones that it names.
  void add(const Function& function);
  // Dynamic shared memory begins where the static ends.
  void finish();
  // False if the function knows no variable of this name.
  bool find(const Function& function, const std::string& name, Place& place) const;

 private:
  void addShared(const std::string& key, const Variable& variable);
  void addLocal(const std::string& key, const Variable& variable);
  void addModuleShared(const Operand& operand);

  const Module& module_;
  const Symbols& symbols_;
  Program& program_;
  std::map<std::string, Place> places_;  // by "function/name", or "name" of the module
  std::vector<std::string> dynamic_;
  uint64_t dynamicAlign_ = 16;
};

}  // namespace softcuda
