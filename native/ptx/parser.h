// PTX text to a Module. Throws PtxError.
#pragma once

#include <string_view>

#include "ptx/module.h"

namespace softcuda {

Module parse(std::string_view source);

}  // namespace softcuda
