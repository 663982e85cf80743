#include "driver/inject.h"

#include <cstdio>
#include <cstdlib>
#include <set>

#include "driver/state.h"

namespace softcuda {
namespace {

// Statuses of a library for errors of the driver.
struct LibraryStatuses {
  int allocFailed, executionFailed;
};
constexpr LibraryStatuses kBlas = {3, 13}, kDnn = {4004, 5000};

struct Armed {
  std::string calls;
  uint64_t nth = 0;
  int status = 0;
  uint64_t seen = 0;
  const char* failed = nullptr;
};

// SOFTCUDA_FAIL=launch:3=700
Armed fromEnvironment() {
  Armed armed;
  const char* text = std::getenv("SOFTCUDA_FAIL");
  if (!text) return armed;
  std::string asked = text;
  size_t colon = asked.find(':'), equals = asked.find('=');
  if (colon == std::string::npos || equals == std::string::npos || equals < colon) {
    std::fprintf(stderr, "softcuda: SOFTCUDA_FAIL is '%s', expected CALLS:N=STATUS\n", text);
    return armed;
  }
  armed.calls = asked.substr(0, colon);
  armed.nth = std::strtoull(asked.c_str() + colon + 1, nullptr, 10);
  armed.status = std::atoi(asked.c_str() + equals + 1);
  return armed;
}

Armed& armed() {
  static Armed* instance = new Armed(fromEnvironment());
  return *instance;
}

bool begins(const std::string& name, const char* prefix) { return name.rfind(prefix, 0) == 0; }

bool matches(const std::string& calls, const std::string& name) {
  if (calls == "call") return true;
  if (calls == "alloc") return begins(name, "cuMemAlloc") || begins(name, "cuMemHostAlloc");
  if (calls == "copy") return begins(name, "cuMemcpy") || begins(name, "cuMemset");
  if (calls == "launch") return begins(name, "cuLaunch") || begins(name, "cuGraphLaunch");
  if (calls == "library") return begins(name, "cublas") || begins(name, "cudnn");
  return calls == name;
}

// After these a context answers nothing else.
bool isSticky(int status) {
  static const std::set<int> codes = {214, 220, 226, 700, 702, 710, 714,
                                      715, 716, 717, 718, 719, 720, 999};
  return codes.count(status) > 0;
}

// How a library tells the driver's errors; cuBLAS' own statuses are below them, cuDNN's above.
int libraryStatus(const LibraryStatuses& own, int status) {
  if (status == CUDA_ERROR_OUT_OF_MEMORY) return own.allocFailed;
  return status >= 100 && status <= CUDA_ERROR_UNKNOWN ? own.executionFailed : status;
}

}  // namespace

int injected(const char* call) {
  Armed& a = armed();
  if (a.calls.empty() || !begins(call, "cu") || !matches(a.calls, call)) return 0;
  if (++a.seen != a.nth) return 0;
  a.failed = call;
  if (isSticky(a.status) && driver().primary)
    driver().primary->sticky = static_cast<CUresult>(a.status);
  if (begins(call, "cublas")) return libraryStatus(kBlas, a.status);
  return begins(call, "cudnn") ? libraryStatus(kDnn, a.status) : a.status;
}

void arm(const std::string& calls, uint64_t n, int status) {
  armed() = {calls, n, status, 0, nullptr};
}

uint64_t callsSinceArmed() { return armed().seen; }

const char* failedCall() { return armed().failed; }

}  // namespace softcuda
