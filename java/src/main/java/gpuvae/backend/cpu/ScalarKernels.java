package gpuvae.backend.cpu;

import static java.lang.Math.fma;

import gpuvae.backend.Activation;
import gpuvae.backend.Philox;
import java.util.Arrays;

/** The inner loops without the Vector API. */
final class ScalarKernels implements Kernels {
  /** Four of Philox, for each worker: an array made in a call is not sure to be compiled away. */
  private final ThreadLocal<int[]> words = ThreadLocal.withInitial(() -> new int[4]);

  private final MatrixKernels matrices = new ScalarMatrixKernels();

  private final ImageKernels images = new ScalarImageKernels();

  @Override
  public String description() {
    return "scalar";
  }

  @Override
  public MatrixKernels matrices() {
    return matrices;
  }

  @Override
  public ImageKernels images() {
    return images;
  }

  @Override
  public void scaleBytes(
      int n, byte[] x, int xOffset, float scale, float shift, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = fma(x[xOffset + i] & 0xFF, scale, shift);
    }
  }

  @Override
  public void map(Function function, int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = evaluate(function, x[xOffset + i]);
    }
  }

  private static float evaluate(Function function, float x) {
    return switch (function) {
      case RADIUS -> (float) Math.sqrt(-2 * FloatMath.log(x));
      case COSINE -> FloatMath.cospi(2 * x);
      case SINE -> FloatMath.sinpi(2 * x);
      case EXP_HALF -> FloatMath.exp(0.5f * x);
      case EXP_REST -> FloatMath.expm1(x) - x;
      case EXPM1 -> FloatMath.expm1(x);
      case EXP_MINUS_ABS -> FloatMath.exp(-Math.abs(x));
      case LOG1P -> FloatMath.log1pUnit(x);
      case SOFTPLUS -> FloatMath.softplus(x);
      case SOFTPLUS_SLOPE -> -FloatMath.expm1(-x);
      case FLOORED_RELU -> (x <= 0 ? 0 : x) + Function.FLOOR;
      case RELU_SLOPE -> x <= 0 ? 0 : 1;
      case SPREAD -> fma(x, x, -1) - 2 * FloatMath.log(x);
    };
  }

  @Override
  public void uniforms(
      int n, long[] counters, long seed, int attempt, int tag, float[] even, float[] odd) {
    int[] words = this.words.get();
    for (int i = 0; i < n; i++) {
      int row = (int) (counters[i] >>> 32);
      Philox.words(seed, (int) counters[i], row, attempt, tag, words);
      even[2 * i] = Philox.uniform(words[0]);
      odd[2 * i] = Philox.uniform(words[1]);
      even[2 * i + 1] = Philox.uniform(words[2]);
      odd[2 * i + 1] = Philox.uniform(words[3]);
    }
  }

  @Override
  public void sample(
      int n,
      float[] mean,
      int meanOffset,
      float[] sigma,
      int sigmaOffset,
      float[] eps,
      int epsOffset,
      float[] z,
      int zOffset,
      float[] twiceKl,
      int klOffset) {
    for (int i = 0; i < n; i++) {
      float mu = mean[meanOffset + i];
      twiceKl[klOffset + i] = fma(mu, mu, twiceKl[klOffset + i]);
      z[zOffset + i] = fma(sigma[sigmaOffset + i], eps[epsOffset + i], mu);
    }
  }

  @Override
  public void sampleBackward(
      int n,
      boolean logVariance,
      float klWeight,
      float[] sigma,
      int sigmaOffset,
      float[] eps,
      int epsOffset,
      float[] dz,
      int dzOffset,
      float[] mean,
      int meanOffset,
      float[] second,
      int secondOffset) {
    for (int i = 0; i < n; i++) {
      float d = dz[dzOffset + i];
      float s = sigma[sigmaOffset + i];
      float dSigma = d * eps[epsOffset + i];
      float slope = second[secondOffset + i];
      mean[meanOffset + i] = fma(klWeight, mean[meanOffset + i], d);
      second[secondOffset + i] =
          logVariance
              ? 0.5f * fma(klWeight, slope, dSigma * s)
              : fma(klWeight, s - 1 / s, dSigma) * slope;
    }
  }

  @Override
  public void biasActivation(
      int rows,
      int columns,
      int stride,
      float[] x,
      int xOffset,
      float[] bias,
      int biasOffset,
      Activation activation,
      float[] y,
      int yOffset) {
    for (int i = 0; i < rows; i++, xOffset += stride, yOffset += stride) {
      for (int j = 0; j < columns; j++) {
        x[xOffset + j] += bias[biasOffset + j];
      }
      activation(columns, x, xOffset, activation, y, yOffset);
    }
  }

  @Override
  public void activation(
      int n, float[] x, int xOffset, Activation activation, float[] y, int yOffset) {
    Activation.Kind kind = activation.kind();
    float slope = activation.slope();
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = activate(kind, slope, x[xOffset + i]);
    }
  }

  private static float activate(Activation.Kind kind, float slope, float x) {
    return switch (kind) {
      case IDENTITY -> x;
      case RELU -> x <= 0 ? 0 : x;
      case LEAKY_RELU -> x <= 0 ? slope * x : x;
      case SOFTPLUS -> FloatMath.softplus(x);
      case SIGMOID -> FloatMath.sigmoid(x);
      case TANH -> FloatMath.tanh(x);
      case SILU -> x * FloatMath.sigmoid(x);
    };
  }

  @Override
  public void activationBackward(
      int rows,
      int columns,
      int stride,
      Activation activation,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] sums,
      int sumsOffset) {
    Activation.Kind kind = activation.kind();
    float slope = activation.slope();
    if (sums != null) {
      Arrays.fill(sums, sumsOffset, sumsOffset + columns, 0);
    }
    for (int i = 0; i < rows; i++, xOffset += stride, dyOffset += stride) {
      for (int j = 0; kind != Activation.Kind.IDENTITY && j < columns; j++) {
        dy[dyOffset + j] = differentiate(kind, slope, x[xOffset + j], dy[dyOffset + j]);
      }
      for (int j = 0; sums != null && j < columns; j++) {
        sums[sumsOffset + j] += dy[dyOffset + j];
      }
    }
  }

  private static float differentiate(Activation.Kind kind, float slope, float x, float dy) {
    return switch (kind) {
      case IDENTITY -> dy;
      case RELU -> x <= 0 ? 0 : dy;
      case LEAKY_RELU -> x <= 0 ? slope * dy : dy;
      case SOFTPLUS -> dy * -FloatMath.expm1(-x);
      case SIGMOID -> dy * (x * (1 - x));
      case TANH -> dy * fma(-x, x, 1);
      case SILU -> {
        float s = FloatMath.sigmoid(x);
        yield dy * (s * fma(x, 1 - s, 1));
      }
    };
  }

  @Override
  public void bernoulliLoss(
      int n,
      float[] logits,
      int logitsOffset,
      float[] e,
      float[] rest,
      int termsOffset,
      float[] target,
      int targetOffset,
      float[] gradient,
      int gradientOffset,
      float[] lanes) {
    for (int i = 0; i < n; i++) {
      float l = logits[logitsOffset + i];
      float x = target[targetOffset + i];
      float positive = l < 0 ? 0 : l;
      lanes[i & (Lanes.COUNT - 1)] += fma(-l, x, positive) + rest[termsOffset + i];
      if (gradient != null) {
        float exp = e[termsOffset + i];
        gradient[gradientOffset + i] = (l < 0 ? exp : 1) / (1 + exp) - x;
      }
    }
  }

  @Override
  public void squaredError(
      int n,
      float[] y,
      int yOffset,
      float[] target,
      int targetOffset,
      float[] gradient,
      int gradientOffset,
      float[] lanes) {
    for (int i = 0; i < n; i++) {
      float difference = y[yOffset + i] - target[targetOffset + i];
      int lane = i & (Lanes.COUNT - 1);
      lanes[lane] = fma(difference, difference, lanes[lane]);
      if (gradient != null) {
        gradient[gradientOffset + i] = 2 * difference;
      }
    }
  }

  @Override
  public void squares(int n, float[] x, int xOffset, double[] lanes) {
    for (int i = 0; i < n; i++) {
      double value = x[xOffset + i];
      int lane = i & (Lanes.COUNT - 1);
      lanes[lane] = fma(value, value, lanes[lane]);
    }
  }

  @Override
  public void adam(
      int n,
      AdamFactors f,
      float[] parameters,
      int parametersOffset,
      float[] gradients,
      int gradientsOffset,
      float[] first,
      int firstOffset,
      float[] second,
      int secondOffset) {
    for (int i = 0; i < n; i++) {
      float p = parameters[parametersOffset + i];
      float g = fma(f.gradientDecay, p, f.clip * gradients[gradientsOffset + i]);
      float m = first[firstOffset + i];
      m = normal(fma(f.first, g - m, m));
      float v = normal(fma(f.second, g * g, f.keepSecond * second[secondOffset + i]));
      float root = fma((float) Math.sqrt(v), f.rootCorrection, f.epsilon);
      first[firstOffset + i] = m;
      second[secondOffset + i] = v;
      parameters[parametersOffset + i] = fma(f.step, m / root, f.shrink * p);
    }
  }

  private static float normal(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? 0 : x;
  }
}
