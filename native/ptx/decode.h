// From a parsed module to programs for the executor. An opcode, form or operand that is not
// supported is refused here, with its line and text, not when it runs.
#pragma once

#include <map>
#include <string>

#include "exec/program.h"
#include "ptx/module.h"

namespace softcuda {

// Device addresses of the module's .global and .const variables.
using Symbols = std::map<std::string, uint64_t>;

// The program of one entry and of all that it calls. Throws PtxError.
Program decode(const Module& module, const Function& entry, const Symbols& symbols);

}  // namespace softcuda
