package gpuvae.backend.reference;

import gpuvae.backend.Activation;
import gpuvae.backend.Convolution;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.NormTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/** {@link ImageOperations} as their plain formulas, in double precision. */
abstract class DoubleImages extends DoubleMemory implements ImageOperations {
  @Override
  public ImageOperations images() {
    return this;
  }

  private static final double EPSILON = 1e-5;

  /**
   * A filter's element along a row of the output image: elements out, out + 1, ... and in, in +
   * stride, ... of one output and one input image.
   */
  private interface Tap {
    void along(int count, int in, int out, int weight);
  }

  /** All of them: an output element meets the filter's elements in their order. */
  private static void forEachTap(Convolution g, Tap tap) {
    int kernel = g.kernel();
    int height = g.outPlane() / g.outWidth();
    for (int y = 0; y < g.outChannels() * height; y++) {
      int top = y % height * g.stride() - g.padding();
      for (int w = 0; w < g.filter(); w++) {
        int inY = top + w / kernel % kernel;
        int left = w % kernel - g.padding();
        int from = left >= 0 ? 0 : Math.ceilDiv(-left, g.stride());
        int to = Math.min(g.outWidth(), Math.ceilDiv(g.inWidth() - left, g.stride()));
        if (inY >= 0 && inY < g.inHeight() && from < to) {
          int plane = w / (kernel * kernel) * g.inPlane();
          int in = plane + inY * g.inWidth() + left + from * g.stride();
          tap.along(to - from, in, y * g.outWidth() + from, y / height * g.filter() + w);
        }
      }
    }
  }

  @Override
  public void convolution(int rows, Convolution geometry, Tensor x, Tensor weight, Tensor y) {
    Matrix in = Matrix.of(x);
    Matrix out = Matrix.of(y);
    Matrix filters = Matrix.of(weight);
    int stride = geometry.stride();
    for (int row = 0; row < rows; row++) {
      int r = row;
      fillRow(out, r);
      forEachTap(
          geometry,
          (count, i, o, w) -> {
            double factor = filters.get(w);
            for (int k = 0; k < count; k++) {
              out.set(r, o + k, out.get(r, o + k) + in.get(r, i + k * stride) * factor);
            }
          });
    }
  }

  @Override
  public void convolutionBackwardData(
      int rows, Convolution geometry, Tensor dy, Tensor weight, Tensor dx) {
    Matrix in = Matrix.of(dx);
    Matrix out = Matrix.of(dy);
    Matrix filters = Matrix.of(weight);
    int stride = geometry.stride();
    for (int row = 0; row < rows; row++) {
      int r = row;
      fillRow(in, r);
      forEachTap(
          geometry,
          (count, i, o, w) -> {
            double factor = filters.get(w);
            for (int k = 0; k < count; k++) {
              int at = i + k * stride;
              in.set(r, at, in.get(r, at) + out.get(r, o + k) * factor);
            }
          });
    }
  }

  @Override
  public void convolutionBackwardWeight(
      int rows, Convolution geometry, Tensor x, Tensor dy, Tensor weightGradient) {
    Matrix in = Matrix.of(x);
    Matrix out = Matrix.of(dy);
    int stride = geometry.stride();
    double[] sums = new double[geometry.outChannels() * geometry.filter()];
    for (int row = 0; row < rows; row++) {
      int r = row;
      forEachTap(
          geometry,
          (count, i, o, w) -> {
            for (int k = 0; k < count; k++) {
              sums[w] += in.get(r, i + k * stride) * out.get(r, o + k);
            }
          });
    }
    setDoubles(weightGradient, sums);
  }

  private static void fillRow(Matrix matrix, int row) {
    for (int c = 0; c < matrix.columns(); c++) {
      matrix.set(row, c, 0);
    }
  }

