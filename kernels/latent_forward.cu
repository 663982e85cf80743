// From the encoder's last product to the decoder's first layer (Backend.latentForward but for that
// product), for few weights:
//   h = activation(product + bias), heads = h head_weight' + head_bias,
//   z = mu + sigma eps, kl as reparameterise,
//   next_pre = z next_weight' + next_bias, y = next_activation(next_pre).
// h, sigma and z are not kept: latent_backward computes them again, so that memory moves less.
// next_pre is written unless it is y. A head is added by the lanes of a warp, as a tree; an element
// of y is one chain of fma.
//
// Grid min(ceil(rows / 4), 65535), block 512: a block takes four rows, and reads all weights for
// them. Shared memory 22528 bytes, static: hidden up to 1024, latent up to 128.
// Bytes: 4 x (rows x (hidden + 3 latent + outputs + 1) + (2 latent x hidden + outputs x latent) x
// ceil(rows / 4), mostly from the cache); more where next_pre and y are two.

#include "latent.cuh"
#include "normal.cuh"
#include "posterior.cuh"

/// What lies between the layers of a block's rows. Columns and rows that are not there are 0.
struct Between {
  __align__(16) float h[LATENT_ROWS][WIDEST];
  __align__(16) float heads[LATENT_ROWS][2 * MOST_LATENT];
  __align__(16) float z[LATENT_ROWS][MOST_LATENT];
};

extern "C" __global__ void latent_forward(const long long* words, int rows, int hidden, int latent,
                                          int outputs, const float* product, const float* bias,
                                          int activation, float slope, const float* head_weight,
                                          const float* head_bias, int head, float* heads, int draw,
                                          float* eps, float* kl, const float* next_weight,
                                          const float* next_bias, int next_activation,
                                          float next_slope, float* next_pre, float* y) {
  __shared__ Between between;
  int thread = threadIdx.x;
  int lane = thread % WARP;
  int warp = thread / WARP;
  EncoderOutput h = {product, bias, activation, slope};
  bool wide = h.vectors(hidden);
  bool wideWeight = aligned(head_weight, hidden);
  bool narrow = aligned(heads, latent) && aligned(eps);
  bool narrowBias = aligned(head_bias, latent);
  bool narrowWeight = aligned(next_weight, latent);
  for (int first = blockIdx.x * LATENT_ROWS; first < rows; first += gridDim.x * LATENT_ROWS) {
    int quads = (hidden + 3) / 4;
    for (int i = thread; i < LATENT_ROWS * quads; i += LATENT_THREADS) {
      int row = i / quads;
      int column = 4 * (i % quads);
      int count = hidden - column;
      Quad x = every(0);
      if (first + row < rows) {
        long long at = static_cast<long long>(first + row) * hidden + column;
        x = h.of(at, column, count, wide);
      }
      keep(between.h[row], column, x, count);
    }
    __syncthreads();
    for (int o = warp; o < 2 * latent; o += LATENT_WARPS) {
      const float* weights = head_weight + static_cast<long long>(o) * hidden;
      float sum[LATENT_ROWS] = {};
      for (int k = 4 * lane; k < hidden; k += 4 * WARP) {
        Quad w = load(weights + k, hidden - k, wideWeight);
#pragma unroll
        for (int row = 0; row < LATENT_ROWS; row++) {
          sum[row] = dot(w, shared(between.h[row], k), sum[row]);
        }
      }
#pragma unroll
      for (int row = 0; row < LATENT_ROWS; row++) {
        sum[row] = warpSum(sum[row]);
        if (lane == 0) {
          between.heads[row][o] = sum[row];
        }
      }
    }
    __syncthreads();
    if (warp < LATENT_ROWS) {
      int row = first + warp;
      int column = 4 * lane;
      int count = latent - column;
      float twiceKl = 0;
      Quad sample = every(0);
      if (row < rows && count > 0) {
        long long at = static_cast<long long>(row) * latent + column;
        float* meanAt = heads + at + static_cast<long long>(row) * latent;
        Quad mu = load(between.heads[warp] + column, count, false);
        Quad second = load(between.heads[warp] + latent + column, count, false);
        add(mu, load(head_bias + column, count, narrowBias));
        add(second, load(head_bias + latent + column, count, narrowBias));
        store(meanAt, mu, count, narrow);
        store(meanAt + latent, second, count, narrow);
        Quad noise;
        if (draw) {
          noise = normals(noiseStream(words), row, column);
          store(eps + at, noise, count, narrow);
        } else {
          noise = load(eps + at, count, narrow);
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
          float sigma = posteriorSigma(head, second.at[i]);
          sample.at[i] = fmaf(sigma, noise.at[i], mu.at[i]);
          if (i < count) {
            twiceKl += posteriorTwiceKl(head, mu.at[i], second.at[i], sigma);
          }
        }
      }
      keep(between.z[warp], column, sample, count);
      twiceKl = warpSum(twiceKl);
      if (lane == 0 && row < rows) {
        kl[row] = 0.5f * twiceKl;
      }
    }
    __syncthreads();
    for (int o = thread; o < outputs; o += LATENT_THREADS) {
      const float* weights = next_weight + static_cast<long long>(o) * latent;
      float sum[LATENT_ROWS] = {};
      for (int l = 0; l < latent; l += 4) {
        Quad w = load(weights + l, latent - l, narrowWeight);
#pragma unroll
        for (int row = 0; row < LATENT_ROWS; row++) {
          sum[row] = dot(w, shared(between.z[row], l), sum[row]);
        }
      }
      float b = next_bias[o];
#pragma unroll
      for (int row = 0; row < LATENT_ROWS; row++) {
        if (first + row < rows) {
          long long at = static_cast<long long>(first + row) * outputs + o;
          float value = sum[row] + b;
          if (next_pre != y) {
            next_pre[at] = value;
          }
          y[at] = activate(next_activation, next_slope, value);
        }
      }
    }
    __syncthreads();
  }
}
