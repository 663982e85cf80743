// What lanes exchange, and atomics: a vector for each form that the decoder knows.
#include <functional>
#include <set>
#include <tuple>

#include "exec/warp_ops.h"
#include "tests/device.h"

using namespace test;

namespace {

const std::string kHead = ".version 7.0\n.target sm_80\n.address_size 64\n";

using Words = std::vector<unsigned>;

// One warp: each lane has three words of its own in %a, %b, %c, and leaves its result in %r.
Words inWarp(const std::string& body, const Words& a, const Words& b = Words(32),
             const Words& c = Words(32)) {
  Kernels kernels(
      kHead +
      ".visible .entry k(.param .u64 a, .param .u64 b, .param .u64 c, .param .u64 out)\n{\n"
      ".reg .b32 %a, %b, %c, %r, %s, %lane; .reg .b64 %d, %p<4>; .reg .pred %q<4>;\n"
      "mov.u32 %lane, %tid.x;\n"
      "ld.param.u64 %p0, [a]; mad.wide.u32 %p0, %lane, 4, %p0; ld.global.b32 %a, [%p0];\n"
      "ld.param.u64 %p1, [b]; mad.wide.u32 %p1, %lane, 4, %p1; ld.global.b32 %b, [%p1];\n"
      "ld.param.u64 %p2, [c]; mad.wide.u32 %p2, %lane, 4, %p2; ld.global.b32 %c, [%p2];\n"
      "ld.param.u64 %p3, [out]; mad.wide.u32 %p3, %lane, 4, %p3;\n" +
      body + "\nst.global.b32 [%p3], %r;\nret;\n}\n");
  Array<unsigned> da(a), db(b), dc(c), out(32);
  OK(kernels.run("k", 1, 32, 0, da.address(), db.address(), dc.address(), out.address()));
  return out.get();
}

Words each(const std::function<unsigned(unsigned lane)>& f) {
  Words words(32);
  for (unsigned lane = 0; lane < 32; lane++) words[lane] = f(lane);
  return words;
}

void equalWords(const Words& got, const Words& expected, int line) {
  for (size_t lane = 0; lane < 32; lane++)
    test::equal(got[lane], expected[lane], ("lane " + std::to_string(lane)).c_str(), line);
}
#define EQUAL_WORDS(got, ...) equalWords(got, __VA_ARGS__, __LINE__)

Words all(unsigned value) { return Words(32, value); }

// shfl.sync from lanes that hold 100 + lane; 1000 more where the predicate says "in range".
Words shuffled(const std::string& mode, const Words& b, const Words& c) {
  return inWarp("shfl.sync." + mode + ".b32 %r|%q1, %a, %b, %c, -1;\n@%q1 add.u32 %r, %r, 1000;",
                each([](unsigned lane) { return 100 + lane; }), b, c);
}

struct ShuffleCase {
  std::string mode;
  unsigned b, c;
  std::function<int(int lane)> from;  // -1: out of range, the own value
};

// c as CUDA's functions of a width make it.
unsigned width(unsigned lanes, unsigned clamp = 31) { return (32 - lanes) << 8 | clamp; }

const std::vector<ShuffleCase> kShuffles = {
    {"up", 1, width(32, 0), [](int l) { return l >= 1 ? l - 1 : -1; }},
    {"up", 3, width(8, 0), [](int l) { return l % 8 >= 3 ? l - 3 : -1; }},
    {"up", 0, width(32, 0), [](int l) { return l; }},
    {"up", 31, width(32, 0), [](int l) { return l == 31 ? 0 : -1; }},
    {"up", 33, width(32, 0), [](int l) { return l >= 1 ? l - 1 : -1; }},
    {"up", 2, width(32, 5), [](int l) { return l >= 7 ? l - 2 : -1; }},
    {"down", 1, width(32), [](int l) { return l < 31 ? l + 1 : -1; }},
    {"down", 5, width(16), [](int l) { return l % 16 < 11 ? l + 5 : -1; }},
    {"down", 31, width(32), [](int l) { return l == 0 ? 31 : -1; }},
    {"down", 2, width(32, 20), [](int l) { return l <= 18 ? l + 2 : -1; }},
    {"bfly", 1, width(32), [](int l) { return l ^ 1; }},
    {"bfly", 16, width(32), [](int l) { return l ^ 16; }},
    {"bfly", 4, width(4), [](int l) { return l & 4 ? l ^ 4 : -1; }},
    {"bfly", 8, width(32, 15), [](int l) { return (l ^ 8) <= 15 ? l ^ 8 : -1; }},
    {"idx", 7, width(32), [](int) { return 7; }},
    {"idx", 6, width(4), [](int l) { return l / 4 * 4 + 2; }},
    {"idx", 40, width(32), [](int) { return 8; }},
    {"idx", 20, width(32, 9), [](int) { return -1; }},
};

// An atomic of one thread: what the place holds before and after; the result is what it held.
struct AtomicCase {
  std::string form;
  unsigned long long before, b, c, after;
};

constexpr unsigned long long kMinus = ~0ull, kWord = 0xffffffff, kTop = 1ull << 63;

const std::vector<AtomicCase> kAtomics = {
    {"exch.b32", 5, 7, 0, 7},
    {"exch.b64", 5, 1ull << 40, 0, 1ull << 40},
    {"cas.b32", 5, 5, 9, 9},
    {"cas.b32", 5, 6, 9, 5},
    {"cas.b64", 5ull << 40, 5ull << 40, 9, 9},
    {"cas.b64", 5ull << 40, 5, 9, 5ull << 40},
    {"and.b32", 0xff00ff00, 0x0ff00ff0, 0, 0x0f000f00},
    {"and.b64", kMinus, kTop | 3, 0, kTop | 3},
    {"or.b32", 0xff000000, 0x000000ff, 0, 0xff0000ff},
    {"or.b64", 1, kTop, 0, kTop | 1},
    {"xor.b32", 0xff00ff00, 0x0ff00ff0, 0, 0xf0f0f0f0},
    {"xor.b64", kMinus, 1, 0, kMinus - 1},
    {"add.u32", kWord, 2, 0, 1},
    {"add.s32", 0x7fffffff, 1, 0, 0x80000000},
    {"add.u64", kWord, 1, 0, 1ull << 32},
    {"min.u32", kWord, 1, 0, 1},
    {"min.s32", kWord, 1, 0, kWord},
    {"min.u64", kMinus, 1, 0, 1},
    {"min.s64", kMinus, 1, 0, kMinus},
    {"max.u32", kWord, 1, 0, kWord},
    {"max.s32", kWord, 1, 0, 1},
    {"max.u64", kMinus, 1, 0, kMinus},
    {"max.s64", kTop, kMinus, 0, kMinus},
    {"inc.u32", 4, 5, 0, 5},
    {"inc.u32", 5, 5, 0, 0},
    {"inc.u32", 6, 5, 0, 0},
    {"dec.u32", 5, 5, 0, 4},
    {"dec.u32", 6, 5, 0, 5},
    {"dec.u32", 0, 5, 0, 5},
    {"add.f32", 0x3f800000, 0x33800000, 0, 0x3f800000},
    {"add.f32", 0x3f800001, 0x33800000, 0, 0x3f800002},
    {"add.f32", 0x7f800000, 0xff800000, 0, 0x7fffffff},
    {"add.f32", 0x80000000, 0x80000000, 0, 0x80000000},
    {"add.f64", 0x3ff0000000000000, 0x3ca0000000000000, 0, 0x3ff0000000000000},
    {"add.f64", 1, 1, 0, 2},
};

// What atom, or red, makes of the case in a space; atom's result in `old`.
unsigned long long atomically(const std::string& opcode, const std::string& space,
                              const AtomicCase& one, unsigned long long& old) {
  std::string bits = one.form.substr(one.form.size() - 2);
  bool returns = opcode == "atom";
  Kernels kernels(kHead +
                  ".visible .entry k(.param .u64 p, .param .u64 b, .param .u64 c)\n{\n"
                  ".shared .align 8 .b8 s[8];\n.reg .b" +
                  bits +
                  " %o, %b, %c; .reg .b64 %p, %q, %old;\n"
                  "ld.param.u64 %p, [p]; ld.param.b" +
                  bits + " %b, [b]; ld.param.b" + bits +
                  " %c, [c];\n"
                  "mov.u64 %q, " +
                  (space == "shared" ? "s" : "%p") +
                  ";\n"
                  "ld.global.b64 %old, [%p]; st." +
                  space + ".b64 [%q], %old;\n" + opcode + "." + space + "." + one.form +
                  (returns ? " %o," : "") + " [%q], %b" +
                  (one.form.substr(0, 3) == "cas" ? ", %c" : "") +
                  ";\n"
                  "ld." +
                  space + ".b64 %old, [%q]; st.global.b64 [%p], %old;\n" +
                  (returns ? "st.global.b" + bits + " [%p+8], %o;\n" : "") + "ret;\n}\n");
  Array<unsigned long long> place(std::vector<unsigned long long>{one.before, 0});
  OK(kernels.run("k", 1, 1, 0, place.address(), one.b, one.c));
  old = place.get()[1];
  return place.get()[0];
}

}  // namespace

