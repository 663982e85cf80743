// Threads that run CTAs, as many as the machine has cores (or SOFTCUDA_THREADS says).
#pragma once

#include <functional>

namespace softcuda {

int poolSize();

// Calls body(worker) for every worker below `workers` at once, the caller being worker 0, and
// returns when all have returned. body must not throw. One call at a time.
void runParallel(int workers, const std::function<void(int)>& body);

}  // namespace softcuda
