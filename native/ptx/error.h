// The one error of the front end: what is wrong with a PTX text, and where.
#pragma once

#include <stdexcept>
#include <string>

namespace softcuda {

class PtxError : public std::runtime_error {
 public:
  PtxError(int line, const std::string& message)
      : std::runtime_error("line " + std::to_string(line) + ": " + message) {}
};

}  // namespace softcuda
