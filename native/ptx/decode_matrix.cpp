// mma.sync and ldmatrix.sync.
#include "exec/matrix.h"
#include "ptx/decoder.h"

namespace softcuda {

namespace {

Operand wholeWarp() {
  Operand mask;
  mask.kind = Operand::Kind::Integer;
  mask.bits = kFull;
  return mask;
}

}  // namespace

// The registers of an operand: a vector of words or, for a single one, perhaps no vector.
std::vector<uint32_t> Decoder::words(const Operand& operand, size_t count) {
  std::vector<Operand> parts = {operand};
  if (operand.kind == Operand::Kind::Vector) parts = operand.parts;
  if (parts.size() != count) refuse("the vector has another length");
  std::vector<uint32_t> offsets;
  for (const Operand& part : parts) offsets.push_back(destination(part, 32));
  return offsets;
}

// mma.sync.aligned.shape.row.col.d.a.b.c d, a, b, c
void Decoder::decodeMultiply() {
  wants(4);
  bool known = parts_.size() == 10 && parts_[1] == "sync" && parts_[2] == "aligned" &&
               parts_[4] == "row" && parts_[5] == "col";
  std::string form = known ? parts_[3] : "";
  for (size_t i = 6; known && i < 10; i++) form += "." + parts_[i];
  auto found = multiplications().find(form);
  if (found == multiplications().end()) refuse("this mma is not supported");
  const Multiplication& one = found->second;
  Program::Fragments fragments;
  fragments.out = words(operand(0), one.c);
  size_t counts[] = {one.a, one.b, one.c};
  for (size_t i = 0; i < 3; i++)
    for (uint32_t offset : words(operand(i + 1), counts[i])) fragments.in.push_back(offset);
  emitWarp(one.execute, wholeWarp()).fragments = addFragments(std::move(fragments));
}

// ldmatrix.sync.aligned.m8n8.x1{.trans}{.shared}.b16 d, [p]
void Decoder::decodeLoadMatrix() {
  wants(2);
  static const std::map<std::string, size_t> counts = {{"x1", 1}, {"x2", 2}, {"x4", 4}};
  bool known = parts_.size() >= 6 && parts_[1] == "sync" && parts_[2] == "aligned" &&
               parts_[3] == "m8n8" && counts.count(parts_[4]) && parts_.back() == "b16";
  bool transposed = false;
  Space space = Space::Generic;
  for (size_t i = 5; known && i + 1 < parts_.size(); i++) {
    if (parts_[i] == "trans")
      transposed = true;
    else if (parts_[i] == "shared" || parts_[i] == "shared::cta")
      space = Space::Shared;
    else
      known = false;
  }
  if (!known) refuse("this ldmatrix is not supported");
  Program::Fragments fragments;
  fragments.out = words(operand(0), counts.at(parts_[4]));
  Insn& insn = emitWarp(transposed ? loadMatrixTransposed : loadMatrix, wholeWarp());
  insn.fragments = addFragments(std::move(fragments));
  insn.bytes = 16;
  setAddress(insn, operand(1), space);
}

uint32_t Decoder::addFragments(Program::Fragments fragments) {
  program_.fragments.push_back(std::move(fragments));
  return static_cast<uint32_t>(program_.fragments.size() - 1);
}

}  // namespace softcuda
