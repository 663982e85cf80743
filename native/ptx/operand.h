// Operands of an instruction.
#pragma once

#include "ptx/cursor.h"
#include "ptx/module.h"
#include "ptx/scope.h"

namespace softcuda {

Operand parseOperand(Cursor& cursor, const Scopes& scopes);

}  // namespace softcuda
