// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011), as in
// gpuvae.backend.Philox: key = seed, low word first; counter = (column / 4, row in the logical
// batch, low 32 bits of the attempt, tag).
#pragma once

/// Ordinals of gpuvae.backend.Noise, as far as kernels choose a purpose themselves.
enum Noise { BINARISE = 3, BINARISE_ONCE = 4 };

/// The counter's fourth word: purpose, bits 32 to 43 of the attempt, which of several samples.
__device__ inline unsigned noiseTag(long long purpose, long long attempt, long long sample) {
  unsigned high = static_cast<unsigned>(static_cast<unsigned long long>(attempt) >> 32);
  return static_cast<unsigned>(purpose) << 28 | (high & 0xFFF) << 16 |
         (static_cast<unsigned>(sample) & 0xFFFF);
}

/// The four words of one counter.
__device__ inline uint4 philox(long long seed, uint4 counter) {
  unsigned key0 = static_cast<unsigned>(seed);
  unsigned key1 = static_cast<unsigned>(static_cast<unsigned long long>(seed) >> 32);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    unsigned high0 = __umulhi(0xD2511F53u, counter.x);
    unsigned low0 = 0xD2511F53u * counter.x;
    unsigned high1 = __umulhi(0xCD9E8D57u, counter.z);
    unsigned low1 = 0xCD9E8D57u * counter.z;
    counter = make_uint4(high1 ^ counter.y ^ key0, low1, high0 ^ counter.w ^ key1, low0);
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// A word as a number in (0, 1]: ((word >> 8) + 1) 2^-24, so that its logarithm is finite.
__device__ inline float uniform(unsigned word) {
  return static_cast<float>((word >> 8) + 1) * 0x1p-24f;
}
