#include "ptx/layout.h"

namespace softcuda {
namespace {

uint64_t alignUp(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

const std::map<std::string, Special>& specialNames() {
  static const std::map<std::string, Special> names = {
      {"%tid.x", Special::TidX},
      {"%tid.y", Special::TidY},
      {"%tid.z", Special::TidZ},
      {"%ntid.x", Special::NtidX},
      {"%ntid.y", Special::NtidY},
      {"%ntid.z", Special::NtidZ},
      {"%ctaid.x", Special::CtaidX},
      {"%ctaid.y", Special::CtaidY},
      {"%ctaid.z", Special::CtaidZ},
      {"%nctaid.x", Special::NctaidX},
      {"%nctaid.y", Special::NctaidY},
      {"%nctaid.z", Special::NctaidZ},
      {"%laneid", Special::LaneId},
      {"%warpid", Special::WarpId},
      {"%nwarpid", Special::NwarpId},
      {"%lanemask_eq", Special::LaneEq},
      {"%lanemask_le", Special::LaneLe},
      {"%lanemask_lt", Special::LaneLt},
      {"%lanemask_ge", Special::LaneGe},
      {"%lanemask_gt", Special::LaneGt},
      {"%smid", Special::Smid},
      {"%dynamic_smem_size", Special::DynamicShared},
      {"%total_smem_size", Special::TotalShared}};
  return names;
}

}  // namespace

// Arrays of lanes lie on cache lines; a predicate is one mask.
uint32_t RegisterFile::allocate(int bits) {
  uint32_t bytes = bits == 1 ? sizeof(Mask) : bits / 8 * kLanes;
  uint32_t offset =
      static_cast<uint32_t>(alignUp(program_.fileBytes, bits == 1 ? sizeof(Mask) : 64));
  program_.fileBytes = offset + bytes;
  return offset;
}

uint32_t RegisterFile::constant(uint64_t bits, int width) {
  if (width < 64) bits &= (1ull << width) - 1;
  auto [found, isNew] = constants_.try_emplace({bits, width}, 0);
  if (isNew) {
    found->second = allocate(width);
    program_.constants.push_back({found->second, static_cast<uint8_t>(width / 8), bits});
  }
  return found->second;
}

bool RegisterFile::special(const std::string& name, uint32_t& offset) {
  auto known = specialNames().find(name);
  if (known == specialNames().end()) return false;
  auto [found, isNew] = specials_.try_emplace(name, 0);
  if (isNew) {
    found->second = allocate(32);
    program_.specials.push_back({found->second, known->second});
  }
  offset = found->second;
  return true;
}

void Variables::add(const Function& function) {
  for (const Variable& variable : function.variables) {
    std::string key = function.name + "/" + variable.name;
    if (variable.space == Space::Shared)
      addShared(key, variable);
    else if (variable.space == Space::Local || variable.space == Space::Param)
      addLocal(key, variable);
  }
  if (!function.entry) {
    for (const Variable& variable : function.results)
      addLocal(function.name + "/" + variable.name, variable);
    for (const Variable& variable : function.params)
      addLocal(function.name + "/" + variable.name, variable);
  } else {
    for (const Variable& variable : function.params) {
      uint64_t offset = alignUp(program_.paramBytes, variable.align);
      places_[function.name + "/" + variable.name] = {Space::Param, offset};
      program_.params.push_back(variable);
      program_.paramOffsets.push_back(static_cast<uint32_t>(offset));
      program_.paramBytes = static_cast<uint32_t>(offset + variable.bytes);
    }
  }
  for (const Instruction& instruction : function.body)
    for (const Operand& operand : instruction.operands) addModuleShared(operand);
}

void Variables::addModuleShared(const Operand& operand) {
  for (const Operand& part : operand.parts) addModuleShared(part);
  if (operand.name.empty() || operand.name[0] == '%' || places_.count(operand.name)) return;
  for (const Variable& variable : module_.variables)
    if (variable.space == Space::Shared && variable.name == operand.name)
      addShared(variable.name, variable);
}

void Variables::addShared(const std::string& key, const Variable& variable) {
  if (variable.bytes == 0) {
    dynamic_.push_back(key);
    dynamicAlign_ = std::max(dynamicAlign_, variable.align);
    places_[key] = {Space::Shared, 0};
    return;
  }
  uint64_t offset = alignUp(program_.sharedBytes, variable.align);
  places_[key] = {Space::Shared, offset};
  program_.sharedBytes = static_cast<uint32_t>(offset + variable.bytes);
}

void Variables::addLocal(const std::string& key, const Variable& variable) {
  uint64_t offset = alignUp(program_.localBytes, variable.align);
  places_[key] = {Space::Local, offset};
  program_.localBytes = static_cast<uint32_t>(alignUp(offset + variable.bytes, 16));
}

void Variables::finish() {
  if (dynamic_.empty()) return;
  program_.sharedBytes = static_cast<uint32_t>(alignUp(program_.sharedBytes, dynamicAlign_));
  for (const std::string& key : dynamic_) places_[key].offset = program_.sharedBytes;
}

bool Variables::find(const Function& function, const std::string& name, Place& place) const {
  auto found = places_.find(function.name + "/" + name);
  if (found == places_.end()) found = places_.find(name);
  if (found != places_.end()) {
    place = found->second;
    return true;
  }
  auto symbol = symbols_.find(name);
  if (symbol == symbols_.end()) return false;
  place = {Space::Global, symbol->second};
  return true;
}

}  // namespace softcuda
