// Sum in two stages: each block reduces by shuffles and shared memory into partial[block]; a second
// launch of one block reduces the partial sums. Fixed order, no float atomics.
extern "C" __global__ void reduce(int n, const float* in, float* partial) {
  __shared__ float warps[32];
  float sum = 0.0f;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    sum += in[i];
  for (int d = 16; d > 0; d /= 2) sum += __shfl_down_sync(0xffffffffu, sum, d);
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x < 32) {
    sum = threadIdx.x < blockDim.x / 32 ? warps[threadIdx.x] : 0.0f;
    for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, d);
    if (threadIdx.x == 0) partial[blockIdx.x] = sum;
  }
}
// The same with the last block to finish adding the partial sums (integer atomic, fence).
extern "C" __global__ void reduceLast(int n, const float* in, float* partial, unsigned* done,
                                      float* out) {
  extern __shared__ float buffer[];
  __shared__ bool last;
  float sum = 0.0f;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    sum += in[i];
  buffer[threadIdx.x] = sum;
  __syncthreads();
  for (unsigned d = blockDim.x / 2; d > 0; d /= 2) {
    if (threadIdx.x < d) buffer[threadIdx.x] += buffer[threadIdx.x + d];
    __syncthreads();
  }
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = buffer[0];
    __threadfence();
    last = atomicInc(done, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (last && threadIdx.x == 0) {
    float total = 0.0f;
    for (unsigned b = 0; b < gridDim.x; b++) total += ((volatile float*)partial)[b];
    *out = total;
  }
}
