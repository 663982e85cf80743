// The decoder of one program: state and small steps shared by the files decode*.cpp.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "exec/forms.h"
#include "ptx/decode.h"
#include "ptx/error.h"
#include "ptx/layout.h"

namespace softcuda {

// "ld.global.f32" as ld, global, f32.
std::vector<std::string> splitOpcode(const std::string& opcode);

class Decoder {
 public:
  Decoder(const Module& module, const Symbols& symbols)
      : module_(module), file_(program_), variables_(module, symbols, program_) {}

  Program run(const Function& entry);

 private:
  using Handler = void (Decoder::*)();
  struct Frame {
    std::map<std::string, uint32_t> registers;  // offsets
    std::map<size_t, size_t> starts;            // statement to first instruction
    uint32_t returnAddress = kNone;
    uint32_t start = kNone;
  };
  struct Fixup {
    size_t insn;
    const Function* function;
    std::string label;  // empty: the function's start
  };
  struct TableFixup {
    size_t table;
    const Function* function;
    std::vector<std::string> labels;
  };
  static const std::map<std::string, Handler>& handlers();

  // decode.cpp: functions and statements
  void collect(const Function& function, std::set<std::string>& open);
  std::vector<const Function*> calleesOf(const Function& caller, const Instruction& call) const;
  bool isPointedTo(const std::string& function) const;
  void layOut(const Function& function);
  void decodeFunction(const Function& function);
  void decodeStatement();
  void decodeForm(const std::string& name);
  void resolveLabels();
  void watchRegisters();
  size_t labelOf(const Function& function, const std::string& label) const;

  // decode_operand.cpp
  [[noreturn]] void refuse(const std::string& why) const;
  void wants(size_t operands) const;
  const Operand& operand(size_t i) const { return statement_->operands[i]; }
  const Type* registerType(const std::string& name) const;
  uint32_t registerOffset(const std::string& name) const;
  uint32_t destination(const Operand& operand, int bits);
  uint32_t predicateNamed(const std::string& name);
  uint32_t source(const Operand& operand, const Type& type);
  uint32_t constantOf(const Operand& operand, const Type& type);
  uint32_t addressConstant(const Operand& operand, const Type& type);
  Insn& emit(Execute execute, Flow flow = Flow::Plain);
  Insn& emitForm(const std::string& name, uint32_t out, std::vector<uint32_t> in);
  uint32_t temporary(int bits) { return file_.allocate(bits); }

  // decode_data.cpp
  void decodeMove();
  void pack(const Operand& out, const Operand& in, const Type& type);
  void unpack(const Operand& out, const Operand& in, const Type& type);
  void decodeCompare();
  void decodeConvert();
  void decodeAddressConversion();
  void decodeIsSpace();

  // decode_memory.cpp
  struct Qualifiers {
    Space space = Space::Generic;
    Type type;
    int elements = 1;
    std::string operation;
    bool strong = false, wideScope = false, releases = false, nonCoherent = false;
    void apply(Insn& insn) const;
  };
  Qualifiers qualifiers(bool withOperation) const;
  void setAddress(Insn& insn, const Operand& address, Space space);
  void decodeLoad();
  void decodeStore();
  void decodeAtomic();
  void decodeReduction();
  void decodeFence();

  // decode_flow.cpp
  void decodeBranch();
  void decodeIndexedBranch();
  void decodeCall();
  void callOne(const Function& callee, size_t function, uint32_t guard);
  uint32_t pointsTo(uint32_t pointer, const Function& callee);
  void decodeReturn();
  void decodeExit();
  void decodeTrap();
  void decodeBarrier();
  void decodeNothing();

  // decode_warp.cpp
  void decodeShuffle();
  void decodeVote();
  void decodeMatch();
  void decodeRedux();
  void decodeActiveMask();
  Insn& emitWarp(Execute execute, const Operand& members);

  // decode_matrix.cpp
  std::vector<uint32_t> words(const Operand& operand, size_t count);
  void decodeMultiply();
  void decodeLoadMatrix();
  uint32_t addFragments(Program::Fragments fragments);

  const Module& module_;
  Program program_;
  RegisterFile file_;
  Variables variables_;
  std::vector<const Function*> functions_;
  std::map<const Function*, Frame> frames_;
  std::vector<Fixup> fixups_;
  std::vector<TableFixup> tableFixups_;
  const Function* function_ = nullptr;
  const Instruction* statement_ = nullptr;
  std::vector<std::string> parts_;  // of the statement's opcode
};

}  // namespace softcuda
