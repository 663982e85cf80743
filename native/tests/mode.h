// A mode of softcuda.h that ends with its scope.
#pragma once

#include <cstdlib>

#include "tests/device.h"

namespace test {

class Mode {
 public:
  // usual: the value without this mode, if the environment does not say.
  Mode(const char* name, const std::string& value, const char* usual) : name_(name) {
    const char* before = std::getenv(name);
    usual_ = before ? before : usual;
    CHECK_THAT(softcudaConfigure(name, value.c_str()), value + " is refused");
  }
  ~Mode() { softcudaConfigure(name_, usual_.c_str()); }
  Mode(const Mode&) = delete;

 private:
  const char* name_;
  std::string usual_;
};

}  // namespace test
