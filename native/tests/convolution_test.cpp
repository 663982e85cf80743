// Convolutions against sums in double, their argument checks, and in a graph.
#include <cmath>
#include <random>

#include "tests/device.h"

extern "C" {
int cudnnCreate(void**);
int cudnnDestroy(void*);
int cudnnSetStream(void*, void*);
int cudnnCreateTensorDescriptor(void**);
int cudnnSetTensor4dDescriptor(void*, int, int, int, int, int, int);
int cudnnCreateFilterDescriptor(void**);
int cudnnSetFilter4dDescriptor(void*, int, int, int, int, int, int);
int cudnnCreateConvolutionDescriptor(void**);
int cudnnSetConvolution2dDescriptor(void*, int, int, int, int, int, int, int, int);
int cudnnSetConvolutionMathType(void*, int);
int cudnnGetConvolutionForwardWorkspaceSize(void*, void*, void*, void*, void*, int, size_t*);
int cudnnGetConvolutionBackwardDataWorkspaceSize(void*, void*, void*, void*, void*, int, size_t*);
int cudnnGetConvolutionBackwardFilterWorkspaceSize(void*, void*, void*, void*, void*, int, size_t*);
int cudnnGetConvolutionForwardAlgorithm_v7(void*, void*, void*, void*, void*, int, int*, void*);
int cudnnGetConvolutionBackwardDataAlgorithm_v7(void*, void*, void*, void*, void*, int, int*,
                                                void*);
int cudnnConvolutionForward(void*, const void*, void*, const void*, void*, const void*, void*, int,
                            void*, size_t, const void*, void*, void*);
int cudnnConvolutionBackwardData(void*, const void*, void*, const void*, void*, const void*, void*,
                                 int, void*, size_t, const void*, void*, void*);
int cudnnConvolutionBackwardFilter(void*, const void*, void*, const void*, void*, const void*,
                                   void*, int, void*, size_t, const void*, void*, void*);
}

using namespace test;

namespace {

struct Performance {
  int algorithm, status;
  float time;
  size_t memory;
  int deterministic, mathType, reserved[3];
};

struct Geometry {
  int n, c, h, w, k, r, s, strideH, strideW, padH, padW;
  int p() const { return (h + 2 * padH - r) / strideH + 1; }
  int q() const { return (w + 2 * padW - s) / strideW + 1; }
  size_t x() const { return size_t(n) * c * h * w; }
  size_t filter() const { return size_t(k) * c * r * s; }
  size_t y() const { return size_t(n) * k * p() * q(); }

  // body(index in x, in the filter, in y) for every product.
  template <class Body>
  void forEach(Body body) const {
    for (int i = 0; i < n * k * p() * q(); i++) {
      int column = i % q(), row = i / q() % p(), output = i / (p() * q()) % k,
          image = i / (p() * q() * k);
      for (int j = 0; j < c * r * s; j++) {
        int channel = j / (r * s), a = row * strideH + j / s % r - padH,
            b = column * strideW + j % s - padW;
        if (a >= 0 && a < h && b >= 0 && b < w)
          body(size_t((image * c + channel) * h + a) * w + b, size_t(output) * c * r * s + j,
               size_t(i));
      }
    }
  }
};

const Geometry kPlain = {2, 3, 5, 7, 4, 3, 3, 1, 1, 1, 1};

std::vector<float> draw(size_t count) {
  static std::mt19937 random(7);
  std::uniform_real_distribution<float> value(-1, 1);
  std::vector<float> values(count);
  for (float& v : values) v = value(random);
  return values;
}

void* at(CUdeviceptr p) { return reinterpret_cast<void*>(p); }

// cuDNN with one geometry; `which` is 0 for forward, 1 and 2 for the gradients of x and the filter.
struct Planned {
  explicit Planned(const Geometry& g) {
    EQUAL(cudnnCreate(&handle), 0);
    EQUAL(cudnnCreateTensorDescriptor(&x), 0);
    EQUAL(cudnnCreateTensorDescriptor(&y), 0);
    EQUAL(cudnnCreateFilterDescriptor(&w), 0);
    EQUAL(cudnnCreateConvolutionDescriptor(&c), 0);
    EQUAL(cudnnSetTensor4dDescriptor(x, 0, 0, g.n, g.c, g.h, g.w), 0);
    EQUAL(cudnnSetTensor4dDescriptor(y, 0, 0, g.n, g.k, g.p(), g.q()), 0);
    EQUAL(cudnnSetFilter4dDescriptor(w, 0, 0, g.k, g.c, g.r, g.s), 0);
    EQUAL(cudnnSetConvolution2dDescriptor(c, g.padH, g.padW, g.strideH, g.strideW, 1, 1, 1, 0), 0);
    EQUAL(cudnnSetConvolutionMathType(c, 3), 0);
  }

