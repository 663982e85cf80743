// A channel's values in all rows of images [rows, channels, plane], in groups of four neighbours of
// a plane; the last group of a plane may have fewer. Groups are numbered row by row.
#pragma once

#include "last_block.cuh"
#include "reduce.cuh"

constexpr int CHANNEL_THREADS = 256;

struct Channel {
  int channels;
  int plane;
  int channel;

  struct Place {
    long long at;
    int count;
  };

  /// Groups of a plane.
  __device__ int quads() const { return (plane + 3) / 4; }

  /// Where a group is, and how many values are left of its plane.
  __device__ Place place(int quad) const {
    int row = quad / quads();
    int pixel = 4 * (quad - row * quads());
    long long first = (static_cast<long long>(row) * channels + channel) * plane;
    return {first + pixel, plane - pixel};
  }

  /// Values in the groups before one.
  __device__ int valuesBefore(int quad) const {
    int row = quad / quads();
    return row * plane + 4 * (quad - row * quads());
  }
};

/// Calls body(at, count) for this block's share of channel blockIdx.x: part blockIdx.y.
template <typename Body>
__device__ inline void forEachOfChannel(int rows, int channels, int plane, Body body) {
  Channel view = {channels, plane, static_cast<int>(blockIdx.x)};
  int count = rows * view.quads();
  for (int i = blockIdx.y * CHANNEL_THREADS + threadIdx.x; i < count;
       i += gridDim.y * CHANNEL_THREADS) {
    Channel::Place place = view.place(i);
    body(place.at, place.count);
  }
}

/// Sums over a channel's blocks in a fixed order: each leaves its own in `partial` (a float for
/// each block of the launch and sum), the last to be done adds them. Its threads get them all, the
/// others false. tickets: an int for each channel. All threads call.
template <int SUMS>
__device__ inline bool channelSums(float (&sums)[SUMS], float* partial, unsigned* tickets) {
  float* own = partial + SUMS * blockIdx.x * gridDim.y;
#pragma unroll
  for (int s = 0; s < SUMS; s++) {
    sums[s] = everySum<CHANNEL_THREADS>(sums[s]);
    if (threadIdx.x == 0) {
      own[SUMS * blockIdx.y + s] = sums[s];
    }
  }
  if (!lastBlock(tickets + blockIdx.x, gridDim.y)) {
    return false;
  }
  const volatile float* all = own;
#pragma unroll
  for (int s = 0; s < SUMS; s++) {
    sums[s] = 0;
    for (unsigned i = threadIdx.x; i < gridDim.y; i += CHANNEL_THREADS) {
      sums[s] += all[SUMS * i + s];
    }
    sums[s] = everySum<CHANNEL_THREADS>(sums[s]);
  }
  return true;
}
