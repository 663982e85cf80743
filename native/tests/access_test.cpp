// Loads and stores: each type in each register that holds it, one to four elements, by a full warp
// and by one with a lane less.
#include <set>

#include "exec/load_store.h"
#include "tests/device.h"

using namespace test;

namespace {

using Bits = unsigned long long;

struct Access {
  char kind;  // of the type in memory
  int bits, registerBits, elements;

  std::string type() const { return kind + std::to_string(bits); }
  std::string vector() const { return elements > 1 ? "v" + std::to_string(elements) + "." : ""; }
  std::string name() const { return vector() + type() + " in " + std::to_string(registerBits); }
  // {%x0, %x1}
  std::string registers() const {
    std::string list;
    for (int e = 0; e < elements; e++) list += (e ? ", %x" : "%x") + std::to_string(e);
    return elements > 1 ? "{" + list + "}" : list;
  }
};

std::vector<Access> accesses() {
  std::vector<Access> found;
  for (char kind : {'u', 's', 'b', 'f'})
    for (int bits : {8, 16, 32, 64})
      for (int registerBits : {16, 32, 64})
        for (int elements : {1, 2, 4})
          if (registerBits >= bits && (kind != 'f' || bits == registerBits) &&
              (kind != 'f' || bits >= 32) && bits * elements <= 128)
            found.push_back({kind, bits, registerBits, elements});
  return found;
}

std::string kernelOf(const Access& access, const std::string& body) {
  return ".version 7.0\n.target sm_75\n.address_size 64\n"
         ".visible .entry k(.param .u64 in, .param .u64 out)\n{\n"
         ".reg .b" +
         std::to_string(access.registerBits) +
         " %x<4>; .reg .b32 %t; .reg .b64 %in, %out;\n"
         "mov.u32 %t, %tid.x; ld.param.u64 %in, [in]; ld.param.u64 %out, [out];\n" +
         body + "ret;\n}\n";
}

std::string advance(const std::string& pointer, int bytes) {
  return "mad.wide.u32 " + pointer + ", %t, " + std::to_string(bytes) + ", " + pointer + ";\n";
}

// Bytes whose tops are set in every other place.
std::vector<unsigned char> pattern(size_t count) {
  std::vector<unsigned char> bytes(count);
  for (size_t i = 0; i < count; i++)
    bytes[i] = static_cast<unsigned char>(i * 0x53 ^ (i & 1 ? 0x80 : 0));
  return bytes;
}

Bits littleEndian(const std::vector<unsigned char>& bytes, size_t at, int bits) {
  Bits value = 0;
  for (int i = 0; i < bits / 8; i++) value |= Bits{bytes[at + i]} << 8 * i;
  return value;
}

Bits low(Bits value, int bits) { return bits == 64 ? value : value & ((1ull << bits) - 1); }

}  // namespace

TEST(loads_of_every_type) {
  Device device;
  for (const Access& access : accesses()) {
    int bytes = access.bits / 8, wide = access.registerBits / 8;
    std::string body = advance("%in", bytes * access.elements) +
                       advance("%out", wide * access.elements) + "ld.global." + access.vector() +
                       access.type() + " " + access.registers() + ", [%in];\n";
    for (int e = 0; e < access.elements; e++)
      body += "st.global.b" + std::to_string(access.registerBits) + " [%out+" +
              std::to_string(e * wide) + "], %x" + std::to_string(e) + ";\n";
    Kernels kernels(kernelOf(access, body));
    for (unsigned threads : {32u, 31u}) {
      size_t count = threads * access.elements;
      auto memory = pattern(count * bytes);
      Array<unsigned char> in(memory), out(count * wide);
      OK(kernels.run("k", 1, threads, 0, in.address(), out.address()));
      auto got = out.get();
      for (size_t i = 0; i < count; i++) {
        Bits value = littleEndian(memory, i * bytes, access.bits);
        bool extends = access.kind == 's' && value >> (access.bits - 1);
        if (extends) value |= ~low(~0ull, access.bits);
        test::equal(littleEndian(got, i * wide, access.registerBits),
                    low(value, access.registerBits), access.name().c_str(), __LINE__);
      }
    }
  }
}

TEST(stores_of_every_type) {
  Device device;
  for (const Access& access : accesses()) {
    int bytes = access.bits / 8, wide = access.registerBits / 8;
    std::string body =
        advance("%in", wide * access.elements) + advance("%out", bytes * access.elements);
    for (int e = 0; e < access.elements; e++)
      body += "ld.global.b" + std::to_string(access.registerBits) + " %x" + std::to_string(e) +
              ", [%in+" + std::to_string(e * wide) + "];\n";
    body +=
        "st.global." + access.vector() + access.type() + " [%out], " + access.registers() + ";\n";
    Kernels kernels(kernelOf(access, body));
    for (unsigned threads : {32u, 31u}) {
      size_t count = threads * access.elements;
      auto values = pattern(count * wide);
      Array<unsigned char> in(values), out(count * bytes);
      OK(kernels.run("k", 1, threads, 0, in.address(), out.address()));
      auto got = out.get();
      for (size_t i = 0; i < count; i++)
        test::equal(littleEndian(got, i * bytes, access.bits),
                    low(littleEndian(values, i * wide, access.registerBits), access.bits),
                    access.name().c_str(), __LINE__);
    }
  }
}

TEST(loads_that_leave_elements_out) {
  Device device;
  Kernels kernels(kernelOf({'u', 32, 32, 4},
                           "ld.global.v4.u32 {_, %x1, _, %x3}, [%in];\n"
                           "st.global.v2.u32 [%out], {%x3, %x1};\n"));
  Array<unsigned> in(std::vector<unsigned>{5, 6, 7, 8}), out(2);
  OK(kernels.run("k", 1, 1, 0, in.address(), out.address()));
  EQUAL(out.get()[0], 8u);
  EQUAL(out.get()[1], 6u);
}

// The list above is what the decoder finds executors for.
TEST(every_access_is_tried) {
  std::set<softcuda::Execute> tried;
  for (const Access& access : accesses()) {
    tried.insert(softcuda::loader(access.bits / 8, access.registerBits / 8, access.kind == 's'));
    tried.insert(softcuda::storer(access.bits / 8, access.registerBits / 8));
  }
  for (int bytes = 1; bytes <= 16; bytes++)
    for (int registerBytes = 1; registerBytes <= 16; registerBytes++) {
      for (bool isSigned : {false, true}) {
        auto load = softcuda::loader(bytes, registerBytes, isSigned);
        CHECK(!load || tried.count(load));
      }
      auto store = softcuda::storer(bytes, registerBytes);
      CHECK(!store || tried.count(store));
    }
}
