// Failures on demand: a call that was chosen answers an error and does nothing else.
#pragma once

#include <cstdint>
#include <string>

#include "driver/abi.h"

namespace softcuda {

// What a call shall answer instead of doing its work, or 0. `call` is the name of the exported
// function; what does not begin with "cu" is no call of a program's and is not counted. An error
// that ends a context ends the living one. The driver's lock must be held.
int injected(const char* call);

// Arms the n-th from now of the calls to answer `status`; n 0 disarms. The same calls as in
// softcuda.h: a function's name or a class.
void arm(const std::string& calls, uint64_t n, int status);

// How many of these calls there have been since the last arm().
uint64_t callsSinceArmed();

// The function that was made to fail since the last arm(), or null.
const char* failedCall();

}  // namespace softcuda
