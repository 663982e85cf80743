// A plane's values, gone over several times by a group of threads: the first KEPT_QUADS groups of
// four of each thread stay in shared memory, so that memory is read once; those of larger planes
// are fetched again.
#pragma once

#include "group.cuh"

constexpr int KEPT_QUADS = 8;

/// Kept: what is known of four neighbouring values.
template <int THREADS, typename Kept>
struct Plane {
  int size;
  Kept (*kept)[GROUP_BLOCK];

  /// The first time: body(i, fetch(i)) for every fourth i below the size.
  template <typename Fetch, typename Body>
  __device__ void first(Fetch fetch, Body body) const {
    int i = 4 * Group<THREADS>::thread();
    for (int k = 0; i < size; k++, i += 4 * THREADS) {
      Kept quad = fetch(i);
      if (k < KEPT_QUADS) {
        kept[k][threadIdx.x] = quad;
      }
      body(i, quad);
    }
  }

  /// Every other time.
  template <typename Fetch, typename Body>
  __device__ void again(Fetch fetch, Body body) const {
    int i = 4 * Group<THREADS>::thread();
    for (int k = 0; i < size; k++, i += 4 * THREADS) {
      body(i, k < KEPT_QUADS ? kept[k][threadIdx.x] : fetch(i));
    }
  }
};
