// mma.sync and ldmatrix: by the fragments of the PTX ISA, and whole products as kernels make them.
#include "exec/matrix.h"

#include <bit>
#include <cmath>

#include "tests/device.h"

using namespace test;

namespace {

using Words = std::vector<unsigned>;
using Matrix = std::vector<std::vector<float>>;

const std::string kHead = ".version 7.0\n.target sm_80\n.address_size 64\n";

// Bits of small numbers in each type, by the definition of the type.
unsigned bitsOf(const std::string& type, float x) {
  unsigned bits = std::bit_cast<unsigned>(x);
  if (type == "bf16") return bits >> 16;
  if (type != "f16") return bits;
  if (x == 0) return bits >> 16;
  return (bits >> 16 & 0x8000) | ((bits >> 23 & 255) - 127 + 15) << 10 | (bits >> 13 & 0x3ff);
}

float valueOf(const std::string& type, unsigned bits) {
  if (type != "f16") return std::bit_cast<float>(bits);
  float magnitude =
      (bits & 0x7fff) == 0 ? 0 : std::ldexp(1 + (bits & 0x3ff) / 1024.0f, (bits >> 10 & 31) - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

Matrix matrix(int rows, int columns, int seed) {
  Matrix m(rows, std::vector<float>(columns));
  for (auto& row : m)
    for (float& x : row)
      x = static_cast<float>((seed = (seed * 1103515245u + 12345) & 0x7fffffff) >> 16 & 15) / 2 - 4;
  return m;
}

// Where the elements of a lane stand, in the order in which the PTX ISA numbers them (its figures
// of the fragments of mma.m16n8k8 and .m16n8k16): row and column of a and c, k and column of b.
struct Spot {
  int row, column;
};
using Layout = Spot (*)(int lane, int i);

Spot ofA16(int lane, int i) {  // 8 elements, or the first 4 for k8
  int row = i < 2 || (i >= 4 && i < 6) ? lane >> 2 : (lane >> 2) + 8;
  return {row, (lane % 4) * 2 + (i & 1) + (i >= 4 ? 8 : 0)};
}
Spot ofB16(int lane, int i) { return {(lane % 4) * 2 + (i & 1) + (i >= 2 ? 8 : 0), lane >> 2}; }
Spot ofATf32(int lane, int i) {
  return {i == 0 || i == 2 ? lane >> 2 : (lane >> 2) + 8, lane % 4 + (i >= 2 ? 4 : 0)};
}
Spot ofBTf32(int lane, int i) { return {i == 0 ? lane % 4 : lane % 4 + 4, lane >> 2}; }
Spot ofC(int lane, int i) {
  return {i < 2 ? lane >> 2 : (lane >> 2) + 8, (lane % 4) * 2 + (i & 1)};
}

// Registers of all lanes, one lane after the other.
Words fragments(const Matrix& m, const std::string& type, Layout layout, int elements) {
  bool packed = type == "f16" || type == "bf16";
  Words words;
  for (int lane = 0; lane < 32; lane++)
    for (int i = 0; i < elements; i += packed ? 2 : 1) {
      auto at = [&](int e) {
        Spot spot = layout(lane, e);
        return bitsOf(type, m[spot.row][spot.column]);
      };
      words.push_back(packed ? at(i) | at(i + 1) << 16 : at(i));
    }
  return words;
}

std::string vector(const char* name, size_t count) {
  std::string list;
  for (size_t i = 0; i < count; i++)
    list += (i ? ", %" : "%") + std::string(name) + std::to_string(i);
  return "{" + list + "}";
}

std::string loads(const char* name, size_t count, int parameter) {
  std::string text = "ld.param.u64 %p, [p" + std::to_string(parameter) +
                     "]; mad.wide.u32 %p, %lane, " + std::to_string(4 * count) + ", %p;\n";
  for (size_t i = 0; i < count; i++)
    text += "ld.global.b32 %" + std::string(name) + std::to_string(i) + ", [%p+" +
            std::to_string(4 * i) + "];\n";
  return text;
}

std::string kernelOf(const std::string& form, size_t a, size_t b, size_t c) {
  std::string shape = form.substr(0, form.find('.')), types = form.substr(form.find('.'));
  std::string text =
      kHead +
      ".visible .entry k(.param .u64 p0, .param .u64 p1, .param .u64 p2, .param .u64 p3)\n{\n"
      ".reg .b32 %a<4>, %b<2>, %c<4>, %d<4>, %lane; .reg .b64 %p;\n"
      "mov.u32 %lane, %tid.x;\n" +
      loads("a", a, 0) + loads("b", b, 1) + loads("c", c, 2) + "mma.sync.aligned." + shape +
      ".row.col" + types + " " + vector("d", c) + ", " + vector("a", a) + ", " + vector("b", b) +
      ", " + vector("c", c) + ";\nld.param.u64 %p, [p3]; mad.wide.u32 %p, %lane, " +
      std::to_string(4 * c) + ", %p;\n";
  for (size_t i = 0; i < c; i++)
    text += "st.global.b32 [%p+" + std::to_string(4 * i) + "], %d" + std::to_string(i) + ";\n";
  return text + "ret;\n}\n";
}

struct Product {
  std::string form, in, sum;
  int k;
  Layout a, b;

  size_t registers(int elements, const std::string& type) const {
    return static_cast<size_t>(type == "f16" || type == "bf16" ? elements / 2 : elements);
  }
  Matrix of(const Matrix& left, const Matrix& right, const Matrix& added) const {
    int ofA = 16 * k / 32, ofB = 8 * k / 32;
    Array<unsigned> da(fragments(left, in, a, ofA)), db(fragments(right, in, b, ofB)),
        dc(fragments(added, sum, ofC, 4)), out(32 * registers(4, sum));
    Kernels kernels(kernelOf(form, registers(ofA, in), registers(ofB, in), registers(4, sum)));
    OK(kernels.run("k", 1, 32, 0, da.address(), db.address(), dc.address(), out.address()));
    auto got = out.get();
    Matrix result(16, std::vector<float>(8));
    for (int lane = 0; lane < 32; lane++)
      for (int i = 0; i < 4; i++) {
        Spot spot = ofC(lane, i);
        unsigned word = got[lane * registers(4, sum) + (sum == "f16" ? i / 2 : i)];
        result[spot.row][spot.column] =
            valueOf(sum, sum == "f16" ? word >> 16 * (i & 1) & 0xffff : word);
      }
    return result;
  }
};

const std::vector<Product> kProducts = {
    {"m16n8k8.f32.f16.f16.f32", "f16", "f32", 8, ofA16, ofB16},
    {"m16n8k8.f16.f16.f16.f16", "f16", "f16", 8, ofA16, ofB16},
    {"m16n8k8.f32.bf16.bf16.f32", "bf16", "f32", 8, ofA16, ofB16},
    {"m16n8k8.f32.tf32.tf32.f32", "tf32", "f32", 8, ofATf32, ofBTf32},
    {"m16n8k16.f32.f16.f16.f32", "f16", "f32", 16, ofA16, ofB16},
    {"m16n8k16.f16.f16.f16.f16", "f16", "f16", 16, ofA16, ofB16},
    {"m16n8k16.f32.bf16.bf16.f32", "bf16", "f32", 16, ofA16, ofB16}};

Matrix product(const Matrix& a, const Matrix& b, Matrix c) {
  for (size_t i = 0; i < a.size(); i++)
    for (size_t j = 0; j < c[0].size(); j++)
      for (size_t k = 0; k < b.size(); k++) c[i][j] += a[i][k] * b[k][j];
  return c;
}

}  // namespace

// Halves from -4 to 3.5: every sum is exact in every type.
TEST(matrix_products_of_every_form) {
  Device device;
  for (const Product& one : kProducts)
    for (int seed = 1; seed <= 3; seed++) {
      Matrix a = matrix(16, one.k, seed), b = matrix(one.k, 8, seed + 10),
             c = matrix(16, 8, seed + 20);
      CHECK_THAT(one.of(a, b, c) == product(a, b, c), one.form);
    }
  EQUAL(softcuda::multiplications().size(), kProducts.size());
}

TEST(matrix_products_round_once_and_tf32_drops_low_bits) {
  Device device;
  Matrix a(16, std::vector<float>(8)), b(8, std::vector<float>(8)), c(16, std::vector<float>(8));
  a[3][0] = a[3][1] = 1;
  b[0][5] = b[1][5] = 0x1p-13f;
  c[3][5] = 2;
  // In halves the next number above 2 is 2 + 2^-9, so that 2^-12 is lost; in float32 it is not.
  EQUAL(kProducts[1].of(a, b, c)[3][5], 2.0f);
  EQUAL(kProducts[0].of(a, b, c)[3][5], 2.0f + 0x1p-12f);
  a[3][0] = 1 + 0x1p-10f + 0x1p-11f + 0x1p-23f;
  a[3][1] = 0;
  b[0][5] = 1;
  EQUAL(kProducts[3].of(a, b, c)[3][5], 3.0f + 0x1p-10f);
}

// As kernels do it: rows of a, and rows or columns of b, from shared memory by ldmatrix.
TEST(matrix_products_from_shared_memory) {
  Device device;
  Matrix a = matrix(16, 16, 4), b = matrix(16, 8, 5);
  for (bool transposed : {false, true}) {
    std::vector<unsigned short> memory;
    for (auto& row : a)
      for (float x : row) memory.push_back(static_cast<unsigned short>(bitsOf("f16", x)));
    for (int i = 0; i < 128; i++)  // b as [k][n], for .trans, or as [n][k]
      memory.push_back(static_cast<unsigned short>(
          bitsOf("f16", transposed ? b[i / 8][i % 8] : b[i % 16][i / 16])));
    // a: row lane % 16, columns from lane / 16 * 8. b: row lane % 16 of [k][n], or row lane % 8 of
    // [n][k] from lane / 8 % 2 * 8.
    std::string ofB = transposed
                          ? "and.b32 %t, %lane, 15; shl.b32 %bp, %t, 4;\n"
                          : "and.b32 %t, %lane, 7; shl.b32 %bp, %t, 5; and.b32 %t, %lane, 8; "
                            "shl.b32 %t, %t, 1; add.u32 %bp, %bp, %t;\n";
    Kernels kernels(
        kHead +
        ".visible .entry k(.param .u64 in, .param .u64 out)\n{\n.shared .align 16 .b8 s[768];\n"
        ".reg .b32 %r<9>, %f<4>, %lane, %t, %ap, %bp, %s; .reg .b64 %p, %q;\n"
        "mov.u32 %lane, %tid.x; mov.u32 %s, s;\n"
        "ld.param.u64 %p, [in]; mad.wide.u32 %p, %lane, 8, %p; mad.lo.u32 %t, %lane, 8, %s;\n"
        "ld.global.b64 %q, [%p]; st.shared.b64 [%t], %q;\n"
        "ld.global.b64 %q, [%p+256]; st.shared.b64 [%t+256], %q;\n"
        "ld.global.b64 %q, [%p+512]; st.shared.b64 [%t+512], %q;\nbar.sync 0;\n"
        "and.b32 %ap, %lane, 15; shl.b32 %ap, %ap, 5; and.b32 %t, %lane, 16; add.u32 %ap, %ap, "
        "%t;\n"
        "add.u32 %ap, %ap, %s;\n" +
        ofB +
        "add.u32 %bp, %bp, %s;\n"
        "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0, %r1, %r2, %r3}, [%ap];\n"
        "ldmatrix.sync.aligned.m8n8.x2" +
        std::string(transposed ? ".trans" : "") +
        ".shared.b16 {%r4, %r5}, [%bp+512];\n"
        "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r6}, [%ap];\n"
        "mov.b32 %f0, 0; mov.b32 %f1, 0; mov.b32 %f2, 0; mov.b32 %f3, 0;\n"
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f0, %f1, %f2, %f3}, {%r0, %r1, %r2, "
        "%r3}, "
        "{%r4, %r5}, {%f0, %f1, %f2, %f3};\n"
        "ld.param.u64 %p, [out]; mad.wide.u32 %p, %lane, 20, %p;\n"
        "st.global.b32 [%p], %f0; st.global.b32 [%p+4], %f1; st.global.b32 [%p+8], %f2;\n"
        "st.global.b32 [%p+12], %f3; sub.u32 %r6, %r6, %r0; st.global.b32 [%p+16], "
        "%r6;\nret;\n}\n");
    Array<unsigned short> in(memory);
    Array<unsigned> out(160);
    OK(kernels.run("k", 1, 32, 0, in.address(), out.address()));
    auto got = out.get();
    Matrix expected = product(a, b, Matrix(16, std::vector<float>(8)));
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 4; i++)
        EQUAL(valueOf("f32", got[lane * 5 + i]), expected[ofC(lane, i).row][ofC(lane, i).column]);
      EQUAL(got[lane * 5 + 4], 0u);  // x1 is the first of x4
    }
  }
}

TEST(matrix_products_need_the_whole_warp) {
  for (unsigned threads : {32u, 31u}) {
    Device device;
    Array<unsigned> in(std::vector<unsigned>(128, 0)), out(128);
    Kernels kernels(kernelOf("m16n8k8.f32.f16.f16.f32", 2, 1, 4));
    CUresult result =
        kernels.run("k", 1, threads, 0, in.address(), in.address(), in.address(), out.address());
    if (threads == 32)
      OK(result);
    else
      FAILS(result, CUDA_ERROR_LAUNCH_FAILED);
  }
  CHECK(lastReport().find("computes on matrices without all lanes of its warp") !=
        std::string::npos);
}
