#include "ptx/decode.h"

#include <algorithm>

#include "ptx/decoder.h"
#include "ptx/unwritten.h"

namespace softcuda {
namespace {

constexpr uint32_t kMostStaticShared = 48 * 1024;

bool isTarget(const CallTargets& targets, const Function& function) {
  const auto& names = targets.functions;
  if (!names.empty()) return std::find(names.begin(), names.end(), function.name) != names.end();
  auto same = [](const Variable& a, const Variable& b) { return a.bytes == b.bytes; };
  return std::equal(targets.results.begin(), targets.results.end(), function.results.begin(),
                    function.results.end(), same) &&
         std::equal(targets.params.begin(), targets.params.end(), function.params.begin(),
                    function.params.end(), same);
}

}  // namespace

std::vector<std::string> splitOpcode(const std::string& opcode) {
  std::vector<std::string> parts;
  for (size_t start = 0; start <= opcode.size();) {
    size_t end = std::min(opcode.find('.', start), opcode.size());
    parts.push_back(opcode.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

Program decode(const Module& module, const Function& entry, const Symbols& symbols) {
  return Decoder(module, symbols).run(entry);
}

const std::map<std::string, Decoder::Handler>& Decoder::handlers() {
  static const std::map<std::string, Handler> table = {{"mov", &Decoder::decodeMove},
                                                       {"setp", &Decoder::decodeCompare},
                                                       {"cvt", &Decoder::decodeConvert},
                                                       {"cvta", &Decoder::decodeAddressConversion},
                                                       {"isspacep", &Decoder::decodeIsSpace},
                                                       {"ld", &Decoder::decodeLoad},
                                                       {"ldu", &Decoder::decodeLoad},
                                                       {"st", &Decoder::decodeStore},
                                                       {"atom", &Decoder::decodeAtomic},
                                                       {"red", &Decoder::decodeReduction},
                                                       {"membar", &Decoder::decodeFence},
                                                       {"fence", &Decoder::decodeFence},
                                                       {"bra", &Decoder::decodeBranch},
                                                       {"brx", &Decoder::decodeIndexedBranch},
                                                       {"call", &Decoder::decodeCall},
                                                       {"ret", &Decoder::decodeReturn},
                                                       {"exit", &Decoder::decodeExit},
                                                       {"trap", &Decoder::decodeTrap},
                                                       {"bar", &Decoder::decodeBarrier},
                                                       {"barrier", &Decoder::decodeBarrier},
                                                       {"shfl", &Decoder::decodeShuffle},
                                                       {"vote", &Decoder::decodeVote},
                                                       {"match", &Decoder::decodeMatch},
                                                       {"redux", &Decoder::decodeRedux},
                                                       {"activemask", &Decoder::decodeActiveMask},
                                                       {"mma", &Decoder::decodeMultiply},
                                                       {"ldmatrix", &Decoder::decodeLoadMatrix},
                                                       {"prefetch", &Decoder::decodeNothing},
                                                       {"prefetchu", &Decoder::decodeNothing},
                                                       {"nanosleep", &Decoder::decodeNothing}};
  return table;
}

Program Decoder::run(const Function& entry) {
  program_.kernel = entry.name;
  program_.bounds = entry.bounds;
  program_.lines = &module_.lines;
  std::set<std::string> open;
  collect(entry, open);
  for (const Function* function : functions_) layOut(*function);
  variables_.finish();
  if (program_.sharedBytes > kMostStaticShared)
    throw PtxError(entry.line, entry.name + " has " + std::to_string(program_.sharedBytes) +
                                   " bytes of static shared memory, more than 49152");
  for (const Function* function : functions_) decodeFunction(*function);
  resolveLabels();
  watchRegisters();
  return std::move(program_);
}

void Decoder::watchRegisters() {
  std::map<uint32_t, std::string> names;
  for (const auto& [function, frame] : frames_)
    for (const auto& [name, offset] : frame.registers) names[offset] = name;
  watchUnwritten(program_, names, [this] { return temporary(1); });
}

// The entry first, then what it calls, each once; a cycle among the calls is refused.
void Decoder::collect(const Function& function, std::set<std::string>& open) {
  if (!open.insert(function.name).second)
    throw PtxError(function.line, "recursion is not supported: " + function.name);
  if (!frames_.count(&function)) {
    functions_.push_back(&function);
    frames_[&function];
  }
  for (const Instruction& instruction : function.body) {
    if (instruction.opcode != "call" && instruction.opcode != "call.uni") continue;
    for (const Function* callee : calleesOf(function, instruction)) collect(*callee, open);
  }
  open.erase(function.name);
}

// The function that the call names, or those that its pointer may point to.
std::vector<const Function*> Decoder::calleesOf(const Function& caller,
                                                const Instruction& call) const {
  std::vector<const Function*> callees;
  for (const Operand& operand : call.operands) {
    if (operand.kind != Operand::Kind::Name) continue;
    auto named = module_.functions.find(operand.name);
    if (named != module_.functions.end() && named->second.defined) return {&named->second};
    auto targets = caller.callTargets.find(operand.name);
    if (targets == caller.callTargets.end()) continue;
    for (const auto& [name, function] : module_.functions)
      if (function.defined && !function.entry && isTarget(targets->second, function) &&
          isPointedTo(name))
        callees.push_back(&function);
  }
  return callees;
}

// Whether the module takes the function's address somewhere.
bool Decoder::isPointedTo(const std::string& function) const {
  for (const Variable& variable : module_.variables)
    for (const auto& relocation : variable.relocations)
      if (relocation.symbol == function) return true;
  for (const auto& [name, other] : module_.functions)
    for (const Instruction& instruction : other.body)
      if (instruction.opcode == "mov.u64" || instruction.opcode == "mov.b64")
        for (const Operand& operand : instruction.operands)
          if (operand.name == function) return true;
  return false;
}

void Decoder::layOut(const Function& function) {
  Frame& frame = frames_[&function];
  for (const auto& [name, type] : function.registers) {
    frame.registers[name] = file_.allocate(type.bits);
    program_.registers += type.bits == 64 ? 2 : type.bits == 1 ? 0 : 1;
  }
  if (!function.entry) frame.returnAddress = file_.allocate(32);
  variables_.add(function);
}

void Decoder::decodeFunction(const Function& function) {
  function_ = &function;
  Frame& frame = frames_[&function];
  frame.start = static_cast<uint32_t>(program_.code.size());
  for (size_t i = 0; i < function.body.size(); i++) {
    frame.starts[i] = program_.code.size();
    statement_ = &function.body[i];
    decodeStatement();
  }
  frame.starts[function.body.size()] = program_.code.size();
  Instruction end;
  end.opcode = "ret";
  end.line = function.body.empty() ? function.line : function.body.back().line;
  statement_ = &end;
  decodeReturn();
}

void Decoder::decodeStatement() {
  parts_ = splitOpcode(statement_->opcode);
  auto handler = handlers().find(parts_[0]);
  if (handler != handlers().end())
    (this->*handler->second)();
  else
    decodeForm(statement_->opcode);
}

void Decoder::decodeForm(const std::string& name) {
  auto found = forms().find(name);
  if (found == forms().end()) refuse("instruction " + name + " is not supported");
  const Form& form = found->second;
  wants(1 + form.in.size());
  std::vector<uint32_t> in;
  for (size_t i = 0; i < form.in.size(); i++) in.push_back(source(operand(i + 1), form.in[i]));
  emitForm(name, destination(operand(0), form.out.bits), in);
}

size_t Decoder::labelOf(const Function& function, const std::string& label) const {
  auto found = function.labels.find(label);
  if (found == function.labels.end())
    throw PtxError(function.line, function.name + " has no label " + label);
  return frames_.at(&function).starts.at(found->second);
}

void Decoder::resolveLabels() {
  for (const Fixup& fixup : fixups_)
    program_.code[fixup.insn].imm = fixup.label.empty() ? frames_.at(fixup.function).start
                                                        : labelOf(*fixup.function, fixup.label);
  for (const TableFixup& fixup : tableFixups_)
    for (const std::string& label : fixup.labels)
      program_.branchTables[fixup.table].push_back(
          static_cast<uint32_t>(labelOf(*fixup.function, label)));
}

}  // namespace softcuda
