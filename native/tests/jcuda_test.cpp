// The names that JCuda's native libraries import.
#include <dlfcn.h>

#include <sstream>

#include "tests/device.h"

using namespace test;

namespace {

int missing(const char* list) {
  std::istringstream names(Kernels::read(list));
  std::string name;
  int count = 0, found = 0;
  for (; names >> name; count++) found += dlsym(RTLD_DEFAULT, name.c_str()) != nullptr;
  CHECK(count > 200);
  return count - found;
}

int call(const char* name) { return reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, name))(); }

}  // namespace

TEST(every_name_that_jcuda_imports_is_there) {
  EQUAL(missing("driver/jcuda.txt"), 0);
  EQUAL(missing("blas/jcuda.txt"), 0);
  EQUAL(missing("dnn/jcuda.txt"), 0);
}

TEST(what_is_not_implemented_says_so) {
  EQUAL(call("cuArrayCreate_v2"), 801);
  EQUAL(call("cublasDgemm_v2"), 15);
  EQUAL(call("cudnnPoolingForward"), 3000);
}
