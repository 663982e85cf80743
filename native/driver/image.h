// PTX texts that were loaded, as they were read, so that loading one again is quick.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "exec/program.h"
#include "ptx/module.h"

namespace softcuda {

struct Image {
  Module module;
  // By entry, as decoded last. Where the module has no variables, every load may use them; where it
  // has, their addresses are in them, and each load has its own.
  std::map<std::string, std::shared_ptr<const Program>> programs;
};

// The image of a text; the last 64 are kept. Throws PtxError.
std::shared_ptr<Image> imageOf(const std::string& text);

}  // namespace softcuda
