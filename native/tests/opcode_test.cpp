// Tables of vectors per opcode: source bits and the result that the PTX ISA demands. Those here are
// worked out by hand or by IEEE arithmetic known from elsewhere; those of vectors.txt, which hold
// every form, by vectors.py in exact arithmetic.
#include <cstring>
#include <set>

#include "exec/forms.h"
#include "ptx/decode.h"
#include "ptx/parser.h"
#include "tests/device.h"

using namespace test;

namespace {

using Bits = unsigned long long;

struct Row {
  std::string opcode;
  std::string types;  // as in vectors.py
  struct Vector {
    std::vector<Bits> in;
    Bits out;
    bool anyNaN = false;
  };
  std::vector<Vector> vectors;
};

constexpr Bits kNaN = 0x7fc00000, kOne = 0x3f800000, kCanonical = 0x7fffffff, kInf = 0x7f800000;
constexpr Bits kTiny = 0x00000001, kMinus = 0x80000000;
constexpr Bits kDoubleNaN = 0x7ff8000000000000, kDoubleOne = 0x3ff0000000000000;

const std::vector<Row>& table() {
  static const std::vector<Row> rows = {
      {"add.s32", "www", {{{0x7fffffff, 1}, 0x80000000}, {{5, 0xfffffffe}, 3}}},
      {"add.sat.s32",
       "www",
       {{{0x7fffffff, 1}, 0x7fffffff}, {{0x80000000, 0xffffffff}, 0x80000000}, {{2, 3}, 5}}},
      {"sub.sat.s32", "www", {{{0x80000000, 1}, 0x80000000}, {{7, 9}, 0xfffffffe}}},
      {"sub.u64", "ddd", {{{0, 1}, ~0ull}, {{1ull << 40, 1}, 0xffffffffff}}},
      {"add.u16", "hhh", {{{0xffff, 2}, 1}}},
      {"mul.lo.s32", "www", {{{0x10001, 0x10001}, 0x20001}, {{0xffffffff, 7}, 0xfffffff9}}},
      {"mul.hi.u32", "www", {{{0xffffffff, 0xffffffff}, 0xfffffffe}, {{0x80000000, 2}, 1}}},
      {"mul.hi.s32",
       "www",
       {{{0xffffffff, 2}, 0xffffffff}, {{0x80000000, 0x80000000}, 0x40000000}}},
      {"mul.hi.u64", "ddd", {{{~0ull, ~0ull}, ~0ull - 1}, {{1ull << 63, 4}, 2}}},
      {"mul.hi.s64", "ddd", {{{~0ull, 3}, ~0ull}}},
      {"mul.wide.s32",
       "dww",
       {{{0xffffffff, 3}, 0xfffffffffffffffd}, {{0x80000000, 0x80000000}, 1ull << 62}}},
      {"mul.wide.u32", "dww", {{{0xffffffff, 0xffffffff}, 0xfffffffe00000001}}},
      {"mul.wide.u16", "whh", {{{0xffff, 0xffff}, 0xfffe0001}}},
      {"mul.wide.s16", "whh", {{{0xffff, 0x7fff}, 0xffff8001}}},
      {"mad.lo.s32", "wwww", {{{3, 0xfffffffe, 1}, 0xfffffffb}}},
      {"mad.wide.s32", "dwwd", {{{0xffffffff, 5, 10}, 5}}},
      {"mul24.lo.s32", "www", {{{0x00ffffff, 3}, 0xfffffffd}, {{0x7f000002, 3}, 6}}},
      {"div.s32", "www", {{{0xfffffff9, 2}, 0xfffffffd}, {{0x80000000, 0xffffffff}, 0x80000000}}},
      {"rem.s32", "www", {{{0xfffffff9, 2}, 0xffffffff}, {{7, 0xfffffffe}, 1}}},
      {"div.u32", "www", {{{0xfffffff9, 2}, 0x7ffffffc}}},
      {"div.s64", "ddd", {{{static_cast<Bits>(-7), 2}, static_cast<Bits>(-3)}}},
      {"rem.u64", "ddd", {{{1000000000007, 10}, 7}}},
      {"abs.s32", "ww", {{{0xfffffffb}, 5}, {{0x80000000}, 0x80000000}}},
      {"neg.s64", "dd", {{{1}, ~0ull}}},
      {"min.s32", "www", {{{0xffffffff, 1}, 0xffffffff}}},
      {"min.u32", "www", {{{0xffffffff, 1}, 1}}},
      {"max.s64", "ddd", {{{~0ull, 1}, 1}}},
      {"sad.u32", "wwww", {{{3, 10, 100}, 107}, {{10, 3, 100}, 107}}},
      {"sad.s32", "wwww", {{{0xffffffff, 1, 0}, 2}}},
      {"shl.b32", "www", {{{1, 31}, 0x80000000}, {{1, 32}, 0}, {{1, 255}, 0}}},
      {"shl.b64", "ddw", {{{1, 63}, 1ull << 63}, {{1, 64}, 0}}},
      {"shr.u32", "www", {{{0x80000000, 31}, 1}, {{0x80000000, 32}, 0}}},
      {"shr.s32",
       "www",
       {{{0x80000000, 31}, 0xffffffff}, {{0x80000000, 99}, 0xffffffff}, {{0x40000000, 99}, 0}}},
      {"shr.s64", "ddw", {{{1ull << 63, 200}, ~0ull}}},
      {"shr.u16", "hhw", {{{0x8000, 15}, 1}, {{0x8000, 16}, 0}}},
      {"shf.l.wrap.b32",
       "wwww",
       {{{0x80000000, 1, 1}, 3}, {{0x12345678, 0xabcdef01, 32}, 0xabcdef01}}},
      {"shf.r.clamp.b32",
       "wwww",
       {{{0xabcdef01, 0x12345678, 32}, 0x12345678}, {{2, 1, 1}, 0x80000001}}},
      {"and.b32", "www", {{{0xff00ff00, 0x0ff00ff0}, 0x0f000f00}}},
      {"xor.b64", "ddd", {{{~0ull, 1}, ~1ull}}},
      {"not.b16", "hh", {{{0x00ff}, 0xff00}}},
      {"cnot.b32", "ww", {{{0}, 1}, {{5}, 0}}},
      {"lop3.b32",
       "wwwwi",
       {{{0xf0, 0xcc, 0xaa, 0x96}, 0x96},
        {{0xf0f0f0f0, 0xcccccccc, 0xaaaaaaaa, 0xe8}, 0xe8e8e8e8}}},
      {"popc.b64", "wd", {{{~0ull}, 64}, {{5}, 2}}},
      {"clz.b32", "ww", {{{0}, 32}, {{1}, 31}}},
      {"clz.b64", "wd", {{{0}, 64}, {{1ull << 40}, 23}}},
      {"brev.b32", "ww", {{{1}, 0x80000000}, {{0x12345678}, 0x1e6a2c48}}},
      {"bfind.u32", "ww", {{{0}, 0xffffffff}, {{0x00400000}, 22}}},
      {"bfind.s32", "ww", {{{0xffffffff}, 0xffffffff}, {{0xfffffff0}, 3}}},
      {"bfind.shiftamt.u32", "ww", {{{1}, 31}, {{0}, 0xffffffff}}},
      {"bfe.u32", "wwww", {{{0x12345678, 8, 8}, 0x56}, {{0xffffffff, 28, 8}, 0xf}, {{5, 0, 0}, 0}}},
      {"bfe.s32", "wwww", {{{0x00008000, 8, 8}, 0xffffff80}, {{0xf0000000, 28, 8}, 0xffffffff}}},
      {"bfi.b32", "wwwww", {{{0xab, 0x11111111, 8, 8}, 0x1111ab11}, {{3, 0, 31, 5}, 0x80000000}}},
      {"prmt.b32",
       "wwww",
       {{{0x33221100, 0x77665544, 0x7531}, 0x77553311}, {{0x80, 0, 0x0008}, 0x808080ff}}},
      {"selp.b32", "wwwp", {{{1, 2, 1}, 1}, {{1, 2, 0}, 2}}},
      {"add.f32",
       "www",
       {{{kOne, kNaN}, kCanonical}, {{kTiny, kTiny}, 2}, {{kInf, 0xff800000}, kCanonical}}},
      {"add.ftz.f32", "www", {{{kTiny, kTiny}, 0}, {{0x80000001, 0x80000001}, kMinus}}},
      {"add.sat.f32", "www", {{{kOne, kOne}, kOne}, {{0xbf800000, 0}, 0}, {{kNaN, 0}, 0}}},
      {"add.rz.f32", "www", {{{kOne, 0x337fffff}, kOne}, {{0xbf800000, 0xb3ffffff}, 0xbf800000}}},
      {"add.rp.f32", "www", {{{kOne, kTiny}, 0x3f800001}}},
      {"add.rm.f32", "www", {{{kOne, 0x80000001}, 0x3f7fffff}}},
      {"add.rn.f32", "www", {{{kOne, 0x33800000}, kOne}, {{0x3f800001, 0x33800000}, 0x3f800002}}},
      {"mul.f32", "www", {{{0x00800000, 0x3f000000}, 0x00400000}, {{0, kInf}, kCanonical}}},
      {"mul.rz.f32",
       "www",
       {{{0x3f800001, 0x3f800001}, 0x3f800002}, {{0x3f7fffff, 0x3f7fffff}, 0x3f7ffffe}}},
      {"mul.rp.f32", "www", {{{0x3f800001, 0x3f800001}, 0x3f800003}}},
      // Fused: through double, rounding twice gives 0x1.004p0 exactly, which is wrong.
      {"fma.rn.f32",
       "wwww",
       {{{0x3f801800, 0x3f800800, 0x8d800000}, 0x3f802001}, {{kOne, kOne, 0x33800000}, kOne}}},
      {"fma.rm.f32", "wwww", {{{kOne, kOne, 0xb0000000}, 0x3f7fffff}}},
      {"fma.rn.sat.f32", "wwww", {{{kOne, kOne, kOne}, kOne}}},
      {"div.rn.f32", "www", {{{kOne, 0x40400000}, 0x3eaaaaab}, {{kOne, 0}, kInf}}},
      {"div.rz.f32", "www", {{{kOne, 0x40400000}, 0x3eaaaaaa}}},
      {"rcp.rn.f32", "ww", {{{0x40400000}, 0x3eaaaaab}, {{kMinus}, 0xff800000}}},
      {"sqrt.rn.f32",
       "ww",
       {{{0x40000000}, 0x3fb504f3}, {{0xbf800000}, kCanonical}, {{kMinus}, kMinus}}},
      {"sqrt.rp.f32", "ww", {{{0x40000000}, 0x3fb504f4}}},
      {"min.f32", "www", {{{kNaN, kOne}, kOne}, {{0, kMinus}, kMinus}, {{kNaN, kNaN}, kCanonical}}},
      {"max.f32", "www", {{{kOne, kNaN}, kOne}, {{kMinus, 0}, 0}}},
      {"min.NaN.f32", "www", {{{kNaN, kOne}, kCanonical}, {{kOne, 0}, 0}}},
      {"abs.f32", "ww", {{{0xbf800000}, kOne}}},
      {"neg.f32", "ww", {{{kOne}, 0xbf800000}, {{0}, kMinus}}},
      {"copysign.f32", "www", {{{0xbf800000, 0x40000000}, 0xc0000000}}},
      {"ex2.approx.ftz.f32",
       "ww",
       {{{0x40400000}, 0x41000000}, {{0xc3100000}, 0}, {{0xff800000}, 0}}},
      {"ex2.approx.f32", "ww", {{{0xc3140000}, 2}, {{kInf}, kInf}}},
      {"lg2.approx.f32",
       "ww",
       {{{0x41000000}, 0x40400000}, {{0}, 0xff800000}, {{0xbf800000}, kCanonical}}},
      {"rcp.approx.ftz.f32", "ww", {{{0x40000000}, 0x3f000000}, {{kTiny}, kInf}}},
      {"rsqrt.approx.f32", "ww", {{{0x40800000}, 0x3f000000}, {{0}, kInf}}},
      {"sin.approx.f32", "ww", {{{0}, 0}, {{0x3fc90fdb}, kOne}, {{kInf}, kCanonical}}},
      {"cos.approx.f32", "ww", {{{0}, kOne}}},
      {"tanh.approx.f32", "ww", {{{0}, 0}, {{kInf}, kOne}}},
      {"add.f64", "ddd", {{{kDoubleOne, 0x3ca0000000000000}, kDoubleOne}}},
      {"fma.rn.f64",
       "dddd",
       {{{0x3ff0000000000001, 0x3ff0000000000002, 0xbff0000000000000}, 0x3cc8000000000001}}},
      {"div.rp.f64", "ddd", {{{kDoubleOne, 0x4008000000000000}, 0x3fd5555555555556}}},
      {"max.f64", "ddd", {{{kDoubleNaN, kDoubleOne}, kDoubleOne}}},
      {"rcp.approx.ftz.f64", "dd", {{{0x4000000000000000}, 0x3fe0000000000000}}},
      {"setp.lt.s32", "pww", {{{0xffffffff, 0}, 1}, {{0, 0}, 0}}},
      {"setp.lt.u32", "pww", {{{0xffffffff, 0}, 0}}},
      {"setp.ge.s64", "pdd", {{{~0ull, 0}, 0}, {{0, 0}, 1}}},
      {"setp.hs.u32", "pww", {{{5, 5}, 1}, {{4, 5}, 0}}},
      {"setp.eq.f32", "pww", {{{kNaN, kNaN}, 0}, {{0, kMinus}, 1}}},
      {"setp.ne.f32", "pww", {{{kNaN, kOne}, 0}, {{kOne, 0}, 1}}},
      {"setp.neu.f32", "pww", {{{kNaN, kOne}, 1}}},
      {"setp.geu.f32", "pww", {{{kNaN, kOne}, 1}, {{0, kOne}, 0}}},
      {"setp.nan.f32", "pww", {{{kNaN, kOne}, 1}, {{kOne, kOne}, 0}}},
      {"setp.num.f64", "pdd", {{{kDoubleNaN, 0}, 0}, {{0, 0}, 1}}},
      {"setp.gt.ftz.f32", "pww", {{{kTiny, 0}, 0}}},
      {"testp.finite.f32", "pw", {{{kInf}, 0}, {{kOne}, 1}}},
      {"cvt.rzi.s32.f32",
       "ww",
       {{{0xbfc00000}, 0xffffffff},
        {{0x4f000000}, 0x7fffffff},
        {{0xcf800000}, 0x80000000},
        {{kNaN}, 0}}},
      {"cvt.rni.s32.f32", "ww", {{{0x3f000000}, 0}, {{0x3fc00000}, 2}, {{0x40200000}, 2}}},
      {"cvt.rmi.s32.f32", "ww", {{{0xbf000000}, 0xffffffff}}},
      {"cvt.rpi.u32.f32", "ww", {{{0x3f000000}, 1}, {{0xbf800000}, 0}, {{0x4f800000}, 0xffffffff}}},
      {"cvt.rzi.s64.f32", "dw", {{{kNaN}, 1ull << 63}, {{0x5f000000}, 0x7fffffffffffffff}}},
      {"cvt.rzi.s32.f64", "wd", {{{kDoubleNaN}, 0x80000000}, {{0xc000000000000000}, 0xfffffffe}}},
      {"cvt.rzi.u64.f64", "dd", {{{0x43f0000000000000}, ~0ull}, {{0x4000000000000000}, 2}}},
      {"cvt.rzi.u8.f32", "hw", {{{0x43960000}, 255}, {{0x40e00000}, 7}}},
      {"cvt.rni.f32.f32", "ww", {{{0x40200000}, 0x40000000}, {{0xbe800000}, kMinus}}},
      {"cvt.sat.f32.f32", "ww", {{{0x40000000}, kOne}, {{0xbf800000}, 0}, {{kNaN}, 0}}},
      {"cvt.rn.f32.s32", "ww", {{{0x01000001}, 0x4b800000}, {{0xffffffff}, 0xbf800000}}},
      {"cvt.rz.f32.u32", "ww", {{{0xffffffff}, 0x4f7fffff}}},
      {"cvt.rn.f32.u64", "wd", {{{~0ull}, 0x5f800000}, {{0x8000008000000001}, 0x5f000001}}},
      {"cvt.rn.f64.s64", "dd", {{{~0ull}, 0xbff0000000000000}}},
      {"cvt.rn.f32.f64", "wd", {{{0x3ff0000010000000}, kOne}, {{0x3ff0000010000001}, 0x3f800001}}},
      {"cvt.rp.f32.f64", "wd", {{{0x3ff0000000000001}, 0x3f800001}}},
      {"cvt.f64.f32", "dw", {{{kTiny}, 0x36a0000000000000}}},
      {"cvt.s64.s32", "dw", {{{0x80000000}, 0xffffffff80000000}}},
      {"cvt.u64.u32", "dw", {{{0x80000000}, 0x80000000}}},
      {"cvt.s32.s8", "ww", {{{0x1ff}, 0xffffffff}, {{0x7f}, 0x7f}}},
      {"cvt.u32.u8", "wh", {{{0x1ff}, 0xff}}},
      {"cvt.u8.u32", "hw", {{{0x1ff}, 0xff}}},
      {"cvt.s8.s32", "ww", {{{0x80}, 0xffffff80}}},
      {"cvt.u16.u64", "hd", {{{0x12345}, 0x2345}}},
      {"cvt.sat.u8.s32", "hw", {{{300}, 255}, {{0xffffffff}, 0}}},
      {"cvt.sat.s16.s32", "hw", {{{40000}, 0x7fff}}}};
  return rows;
}

// Lines of   opcode types: operands > result; ...
std::vector<Row> rowsOfFile() {
  std::vector<Row> rows;
  std::ifstream file("tests/vectors.txt");
  CHECK_THAT(bool(file), "tests/vectors.txt is missing: run the tests in the folder native");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    Row row;
    words >> row.opcode >> row.types;
    row.types.pop_back();
    for (std::string vector; std::getline(words, vector, ';');) {
      size_t arrow = vector.find('>');
      std::istringstream in(vector.substr(0, arrow)), out(vector.substr(arrow + 1));
      Row::Vector& made = row.vectors.emplace_back();
      for (Bits bits; in >> std::hex >> bits;) made.in.push_back(bits);
      made.anyNaN = vector.find("nan") != std::string::npos;
      if (!made.anyNaN) out >> std::hex >> made.out;
    }
    rows.push_back(row);
  }
  return rows;
}

