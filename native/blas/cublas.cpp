// libcublas: handles, sgemm and gemmEx in float32, with cuBLAS' argument checks.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "blas/gemm.h"
#include "include/softcuda.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using softcuda::Gemm;

enum Status {
  kSuccess = 0,
  kNotInitialized = 1,
  kAllocFailed = 3,
  kInvalidValue = 7,
  kExecutionFailed = 13,
  kNotSupported = 15,
};
constexpr int kFloat32 = 0;  // cudaDataType CUDA_R_32F
constexpr int kComputeFloat32 = 68;
constexpr int kComputePedantic = 69;
constexpr int kComputeTf32 = 77;
constexpr int kVersion = 130000;

struct Handle {
  void* stream = nullptr;
  int mathMode = 0;
  int pointerMode = 0;
  int atomicsMode = 0;
};

std::mutex mutex;
std::map<uintptr_t, Handle> handles;
uintptr_t last = 0;

Handle* find(void* handle) {
  auto found = handles.find(reinterpret_cast<uintptr_t>(handle));
  return found == handles.end() ? nullptr : &found->second;
}

// `call` is the exported function, for fault injection.
template <class Body>
int withHandle(void* handle, Body body, const char* call = __builtin_FUNCTION()) {
  if (int status = softcudaCall(call)) return status;
  std::lock_guard lock(mutex);
  Handle* found = find(handle);
  return found ? body(*found) : kNotInitialized;
}

struct Request {
  Gemm gemm;
  const float *alpha, *beta;  // on the device, or null where gemm has the values
};

uint64_t address(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }

int touch(const void* place, int rows, int columns, int64_t stride, int write) {
  return softcudaTouch("cublas gemm", address(place), sizeof(float) * rows, columns,
                       sizeof(float) * stride, write);
}

int run(const void* arguments) {
  Request r = *static_cast<const Request*>(arguments);
  Gemm& g = r.gemm;
  if (r.alpha) {
    if (int result = touch(r.alpha, 1, 1, 1, 0)) return result;
    if (int result = touch(r.beta, 1, 1, 1, 0)) return result;
    g.alpha = *r.alpha;
    g.beta = *r.beta;
  }
  if (g.alpha != 0.0f && g.k > 0) {
    if (int result = touch(g.a, g.transA ? g.k : g.m, g.transA ? g.m : g.k, g.lda, 0))
      return result;
    if (int result = touch(g.b, g.transB ? g.n : g.k, g.transB ? g.k : g.n, g.ldb, 0))
      return result;
  }
  if (g.beta != 0.0f)
    if (int result = touch(g.c, g.m, g.n, g.ldc, 0)) return result;
  if (int result = touch(g.c, g.m, g.n, g.ldc, 1)) return result;
  softcuda::gemm(g);
  return 0;
}

int gemm(void* handle, int transA, int transB, int m, int n, int k, const float* alpha,
         const float* a, int lda, const float* b, int ldb, const float* beta, float* c, int ldc,
         const char* call) {
  return withHandle(
      handle,
      [&](Handle& h) -> int {
        bool tA = transA != 0, tB = transB != 0;
        if (transA < 0 || transA > 2 || transB < 0 || transB > 2) return kInvalidValue;
        if (m < 0 || n < 0 || k < 0) return kInvalidValue;
        if (lda < std::max(1, tA ? k : m) || ldb < std::max(1, tB ? n : k) || ldc < std::max(1, m))
          return kInvalidValue;
        if (!alpha || !beta) return kInvalidValue;
        if (m == 0 || n == 0) return kSuccess;
        Request r{{tA, tB, m, n, k, 0, 0, a, lda, b, ldb, c, ldc}, nullptr, nullptr};
        if (h.pointerMode == 0) {
          r.gemm.alpha = *alpha;
          r.gemm.beta = *beta;
        } else {
          r.alpha = alpha;
          r.beta = beta;
        }
        return softcudaSubmit(h.stream, run, &r, sizeof r) == 0 ? kSuccess : kExecutionFailed;
      },
      call);
}

}  // namespace

EXPORT int cublasCreate_v2(void** handle) {
  if (!handle) return kInvalidValue;
  if (int status = softcudaCall(__func__)) return status;
  *handle = nullptr;
  // The context decides whether anything can run: an empty task on the default stream asks it.
  if (softcudaTouch("cublasCreate", 0, 0, 0, 0, 0) != 0) return kNotInitialized;
  std::lock_guard lock(mutex);
  last += 16;
  handles[last] = {};
  *handle = reinterpret_cast<void*>(last);
  return kSuccess;
}

EXPORT int cublasDestroy_v2(void* handle) {
  return withHandle(handle, [&](Handle&) {
    handles.erase(reinterpret_cast<uintptr_t>(handle));
    return kSuccess;
  });
}

