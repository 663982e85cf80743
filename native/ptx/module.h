// A PTX module as parsed: names are still names, opcodes still text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace softcuda {

enum class Space { Register, Global, Const, Shared, Local, Param, Generic };

// A fundamental type such as u32, f64, b8 or pred. kind is its letter ('p' for pred), bits its
// size.
struct Type {
  char kind = 'b';
  int bits = 32;
  int bytes() const { return bits / 8; }
  bool isFloat() const { return kind == 'f'; }
};

// Reads ".u32" or "u32"; false if it names no type.
bool parseType(std::string text, Type& type);

struct Operand {
  enum class Kind { Name, Integer, Float32, Float64, Address, Vector, Discard };
  Kind kind = Kind::Discard;
  std::string name;            // of a register, symbol or label; the base of an address, if any
  std::string second;          // q of the destination pair p|q
  uint64_t bits = 0;           // value of a constant; offset of an address or symbol
  bool negated = false;        // !p
  std::vector<Operand> parts;  // elements of a vector or list
};

struct Instruction {
  int line = 0;
  std::string guard;  // predicate register, or empty
  bool guardNegated = false;
  std::string opcode;
  std::vector<Operand> operands;
};

struct Variable {
  struct Relocation {
    uint64_t offset;
    std::string symbol;
    uint64_t addend;
  };
  Space space = Space::Global;
  Type type;
  std::string name;
  uint64_t align = 1;
  uint64_t bytes = 0;  // 0: an array whose size the launch gives
  bool external = false;
  std::vector<uint8_t> data;  // initial value; empty: zero
  std::vector<Relocation> relocations;
  int line = 0;
};

// What an entry's directives say of its launches; 0: nothing.
struct LaunchBounds {
  uint64_t maxThreads = 0;  // of a CTA, by .maxntid or .reqntid
  uint64_t block[3] = {};   // by .reqntid
  uint64_t registers = 0;   // of a thread at most, by .maxnreg
};

// What a call through a pointer may reach: functions of this signature or, if there are any, these.
struct CallTargets {
  std::vector<Variable> results, params;
  std::vector<std::string> functions;
};

struct Function {
  std::string name;
  bool entry = false;
  bool defined = false;
  int line = 0;
  std::vector<Variable> results, params;
  std::vector<Variable> variables;  // .local, .shared and .param ones of the body
  std::map<std::string, Type> registers;
  std::vector<Instruction> body;
  std::map<std::string, size_t> labels;  // to an index in body
  std::map<std::string, std::vector<std::string>> branchTargets;
  std::map<std::string, CallTargets> callTargets;
  LaunchBounds bounds;
};

struct Module {
  std::string version, target;
  std::vector<Variable> variables;
  std::map<std::string, Function> functions;
  std::vector<std::string> lines;  // the source, for reports

  // What a pointer to a function holds; 0 if the module defines none of this name.
  uint64_t functionAddress(const std::string& name) const {
    constexpr uint64_t kCodeWindow = 3ull << 56;
    auto found = functions.find(name);
    if (found == functions.end() || !found->second.defined) return 0;
    return kCodeWindow + 16 * (1 + std::distance(functions.begin(), found));
  }
};

}  // namespace softcuda
