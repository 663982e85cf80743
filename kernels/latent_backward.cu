// The backward pass of latent_forward with its gradients (Backend.latentBackward but for the
// gradients of the encoder's last product), in two stages:
// 1. row by row: d = dy times next_activation'(next_operand), dz = d next_weight, d_heads as
//    reparameterise_backward, z as latent_forward,
//    dh = d_heads head_weight times activation'(product + bias);
// 2. column by column, when all rows are done: next_weight_gradient = d' z, next_bias_gradient,
//    head_weight_gradient = d_heads' activation(product + bias), head_bias_gradient,
//    bias_gradient = column sums of dh.
// d and the encoder's output are computed wherever they are needed, so that memory moves less. Sums
// have a fixed order: over the columns of a row each of 16 warps adds its own, then the warps are
// added; over rows likewise.
//
// Grid: ceil(rows / 4) blocks of the first stage, then those of Gradients::blocks() of the three;
// block 512. Shared memory 43024 bytes, static: hidden and outputs up to 1024, latent up to 128.
// tickets: two ints, 0 before the first launch and after each.
// Bytes: 4 x (rows x (2 outputs + 2 hidden + 6 latent) + 2 x (2 latent x hidden + outputs x
// latent)), and from the cache the weights for each four rows and, for each 16 latent variables,
// rows x 2 outputs, for each 16 heads rows x hidden.

#include "activation_gradient.cuh"
#include "latent.cuh"
#include "posterior.cuh"
#include "stages.cuh"
#include "step_state.cuh"

constexpr int CHUNK = 16;
constexpr int HALF_CHUNK = CHUNK / 2;
constexpr int SLICE = 128;
constexpr int STRIP_QUADS = WARP / 4;

/// What the first stage keeps of a block's rows. Rows that are not there are 0.
struct RowStage {
  __align__(16) float d[LATENT_ROWS][WIDEST];
  float shares[LATENT_WARPS][LATENT_ROWS][WARP];
  float dz[LATENT_ROWS][MOST_LATENT];
  float heads[LATENT_ROWS][2 * MOST_LATENT];
};

/// What the second stage keeps of a block's columns. The rows' length keeps banks apart for reading
/// by rows and by columns.
struct ColumnStage {
  __align__(16) float wide[SLICE][WARP];
  __align__(16) float narrow[SLICE][CHUNK];
  float shares[LATENT_WARPS][HALF_CHUNK][WARP + 4];
};

/// A layer's gradients from both sides of it over all rows: wide' narrow, and the column sums of
/// both. A column of ones beside either gives the other's sums.
struct Gradients {
  int columns;
  const float* narrow;
  int narrowColumns;
  float* product;
  bool wideFirst;     // whether the product is [columns, narrowColumns], not its transpose
  float* wideSums;    // 0 if not wanted
  float* narrowSums;  // 0 if not wanted

  __device__ int strips() const { return (columns + (narrowSums != nullptr) + WARP - 1) / WARP; }

  __device__ int chunks() const {
    return (narrowColumns + (wideSums != nullptr) + CHUNK - 1) / CHUNK;
  }

  __device__ int blocks() const { return strips() * chunks(); }

  __device__ void put(int column, int other, float value) const {
    if (column < columns && other < narrowColumns) {
      product[wideFirst ? column * narrowColumns + other : other * columns + column] = value;
    } else if (column < columns && other == narrowColumns && wideSums != nullptr) {
      wideSums[column] = value;
    } else if (column == columns && other < narrowColumns && narrowSums != nullptr) {
      narrowSums[other] = value;
    }
  }