int bitsOf(char type) { return type == 'h' ? 16 : type == 'd' ? 64 : 32; }

std::string reg(char type, size_t number) {
  return std::string("%") + type + std::to_string(number);
}

const std::string kHead = ".version 7.0\n.target sm_80\n.address_size 64\n";
constexpr int kTestedLine = 11;
constexpr size_t kSources = 5;

// Loads a thread's sources, does the one instruction, stores the result as 64 bits. An immediate is
// that of the first vector.
std::string kernelFor(const Row& row) {
  std::string loads, operands;
  char result = 0;
  size_t source = 0;
  for (char type : row.types) {
    bool ends = operands.empty() || operands.back() == '{';
    if (!ends && type != '}') operands += ", ";
    if (type == '{' || type == '}' || type == '_') {
      operands += type;
    } else if (!result) {
      result = type;
      operands += type == 'q' ? "%p7|%p0" : reg(type, 0);
    } else if (type == 'i') {
      operands += std::to_string(row.vectors[0].in[source++]);
    } else {
      std::string place = "[%in+" + std::to_string(source++ * 8) + "];";
      operands += reg(type, source);
      if (type == 'p')
        loads += " ld.global.b32 %w7, " + place + " setp.ne.s32 " + reg('p', source) + ", %w7, 0;";
      else
        loads +=
            " ld.global.b" + std::to_string(bitsOf(type)) + " " + reg(type, source) + ", " + place;
    }
  }
  bool isPredicate = result == 'p' || result == 'q';
  std::string width = isPredicate ? "32" : std::to_string(bitsOf(result));
  return kHead +
         ".visible .entry k(.param .u64 in, .param "
         ".u64 out)\n{\n"
         ".reg .b16 %h<8>; .reg .b32 %w<9>; .reg .b64 %d<8>; .reg .pred %p<8>; .reg .b64 %in, "
         "%out;\n"
         "ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %w8, %tid.x;\n"
         "mad.wide.u32 %in, %w8, 40, %in;\n"
         "mad.wide.u32 %out, %w8, 8, %out;\n" +
         loads + "\n" + row.opcode + " " + operands + ";\n" +
         (isPredicate ? "selp.b32 %w0, 1, 0, %p0;\n" : "") + "st.global.b" + width + " [%out], " +
         reg(isPredicate ? 'w' : result, 0) + ";\nret;\n}\n";
}

