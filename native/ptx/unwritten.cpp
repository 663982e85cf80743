#include "ptx/unwritten.h"

#include <set>

#include "exec/forms.h"
#include "exec/load_store.h"
#include "exec/warp_ops.h"

namespace softcuda {
namespace {

using State = std::vector<bool>;  // by register: written on every path

class Analysis {
 public:
  Analysis(const Program& program, const std::map<uint32_t, std::string>& names)
      : program_(program), names_(names) {
    for (const auto& [offset, name] : names) index_.emplace(offset, index_.size());
    for (uint32_t pc = 0; pc < program.code.size(); pc++) {
      effects_.push_back(effectsOf(program, program.code[pc]));
      if (program.code[pc].flow == Flow::Call) returns_.push_back(pc + 1);
    }
    before_.resize(program.code.size());
  }

  std::map<uint32_t, std::vector<uint32_t>> run() {
    if (program_.code.empty() || index_.empty()) return {};
    arrive(0, State(index_.size(), false));
    while (!open_.empty()) {
      uint32_t pc = *open_.begin();
      open_.erase(open_.begin());
      step(pc);
    }
    std::map<uint32_t, std::vector<uint32_t>> found;
    for (uint32_t pc = 0; pc < program_.code.size(); pc++) {
      if (before_[pc].empty()) continue;
      auto ask = [&](uint32_t offset) {
        auto at = index_.find(offset);
        if (at != index_.end() && !before_[pc][at->second]) found[offset].push_back(pc);
      };
      for (uint32_t offset : effects_[pc].reads) ask(offset);
      if (program_.code[pc].guard != kNone) ask(program_.code[pc].guard);
    }
    return found;
  }

 private:
  // A way to pc on which `state` is written; pc is looked at again if that is less than before.
  void arrive(uint32_t pc, const State& state) {
    if (pc >= before_.size()) return;
    State& before = before_[pc];
    bool changed = before.empty();
    if (changed) {
      before = state;
    } else {
      for (size_t i = 0; i < state.size(); i++) {
        if (!before[i] || state[i]) continue;
        before[i] = false;
        changed = true;
      }
    }
    if (changed) open_.insert(pc);
  }

  void step(uint32_t pc) {
    const Insn& insn = program_.code[pc];
    const Effects& effects = effects_[pc];
    State state = before_[pc];
    for (uint32_t offset : effects.writes) {
      auto at = index_.find(offset);
      if (at == index_.end()) continue;
      auto from = effects.copies ? index_.find(effects.reads[0]) : index_.end();
      bool written = from == index_.end() || state[from->second];
      bool stays = insn.guard != kNone && !state[at->second];
      state[at->second] = written && !stays;
    }
    bool goesOn = insn.guard != kNone;
    if (insn.flow == Flow::Branch || insn.flow == Flow::Call)
      arrive(static_cast<uint32_t>(insn.imm), state);
    else if (insn.flow == Flow::BranchIndexed)
      for (uint32_t target : program_.branchTables[insn.imm]) arrive(target, state);
    else if (insn.flow == Flow::Return)
      for (uint32_t target : returns_) arrive(target, state);
    else if (insn.flow != Flow::Exit)
      goesOn = true;
    if (goesOn) arrive(pc + 1, state);
  }

  const Program& program_;
  const std::map<uint32_t, std::string>& names_;
  std::map<uint32_t, size_t> index_;
  std::vector<Effects> effects_;
  std::vector<uint32_t> returns_;
  std::vector<State> before_;
  std::set<uint32_t> open_;
};

bool isMove(Execute execute) {
  static const std::set<Execute> moves = [] {
    std::set<Execute> all;
    for (const auto& [name, form] : forms())
      if (name.rfind("mov.", 0) == 0) all.insert(form.execute);
    return all;
  }();
  return moves.count(execute);
}

}  // namespace

Effects effectsOf(const Program& program, const Insn& insn) {
  Effects effects;
  if (insn.execute == copyLocal) return effects;
  auto& elements = insn.loads ? effects.writes : effects.reads;
  for (uint32_t offset : insn.in)
    if (offset != kNone) elements.push_back(offset);
  if (insn.address != kNone)
    (insn.execute == shuffle ? effects.writes : effects.reads).push_back(insn.address);
  if (insn.out != kNone) effects.writes.push_back(insn.out);
  if (insn.fragments != kNone) {
    const Program::Fragments& fragments = program.fragments[insn.fragments];
    effects.reads.insert(effects.reads.end(), fragments.in.begin(), fragments.in.end());
    effects.writes.insert(effects.writes.end(), fragments.out.begin(), fragments.out.end());
  }
  effects.copies = isMove(insn.execute);
  return effects;
}

std::map<uint32_t, std::vector<uint32_t>> findUnwritten(
    const Program& program, const std::map<uint32_t, std::string>& names) {
  return Analysis(program, names).run();
}

}  // namespace softcuda
