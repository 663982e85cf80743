// The body of a function, from after its opening brace to its closing one.
#pragma once

#include "ptx/cursor.h"
#include "ptx/module.h"

namespace softcuda {

void parseBody(Cursor& cursor, Function& function);

}  // namespace softcuda