bool isNaN(char type, Bits bits) {
  return type == 'd' ? (bits & ~(1ull << 63)) > 0x7ff0000000000000 : (bits & 0x7fffffff) > kInf;
}

// Every vector in a lane of a full warp, and as many as fit in one with a lane less.
std::string wrongOf(const Row& row) {
  size_t count = row.vectors.size(), threads = (count + 31) / 32 * 32 + 31;
  std::vector<Bits> sources(threads * kSources);
  for (size_t t = 0; t < threads; t++)
    std::copy(row.vectors[t % count].in.begin(), row.vectors[t % count].in.end(),
              sources.begin() + static_cast<long>(t * kSources));
  Array<Bits> in(sources), out(threads);
  OK(cuMemsetD8_v2(out, 0, threads * 8));
  Kernels kernels(kernelFor(row));
  OK(kernels.run("k", 1, static_cast<unsigned>(threads), 0, in.address(), out.address()));
  auto got = out.get();
  OK(cuModuleUnload(kernels.module()));
  OK(cuMemFree_v2(in));
  OK(cuMemFree_v2(out));
  char result = row.types[row.types.find_first_not_of("{_")];
  for (size_t t = 0; t < threads; t++) {
    const Row::Vector& vector = row.vectors[t % count];
    if (vector.anyNaN ? isNaN(result, got[t]) : got[t] == vector.out) continue;
    char text[200];
    std::snprintf(text, sizeof text, "\n%s of %llx, %llx, %llx gives %llx, not %s%llx",
                  row.opcode.c_str(), sources[t * kSources], sources[t * kSources + 1],
                  sources[t * kSources + 2], got[t], vector.anyNaN ? "NaN " : "", vector.out);
    return text;
  }
  return "";
}

