// A plane's values, gone over several times by a group of threads: the first KEPT_QUADS groups of
// four of each thread stay in shared memory, so that memory is read once; those of larger planes
// are fetched again.
#pragma once

#include "group.cuh"
#include "quad.cuh"

constexpr int KEPT_QUADS = 8;

/// What is known of four neighbouring values: N numbers of each.
template <int N>
struct Quads {
  Quad of[N];
};

/// Where they are kept: neighbouring threads' next to each other, so that banks do not conflict.
template <int N>
using KeptQuads = Quad[KEPT_QUADS][N][GROUP_BLOCK];

template <int THREADS, int N>
struct Plane {
  int size;
  KeptQuads<N>& kept;

  /// The first time: body(i, fetch(i)) for every fourth i below the size.
  template <typename Fetch, typename Body>
  __device__ void first(Fetch fetch, Body body) const {
    int i = 4 * Group<THREADS>::thread();
    for (int k = 0; i < size; k++, i += 4 * THREADS) {
      Quads<N> quads = fetch(i);
      if (k < KEPT_QUADS) {
#pragma unroll
        for (int n = 0; n < N; n++) {
          kept[k][n][threadIdx.x] = quads.of[n];
        }
      }
      body(i, quads);
    }
  }

  /// Every other time. Not unrolled: what is kept comes fast, and bodies are long.
  template <typename Fetch, typename Body>
  __device__ void again(Fetch fetch, Body body) const {
    int i = 4 * Group<THREADS>::thread();
#pragma unroll 1
    for (int k = 0; i < size; k++, i += 4 * THREADS) {
      Quads<N> quads;
      if (k < KEPT_QUADS) {
#pragma unroll
        for (int n = 0; n < N; n++) {
          quads.of[n] = kept[k][n][threadIdx.x];
        }
      } else {
        quads = fetch(i);
      }
      body(i, quads);
    }
  }
};
