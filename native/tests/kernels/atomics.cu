// Histogram in shared memory, then added to global memory; votes, matches and other atomics.
extern "C" __global__ void histogram(int n, const unsigned char* in, unsigned* bins) {
  __shared__ unsigned local[256];
  for (int b = threadIdx.x; b < 256; b += blockDim.x) local[b] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    atomicAdd(&local[in[i]], 1u);
  __syncthreads();
  for (int b = threadIdx.x; b < 256; b += blockDim.x) atomicAdd(&bins[b], local[b]);
}
extern "C" __global__ void extremes(int n, const int* in, int* least, int* greatest,
                                    unsigned long long* sum, float* total, unsigned* even) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  int v = i < n ? in[i] : in[0];
  unsigned odd = __ballot_sync(0xffffffffu, i < n && v % 2 == 0);
  if (threadIdx.x % 32 == 0) atomicAdd(even, __popc(odd));
  if (i >= n) return;
  atomicMin(least, v);
  atomicMax(greatest, v);
  atomicAdd(sum, (unsigned long long)v);
  atomicAdd(total, (float)(v & 7));
}
// A lock by compare and swap, taken by every lane in turn: spins that must not starve the holder.
extern "C" __global__ void lock(int* mutex, int* counter) {
  bool done = false;
  while (!done) {
    if (atomicCAS(mutex, 0, 1) == 0) {
      __threadfence();
      *(volatile int*)counter = *(volatile int*)counter + 1;
      __threadfence();
      atomicExch(mutex, 0);
      done = true;
    }
  }
}
