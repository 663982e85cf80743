// Kernels whose counts are known.
extern "C" __global__ void strided(const float* in, float* out, int stride) {
  out[threadIdx.x] = in[threadIdx.x * stride];
}
extern "C" __global__ void wide(const float4* in, float4* out) {
  out[threadIdx.x] = in[threadIdx.x];
}
// Lanes of one branch only; the other writes nothing.
extern "C" __global__ void halves(int* out) {
  if (threadIdx.x % 2 == 0)
    for (int i = 0; i < 10; i++) atomicAdd(out + threadIdx.x, i);
}
extern "C" __global__ void banks(int* out, int stride) {
  __shared__ int values[32 * 33];
  values[threadIdx.x * stride] = 1;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x * stride];
}
// What is read has been written by the launch itself.
extern "C" __global__ void writesFirst(int* out) {
  out[threadIdx.x] = 1;
  __syncthreads();
  out[blockDim.x + threadIdx.x] = out[blockDim.x - 1 - threadIdx.x];
}
