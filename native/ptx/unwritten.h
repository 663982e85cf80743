// Which instructions may read a register that no instruction before them has written. A register
// that is written on every path to its reads costs nothing when the kernel runs; the others are
// watched then (exec/watch.h).
#pragma once

#include <map>
#include <string>

#include "exec/program.h"

namespace softcuda {

// names: of the registers to follow, by offset. maskOf gives a register of one mask.
template <class MaskOf>
void watchUnwritten(Program& program, const std::map<uint32_t, std::string>& names, MaskOf maskOf);

// What an instruction does with registers.
struct Effects {
  std::vector<uint32_t> reads, writes;
  bool copies = false;  // a move: the destination is as written as the source
};
Effects effectsOf(const Program& program, const Insn& insn);

// Registers, by offset, and the instructions that may read them unwritten.
std::map<uint32_t, std::vector<uint32_t>> findUnwritten(
    const Program& program, const std::map<uint32_t, std::string>& names);

template <class MaskOf>
void watchUnwritten(Program& program, const std::map<uint32_t, std::string>& names, MaskOf maskOf) {
  auto unwritten = findUnwritten(program, names);
  if (unwritten.empty()) return;
  std::map<uint32_t, uint32_t> masks;
  for (const auto& [offset, readers] : unwritten) {
    masks[offset] = maskOf();
    program.watchedMasks.push_back(masks[offset]);
  }
  for (uint32_t pc = 0; pc < program.code.size(); pc++) {
    Insn& insn = program.code[pc];
    Effects effects = effectsOf(program, insn);
    Watch watch;
    for (uint32_t offset : effects.reads)
      if (!effects.copies && masks.count(offset))
        watch.needs.push_back({masks[offset], names.at(offset)});
    if (insn.guard != kNone && masks.count(insn.guard))
      watch.guard = {masks[insn.guard], names.at(insn.guard)};
    for (uint32_t offset : effects.writes)
      if (masks.count(offset)) watch.sets.push_back(masks[offset]);
    if (effects.copies && masks.count(effects.reads[0])) watch.from = masks[effects.reads[0]];
    if (watch.needs.empty() && watch.sets.empty() && watch.guard.mask == kNone) continue;
    insn.watch = static_cast<uint32_t>(program.watches.size());
    program.watches.push_back(watch);
  }
}

}  // namespace softcuda
