// Mean and variance of each channel over a batch of images [rows, channels, plane], the first half
// of Backend.batchNorm (Ioffe and Szegedy, 2015):
//   statistics = mean[channels], variance[channels] with divisor count - 1,
//   inverse[c] = 1 / sqrt(variance with divisor count + 1e-5), count = rows x plane.
// Chunks of 1024 groups of four values are read once and kept in registers for both passes of their
// moments; the last block of a channel puts them together in double precision and a fixed order
// (Chan, Golub and LeVeque, 1983): a mean far from 0 costs no accuracy.
//
// Grid (channels, min(chunks, 1024)), chunks = ceil(rows x ceil(plane / 4) / 1024); block 256.
// Shared memory 104 bytes, static. partial: three floats for each channel and chunk; tickets: an
// int for each channel, 0 before the first launch and after each. Bytes: 4 x rows x channels x
// plane, the least.

#include "channel.cuh"
#include "moments.cuh"
#include "normalisation.cuh"

constexpr int CHUNK_QUADS = 4;
constexpr int CHUNK = CHUNK_QUADS * CHANNEL_THREADS;

extern "C" __global__ void batch_norm_statistics(int rows, int channels, int plane, const float* x,
                                                 float* statistics, float* inverse, float* partial,
                                                 unsigned* tickets) {
  int channel = blockIdx.x;
  Channel view = {channels, plane, channel};
  bool vector = aligned(x, plane);
  int quads = rows * view.quads();
  int chunks = (quads + CHUNK - 1) / CHUNK;
  float* own = partial + 3LL * channel * chunks;
  auto values = [&](int chunk) {
    return view.valuesBefore(min((chunk + 1) * CHUNK, quads)) - view.valuesBefore(chunk * CHUNK);
  };
  for (int chunk = blockIdx.y; chunk < chunks; chunk += gridDim.y) {
    Quad kept[CHUNK_QUADS];
    int counts[CHUNK_QUADS];
    float sum = 0;
#pragma unroll
    for (int k = 0; k < CHUNK_QUADS; k++) {
      int quad = chunk * CHUNK + k * CHANNEL_THREADS + threadIdx.x;
      kept[k] = {0, 0, 0, 0};
      counts[k] = 0;
      if (quad < quads) {
        Channel::Place place = view.place(quad);
        kept[k] = load(x + place.at, place.count, vector);
        counts[k] = place.count;
      }
      sum += total(kept[k]);
    }
    float count = values(chunk);
    Moments moments = {everySum<CHANNEL_THREADS>(sum) / count, 0, 0};
#pragma unroll
    for (int k = 0; k < CHUNK_QUADS; k++) {
      moments.add(kept[k], counts[k]);
    }
    moments.differences = everySum<CHANNEL_THREADS>(moments.differences);
    moments.squares = everySum<CHANNEL_THREADS>(moments.squares);
    if (threadIdx.x == 0) {
      own[3 * chunk] = moments.first;
      own[3 * chunk + 1] = moments.correction(count);
      own[3 * chunk + 2] = moments.spread(count);
    }
  }
  if (!lastBlock(tickets + channel, gridDim.y)) {
    return;
  }
  const volatile float* all = own;
  auto meanOf = [&](int chunk) { return static_cast<double>(all[3 * chunk]) + all[3 * chunk + 1]; };
  double count = static_cast<double>(rows) * plane;
  double sum = 0;
  for (int chunk = threadIdx.x; chunk < chunks; chunk += CHANNEL_THREADS) {
    sum += values(chunk) * meanOf(chunk);
  }
  double mean = everySum<CHANNEL_THREADS>(sum) / count;
  double spread = 0;
  for (int chunk = threadIdx.x; chunk < chunks; chunk += CHANNEL_THREADS) {
    double difference = meanOf(chunk) - mean;
    spread += all[3 * chunk + 2] + values(chunk) * difference * difference;
  }
  spread = everySum<CHANNEL_THREADS>(spread);
  if (threadIdx.x == 0) {
    statistics[channel] = static_cast<float>(mean);
    statistics[channels + channel] = static_cast<float>(spread / (count - 1));
    inverse[channel] = static_cast<float>(1 / sqrt(spread / count + NORM_EPSILON));
  }
}