TEST(shuffles_of_every_mode) {
  Device device;
  std::set<std::string> seen;
  for (const ShuffleCase& one : kShuffles) {
    seen.insert(one.mode);
    EQUAL_WORDS(shuffled(one.mode, all(one.b), all(one.c)), each([&](unsigned lane) {
                  int from = one.from(static_cast<int>(lane));
                  return from < 0 ? 100 + lane : 1100 + static_cast<unsigned>(from);
                }));
  }
  for (const auto& [mode, value] : softcuda::shuffles()) CHECK_THAT(seen.count(mode), mode);
}

// Each lane may name another.
TEST(shuffles_of_a_permutation) {
  Device device;
  EQUAL_WORDS(shuffled("idx", each([](unsigned lane) { return lane * 5 + 3; }), all(31)),
              each([](unsigned lane) { return 1100 + (lane * 5 + 3) % 32; }));
}

TEST(votes_of_every_kind) {
  Device device;
  // Of the lower half of the warp, which is all that votes.
  auto voted = [](const std::string& form, const Words& a) {
    bool ballot = form == "ballot.b32";
    return inWarp(
        "mov.u32 %r, 77;\nsetp.ge.u32 %q0, %lane, 16;\n@%q0 bra END;\n"
        "setp.ne.u32 %q1, %a, 0;\nvote.sync." +
            form + (ballot ? " %r" : " %q2") + ", %q1, 0xffff;\n" +
            (ballot ? "" : "selp.b32 %r, 1, 0, %q2;\n") + "END:",
        a);
  };
  struct Case {
    std::string form;
    Words none, some, whole;
  };
  auto half = [](unsigned value) { return each([=](unsigned l) { return l < 16 ? value : 77; }); };
  const std::vector<Case> cases = {{"all.pred", half(0), half(0), half(1)},
                                   {"any.pred", half(0), half(1), half(1)},
                                   {"uni.pred", half(1), half(0), half(1)},
                                   {"ballot.b32", half(0), half(0x8421), half(0xffff)}};
  for (const Case& one : cases) {
    // Lanes that do not vote do not count.
    EQUAL_WORDS(voted(one.form, each([](unsigned l) { return l >= 16; })), one.none);
    EQUAL_WORDS(voted(one.form, each([](unsigned l) { return 0x8421u >> l & 1; })), one.some);
    EQUAL_WORDS(voted(one.form, each([](unsigned l) { return l < 16; })), one.whole);
  }
  EQUAL(softcuda::votes().size(), cases.size());
}

