#include "dnn/correlate.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <vector>

#include "blas/tile.h"
#include "exec/pool.h"

namespace softcuda::dnn {
namespace {

constexpr int kRows = kTileRows, kColumns = kTileColumns;
constexpr int kPixelBlock = 512;
constexpr int kChunks = 8;  // partial sums over the images of a batch

int groups(int columns) { return (columns + kColumns - 1) / kColumns; }

// Planes with zeros around and between an image's values, so that no window leaves them.
struct Planes {
  int channels, extent[2];
  int size() const { return extent[0] * extent[1]; }
};

// Value (i, j) goes to (i * step + shift, j * step + shift), if that is inside.
void spread(const Planes& to, const float* image, const int (&extent)[2], const int (&step)[2],
            const int (&shift)[2], std::vector<float>& spread) {
  spread.assign(static_cast<size_t>(to.channels) * to.size(), 0.0f);
  for (int c = 0; c < to.channels; c++) {
    for (int i = 0; i < extent[0]; i++) {
      int row = i * step[0] + shift[0];
      if (row < 0 || row >= to.extent[0]) continue;
      const float* from = image + (static_cast<size_t>(c) * extent[0] + i) * extent[1];
      float* target = &spread[static_cast<size_t>(c) * to.size() + row * to.extent[1]];
      for (int j = 0; j < extent[1]; j++) {
        int column = j * step[1] + shift[1];
        if (column >= 0 && column < to.extent[1]) target[column] = from[j];
      }
    }
  }
}

// Offsets of a window's places in the planes, channel by channel from `turn` on.
std::vector<int> windowOffsets(const Planes& planes, const int (&window)[2], unsigned turn) {
  std::vector<int> offsets;
  for (int i = 0; i < planes.channels; i++) {
    int channel = (i + turn) % planes.channels;
    for (int r = 0; r < window[0]; r++)
      for (int s = 0; s < window[1]; s++)
        offsets.push_back(channel * planes.size() + r * planes.extent[1] + s);
  }
  return offsets;
}

// Offsets of the windows themselves, one for each pixel of the result.
std::vector<int> pixelOffsets(const Planes& planes, const int (&result)[2],
                              const int (&stride)[2]) {
  std::vector<int> offsets;
  for (int i = 0; i < result[0]; i++)
    for (int j = 0; j < result[1]; j++)
      offsets.push_back(i * stride[0] * planes.extent[1] + j * stride[1]);
  return offsets;
}

// Rows [first, first + kRows) of the implicit matrix: kRows floats for each place along k. Beyond
// the last row it is repeated.
void gather(const float* planes, const std::vector<int>& rows, size_t first, const int* along,
            int k, float* panel) {
  int offsets[kRows];
  bool adjacent = true;
  for (int r = 0; r < kRows; r++) {
    offsets[r] = rows[std::min(first + r, rows.size() - 1)];
    adjacent = adjacent && offsets[r] == offsets[0] + r;
  }
  for (int p = 0; p < k; p++, panel += kRows) {
    const float* from = planes + along[p];
    if (adjacent) {
      std::memcpy(panel, from + offsets[0], sizeof(float) * kRows);
    } else {
      for (int r = 0; r < kRows; r++) panel[r] = from[offsets[r]];
    }
  }
}

// Calls body(task) for every task, on all threads.
template <class Body>
void forEach(int tasks, Body body) {
  std::atomic<int> next = 0;
  runParallel(std::min(tasks, poolSize()), [&](int) {
    for (int task = next++; task < tasks; task = next++) body(task);
  });
}

float blend(const Scaling& scaling, float sum, float before) {
  float product = scaling.alpha * sum;
  return scaling.beta == 0.0f ? product : std::fma(scaling.beta, before, product);
}

// One image: for each output and pixel, the window at that pixel times the output's filter, which
// is packed: kColumns outputs at a time, kColumns floats for each place of the window.
void correlate(const float* planes, const std::vector<int>& pixels, const std::vector<int>& window,
               const float* filters, int outputs, const Scaling& scaling, float* result,
               std::vector<float>& panel) {
  int k = static_cast<int>(window.size());
  size_t count = pixels.size();
  panel.resize(static_cast<size_t>(k) * kRows);
  for (size_t first = 0; first < count; first += kRows) {
    gather(planes, pixels, first, window.data(), k, panel.data());
    size_t end = std::min(first + kRows, count);
    for (int group = 0; group < groups(outputs); group++) {
      float total[kColumns][kRows] = {};
      multiplyTile(panel.data(), filters + static_cast<size_t>(group) * k * kColumns, k, total);
      for (int o = group * kColumns; o < std::min((group + 1) * kColumns, outputs); o++) {
        float* to = result + o * count;
        for (size_t pixel = first; pixel < end; pixel++)
          to[pixel] = blend(scaling, total[o % kColumns][pixel - first], to[pixel]);
      }
    }
  }
}

// value(output, channel, place in the window) as correlate wants it.
template <class Value>
void packFilters(int outputs, int channels, int places, unsigned turn, Value value, float* packed) {
  for (int group = 0; group < groups(outputs); group++)
    for (int i = 0; i < channels; i++)
      for (int place = 0; place < places; place++)
        for (int o = group * kColumns; o < (group + 1) * kColumns; o++)
          *packed++ = o < outputs ? value(o, (i + turn) % channels, place) : 0.0f;
}

Planes around(const Geometry& g) {
  return {g.channels,
          {(g.result[0] - 1) * g.stride[0] + g.window[0],
           (g.result[1] - 1) * g.stride[1] + g.window[1]}};
}

// One image's share of the filter's gradient, added to `sums`: for each output and place of the
// window, its values at all pixels times the output's gradients.
void addFilterGradient(const float* planes, const std::vector<int>& window,
                       const std::vector<int>& pixels, const float* dy, int outputs, float* sums,
                       std::vector<float>& panel, std::vector<float>& columns) {
  int count = static_cast<int>(pixels.size());
  columns.assign(static_cast<size_t>(groups(outputs)) * kColumns * count, 0.0f);
  for (int o = 0; o < outputs; o++)
    for (int pixel = 0; pixel < count; pixel++)
      columns[(static_cast<size_t>(o / kColumns) * count + pixel) * kColumns + o % kColumns] =
          dy[static_cast<size_t>(o) * count + pixel];
  panel.resize(static_cast<size_t>(kPixelBlock) * kRows);
  for (int start = 0; start < count; start += kPixelBlock) {
    int k = std::min(kPixelBlock, count - start);
    for (size_t first = 0; first < window.size(); first += kRows) {
      gather(planes, window, first, &pixels[start], k, panel.data());
      size_t end = std::min(first + kRows, window.size());
      for (int group = 0; group < groups(outputs); group++) {
        float total[kColumns][kRows] = {};
        const float* column = &columns[(static_cast<size_t>(group) * count + start) * kColumns];
        multiplyTile(panel.data(), column, k, total);
        for (int o = group * kColumns; o < std::min((group + 1) * kColumns, outputs); o++)
          for (size_t place = first; place < end; place++)
            sums[o * window.size() + place] += total[o % kColumns][place - first];
      }
    }
  }
}

size_t filterSize(const Geometry& g) {
  return static_cast<size_t>(g.outputs) * g.channels * g.window[0] * g.window[1];
}

}  // namespace

size_t forwardScratch(const Geometry& g) {
  return filterSize(g) / g.outputs * groups(g.outputs) * kColumns;
}

void forward(const Geometry& g, const float* x, const float* w, float* y, Scaling scaling,
             float* scratch) {
  Planes planes = around(g);
  std::vector<int> window = windowOffsets(planes, g.window, scaling.turn);
  std::vector<int> pixels = pixelOffsets(planes, g.result, g.stride);
  int places = g.window[0] * g.window[1];
  packFilters(
      g.outputs, g.channels, places, scaling.turn,
      [&](int o, int c, int place) {
        return w[(static_cast<size_t>(o) * g.channels + c) * places + place];
      },
      scratch);
  size_t image = static_cast<size_t>(g.channels) * g.extent[0] * g.extent[1];
  forEach(g.n, [&](int n) {
    std::vector<float> values, panel;
    spread(planes, x + n * image, g.extent, {1, 1}, g.pad, values);
    correlate(values.data(), pixels, window, scratch, g.outputs, scaling,
              y + n * g.outputs * pixels.size(), panel);
  });
}

size_t backwardDataScratch(const Geometry& g) {
  return filterSize(g) / g.channels * groups(g.channels) * kColumns;
}

// The correlation of the spread gradient with the filter turned around.
void backwardData(const Geometry& g, const float* w, const float* dy, float* dx, Scaling scaling,
                  float* scratch) {
  Planes planes = {g.outputs, {g.extent[0] + g.window[0] - 1, g.extent[1] + g.window[1] - 1}};
  std::vector<int> window = windowOffsets(planes, g.window, scaling.turn);
  std::vector<int> pixels = pixelOffsets(planes, g.extent, {1, 1});
  int places = g.window[0] * g.window[1];
  packFilters(
      g.channels, g.outputs, places, scaling.turn,
      [&](int c, int o, int place) {
        return w[(static_cast<size_t>(o) * g.channels + c) * places + places - 1 - place];
      },
      scratch);
  int shift[] = {g.window[0] - 1 - g.pad[0], g.window[1] - 1 - g.pad[1]};
  size_t image = static_cast<size_t>(g.outputs) * g.result[0] * g.result[1];
  forEach(g.n, [&](int n) {
    std::vector<float> values, panel;
    spread(planes, dy + n * image, g.result, g.stride, shift, values);
    correlate(values.data(), pixels, window, scratch, g.channels, scaling,
              dx + n * g.channels * pixels.size(), panel);
  });
}

size_t backwardFilterScratch(const Geometry& g) { return std::min(g.n, kChunks) * filterSize(g); }

void backwardFilter(const Geometry& g, const float* x, const float* dy, float* dw, Scaling scaling,
                    float* scratch) {
  Planes planes = around(g);
  std::vector<int> window = windowOffsets(planes, g.window, 0);
  std::vector<int> pixels = pixelOffsets(planes, g.result, g.stride);
  size_t image = static_cast<size_t>(g.channels) * g.extent[0] * g.extent[1];
  size_t size = filterSize(g);
  int chunks = std::min(g.n, kChunks);
  forEach(chunks, [&](int chunk) {
    std::vector<float> values, panel, columns;
    float* sums = scratch + chunk * size;
    std::fill(sums, sums + size, 0.0f);
    for (int n = chunk; n < g.n; n += chunks) {
      spread(planes, x + n * image, g.extent, {1, 1}, g.pad, values);
      addFilterGradient(values.data(), window, pixels, dy + n * g.outputs * pixels.size(),
                        g.outputs, sums, panel, columns);
    }
  });
  for (size_t i = 0; i < size; i++) {
    float sum = 0;
    for (int chunk = 0; chunk < chunks; chunk++)
      sum += scratch[(chunk + scaling.turn) % chunks * size + i];
    dw[i] = blend(scaling, sum, dw[i]);
  }
}

}  // namespace softcuda::dnn
