// Constants of PTX: decimal, 0x, 0 (octal), 0b, with suffix U; 0f and 0d with the bits in hex.
#pragma once

#include "ptx/cursor.h"
#include "ptx/module.h"

namespace softcuda {

// An optional sign and a number. kind becomes Integer, Float32 or Float64.
Operand parseNumber(Cursor& cursor);

}  // namespace softcuda
