// libdevice's functions, as nvcc inlines them.
extern "C" __global__ void functions(int n, const float* x, const float* y, float* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  out[i] = expf(x[i]);
  out[n + i] = logf(x[i]);
  out[2 * n + i] = sinf(x[i]);
  out[3 * n + i] = cosf(x[i]);
  out[4 * n + i] = log1pf(x[i]);
  out[5 * n + i] = powf(x[i], y[i]);
}
