// A mode of softcuda.h that ends with its scope.
#pragma once

#include "tests/device.h"

namespace test {

class Mode {
 public:
  Mode(const char* name, const std::string& value, const char* usual = "")
      : name_(name), usual_(usual) {
    CHECK_THAT(softcudaConfigure(name, value.c_str()), value + " is refused");
  }
  ~Mode() { softcudaConfigure(name_, usual_); }
  Mode(const Mode&) = delete;

 private:
  const char *name_, *usual_;
};

}  // namespace test
