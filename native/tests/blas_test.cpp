// The product against one in double, its argument checks, and in a graph.
#include <cmath>
#include <random>

#include "tests/device.h"

extern "C" {
int cublasCreate_v2(void**);
int cublasDestroy_v2(void*);
int cublasSetStream_v2(void*, void*);
int cublasSetMathMode(void*, int);
int cublasSgemm_v2(void*, int, int, int, int, int, const float*, const float*, int, const float*,
                   int, const float*, float*, int);
int cublasGemmEx(void*, int, int, int, int, int, const void*, const void*, int, int, const void*,
                 int, int, const void*, void*, int, int, int, int);
}

using namespace test;

namespace {

const float* onDevice(CUdeviceptr p) { return reinterpret_cast<const float*>(p); }
float* toDevice(CUdeviceptr p) { return reinterpret_cast<float*>(p); }

std::vector<float> draw(size_t count) {
  static std::mt19937 random(3);
  std::uniform_real_distribution<float> value(-1, 1);
  std::vector<float> values(count);
  for (float& v : values) v = value(random);
  return values;
}

}  // namespace

TEST(sgemm_in_all_transpositions) {
  Device device;
  void* handle;
  EQUAL(cublasCreate_v2(&handle), 0);
  int sizes[][3] = {{1, 1, 1}, {13, 7, 207}, {128, 13, 127}, {20, 128, 400}};
  for (auto [m, n, k] : sizes) {
    for (int t = 0; t < 4; t++) {
      bool tA = t & 1, tB = t & 2;
      int lda = (tA ? k : m) + 2, ldb = (tB ? n : k) + 1, ldc = m + 3;
      auto a = draw(size_t(lda) * (tA ? m : k)), b = draw(size_t(ldb) * (tB ? k : n)),
           c = draw(size_t(ldc) * n);
      Array<float> da(a), db(b), dc(c);
      float alpha = 1.5f, beta = 0.5f;
      EQUAL(cublasSgemm_v2(handle, tA, tB, m, n, k, &alpha, onDevice(da), lda, onDevice(db), ldb,
                           &beta, toDevice(dc), ldc),
            0);
      auto got = dc.get();
      for (int j = 0; j < n; j++) {
        for (int i = 0; i < ldc; i++) {
          double sum = 0, size = 0;
          for (int p = 0; p < k && i < m; p++) {
            double term = double(tA ? a[i * lda + p] : a[p * lda + i]) *
                          (tB ? b[p * ldb + j] : b[j * ldb + p]);
            sum += term;
            size += std::fabs(term);
          }
          double expected = i < m ? 1.5 * sum + 0.5 * c[j * ldc + i] : c[j * ldc + i];
          CHECK(std::fabs(got[j * ldc + i] - expected) <= 1e-6 * (size + 1));
        }
      }
    }
  }
  EQUAL(cublasDestroy_v2(handle), 0);
  EQUAL(cublasDestroy_v2(handle), 1);
}

TEST(gemm_checks_arguments) {
  Device device;
  void* handle;
  EQUAL(cublasCreate_v2(&handle), 0);
  Array<float> a(draw(64)), c(64);
  float one = 1, zero = 0;
  auto call = [&](int m, int lda, int type) {
    return cublasGemmEx(handle, 0, 0, m, 8, 8, &one, onDevice(a), type, lda, onDevice(a), type, 8,
                        &zero, toDevice(c), type, 8, 68, -1);
  };
  EQUAL(call(8, 7, 0), 7);
  EQUAL(call(-1, 8, 0), 7);
  EQUAL(call(8, 8, 2), 15);
  EQUAL(call(8, 8, 0), 0);
  EQUAL(softcudaReportCount(), 0);
  EQUAL(cublasSetMathMode(handle, 99), 7);
}

TEST(gemm_reports_what_was_never_written) {
  Device device;
  void* handle;
  EQUAL(cublasCreate_v2(&handle), 0);
  Array<float> a(64), c(64);
  float one = 1, zero = 0;
  cublasSgemm_v2(handle, 0, 0, 8, 8, 8, &one, onDevice(a), 8, onDevice(a), 8, &zero, toDevice(c),
                 8);
  EQUAL(softcudaReportCount(), 1);
  FAILS(cuCtxSynchronize(), CUDA_ERROR_LAUNCH_FAILED);
}

TEST(gemm_in_a_graph) {
  Device device;
  void* handle;
  EQUAL(cublasCreate_v2(&handle), 0);
  CUstream stream;
  OK(cuStreamCreate(&stream, 1));
  EQUAL(cublasSetStream_v2(handle, stream), 0);
  Array<float> a(std::vector<float>{2}), c(std::vector<float>{3});
  OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  float one = 1;
  EQUAL(cublasSgemm_v2(handle, 0, 0, 1, 1, 1, &one, onDevice(a), 1, onDevice(a), 1, &one,
                       toDevice(c), 1),
        0);
  CUgraph graph;
  CUgraphExec exec;
  OK(cuStreamEndCapture(stream, &graph));
  EQUAL(c.get()[0], 3.0f);
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  for (int i = 0; i < 2; i++) OK(cuGraphLaunch(exec, stream));
  EQUAL(c.get()[0], 11.0f);
}