  int size(int which, int algorithm, size_t* bytes) {
    if (which == 0)
      return cudnnGetConvolutionForwardWorkspaceSize(handle, x, w, c, y, algorithm, bytes);
    if (which == 1)
      return cudnnGetConvolutionBackwardDataWorkspaceSize(handle, w, y, c, x, algorithm, bytes);
    return cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x, y, c, w, algorithm, bytes);
  }

  int run(int which, int algorithm, void* first, void* second, void* result, void* space,
          size_t bytes, float alpha = 1, float beta = 0) {
    if (which == 0)
      return cudnnConvolutionForward(handle, &alpha, x, first, w, second, c, algorithm, space,
                                     bytes, &beta, y, result);
    if (which == 1)
      return cudnnConvolutionBackwardData(handle, &alpha, w, first, y, second, c, algorithm, space,
                                          bytes, &beta, x, result);
    return cudnnConvolutionBackwardFilter(handle, &alpha, x, first, y, second, c, algorithm, space,
                                          bytes, &beta, w, result);
  }

  void *handle, *x, *y, *w, *c;
};

struct Data {
  explicit Data(const Geometry& g) : values{draw(g.x()), draw(g.filter()), draw(g.y())} {}
  std::vector<float> values[3];  // x, filter, y
  // Which of them a direction reads and writes, in the order of its parameters.
  static int role(int which, int operand) {
    const int roles[3][3] = {{0, 1, 2}, {1, 2, 0}, {0, 2, 1}};
    return roles[which][operand];
  }
};

// What a direction shall give, and the sum of the sizes of its terms.
void expected(const Geometry& g, const Data& data, int which, std::vector<double>& sums,
              std::vector<double>& sizes) {
  int a = Data::role(which, 0), b = Data::role(which, 1), result = Data::role(which, 2);
  sums.assign(data.values[result].size(), 0);
  sizes = sums;
  g.forEach([&](size_t x, size_t filter, size_t y) {
    size_t at[] = {x, filter, y};
    double term = double(data.values[a][at[a]]) * data.values[b][at[b]];
    sums[at[result]] += term;
    sizes[at[result]] += std::fabs(term);
  });
}

void compare(const Geometry& g, int which, int algorithm, float alpha, float beta) {
  Planned planned(g);
  Data data(g);
  Array<float> first(data.values[Data::role(which, 0)]), second(data.values[Data::role(which, 1)]),
      result(data.values[Data::role(which, 2)]);
  size_t bytes;
  EQUAL(planned.size(which, algorithm, &bytes), 0);
  Array<char> space(bytes + 1);
  EQUAL(planned.run(which, algorithm, at(first), at(second), at(result), at(space), bytes, alpha,
                    beta),
        0);
  OK(cuCtxSynchronize());
  std::vector<double> sums, sizes;
  expected(g, data, which, sums, sizes);
  auto got = result.get();
  for (size_t i = 0; i < got.size(); i++) {
    double before = data.values[Data::role(which, 2)][i];
    double right = alpha * sums[i] + beta * before;
    CHECK(std::fabs(got[i] - right) <= 1e-6 * (std::fabs(alpha) * sizes[i] + 1));
  }
}

}  // namespace

TEST(convolution_of_odd_geometries) {
  Device device;
  std::mt19937 random(11);
  auto pick = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  for (int i = 0; i < 60; i++) {
    Geometry g = {pick(0, 1) ? 1 : 5, pick(1, 7), pick(3, 11), pick(3, 11), pick(1, 7), pick(1, 5),
                  pick(1, 5),         pick(1, 3), pick(1, 3),  pick(0, 3),  pick(0, 3)};
    if (g.h + 2 * g.padH < g.r || g.w + 2 * g.padW < g.s) continue;
    for (int which = 0; which < 3; which++)
      compare(g, which, i % 2, i % 3 == 0 ? 1.0f : -0.5f, i % 3 == 1 ? 2.0f : 0.0f);
  }
  EQUAL(softcudaReportCount(), 0);
}

