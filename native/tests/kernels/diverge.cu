// Loops that lanes leave at different times, by break, continue and return from a called function.
__device__ __noinline__ int collatz(unsigned n) {
  int steps = 0;
  while (n != 1) {
    if (steps > 500) return -1;
    n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    steps++;
  }
  return steps;
}
extern "C" __global__ void diverge(int n, const unsigned* in, int* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int sum = 0;
  for (unsigned k = 0; k < in[i]; k++) {
    if (k % 3 == (unsigned)(i % 3)) continue;
    if (sum > 1000) break;
    sum += k % 2 == 0 ? (int)k : collatz(k + 1);
  }
  out[i] = sum;
}
// A switch whose cases the compiler may turn into a branch table.
extern "C" __global__ void choose(int n, const int* in, float* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float x = (float)in[i];
  switch (in[i] % 8) {
    case 0:
      x = expf(x * 0.01f);
      break;
    case 1:
      x = logf(x);
      break;
    case 2:
      x = sqrtf(x);
      break;
    case 3:
      x = tanhf(x * 0.1f);
      break;
    case 4:
      x = 1.0f / x;
      break;
    case 5:
      x = log1pf(x);
      break;
    case 6:
      x = cospif(x / 7.0f);
      break;
    default:
      x = powf(x, 0.3f);
  }
  out[i] = x;
}