void checkAll(const std::vector<Row>& rows) {
  Device device;
  std::string wrong;
  for (const Row& row : rows) {
    if (row.types.find('i') == std::string::npos) {
      wrong += wrongOf(row);
      continue;
    }
    for (const Row::Vector& vector : row.vectors)
      wrong += wrongOf({row.opcode, row.types, {vector}});
  }
  CHECK_THAT(wrong.empty(), wrong);
}

}  // namespace

TEST(opcodes_by_hand) { checkAll(table()); }

TEST(opcodes_in_exact_arithmetic) { checkAll(rowsOfFile()); }

// Names that the decoder gives to parts of an instruction are covered where they are executed.
TEST(every_form_has_a_vector) {
  std::set<std::string> named;
  std::set<softcuda::Execute> executed;
  for (const Row& row : rowsOfFile()) {
    named.insert(row.opcode);
    auto module = softcuda::parse(kernelFor(row));
    auto program = softcuda::decode(module, module.functions.at("k"), {});
    for (const auto& insn : program.code)
      if (insn.line == kTestedLine) executed.insert(insn.execute);
  }
  std::string missing;
  for (const auto& [name, form] : softcuda::forms()) {
    std::string base = name.substr(0, name.find('.'));
    bool isPart = base == "pack" || base == "unpack" || base == "resize";
    if (isPart ? !executed.count(form.execute) : !named.count(name)) missing += " " + name;
  }
  CHECK_THAT(missing.empty(), "no vector:" + missing);
  CHECK(executed.size() > 600);
}