TEST(matches) {
  Device device;
  auto values = each([](unsigned lane) { return lane % 3; });
  auto same = each([](unsigned lane) { return 0x49249249u << lane % 3; });
  EQUAL_WORDS(inWarp("match.any.sync.b32 %r, %a, -1;", values), same);
  // Alike in the lower halves.
  EQUAL_WORDS(inWarp("mov.b64 %d, {%b, %a};\nmatch.any.sync.b64 %r, %d, -1;", values), same);
}

TEST(reductions_of_every_kind) {
  Device device;
  auto values = each([](unsigned lane) { return lane == 9 ? 0xfffffff0 : lane + 5; });
  // The exclusive or of 5 to 36 is 32; 14 is left out of it.
  unsigned sum = 0xfffffff0 + 32 * 5 + 31 * 16 - 14;
  const std::vector<std::pair<std::string, unsigned>> cases = {
      {"add.u32", sum},        {"add.s32", sum},        {"min.u32", 5},
      {"max.u32", 0xfffffff0}, {"min.s32", 0xfffffff0}, {"max.s32", 36u},
      {"and.b32", 0},          {"or.b32", 0xffffffff},  {"xor.b32", 0xfffffff0 ^ 32 ^ 14}};
  for (const auto& [form, result] : cases)
    EQUAL_WORDS(inWarp("redux.sync." + form + " %r, %a, -1;", values), all(result));
  EQUAL(softcuda::reductions().size(), cases.size());
}

