// Kernels that race when `wrong` is 1, and are ordered when it is 0.
extern "C" __global__ void neighbours(int* out, int wrong) {
  __shared__ int values[64];
  values[threadIdx.x] = threadIdx.x;
  if (!wrong) __syncthreads();
  out[threadIdx.x] = values[threadIdx.x / 2];
}
// A barrier between the read and the next write is missing.
extern "C" __global__ void tooSoon(int* out, int wrong) {
  __shared__ int value;
  int sum = 0;
  for (int i = 0; i < 3; i++) {
    if (threadIdx.x == 40) value = i;
    __syncthreads();
    sum += value;
    if (!wrong) __syncthreads();
  }
  out[threadIdx.x] = sum;
}
extern "C" __global__ void withinWarp(int* out, int wrong) {
  __shared__ int values[32];
  values[threadIdx.x] = threadIdx.x;
  if (!wrong) __syncwarp();
  out[threadIdx.x] = values[threadIdx.x ^ 1];
}
// Members of the wrong half.
extern "C" __global__ void halfWarps(int* out, int wrong) {
  __shared__ int values[32];
  values[threadIdx.x] = threadIdx.x;
  unsigned half = threadIdx.x < 16 ? 0xffffu : 0xffff0000u;
  __syncwarp(half);
  out[threadIdx.x] = values[threadIdx.x ^ (wrong ? 16 : 8)];
}
// One warp produces, another consumes.
extern "C" __global__ void producer(int* out, int wrong) {
  __shared__ int values[32];
  if (threadIdx.x < 32) {
    if (!wrong) values[threadIdx.x] = 5;
    asm volatile("bar.arrive 1, 64;" ::: "memory");
    if (wrong) values[threadIdx.x] = 5;
  } else {
    if (wrong) values[threadIdx.x - 32] = 4;
    asm volatile("bar.sync 1, 64;" ::: "memory");
    out[threadIdx.x - 32] = values[63 - threadIdx.x];
  }
}
// All threads may write one value.
extern "C" __global__ void oneFlag(int* out, int wrong) {
  __shared__ int flag;
  flag = wrong ? threadIdx.x / 32 : 7;
  __syncthreads();
  out[threadIdx.x] = flag;
}
extern "C" __global__ void oneFlagInWarp(int* out, int wrong) {
  __shared__ int flag;
  if (threadIdx.x < 32) flag = wrong ? threadIdx.x : 7;
  __syncthreads();
  out[threadIdx.x] = flag;
}
// Bytes of one word are not shared.
extern "C" __global__ void bytes(int* out, int wrong) {
  __shared__ unsigned char values[64];
  values[wrong && threadIdx.x == 9 ? 12 : threadIdx.x * 37 % 64] = threadIdx.x;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x & ~1];
}
extern "C" __global__ void counter(int* count, int* out, int wrong) {
  atomicAdd(count, 1);
  if (wrong && threadIdx.x == 0) *count = 5;
  out[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}
extern "C" __global__ void acrossBlocks(int* out, int wrong) {
  out[blockIdx.x * (blockDim.x - wrong) + threadIdx.x] = blockIdx.x;
}
// The last block reads what the others wrote; wrong: without a fence, or one for the block alone.
extern "C" __global__ void lastBlock(int* partial, unsigned* done, int* out, int wrong) {
  __shared__ bool last;
  partial[blockIdx.x * blockDim.x + threadIdx.x] = threadIdx.x;
  __syncthreads();
  if (threadIdx.x == 0) {
    if (wrong == 0) __threadfence();
    if (wrong == 2) __threadfence_block();
    last = atomicInc(done, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (!last) return;
  int sum = 0;
  for (unsigned b = 0; b < gridDim.x; b++) sum += partial[b * blockDim.x + threadIdx.x];
  out[threadIdx.x] = sum;
}
// A lock around a plain counter.
extern "C" __global__ void locked(int* lock, int* count, int wrong) {
  if (threadIdx.x % 32 != 0) return;
  while (atomicCAS(lock, 0, 1) != 0) {
  }
  __threadfence();
  *count += 1;
  if (!wrong) __threadfence();
  atomicExch(lock, 0);
}
// .nc loads are for memory that the kernel does not write.
extern "C" __global__ void readOnly(int* values, int* out, int wrong) {
  int i = threadIdx.x;
  values[i] = i;
  out[i] = wrong ? __ldg(values + i) : values[i];
}
