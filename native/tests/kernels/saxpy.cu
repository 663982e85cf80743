// y = a x + y over n elements, one thread an element.
extern "C" __global__ void saxpy(int n, float a, const float* __restrict__ x,
                                 float* __restrict__ y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = fmaf(a, x[i], y[i]);
}
// The same in vectors of four with a tail, grid-stride.
extern "C" __global__ void saxpy4(int n, float a, const float* __restrict__ x,
                                  float* __restrict__ y) {
  int stride = gridDim.x * blockDim.x;
  int first = blockIdx.x * blockDim.x + threadIdx.x;
  int quads = n / 4;
  for (int i = first; i < quads; i += stride) {
    float4 u = reinterpret_cast<const float4*>(x)[i];
    float4 v = reinterpret_cast<float4*>(y)[i];
    v.x = fmaf(a, u.x, v.x);
    v.y = fmaf(a, u.y, v.y);
    v.z = fmaf(a, u.z, v.z);
    v.w = fmaf(a, u.w, v.w);
    reinterpret_cast<float4*>(y)[i] = v;
  }
  for (int i = quads * 4 + first; i < n; i += stride) y[i] = fmaf(a, x[i], y[i]);
}