  /// Block `block` of blocks(): a strip of 32 columns by a chunk of 16. wide(at, column, count)
  /// gives up to four neighbours in a row of the wide side, `at` the place of the first.
  template <class Wide>
  __device__ void compute(int rows, int block, ColumnStage& stage, Wide wide) const {
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    int strip = block % strips() * WARP;
    int chunk = block / strips() * CHUNK;
    float sum[CHUNK] = {};
    for (int first = 0; first < rows; first += SLICE) {
      int count = min(SLICE, rows - first);
      for (int i = threadIdx.x; i < count * STRIP_QUADS; i += LATENT_THREADS) {
        int row = i / STRIP_QUADS;
        int inStrip = 4 * (i % STRIP_QUADS);
        int column = strip + inStrip;
        Quad x = every(0);
        if (column < columns) {
          x = wide(static_cast<long long>(first + row) * columns + column, column,
                   columns - column);
        }
#pragma unroll
        for (int k = 0; k < 4; k++) {
          x.at[k] = column + k == columns ? 1 : x.at[k];
        }
        keep(stage.wide[row], inStrip, x, 4);
      }
      for (int i = threadIdx.x; i < SLICE * CHUNK; i += LATENT_THREADS) {
        int row = i / CHUNK;
        int other = chunk + i % CHUNK;
        bool inside = row < count && other < narrowColumns;
        stage.narrow[row][i % CHUNK] =
            inside ? narrow[static_cast<long long>(first + row) * narrowColumns + other]
                   : (other == narrowColumns ? 1 : 0);
      }
      __syncthreads();
#pragma unroll 4
      for (int row = warp; row < count; row += LATENT_WARPS) {
        float x = stage.wide[row][lane];
#pragma unroll
        for (int i = 0; i < CHUNK; i += 4) {
          Quad other = shared(stage.narrow[row], i);
#pragma unroll
          for (int k = 0; k < 4; k++) {
            sum[i + k] = fmaf(x, other.at[k], sum[i + k]);
          }
        }
      }
      __syncthreads();
    }
#pragma unroll
    for (int half = 0; half < CHUNK; half += HALF_CHUNK) {
#pragma unroll
      for (int i = 0; i < HALF_CHUNK; i++) {
        stage.shares[warp][i][lane] = sum[half + i];
      }
      __syncthreads();
      if (threadIdx.x < WARP * HALF_CHUNK) {
        int i = wideFirst ? threadIdx.x % HALF_CHUNK : warp;
        int at = wideFirst ? threadIdx.x / HALF_CHUNK : lane;
        float total = 0;
        for (int share = 0; share < LATENT_WARPS; share++) {
          total += stage.shares[share][i][at];
        }
        put(strip + at, chunk + half + i, total);
      }
      __syncthreads();
    }
  }
};

