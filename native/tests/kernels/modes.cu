// What the modes change: who comes first, and approximations.
extern "C" __global__ void arrivals(int* count, int* out) {
  int at = atomicAdd(count, 1);
  out[at] = blockIdx.x * blockDim.x + threadIdx.x;
}
// Each branch of a warp draws a number.
extern "C" __global__ void branches(int* count, int* out) {
  int first = 0;
  if (threadIdx.x % 2 == 0) {
    first = atomicAdd(count, 1);
    for (int i = 0; i < 20; i++) first += atomicAdd(count + 1, 1) < 0;
  } else {
    first = atomicAdd(count, 1) + 100;
    for (int i = 0; i < 20; i++) first += atomicAdd(count + 2, 1) < 0;
  }
  out[threadIdx.x] = first;
}
extern "C" __global__ void approximate(const float* x, float* out) {
  int i = threadIdx.x, n = blockDim.x;
  float v = x[i], y;
  asm("ex2.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[i] = y;
  asm("lg2.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[n + i] = y;
  asm("rcp.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[2 * n + i] = y;
  asm("sqrt.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[3 * n + i] = y;
  asm("rsqrt.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[4 * n + i] = y;
  asm("sin.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[5 * n + i] = y;
  asm("cos.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[6 * n + i] = y;
  asm("tanh.approx.f32 %0, %1;" : "=f"(y) : "f"(v));
  out[7 * n + i] = y;
  asm("div.approx.f32 %0, %1, %2;" : "=f"(y) : "f"(v), "f"(3.0f));
  out[8 * n + i] = y;
}