TEST(active_lanes) {
  Device device;
  EQUAL_WORDS(inWarp("mov.u32 %r, 0;\nsetp.lt.u32 %q0, %lane, 5;\n@%q0 activemask.b32 %r;", all(0)),
              each([](unsigned lane) { return lane < 5 ? 31u : 0u; }));
}

TEST(barriers_that_reduce) {
  Device device;
  auto odd = each([](unsigned lane) { return lane & 1; });
  std::string vote = "setp.ne.u32 %q0, %a, 0;\nbar.red.";
  EQUAL_WORDS(inWarp(vote + "popc.u32 %r, 0, %q0;", odd), all(16));
  EQUAL_WORDS(inWarp(vote + "popc.u32 %r, 0, !%q0;", each([](unsigned l) { return l < 3; })),
              all(29));
  for (auto [form, ofOdd, ofAll] : {std::tuple{"and", 0u, 1u}, {"or", 1u, 1u}}) {
    std::string body = vote + form + ".pred %q1, 0, %q0;\nselp.b32 %r, 1, 0, %q1;";
    EQUAL_WORDS(inWarp(body, odd), all(ofOdd));
    EQUAL_WORDS(inWarp(body, all(1)), all(ofAll));
    EQUAL_WORDS(inWarp(body, all(0)), all(0));
  }
}

TEST(atomics_of_every_form) {
  Device device;
  std::set<std::string> seen;
  for (const AtomicCase& one : kAtomics) {
    seen.insert(one.form);
    for (const char* space : {"global", "shared"}) {
      unsigned long long old;
      EQUAL(atomically("atom", space, one, old), one.after);
      EQUAL(old, one.before);
      bool swaps = one.form[0] == 'e' || one.form[0] == 'c';
      if (!swaps) EQUAL(atomically("red", space, one, old), one.after);
    }
  }
  for (const auto& [form, execute] : softcuda::atomics()) CHECK_THAT(seen.count(form), form);
}

// atom.add.f32 flushes subnormals in global memory, in shared memory it does not.
TEST(atomic_sums_of_subnormals) {
  Device device;
  unsigned long long old;
  EQUAL(atomically("atom", "global", {"add.f32", 1, 1, 0, 0}, old), 0u);
  EQUAL(atomically("atom", "global", {"add.f32", 0x80000001, 0x80000001, 0, 0}, old), 0x80000000u);
  EQUAL(atomically("atom", "shared", {"add.f32", 1, 1, 0, 0}, old), 2u);
}