  @Override
  public void instanceNorm(int rows, NormTensors t) {
    int channels = (int) t.scale().size();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        double[] values = plane(t.x(), r, r + 1, c, channels);
        Matrix.of(t.mean()).set(r, c, mean(values));
        Matrix.of(t.inverse()).set(r, c, inverse(variance(values, values.length)));
      }
    }
    normalise(rows, t, t.mean(), t.inverse(), channels, t.pre());
  }

  @Override
  public void batchNorm(int rows, NormTensors t) {
    int channels = (int) t.scale().size();
    for (int c = 0; c < channels; c++) {
      double[] values = plane(t.x(), 0, rows, c, channels);
      Matrix.of(t.mean()).set(0, c, mean(values));
      Matrix.of(t.mean()).set(1, c, variance(values, values.length - 1));
      Matrix.of(t.inverse()).set(c, inverse(variance(values, values.length)));
    }
    normalise(rows, t, t.mean(), t.inverse(), 0, t.pre());
  }

  @Override
  public void batchNormInference(int rows, NormTensors t, Tensor running) {
    int channels = (int) t.scale().size();
    Tensor inverse = allocate(t.x().type(), channels);
    for (int c = 0; c < channels; c++) {
      Matrix.of(inverse).set(c, inverse(Matrix.of(running).get(1, c)));
    }
    normalise(rows, t, running, inverse, 0, t.y());
  }

  private static double inverse(double variance) {
    return 1 / Math.sqrt(variance + EPSILON);
  }

  /**
   * @param stride elements from a row's mean to the next row's: 0 if all rows share it
   */
  private static void normalise(
      int rows, NormTensors t, Tensor mean, Tensor inverse, int stride, Tensor pre) {
    int plane = t.x().columns() / (int) t.scale().size();
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < t.x().columns(); i++) {
        int c = i / plane;
        double hat =
            (Matrix.of(t.x()).get(r, i) - Matrix.of(mean).get(r * stride + c))
                * Matrix.of(inverse).get(r * stride + c);
        double value = hat * Matrix.of(t.scale()).get(c) + Matrix.of(t.shift()).get(c);
        value += t.residual() == null ? 0 : Matrix.of(t.residual()).get(r, i);
        Matrix.of(pre).set(r, i, value);
        Matrix.of(t.y()).set(r, i, Formulas.value(t.activation(), value));
      }
    }
  }

  @Override
  public void instanceNormBackward(int rows, NormTensors t) {
    activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), null);
    int channels = (int) t.scale().size();
    double[] scales = new double[channels];
    double[] shifts = new double[channels];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        double mean = Matrix.of(t.mean()).get(r, c);
        double[] sums = backward(t, r, r + 1, c, mean, Matrix.of(t.inverse()).get(r, c));
        scales[c] += sums[0];
        shifts[c] += sums[1];
      }
    }
    setDoubles(t.scaleGradient(), scales);
    setDoubles(t.shiftGradient(), shifts);
  }

  @Override
  public void batchNormBackward(int rows, NormTensors t) {
    activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), null);
    for (int c = 0; c < t.scale().size(); c++) {
      double mean = Matrix.of(t.mean()).get(0, c);
      double[] sums = backward(t, 0, rows, c, mean, Matrix.of(t.inverse()).get(c));
      Matrix.of(t.scaleGradient()).set(c, sums[0]);
      Matrix.of(t.shiftGradient()).set(c, sums[1]);
    }
  }

  /**
   * Of values normalised together: dx = scale inverse (dy - mean(dy) - hat mean(dy hat)).
   *
   * @return sums of dy hat and of dy
   */
  private static double[] backward(
      NormTensors t, int fromRow, int toRow, int channel, double mean, double inverse) {
    int channels = (int) t.scale().size();
    double scale = Matrix.of(t.scale()).get(channel);
    double[] values = plane(t.x(), fromRow, toRow, channel, channels);
    double[] gradients = plane(t.dy(), fromRow, toRow, channel, channels);
    double products = 0;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      products += gradients[i] * (values[i] - mean) * inverse;
      sum += gradients[i];
    }
    int plane = t.x().columns() / channels;
    for (int i = 0; i < values.length; i++) {
      double hat = (values[i] - mean) * inverse;
      double value = gradients[i] - sum / values.length - hat * products / values.length;
      Matrix.of(t.dx())
          .set(fromRow + i / plane, channel * plane + i % plane, scale * inverse * value);
    }
    return new double[] {products, sum};
  }

  @Override
  public void blendStatistics(StepState state, float momentum, Tensor batch, Tensor running) {
    if (word(state, StepState.ACCEPTED) != 0) {
      double[] now = doubles(batch);
      double[] values = doubles(running);
      for (int i = 0; i < values.length; i++) {
        values[i] = (1 - (double) momentum) * values[i] + momentum * now[i];
      }
      setDoubles(running, values);
    }
  }

  @Override
  public void maxPool(
      int rows, int height, int width, int size, Tensor x, Tensor y, Tensor indices) {
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < y.columns(); o++) {
        int first = windowStart(o, height, width, size);
        int taken = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < size * size; i++) {
          double value = Matrix.of(x).get(r, first + i / size * width + i % size);
          if (value > largest || Double.isNaN(value)) {
            largest = value;
            taken = i;
          }
        }
        Matrix.of(y).set(r, o, largest);
        setInteger(indices, (long) r * y.columns() + o, taken);
      }
    }
  }

  @Override
  public void maxPoolBackward(
      int rows, int height, int width, int size, Tensor indices, Tensor dy, Tensor dx) {
    for (int r = 0; r < rows; r++) {
      fillRow(Matrix.of(dx), r);
      for (int o = 0; o < dy.columns(); o++) {
        int taken = (int) integer(indices, (long) r * dy.columns() + o);
        int at = windowStart(o, height, width, size) + taken / size * width + taken % size;
        Matrix.of(dx).set(r, at, Matrix.of(dy).get(r, o));
      }
    }
  }

  private static int windowStart(int output, int height, int width, int size) {
    int outWidth = width / size;
    int outPlane = height / size * outWidth;
    int y = output % outPlane / outWidth;
    int x = output % outWidth;
    return output / outPlane * height * width + y * size * width + x * size;
  }

  @Override
  public void upsample(int rows, int height, int width, Tensor x, Tensor y) {
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < y.columns(); o++) {
        Matrix.of(y).set(r, o, Matrix.of(x).get(r, source(o, height, width)));
      }
    }
  }

  @Override
  public void upsampleBackward(int rows, int height, int width, Tensor dy, Tensor dx) {
    Matrix sums = Matrix.of(dx);
    for (int r = 0; r < rows; r++) {
      fillRow(sums, r);
      for (int o = 0; o < dy.columns(); o++) {
        int i = source(o, height, width);
        sums.set(r, i, sums.get(r, i) + Matrix.of(dy).get(r, o));
      }
    }
  }

  private static int source(int output, int height, int width) {
    int plane = 4 * height * width;
    int y = output % plane / (2 * width) / 2;
    int x = output % (2 * width) / 2;
    return output / plane * height * width + y * width + x;
  }

  @Override
  public void add(
      int rows, Tensor x, Tensor residual, Activation activation, Tensor pre, Tensor y) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < x.columns(); c++) {
        double sum = Matrix.of(x).get(r, c) + Matrix.of(residual).get(r, c);
        Matrix.of(pre).set(r, c, sum);
        Matrix.of(y).set(r, c, Formulas.value(activation, sum));
      }
    }
  }

  /** A channel's values in rows from {@code fromRow} to before {@code toRow}. */
  private static double[] plane(Tensor x, int fromRow, int toRow, int channel, int channels) {
    int plane = x.columns() / channels;
    double[] values = new double[(toRow - fromRow) * plane];
    for (int i = 0; i < values.length; i++) {
      values[i] = Matrix.of(x).get(fromRow + i / plane, channel * plane + i % plane);
    }
    return values;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double variance(double[] values, int divisor) {
    double mean = mean(values);
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / divisor;
  }
}
