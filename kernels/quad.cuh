// Four neighbouring floats of a row: one 16-byte access where the row allows it, else one float at
// a time, and then perhaps fewer than four.
#pragma once

struct __align__(16) Quad {
  float at[4];
};

/// Whether 16-byte accesses may begin here; null may.
__device__ inline bool aligned(const void* address) {
  return (reinterpret_cast<unsigned long long>(address) & 15) == 0;
}

/// Whether 16-byte accesses may begin at every fourth column of a row-major matrix.
__device__ inline bool aligned(const void* matrix, int columns) {
  return aligned(matrix) && columns % 4 == 0;
}

/// The first min(count, 4) floats, then zeros.
__device__ inline Quad load(const float* from, int count, bool vector) {
  if (vector) {
    float4 v = *reinterpret_cast<const float4*>(from);
    return {v.x, v.y, v.z, v.w};
  }
  Quad q;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    q.at[i] = i < count ? from[i] : 0;
  }
  return q;
}

/// The same number four times.
__device__ inline Quad every(float value) { return {value, value, value, value}; }

/// Writes the first min(count, 4) floats.
__device__ inline void store(float* to, const Quad& q, int count, bool vector) {
  if (vector) {
    *reinterpret_cast<float4*>(to) = make_float4(q.at[0], q.at[1], q.at[2], q.at[3]);
    return;
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    if (i < count) {
      to[i] = q.at[i];
    }
  }
}

/// Each minus a number.
__device__ inline Quad minus(Quad q, float subtrahend) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    q.at[i] -= subtrahend;
  }
  return q;
}

/// All four added; what load adds beyond the last is 0.
__device__ inline float total(const Quad& q) { return q.at[0] + q.at[1] + (q.at[2] + q.at[3]); }

__device__ inline void add(Quad& sum, const Quad& q) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    sum.at[i] += q.at[i];
  }
}
