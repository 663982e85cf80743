// Declarations of variables: `.shared .align 4 .b8 tile[4224]`, `.param .u64 p`, with initial
// values.
#pragma once

#include "ptx/cursor.h"
#include "ptx/module.h"

namespace softcuda {

// Whether a word such as ".global" names a space of variables, and which.
bool parseSpace(std::string_view word, Space& space);

// Reads what follows the space: alignment, type, name, size and, of module variables, the value.
Variable parseVariable(Cursor& cursor, Space space);
// The parameters in parentheses, if there are any.
std::vector<Variable> parseParameters(Cursor& cursor);

}  // namespace softcuda