TEST(convolution_of_usual_geometries) {
  Device device;
  for (int algorithm = 0; algorithm < 2; algorithm++) {
    for (int which = 0; which < 3; which++) {
      compare({9, 20, 14, 14, 33, 3, 3, 1, 1, 1, 1}, which, algorithm, 1, 0);
      compare({2, 1, 31, 31, 64, 4, 4, 1, 1, 0, 0}, which, algorithm, 1, 1);
    }
  }
  EQUAL(softcudaReportCount(), 0);
}

TEST(convolution_repeats_its_bits_where_it_says_so) {
  Device device;
  Geometry g = {9, 5, 8, 8, 6, 3, 3, 1, 1, 1, 1};
  Planned planned(g);
  Data data(g);
  for (int which = 0; which < 3; which++) {
    for (int algorithm = 0; algorithm < 2; algorithm++) {
      Array<float> first(data.values[Data::role(which, 0)]),
          second(data.values[Data::role(which, 1)]), result(data.values[Data::role(which, 2)]);
      size_t bytes;
      EQUAL(planned.size(which, algorithm, &bytes), 0);
      Array<char> space(bytes + 1);
      std::vector<float> before;
      int same = 0;
      for (int run = 0; run < 4; run++) {
        EQUAL(planned.run(which, algorithm, at(first), at(second), at(result), at(space), bytes),
              0);
        auto got = result.get();
        same += got == before;
        before = got;
      }
      EQUAL(same, which == 0 || algorithm == 1 ? 3 : 0);
    }
  }
}

TEST(convolution_heuristics) {
  Device device;
  Planned p(kPlain);
  Performance found[8];
  int count;
  EQUAL(cudnnGetConvolutionForwardAlgorithm_v7(p.handle, p.x, p.w, p.c, p.y, 8, &count, found), 0);
  EQUAL(count, 8);
  EQUAL(found[0].algorithm, 1);
  EQUAL(found[0].status, 0);
  EQUAL(found[0].mathType, 3);
  size_t bytes;
  EQUAL(p.size(0, 1, &bytes), 0);
  EQUAL(found[0].memory, bytes);
  EQUAL(found[1].memory, 0u);
  EQUAL(found[2].status, 3000);
  EQUAL(cudnnGetConvolutionBackwardDataAlgorithm_v7(p.handle, p.w, p.y, p.c, p.x, 2, &count, found),
        0);
  EQUAL(count, 2);
  EQUAL(found[0].deterministic, 0);
  EQUAL(found[1].deterministic, 1);
  EQUAL(cudnnGetConvolutionBackwardDataAlgorithm_v7(p.handle, p.w, p.y, p.c, p.x, 0, &count, found),
        2000);
}

TEST(convolution_checks_arguments) {
  Device device;
  Geometry g = kPlain;
  Planned p(g);
  Array<float> x(draw(g.x())), w(draw(g.filter())), y(g.y()), space(4096);
  size_t bytes;
  EQUAL(p.size(0, 1, &bytes), 0);
  CHECK(bytes % 16 == 0 && bytes > 0 && bytes <= 4 * 4096);
  auto run = [&](void* from, void* to, int algorithm, CUdeviceptr workspace, size_t size) {
    return p.run(0, algorithm, from, at(w), to, at(workspace), size);
  };
  EQUAL(run(at(x), at(y), 1, space, bytes), 0);
  EQUAL(run(at(x), at(y), 1, space, bytes - 1), 2000);
  EQUAL(run(at(x), at(y), 1, 0, bytes), 2000);
  EQUAL(run(at(x), at(y), 1, space + 8, bytes), 2000);
  EQUAL(run(at(x), at(y), 0, 0, 0), 0);
  EQUAL(run(nullptr, at(y), 0, 0, 0), 2000);
  EQUAL(run(at(x), nullptr, 0, 0, 0), 2000);
  EQUAL(run(at(x + 2), at(y), 0, 0, 0), 2000);
  EQUAL(run(at(x), at(y), 2, space, bytes), 3000);
  EQUAL(run(at(x), at(y), 8, space, bytes), 2000);
  EQUAL(run(at(x), at(y), -1, space, bytes), 2000);
  auto again = [&](int expected) {
    EQUAL(p.size(0, 0, &bytes), expected);
    EQUAL(run(at(x), at(y), 0, 0, 0), expected);
  };
  EQUAL(cudnnSetTensor4dDescriptor(p.y, 0, 0, g.n, g.k, g.p(), g.q() + 1), 0);
  again(2000);
  EQUAL(cudnnSetTensor4dDescriptor(p.y, 1, 0, g.n, g.k, g.p(), g.q()), 0);
  again(3000);
  EQUAL(cudnnSetTensor4dDescriptor(p.y, 0, 0, g.n, g.k, g.p(), g.q()), 0);
  EQUAL(cudnnSetConvolution2dDescriptor(p.c, 1, 1, 1, 1, 1, 1, 0, 0), 0);
  again(3000);
  EQUAL(cudnnSetConvolution2dDescriptor(p.c, 2, 2, 1, 1, 2, 2, 1, 0), 0);
  again(3000);
  EQUAL(cudnnSetConvolution2dDescriptor(p.c, 1, 1, 1, 1, 1, 1, 1, 0), 0);
  again(0);
  EQUAL(cudnnSetFilter4dDescriptor(p.w, 0, 0, g.k, g.c + 1, g.r, g.s), 0);
  again(2000);
  EQUAL(softcudaReportCount(), 0);
  void* handle = p.handle;
  EQUAL(cudnnDestroy(handle), 0);
  again(2000);
}

