// Calls through pointers: from a table, by what each thread picks.
using Function = float (*)(float, int);
__device__ __noinline__ float add(float x, int n) { return x + n; }
__device__ __noinline__ float power(float x, int n) {
  float y = 1;
  for (int i = 0; i < n; i++) y *= x;
  return y;
}
__device__ __noinline__ float twice(float x, int n) { return n > 2 ? add(x, n) * 2 : x; }
__device__ Function table[4] = {add, power, twice, nullptr};
extern "C" __global__ void choose(const int* which, const float* x, float* out) {
  int i = threadIdx.x;
  float y = x[i];
  if (i % 5 != 4) y = table[which[i]](y, i % 4);
  out[i] = y;
}
