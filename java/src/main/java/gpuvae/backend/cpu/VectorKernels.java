package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import gpuvae.backend.Activation;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops with the Vector API. Vectors live and die within one method, or C2 would put them
 * on the heap; what is left over at a range's end is {@link ScalarKernels}' work.
 */
final class VectorKernels implements Kernels {
  private static final int WIDTH = FLOATS.length();

  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, VectorShape.preferredShape());

  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, VectorShape.preferredShape());

  /** Without 256 bits, vectors of bytes would be slower than single elements. */
  private static final boolean WIDE = FLOATS.vectorBitSize() >= 256;

  /** As many bytes as floats, if {@link #WIDE}. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * WIDTH)));

  private final ScalarKernels scalar = new ScalarKernels();
  private final MatrixKernels matrices = new VectorMatrixKernels();
  private final ImageKernels images = new VectorImageKernels();

  @Override
  public String description() {
    return "vectors of " + FLOATS.vectorBitSize() + " bits";
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
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector summand = FloatVector.broadcast(FLOATS, shift);
    int end = WIDE ? FLOATS.loopBound(n) : 0;
    for (int i = 0; i < end; i += WIDTH) {
      Vector<Integer> ints =
          ByteVector.fromArray(BYTES, x, xOffset + i)
              .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      ((FloatVector) ints.convert(VectorOperators.I2F, 0))
          .fma(factor, summand)
          .intoArray(y, yOffset + i);
    }
    scalar.scaleBytes(n - end, x, xOffset + end, scale, shift, y, yOffset + end);
  }

  @Override
  public void map(Function function, int n, float[] x, int xOffset, float[] y, int yOffset) {
    int end = FLOATS.loopBound(n);
    VectorFunction.of(function).run(end, x, xOffset, y, yOffset);
    scalar.map(function, n - end, x, xOffset + end, y, yOffset + end);
  }

  @Override
  public void uniforms(
      int n, long[] counters, long seed, int attempt, int tag, float[] even, float[] odd) {
    VectorPhilox.uniforms(n, counters, seed, attempt, tag, even, odd);
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
    int end = FLOATS.loopBound(n);
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector mu = FloatVector.fromArray(FLOATS, mean, meanOffset + i);
      FloatVector kl = FloatVector.fromArray(FLOATS, twiceKl, klOffset + i);
      FloatVector s = FloatVector.fromArray(FLOATS, sigma, sigmaOffset + i);
      mu.fma(mu, kl).intoArray(twiceKl, klOffset + i);
      s.fma(FloatVector.fromArray(FLOATS, eps, epsOffset + i), mu).intoArray(z, zOffset + i);
    }
    scalar.sample(
        n - end,
        mean,
        meanOffset + end,
        sigma,
        sigmaOffset + end,
        eps,
        epsOffset + end,
        z,
        zOffset + end,
        twiceKl,
        klOffset + end);
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
    FloatVector weight = FloatVector.broadcast(FLOATS, klWeight);
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    int end = FLOATS.loopBound(n);
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector d = FloatVector.fromArray(FLOATS, dz, dzOffset + i);
      FloatVector s = FloatVector.fromArray(FLOATS, sigma, sigmaOffset + i);
      FloatVector dSigma = d.mul(FloatVector.fromArray(FLOATS, eps, epsOffset + i));
      FloatVector slope = FloatVector.fromArray(FLOATS, second, secondOffset + i);
      FloatVector mu = FloatVector.fromArray(FLOATS, mean, meanOffset + i);
      weight.fma(mu, d).intoArray(mean, meanOffset + i);
      FloatVector gradient =
          logVariance
              ? weight.fma(slope, dSigma.mul(s)).mul(0.5f)
              : weight.fma(s.sub(one.div(s)), dSigma).mul(slope);
      gradient.intoArray(second, secondOffset + i);
    }
    scalar.sampleBackward(
        n - end,
        logVariance,
        klWeight,
        sigma,
        sigmaOffset + end,
        eps,
        epsOffset + end,
        dz,
        dzOffset + end,
        mean,
        meanOffset + end,
        second,
        secondOffset + end);
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
    int end = isPiecewiseLinear(activation) ? FLOATS.loopBound(columns) : 0;
    for (int j = 0; j < end; j += WIDTH) {
      FloatVector b = FloatVector.fromArray(FLOATS, bias, biasOffset + j);
      int from = xOffset + j;
      int to = yOffset + j;
      switch (activation.kind()) {
        case RELU -> {
          for (int i = 0; i < rows; i++, from += stride, to += stride) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, from).add(b);
            v.intoArray(x, from);
            v.blend(0, v.compare(VectorOperators.LE, 0)).intoArray(y, to);
          }
        }
        case LEAKY_RELU -> {
          float slope = activation.slope();
          for (int i = 0; i < rows; i++, from += stride, to += stride) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, from).add(b);
            v.intoArray(x, from);
            v.blend(v.mul(slope), v.compare(VectorOperators.LE, 0)).intoArray(y, to);
          }
        }
        default -> {
          for (int i = 0; i < rows; i++, from += stride, to += stride) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, from).add(b);
            v.intoArray(x, from);
            v.intoArray(y, to);
          }
        }
      }
    }
    scalar.biasActivation(
        rows,
        columns - end,
        stride,
        x,
        xOffset + end,
        bias,
        biasOffset + end,
        activation,
        y,
        yOffset + end);
  }

  private static boolean isPiecewiseLinear(Activation activation) {
    return switch (activation.kind()) {
      case IDENTITY, RELU, LEAKY_RELU -> true;
      default -> false;
    };
  }

  @Override
  public void activation(
      int n, float[] x, int xOffset, Activation activation, float[] y, int yOffset) {
    int end = FLOATS.loopBound(n);
    switch (activation.kind()) {
      case RELU -> {
        for (int i = 0; i < end; i += WIDTH) {
          FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
          v.blend(0, v.compare(VectorOperators.LE, 0)).intoArray(y, yOffset + i);
        }
      }
      case LEAKY_RELU -> {
        float slope = activation.slope();
        for (int i = 0; i < end; i += WIDTH) {
          FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
          v.blend(v.mul(slope), v.compare(VectorOperators.LE, 0)).intoArray(y, yOffset + i);
        }
      }
      default -> end = 0;
    }
    scalar.activation(n - end, x, xOffset + end, activation, y, yOffset + end);
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
    int end = isPiecewiseLinear(activation) ? FLOATS.loopBound(columns) : 0;
    for (int j = 0; j < end; j += WIDTH) {
      FloatVector sum = FloatVector.zero(FLOATS);
      int from = xOffset + j;
      int to = dyOffset + j;
      switch (activation.kind()) {
        case RELU -> {
          for (int i = 0; i < rows; i++, from += stride, to += stride) {
            FloatVector y = FloatVector.fromArray(FLOATS, x, from);
            FloatVector v = FloatVector.fromArray(FLOATS, dy, to);
            v = v.blend(0, y.compare(VectorOperators.LE, 0));
            v.intoArray(dy, to);
            sum = sum.add(v);
          }
        }
        case LEAKY_RELU -> {
          float slope = activation.slope();
          for (int i = 0; i < rows; i++, from += stride, to += stride) {
            FloatVector y = FloatVector.fromArray(FLOATS, x, from);
            FloatVector v = FloatVector.fromArray(FLOATS, dy, to);
            v = v.blend(v.mul(slope), y.compare(VectorOperators.LE, 0));
            v.intoArray(dy, to);
            sum = sum.add(v);
          }
        }
        default -> {
          for (int i = 0; i < rows; i++, to += stride) {
            sum = sum.add(FloatVector.fromArray(FLOATS, dy, to));
          }
        }
      }
      if (sums != null) {
        sum.intoArray(sums, sumsOffset + j);
      }
    }
    scalar.activationBackward(
        rows,
        columns - end,
        stride,
        activation,
        x,
        xOffset + end,
        dy,
        dyOffset + end,
        sums,
        sumsOffset + end);
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
    int end = n - n % Lanes.COUNT;
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector l = FloatVector.fromArray(FLOATS, logits, logitsOffset + i);
      FloatVector x = FloatVector.fromArray(FLOATS, target, targetOffset + i);
      FloatVector softened = FloatVector.fromArray(FLOATS, rest, termsOffset + i);
      VectorMask<Float> negative = l.compare(VectorOperators.LT, 0);
      FloatVector loss = l.neg().fma(x, l.blend(0, negative)).add(softened);
      int lane = i & (Lanes.COUNT - 1);
      FloatVector.fromArray(FLOATS, lanes, lane).add(loss).intoArray(lanes, lane);
      if (gradient != null) {
        FloatVector exp = FloatVector.fromArray(FLOATS, e, termsOffset + i);
        FloatVector.broadcast(FLOATS, 1)
            .blend(exp, negative)
            .div(exp.add(1))
            .sub(x)
            .intoArray(gradient, gradientOffset + i);
      }
    }
    scalar.bernoulliLoss(
        n - end,
        logits,
        logitsOffset + end,
        e,
        rest,
        termsOffset + end,
        target,
        targetOffset + end,
        gradient,
        gradientOffset + end,
        lanes);
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
    int end = n - n % Lanes.COUNT;
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector difference =
          FloatVector.fromArray(FLOATS, y, yOffset + i)
              .sub(FloatVector.fromArray(FLOATS, target, targetOffset + i));
      int lane = i & (Lanes.COUNT - 1);
      difference.fma(difference, FloatVector.fromArray(FLOATS, lanes, lane)).intoArray(lanes, lane);
      if (gradient != null) {
        difference.mul(2).intoArray(gradient, gradientOffset + i);
      }
    }
    scalar.squaredError(
        n - end,
        y,
        yOffset + end,
        target,
        targetOffset + end,
        gradient,
        gradientOffset + end,
        lanes);
  }

  @Override
  public void squares(int n, float[] x, int xOffset, double[] lanes) {
    int end = n - n % Lanes.COUNT;
    int half = DOUBLES.length();
    for (int lane = 0; lane < Lanes.COUNT; lane += WIDTH) {
      DoubleVector lowSum = DoubleVector.fromArray(DOUBLES, lanes, lane);
      DoubleVector highSum = DoubleVector.fromArray(DOUBLES, lanes, lane + half);
      for (int i = lane; i < end; i += Lanes.COUNT) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
        DoubleVector low = (DoubleVector) v.convertShape(VectorOperators.F2D, DOUBLES, 0);
        DoubleVector high = (DoubleVector) v.convertShape(VectorOperators.F2D, DOUBLES, 1);
        lowSum = low.fma(low, lowSum);
        highSum = high.fma(high, highSum);
      }
      lowSum.intoArray(lanes, lane);
      highSum.intoArray(lanes, lane + half);
    }
    scalar.squares(n - end, x, xOffset + end, lanes);
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
    FloatVector clip = FloatVector.broadcast(FLOATS, f.clip);
    FloatVector gradientDecay = FloatVector.broadcast(FLOATS, f.gradientDecay);
    FloatVector keepSecond = FloatVector.broadcast(FLOATS, f.keepSecond);
    FloatVector firstFactor = FloatVector.broadcast(FLOATS, f.first);
    FloatVector secondFactor = FloatVector.broadcast(FLOATS, f.second);
    FloatVector rootCorrection = FloatVector.broadcast(FLOATS, f.rootCorrection);
    FloatVector epsilon = FloatVector.broadcast(FLOATS, f.epsilon);
    FloatVector step = FloatVector.broadcast(FLOATS, f.step);
    FloatVector shrink = FloatVector.broadcast(FLOATS, f.shrink);
    int end = FLOATS.loopBound(n);
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector p = FloatVector.fromArray(FLOATS, parameters, parametersOffset + i);
      FloatVector g =
          gradientDecay.fma(
              p, FloatVector.fromArray(FLOATS, gradients, gradientsOffset + i).mul(clip));
      FloatVector m = FloatVector.fromArray(FLOATS, first, firstOffset + i);
      m = normal(firstFactor.fma(g.sub(m), m));
      FloatVector v = FloatVector.fromArray(FLOATS, second, secondOffset + i);
      v = normal(secondFactor.fma(g.mul(g), keepSecond.mul(v)));
      FloatVector root = v.sqrt().fma(rootCorrection, epsilon);
      m.intoArray(first, firstOffset + i);
      v.intoArray(second, secondOffset + i);
      step.fma(m.div(root), shrink.mul(p)).intoArray(parameters, parametersOffset + i);
    }
    scalar.adam(
        n - end,
        f,
        parameters,
        parametersOffset + end,
        gradients,
        gradientsOffset + end,
        first,
        firstOffset + end,
        second,
        secondOffset + end);
  }

  private static FloatVector normal(FloatVector x) {
    return x.blend(0, x.abs().compare(VectorOperators.LT, Float.MIN_NORMAL));
  }
}
