// The table of lanewise instructions: a name as PTX spells it, the types of its operands, and what
// executes it.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "exec/lanewise.h"

namespace softcuda {

struct Form {
  Execute execute;
  Type out;
  std::vector<Type> in;
};

using Forms = std::unordered_map<std::string, Form>;

// All of them, made on first use.
const Forms& forms();

template <class T>
Type typeOf() {
  if constexpr (std::is_same_v<T, bool>)
    return {'p', 1};
  else if constexpr (std::is_floating_point_v<T>)
    return {'f', static_cast<int>(sizeof(T) * 8)};
  else
    return {std::is_signed_v<T> ? 's' : 'u', static_cast<int>(sizeof(T) * 8)};
}

// ".s32" for int32_t
template <class T>
std::string nameOf() {
  Type type = typeOf<T>();
  return "." + std::string(1, type.kind) + std::to_string(type.bits);
}

template <class F>
struct SignatureOf;
template <class C, class D, class... S>
struct SignatureOf<D (C::*)(S...) const> {
  using Plain = D(S...);
  static Form form(Execute execute) { return {execute, typeOf<D>(), {typeOf<S>()...}}; }
};

// Adds the form that computes F, a lambda without captures.
template <auto F>
void add(Forms& table, const std::string& name) {
  using Signature = SignatureOf<decltype(&decltype(F)::operator())>;
  table[name] = Signature::form(Lanewise<F, typename Signature::Plain>::run);
}

// Adds F under the rounding modifiers rz, rm, rp: `before` + ".rz" + `after` and so on.
template <auto F>
void addDirected(Forms& table, const std::string& before, const std::string& after) {
  using Signature = SignatureOf<decltype(&decltype(F)::operator())>;
  constexpr Execute run = Lanewise<F, typename Signature::Plain>::run;
  table[before + ".rz" + after] = Signature::form(underRounding<run, FE_TOWARDZERO>);
  table[before + ".rm" + after] = Signature::form(underRounding<run, FE_DOWNWARD>);
  table[before + ".rp" + after] = Signature::form(underRounding<run, FE_UPWARD>);
}

void addIntegerForms(Forms& table);
void addBitForms(Forms& table);
void addFloatForms(Forms& table);
void addCompareForms(Forms& table);
void addConvertForms(Forms& table);
void addRoundForms(Forms& table);
void addApproximateForms(Forms& table);

}  // namespace softcuda
