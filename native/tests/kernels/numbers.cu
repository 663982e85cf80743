// Integer, 64-bit and double arithmetic, Philox words, constant and global tables, local arrays.
__constant__ unsigned multipliers[2] = {0xD2511F53u, 0xCD9E8D57u};
__device__ unsigned counter = 7;
extern "C" __global__ void philox(int n, unsigned long long seed, uint4* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  unsigned c0 = i, c1 = 0, c2 = counter, c3 = 0, k0 = (unsigned)seed, k1 = (unsigned)(seed >> 32);
  for (int r = 0; r < 10; r++) {
    unsigned h0 = __umulhi(multipliers[0], c0), l0 = multipliers[0] * c0;
    unsigned h1 = __umulhi(multipliers[1], c2), l1 = multipliers[1] * c2;
    c0 = h1 ^ c1 ^ k0;
    c1 = l1;
    c2 = h0 ^ c3 ^ k1;
    c3 = l0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[i] = make_uint4(c0, c1, c2, c3);
}
extern "C" __global__ void integers(int n, const long long* a, const long long* b, long long* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  long long x = a[i], y = b[i], r = 0;
  r += x / y + x % y + __mul64hi(x, y) + (x >> (y & 63)) + __clzll(x) + __popcll(y);
  r ^= (long long)((int)x / (int)(y | 1)) + __brev((unsigned)x) + __ffs((int)y);
  r +=
      __byte_perm((unsigned)x, (unsigned)y, 0x5140) + __funnelshift_l((unsigned)x, (unsigned)y, 13);
  r += min((short)x, (short)y) + (unsigned char)x * 3 + __usad((unsigned)x, (unsigned)y, 5u);
  out[i] = r;
}
extern "C" __global__ void doubles(int n, const double* a, const double* b, double* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  double x = a[i], y = b[i];
  out[i] = sqrt(x * x + y) / (1.0 + y) + exp(-x) + log(y) + pow(x, 1.5) + fmin(x, y) +
           (double)(float)x + (double)(long long)(x * 1e6) + rint(y * 3);
}
extern "C" __global__ void sortLocal(int n, const float* in, float* out) {
  float v[16];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  for (int k = 0; k < n; k++) v[k] = in[i * 16 + k];
  for (int k = 1; k < n; k++)
    for (int j = k; j > 0 && v[j] < v[j - 1]; j--) {
      float t = v[j];
      v[j] = v[j - 1];
      v[j - 1] = t;
    }
  for (int k = 0; k < n; k++) out[i * 16 + k] = v[k];
}