EXPORT int cublasGetVersion_v2(void* handle, int* version) {
  return withHandle(handle, [&](Handle&) -> int {
    if (!version) return kInvalidValue;
    *version = kVersion;
    return kSuccess;
  });
}

EXPORT int cublasGetProperty(int property, int* value) {
  if (!value || property < 0 || property > 2) return kInvalidValue;
  const int values[] = {kVersion / 10000, kVersion / 100 % 100, kVersion % 100};
  *value = values[property];
  return kSuccess;
}

EXPORT const char* cublasGetStatusName(int status) {
  switch (status) {
    case kSuccess:
      return "CUBLAS_STATUS_SUCCESS";
    case kNotInitialized:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case kAllocFailed:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case kInvalidValue:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case 8:
      return "CUBLAS_STATUS_ARCH_MISMATCH";
    case 11:
      return "CUBLAS_STATUS_MAPPING_ERROR";
    case kExecutionFailed:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case 14:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case kNotSupported:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    case 16:
      return "CUBLAS_STATUS_LICENSE_ERROR";
    default:
      return "";
  }
}

EXPORT const char* cublasGetStatusString(int status) {
  switch (status) {
    case kSuccess:
      return "success";
    case kNotInitialized:
      return "the library was not initialized";
    case kAllocFailed:
      return "the resource allocation failed";
    case kInvalidValue:
      return "an unsupported value or parameter was passed to the function";
    case kExecutionFailed:
      return "the GPU program failed to execute";
    case kNotSupported:
      return "the functionality requested is not supported";
    default:
      return cublasGetStatusName(status);
  }
}

EXPORT int cublasSetStream_v2(void* handle, void* stream) {
  return withHandle(handle, [&](Handle& h) {
    h.stream = stream;
    return kSuccess;
  });
}

EXPORT int cublasGetStream_v2(void* handle, void** stream) {
  return withHandle(handle, [&](Handle& h) {
    if (!stream) return kInvalidValue;
    *stream = h.stream;
    return kSuccess;
  });
}

// The product needs no workspace; its place is checked as cuBLAS does.
EXPORT int cublasSetWorkspace_v2(void* handle, void* workspace, size_t) {
  return withHandle(
      handle, [&](Handle&) { return address(workspace) % 256 == 0 ? kSuccess : kInvalidValue; });
}

EXPORT int cublasSetMathMode(void* handle, int mode) {
  return withHandle(handle, [&](Handle& h) {
    int base = mode & 15;
    if (base > 4 || (mode & ~(15 | 16))) return kInvalidValue;
    h.mathMode = mode;
    return kSuccess;
  });
}

EXPORT int cublasGetMathMode(void* handle, int* mode) {
  return withHandle(handle, [&](Handle& h) {
    if (!mode) return kInvalidValue;
    *mode = h.mathMode;
    return kSuccess;
  });
}

EXPORT int cublasSetPointerMode_v2(void* handle, int mode) {
  return withHandle(handle, [&](Handle& h) {
    if (mode != 0 && mode != 1) return kInvalidValue;
    h.pointerMode = mode;
    return kSuccess;
  });
}

EXPORT int cublasGetPointerMode_v2(void* handle, int* mode) {
  return withHandle(handle, [&](Handle& h) {
    if (!mode) return kInvalidValue;
    *mode = h.pointerMode;
    return kSuccess;
  });
}

// The order of additions never varies, so both modes are the same here.
EXPORT int cublasSetAtomicsMode(void* handle, int mode) {
  return withHandle(handle, [&](Handle& h) {
    if (mode != 0 && mode != 1) return kInvalidValue;
    h.atomicsMode = mode;
    return kSuccess;
  });
}

EXPORT int cublasSgemm_v2(void* handle, int transA, int transB, int m, int n, int k,
                          const float* alpha, const float* a, int lda, const float* b, int ldb,
                          const float* beta, float* c, int ldc) {
  return gemm(handle, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, __func__);
}

// TF32, where asked for, is computed in float32, which is more exact.
EXPORT int cublasGemmEx(void* handle, int transA, int transB, int m, int n, int k,
                        const void* alpha, const void* a, int aType, int lda, const void* b,
                        int bType, int ldb, const void* beta, void* c, int cType, int ldc,
                        int compute, int) {
  bool known = compute == kComputeFloat32 || compute == kComputePedantic || compute == kComputeTf32;
  if (aType != kFloat32 || bType != kFloat32 || cType != kFloat32 || !known)
    return withHandle(handle, [](Handle&) { return kNotSupported; });
  return gemm(handle, transA, transB, m, n, k, static_cast<const float*>(alpha),
              static_cast<const float*>(a), lda, static_cast<const float*>(b), ldb,
              static_cast<const float*>(beta), static_cast<float*>(c), ldc, __func__);
}
