// Kernels that are wrong in one way each when `wrong` is 1, and right when it is 0.
extern "C" __global__ void rowTooMany(int n, float* out, int wrong) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n + wrong) out[i] = i;
}
extern "C" __global__ void misaligned(const float* in, float4* out, int wrong) {
  out[threadIdx.x] = *reinterpret_cast<const float4*>(in + threadIdx.x * 4 + wrong);
}
extern "C" __global__ void missingParticipant(int* out, int wrong) {
  __shared__ int last;
  if (threadIdx.x == 0) last = 7;
  if (!wrong || threadIdx.x < 40)
    __syncthreads();
  else
    return;
  out[threadIdx.x] = last;
}
extern "C" __global__ void uninitialisedShared(int* out, int wrong) {
  __shared__ int values[64];
  if (threadIdx.x + wrong < 64) values[threadIdx.x] = threadIdx.x;
  __syncthreads();
  out[threadIdx.x] = values[63 - threadIdx.x];
}
extern "C" __global__ void readGlobal(const float* in, float* out) {
  out[threadIdx.x] = in[threadIdx.x];
}
extern "C" __global__ void shuffleInactive(int* out, int wrong) {
  int v = threadIdx.x;
  if (!wrong || threadIdx.x % 32 < 16) {
    unsigned mask = wrong ? 0xffffu : 0xffffffffu;
    v = __shfl_sync(mask, v, wrong ? 20 : 5);
  }
  out[threadIdx.x] = v;
}
extern "C" __global__ void sharedTooFar(int* out, int wrong) {
  __shared__ int values[32];
  values[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = values[(threadIdx.x + wrong * 1000) % 1024];
}
extern "C" __global__ void writeBytes(unsigned char* out) { out[threadIdx.x * 3] = 1; }
// A barrier in each branch of a warp.
extern "C" __global__ void barrierUnderBranch(int* out, int wrong) {
  __shared__ int values[64];
  values[threadIdx.x] = threadIdx.x;
  if (threadIdx.x % 2 == 0 && wrong)
    __syncthreads();
  else
    __syncthreads();
  out[threadIdx.x] = values[63 - threadIdx.x];
}
// One element is not initialised.
extern "C" __global__ void uninitialisedLocal(int* out, int wrong) {
  int values[16];
  for (int i = 0; i < 16 - wrong; i++) values[(i * 5 + threadIdx.x) % 16] = i;
  out[threadIdx.x] = values[out[threadIdx.x]];
}
extern "C" __global__ void divideByZero(int* out, int wrong) {
  out[threadIdx.x] = 100 / (out[threadIdx.x] + (wrong ? 0 : 1));
}
