// A kernel as the executor runs it: one array of decoded instructions over a register file in which
// every register is an array of 32 lanes. Constants and special registers are registers too, filled
// before the warp starts, so an operand is always an offset.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ptx/module.h"

namespace softcuda {

constexpr int kLanes = 32;
using Mask = uint32_t;
constexpr Mask kFull = 0xffffffffu;
constexpr uint32_t kNone = 0xffffffffu;

struct Warp;
struct Insn;
using Execute = void (*)(Warp&, const Insn&, Mask);

// How the scheduler treats an instruction. Plain: calls execute and goes on.
enum class Flow : uint8_t { Plain, Branch, BranchIndexed, Call, Return, Exit, Barrier, WarpSync };

struct Insn {
  Execute execute = nullptr;
  uint32_t out = kNone;                           // destination register (offset in the file)
  uint32_t in[4] = {kNone, kNone, kNone, kNone};  // sources; elements of a vector access
  uint32_t address = kNone;                       // register of an access' address
  uint64_t imm = 0;                               // offset of an access; target of a branch
  uint32_t guard = kNone;
  bool guardNegated = false;
  Flow flow = Flow::Plain;
  Space space = Space::Generic;
  uint8_t bytes = 0;          // of one element of an access
  uint8_t addressBytes = 8;   // of the register address
  uint8_t elements = 1;       // of a vector access
  uint8_t registerBytes = 0;  // of a lane's register of a store
  bool strong = false;        // volatile, relaxed, acquire, release or atomic
  bool wideScope = false;     // of a strong access or fence: beyond the CTA
  bool releases = false;
  bool nonCoherent = false;
  bool aligned = false;        // barrier: all lanes of a warp take this one
  bool loads = false;          // in[] are destinations
  uint32_t fragments = kNone;  // index of the program's, of a matrix instruction
  uint32_t watch = kNone;      // index of what to watch of registers
  int32_t line = 0;
};

// What an instruction needs of the registers that may be unwritten, and does to them, as offsets of
// their masks of written lanes.
struct Watch {
  struct Need {
    uint32_t mask = kNone;
    std::string name;
  };
  std::vector<Need> needs;
  Need guard;
  std::vector<uint32_t> sets;
  uint32_t from = kNone;  // of a move: the source
};

enum class Special : uint8_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  LaneId,
  WarpId,
  NwarpId,
  LaneEq,
  LaneLe,
  LaneLt,
  LaneGe,
  LaneGt,
  Smid,
  DynamicShared,
  TotalShared
};

struct Program {
  struct Constant {
    uint32_t offset;
    uint8_t bytes;  // of a lane; 0: a predicate
    uint64_t bits;
  };
  struct SpecialUse {
    uint32_t offset;
    Special special;
  };
  // Registers of a matrix instruction.
  struct Fragments {
    std::vector<uint32_t> out, in;
  };
  std::string kernel;
  std::vector<Insn> code;
  std::vector<Constant> constants;
  std::vector<SpecialUse> specials;
  std::vector<std::vector<uint32_t>> branchTables;
  std::vector<std::vector<uint64_t>> callees;  // addresses a call through a pointer may reach
  std::vector<Fragments> fragments;
  std::vector<Watch> watches;
  std::vector<uint32_t> watchedMasks;
  uint32_t fileBytes = 0;    // of a warp's register file
  uint32_t localBytes = 0;   // of a thread's local memory
  uint32_t sharedBytes = 0;  // static shared memory of a CTA
  uint32_t paramBytes = 0;
  std::vector<Variable> params;
  std::vector<uint32_t> paramOffsets;
  LaunchBounds bounds;
  int registers = 0;                                // of PTX, which has as many as it likes
  const std::vector<std::string>* lines = nullptr;  // the module's source

  // The text of a line without its indentation.
  std::string text(int line) const {
    const std::string& whole = lines->at(static_cast<size_t>(line) - 1);
    size_t start = whole.find_first_not_of(" \t");
    return start == std::string::npos ? "" : whole.substr(start);
  }
};

}  // namespace softcuda
