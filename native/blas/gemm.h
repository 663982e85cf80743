// Column-major matrix products in float32.
#pragma once

#include <cstdint>

namespace softcuda {

struct Gemm {
  bool transA, transB;
  int m, n, k;
  float alpha, beta;
  const float* a;
  int64_t lda;
  const float* b;
  int64_t ldb;
  float* c;
  int64_t ldc;
};

// C = alpha op(A) op(B) + beta C. Sums along k as a tile does: an order of its own, the same for
// every call.
void gemm(const Gemm& gemm);

}  // namespace softcuda
