// Four standard normals of one Philox counter, by Box and Muller (1958): word pairs (0, 1) and
// (2, 3) give radius sqrt(-2 ln u) and angle 2 pi u, cosine first, sine second.
#pragma once

#include "philox.cuh"
#include "quad.cuh"
#include "step_state.cuh"

/// Key and the parts of the counter that a launch shares.
struct NoiseStream {
  long long seed;
  long long rowBase;
  unsigned attempt;
  unsigned tag;
};

__device__ inline NoiseStream noiseStream(const long long* words) {
  long long attempt = words[ATTEMPT];
  return {words[SEED], words[ROW_BASE], static_cast<unsigned>(attempt),
          noiseTag(words[PURPOSE], attempt, words[SAMPLE])};
}

__device__ inline void boxMuller(unsigned first, unsigned second, float* cosine, float* sine) {
  float radius = sqrtf(-2 * logf(uniform(first)));
  float s, c;
  sincospif(2 * uniform(second), &s, &c);
  *cosine = radius * c;
  *sine = radius * s;
}

/// The normals of columns `column` to `column` + 3; `column` is a multiple of 4.
__device__ inline Quad normals(const NoiseStream& stream, int row, int column) {
  unsigned logicalRow = static_cast<unsigned>(stream.rowBase + row);
  uint4 words = philox(stream.seed, make_uint4(column / 4, logicalRow, stream.attempt, stream.tag));
  Quad q;
  boxMuller(words.x, words.y, &q.at[0], &q.at[1]);
  boxMuller(words.z, words.w, &q.at[2], &q.at[3]);
  return q;
}