// Where ptxas is found, it accepts what this device does.
TEST(ptxas_accepts_every_form) {
  const std::string path = "PATH=$PATH:/usr/local/cuda/bin; ";
  if (std::system((path + "command -v ptxas >/dev/null").c_str()) != 0) {
    std::printf("skipped: no ptxas to try the instructions with\n");
    return;
  }
  std::string text = kHead;
  int count = 0;
  for (const Row& row : rowsOfFile()) {
    std::string kernel = kernelFor(row).substr(kHead.size());
    text += kernel.replace(kernel.find(" k("), 2, " k" + std::to_string(count++));
  }
  std::ofstream("build/forms.ptx") << text;
  CHECK(std::system((path + "ptxas -arch=sm_80 build/forms.ptx -o build/forms.cubin").c_str()) ==
        0);
}

// The vector paths: 32 and 31 lanes must give what one lane gives.
TEST(lanes_agree) {
  Device device;
  std::string text =
      ".version 7.0\n.target sm_75\n.address_size 64\n.visible .entry k(.param .u64 in, .param "
      ".u64 out)\n{\n"
      ".reg .b32 %r<9>;\n.reg .f32 %f<9>;\n.reg .b64 %a<9>;\n.reg .pred %p<4>;\n"
      "ld.param.u64 %a1, [in];\nld.param.u64 %a2, [out];\nmov.u32 %r1, %tid.x;\nmul.wide.u32 %a3, "
      "%r1, 4;\n"
      "add.s64 %a4, %a1, %a3;\nadd.s64 %a5, %a2, %a3;\nld.global.f32 %f1, [%a4];\n"
      "setp.lt.f32 %p1|%p2, %f1, 0f00000000;\n@%p1 neg.f32 %f1, %f1;\n@!%p1 add.rz.f32 %f1, %f1, "
      "0f3F800000;\n"
      "fma.rn.f32 %f2, %f1, %f1, %f1;\n@%p2 ex2.approx.f32 %f2, %f2;\nselp.f32 %f3, %f2, %f1, "
      "%p2;\n"
      "st.global.f32 [%a5], %f3;\nret;\n}\n";
  Kernels kernels(text);
  std::vector<float> values(32);
  for (int i = 0; i < 32; i++) values[i] = (i * 37 % 32 - 16) / 7.0f;
  Array<float> in(values), all(32), some(32), one(32);
  OK(kernels.run("k", 1, 32, 0, in.address(), all.address()));
  OK(kernels.run("k", 1, 31, 0, in.address(), some.address()));
  for (int i = 0; i < 32; i++) {
    OK(kernels.run("k", 1, 1, 0, in.address() + 4 * i, one.address() + 4 * i));
    if (i < 31) EQUAL(some.get()[i], all.get()[i]);
    EQUAL(one.get()[i], all.get()[i]);
    CHECK(values[i] >= 0 || all.get()[i] == -values[i]);
  }
}
