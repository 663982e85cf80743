// Branches, calls, returns and CTA barriers.
#include "exec/barrier.h"
#include "exec/load_store.h"
#include "exec/warp_ops.h"
#include "ptx/decoder.h"

namespace softcuda {

void Decoder::decodeBranch() {
  wants(1);
  emit(nullptr, Flow::Branch);
  fixups_.push_back({program_.code.size() - 1, function_, operand(0).name});
}

void Decoder::decodeIndexedBranch() {
  wants(2);
  auto targets = function_->branchTargets.find(operand(1).name);
  if (targets == function_->branchTargets.end()) refuse("no such list of branch targets");
  uint32_t index = source(operand(0), {'u', 32});
  Insn& insn = emit(nullptr, Flow::BranchIndexed);
  insn.in[0] = index;
  insn.imm = program_.branchTables.size();
  tableFixups_.push_back({program_.branchTables.size(), function_, targets->second});
  program_.branchTables.emplace_back();
}

// call{.uni} {(results),} function {, (arguments)}, or a pointer for the function and, at the end,
// what it may point to. A pointer is compared with each of these, and those lanes make the call.
void Decoder::decodeCall() {
  const auto& all = statement_->operands;
  size_t at = !all.empty() && all[0].kind == Operand::Kind::Vector ? 1 : 0;
  if (at >= all.size() || all[at].kind != Operand::Kind::Name) refuse("this call is not supported");
  auto callees = calleesOf(*function_, *statement_);
  if (!registerType(all[at].name)) {
    if (callees.empty()) refuse("the module does not define the function " + all[at].name);
    uint32_t guard = statement_->guard.empty() ? kNone : predicateNamed(statement_->guard);
    callOne(*callees[0], at, guard);
    return;
  }
  uint32_t pointer = source(all[at], {'u', 64});
  emit(checkCallee).in[0] = pointer;
  program_.code.back().imm = program_.callees.size();
  program_.callees.emplace_back();
  for (const Function* callee : callees) {
    program_.callees.back().push_back(module_.functionAddress(callee->name));
    callOne(*callee, at, pointsTo(pointer, *callee));
  }
}

// A predicate of the lanes that call this function.
uint32_t Decoder::pointsTo(uint32_t pointer, const Function& callee) {
  uint32_t result = temporary(1);
  emitForm("mov.pred", result, {file_.constant(0, 1)}).guard = kNone;
  emitForm("setp.eq.u64", result,
           {pointer, file_.constant(module_.functionAddress(callee.name), 64)});
  return result;
}

// Arguments are copied to the callee's parameters, the call jumps, results are copied back. Every
// function has registers of its own. `function`: which operand names it.
void Decoder::callOne(const Function& callee, size_t function, uint32_t guard) {
  const auto& all = statement_->operands;
  auto guarded = [&](Insn& insn) -> Insn& {
    if (insn.guard != guard) insn.guardNegated = false;
    insn.guard = guard;
    return insn;
  };
  auto copies = [&](const std::vector<Operand>& actual, const std::vector<Variable>& formal,
                    bool in) {
    if (actual.size() != formal.size()) refuse("the call passes another number of values");
    for (size_t i = 0; i < actual.size(); i++) {
      Place own, its;
      if (!variables_.find(*function_, actual[i].name, own) ||
          !variables_.find(callee, formal[i].name, its) || own.space != Space::Local)
        refuse("only .param variables can be passed");
      Insn& insn = guarded(emit(copyLocal));
      insn.out = static_cast<uint32_t>(in ? its.offset : own.offset);
      insn.in[0] = static_cast<uint32_t>(in ? own.offset : its.offset);
      insn.imm = formal[i].bytes;
    }
  };
  static const std::vector<Operand> none;
  bool hasArguments = function + 1 < all.size() && all[function + 1].kind == Operand::Kind::Vector;
  copies(hasArguments ? all[function + 1].parts : none, callee.params, true);
  guarded(emit(nullptr, Flow::Call)).out = frames_.at(&callee).returnAddress;
  fixups_.push_back({program_.code.size() - 1, &callee, ""});
  copies(function == 1 ? all[0].parts : none, callee.results, false);
}

void Decoder::decodeReturn() {
  if (function_->entry)
    emit(nullptr, Flow::Exit);
  else
    emit(nullptr, Flow::Return).in[0] = frames_.at(function_).returnAddress;
}

void Decoder::decodeExit() { emit(nullptr, Flow::Exit); }

void Decoder::decodeTrap() { emit(trap); }

void Decoder::decodeNothing() { emit(nothing); }

// bar.sync a{, b}; bar.arrive a, b; bar.red.op.type d, a{, b}, c; barrier{.cta} likewise; and
// bar.warp.sync members.
void Decoder::decodeBarrier() {
  std::set<std::string> words(parts_.begin() + 1, parts_.end());
  if (words.count("warp")) {
    wants(1);
    emitWarp(warpBarrier, operand(0));
    return;
  }
  for (const std::string& word : words)
    if (!std::set<std::string>{"cta", "sync", "aligned", "arrive", "red", "popc", "and", "or",
                               "u32", "pred"}
             .count(word))
      refuse("modifier ." + word + " is not supported");
  bool reduces = words.count("red");
  const auto& all = statement_->operands;
  size_t first = reduces ? 1 : 0;
  size_t end = all.size() - (reduces ? 1 : 0);
  if (all.size() < (reduces ? 3u : 1u) || end - first > 2) refuse("this barrier is not supported");
  Type u32{'u', 32};
  uint32_t id = source(all[first], u32);
  uint32_t count = end - first == 2 ? source(all[first + 1], u32) : kNone;
  uint32_t vote = reduces ? source(all.back(), {'p', 1}) : kNone;
  bool popc = words.count("popc");
  BarrierKind kind = words.count("arrive") ? BarrierKind::Arrive
                     : popc                ? BarrierKind::Popc
                     : words.count("and")  ? BarrierKind::And
                     : words.count("or")   ? BarrierKind::Or
                                           : BarrierKind::Sync;
  Insn& insn = emit(nullptr, Flow::Barrier);
  insn.imm = static_cast<uint64_t>(kind);
  insn.aligned = parts_[0] == "bar" || words.count("aligned");
  insn.in[0] = id;
  insn.in[1] = count;
  insn.in[2] = vote;
  if (reduces) insn.out = destination(all[0], popc ? 32 : 1);
}

}  // namespace softcuda