TEST(convolution_reports_what_it_may_not_touch) {
  Geometry g = kPlain;
  auto finding = [&](size_t count, bool written, size_t space, float beta = 0) {
    Device device;
    Planned p(g);
    Array<float> w(draw(g.filter())), y(g.y());
    Array<float> x(count);
    if (written) OK(cuMemsetD32Async(x, 0, count, nullptr));
    size_t bytes;
    EQUAL(p.size(0, 1, &bytes), 0);
    Array<char> workspace(space ? space : bytes);
    EQUAL(p.run(0, 1, at(x), at(w), at(y), at(workspace), bytes, 1, beta), 0);
    CUresult result = cuCtxSynchronize();
    return std::string(nameOf(result));
  };
  EQUAL(finding(g.x(), true, 0), "CUDA_SUCCESS");
  EQUAL(finding(g.x(), false, 0), "CUDA_ERROR_LAUNCH_FAILED");
  EQUAL(finding(g.x() - 1, true, 0), "CUDA_ERROR_ILLEGAL_ADDRESS");
  EQUAL(finding(g.x(), true, 16), "CUDA_ERROR_ILLEGAL_ADDRESS");
  EQUAL(finding(g.x(), true, 0, 1), "CUDA_ERROR_LAUNCH_FAILED");
}

TEST(convolution_in_a_graph_and_in_order) {
  Device device;
  Geometry g = {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  Planned p(g);
  CUstream stream;
  OK(cuStreamCreate(&stream, 1));
  EQUAL(cudnnSetStream(p.handle, stream), 0);
  Array<float> x(std::vector<float>{2}), w(std::vector<float>{3}), y(std::vector<float>{1});
  OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  EQUAL(p.run(0, 0, at(x), at(w), at(y), nullptr, 0, 1, 1), 0);
  CUgraph graph;
  CUgraphExec exec;
  OK(cuStreamEndCapture(stream, &graph));
  EQUAL(y.get()[0], 1.0f);
  OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
  for (int i = 0; i < 2; i++) OK(cuGraphLaunch(exec, stream));
  OK(cuStreamSynchronize(stream));
  EQUAL(y.get()[0], 13.0f);
  softcudaDefer(5);
  EQUAL(p.run(0, 0, at(x), at(w), at(y), nullptr, 0, 1, 0), 0);
  EQUAL(*reinterpret_cast<float*>(y.address()), 13.0f);
  OK(cuStreamSynchronize(stream));
  softcudaDefer(0);
  EQUAL(y.get()[0], 6.0f);
}

TEST(convolution_is_counted_and_fails_on_demand) {
  Device device;
  Planned p(kPlain);
  Array<float> x(draw(kPlain.x())), w(draw(kPlain.filter())), y(kPlain.y());
  softcudaClearCounters();
  softcudaFail("library", 2, CUDA_ERROR_OUT_OF_MEMORY);
  EQUAL(p.run(0, 0, at(x), at(w), at(y), nullptr, 0), 0);
  EQUAL(p.run(0, 0, at(x), at(w), at(y), nullptr, 0), 4004);
  EQUAL(std::string(softcudaFailed()), "cudnnConvolutionForward");
  softcudaFail("", 0, 0);
  softcudaCounters counters;
  EQUAL(softcudaKernelCount(), 1);
  EQUAL(std::string(softcudaKernel(0, &counters)), "cudnn forward");
  EQUAL(counters.launches, 1u);
  EQUAL(counters.bytesRead, 4 * (kPlain.x() + kPlain.filter()));
  EQUAL(counters.bytesWritten, 4 * kPlain.y());
}