extern "C" __global__ void latent_backward(
    const long long* words, int rows, int hidden, int latent, int outputs, int next_activation,
    float next_slope, const float* next_operand, float* dy, const float* next_weight, float* z,
    float* next_weight_gradient, float* next_bias_gradient, int head, const float* head_weight,
    const float* heads, const float* eps, float* d_heads, float* head_weight_gradient,
    float* head_bias_gradient, int activation, float slope, const float* product, const float* bias,
    float* dh, float* bias_gradient, unsigned* tickets) {
  __shared__ union {
    RowStage byRow;
    ColumnStage byColumn;
  } stage;
  int thread = threadIdx.x;
  int lane = thread % WARP;
  int warp = thread / WARP;
  int rowBlocks = (rows + LATENT_ROWS - 1) / LATENT_ROWS;
  ActivationGradient gradient = {next_activation, next_slope, next_operand, dy};
  bool outputVectors = gradient.vectors(outputs);
  EncoderOutput h = {product, bias, activation, slope};
  int block = blockByStart(tickets, gridDim.x);
  if (block >= rowBlocks) {
    awaitBlocks(tickets, rowBlocks);
    Gradients both = {hidden, d_heads, 2 * latent,        head_weight_gradient,
                      false,  nullptr, head_bias_gradient};
    Gradients next = {outputs, z, latent, next_weight_gradient, true, next_bias_gradient, nullptr};
    Gradients last = {hidden, nullptr, 0, nullptr, false, bias_gradient, nullptr};
    block -= rowBlocks;
    if (block < both.blocks()) {
      bool vector = h.vectors(hidden);
      both.compute(rows, block, stage.byColumn, [&](long long at, int column, int count) {
        return h.of(at, column, count, vector);
      });
    } else if (block - both.blocks() < next.blocks()) {
      next.compute(rows, block - both.blocks(), stage.byColumn, [&](long long at, int, int count) {
        return gradient.of(at, count, outputVectors);
      });
    } else {
      bool vector = aligned(dh, hidden);
      last.compute(rows, block - both.blocks() - next.blocks(), stage.byColumn,
                   [&](long long at, int, int count) { return load(dh + at, count, vector); });
    }
    endBlock(tickets, gridDim.x);
    return;
  }

  RowStage& own = stage.byRow;
  int first = block * LATENT_ROWS;
  int quads = (outputs + 3) / 4;
  for (int i = thread; i < LATENT_ROWS * quads; i += LATENT_THREADS) {
    int row = i / quads;
    int column = 4 * (i % quads);
    Quad d = every(0);
    if (first + row < rows) {
      d = gradient.of(static_cast<long long>(first + row) * outputs + column, outputs - column,
                      outputVectors);
    }
    keep(own.d[row], column, d, outputs - column);
  }
  __syncthreads();
  for (int from = 0; from < latent; from += WARP) {
    int column = from + lane;
    float sum[LATENT_ROWS] = {};
    if (column < latent) {
#pragma unroll 4
      for (int o = warp; o < outputs; o += LATENT_WARPS) {
        float w = next_weight[static_cast<long long>(o) * latent + column];
#pragma unroll
        for (int row = 0; row < LATENT_ROWS; row++) {
          sum[row] = fmaf(own.d[row][o], w, sum[row]);
        }
      }
    }
#pragma unroll
    for (int row = 0; row < LATENT_ROWS; row++) {
      own.shares[warp][row][lane] = sum[row];
    }
    __syncthreads();
    if (warp < LATENT_ROWS && column < latent) {
      float total = 0;
      for (int share = 0; share < LATENT_WARPS; share++) {
        total += own.shares[share][warp][lane];
      }
      own.dz[warp][column] = total;
    }
    __syncthreads();
  }
  float weight = static_cast<float>(number(words, KL_WEIGHT));
  for (int i = thread; i < LATENT_ROWS * latent; i += LATENT_THREADS) {
    int row = i / latent;
    int column = i % latent;
    float mean = 0;
    float second = 0;
    if (first + row < rows) {
      long long at = static_cast<long long>(first + row) * latent + column;
      long long meanAt = at + static_cast<long long>(first + row) * latent;
      float mu = heads[meanAt];
      float other = heads[meanAt + latent];
      float sigma = posteriorSigma(head, other);
      float noise = eps[at];
      float d = own.dz[row][column];
      z[at] = fmaf(sigma, noise, mu);
      mean = fmaf(weight, mu, d);
      second = posteriorSecondGradient(head, other, sigma, d * noise, weight);
      d_heads[meanAt] = mean;
      d_heads[meanAt + latent] = second;
    }
    own.heads[row][column] = mean;
    own.heads[row][latent + column] = second;
  }
  __syncthreads();
  for (int k = thread; k < hidden; k += LATENT_THREADS) {
    float sum[LATENT_ROWS] = {};
#pragma unroll 8
    for (int o = 0; o < 2 * latent; o++) {
      float w = head_weight[static_cast<long long>(o) * hidden + k];
#pragma unroll
      for (int row = 0; row < LATENT_ROWS; row++) {
        sum[row] = fmaf(own.heads[row][o], w, sum[row]);
      }
    }
#pragma unroll
    for (int row = 0; row < LATENT_ROWS; row++) {
      if (first + row < rows) {
        long long at = static_cast<long long>(first + row) * hidden + k;
        dh[at] = sum[row] * activationSlopeAtInput(activation, slope, h.input(at, k));
      }
    }
  }
  endBlock(tickets, gridDim.x);
}
