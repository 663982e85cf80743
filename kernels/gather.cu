// Rows of a resident data set, preprocessed (Backend.gather):
//   x[r][c] = fma(source[order[POSITION + r]][c], scale, shift),
// then, if binarised, 1 where Philox's uniform of that pixel is at most it, else 0. A dynamic draw
// has counter (c / 4, ROW_BASE + r, ATTEMPT, tag) and key SEED; a static one (c / 4, row of the
// data set, 0, tag) and key `seed`.
//
// With a ticket (an int, 0 before the first launch and after each) it is Backend.fetch: rows beyond
// the order's end are left as they are, and the last block to end sets ATTEMPT + 1, POSITION +
// rows.
//
// Grid (ceil(columns / 128), min(ceil(rows / 8), 65535)), block (32, 8): a warp takes 128 columns
// of a row. Shared memory 4 bytes, static.
// Bytes: rows x columns x (1 or 4 read, 4 written).

#include "last_block.cuh"
#include "philox.cuh"
#include "quad.cuh"
#include "step_state.cuh"

/// Ordinals of gpuvae.backend.Binarisation.
enum Binarisation { NONE = 0, STATIC = 1, DYNAMIC = 2 };

__device__ inline Quad loadPixels(const float* from, int count, bool vector) {
  return load(from, count, vector);
}

__device__ inline Quad loadPixels(const unsigned char* from, int count, bool vector) {
  if (vector) {
    uchar4 v = *reinterpret_cast<const uchar4*>(from);
    return {static_cast<float>(v.x), static_cast<float>(v.y), static_cast<float>(v.z),
            static_cast<float>(v.w)};
  }
  Quad q;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    q.at[i] = i < count ? static_cast<float>(from[i]) : 0;
  }
  return q;
}

__device__ inline float draw(float probability, unsigned word) {
  return uniform(word) <= probability ? 1 : 0;
}

template <typename Pixel>
__device__ inline void gather(long long* words, const Pixel* source, long long size,
                              const int* order, float scale, float shift, int binarisation,
                              long long seed, int rows, int columns, float* x, unsigned* ticket) {
  unsigned long long begin = reinterpret_cast<unsigned long long>(source);
  bool vectorIn = begin % (4 * sizeof(Pixel)) == 0 && columns % 4 == 0;
  bool vectorOut = aligned(x, columns);
  long long attempt = words[ATTEMPT], position = words[POSITION];
  bool dynamic = binarisation == DYNAMIC;
  long long key = dynamic ? words[SEED] : seed;
  unsigned low = dynamic ? static_cast<unsigned>(attempt) : 0;
  unsigned tag = dynamic ? noiseTag(BINARISE, attempt, 0) : noiseTag(BINARISE_ONCE, 0, 0);
  int here = static_cast<int>(min(static_cast<long long>(rows), size - position));
  for (int row = blockIdx.y * blockDim.y + threadIdx.y; row < here; row += gridDim.y * blockDim.y) {
    int from = order[position + row];
    unsigned counterRow = static_cast<unsigned>(dynamic ? words[ROW_BASE] + row : from);
    for (int column = 4 * (blockIdx.x * blockDim.x + threadIdx.x); column < columns;
         column += 4 * gridDim.x * blockDim.x) {
      int count = columns - column;
      Quad q =
          loadPixels(source + static_cast<long long>(from) * columns + column, count, vectorIn);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        q.at[i] = fmaf(q.at[i], scale, shift);
      }
      if (binarisation != NONE) {
        uint4 drawn = philox(key, make_uint4(column / 4, counterRow, low, tag));
        q = {draw(q.at[0], drawn.x), draw(q.at[1], drawn.y), draw(q.at[2], drawn.z),
             draw(q.at[3], drawn.w)};
      }
      store(x + static_cast<long long>(row) * columns + column, q, count, vectorOut);
    }
  }
  if (ticket && lastBlock(ticket, gridDim.x * gridDim.y) && threadIdx.x == 0 && threadIdx.y == 0) {
    words[ATTEMPT] = attempt + 1;
    words[POSITION] = position + rows;
  }
}

extern "C" __global__ void gather_u8(long long* words, const unsigned char* source, long long size,
                                     const int* order, float scale, float shift, int binarisation,
                                     long long seed, int rows, int columns, float* x,
                                     unsigned* ticket) {
  gather(words, source, size, order, scale, shift, binarisation, seed, rows, columns, x, ticket);
}

extern "C" __global__ void gather_f32(long long* words, const float* source, long long size,
                                      const int* order, float scale, float shift, int binarisation,
                                      long long seed, int rows, int columns, float* x,
                                      unsigned* ticket) {
  gather(words, source, size, order, scale, shift, binarisation, seed, rows, columns, x, ticket);
}
