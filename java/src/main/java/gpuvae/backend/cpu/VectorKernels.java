package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import gpuvae.backend.Activation;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
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

  /** Three rows by three vectors: 9 sums, 3 loads and a broadcast fit AVX2's 16 registers. */
  private static final int TILE_COLUMNS = 3 * WIDTH;

  private static final int NARROW_COLUMNS = 2 * WIDTH;

  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, VectorShape.preferredShape());

  /** Without 256-bit registers a square would be slower than single elements. */
  private static final boolean SQUARES = FLOATS.vectorBitSize() >= 256;

  private final ScalarKernels scalar = new ScalarKernels();
  private final ImageKernels images = new VectorImageKernels();

  @Override
  public String description() {
    return "vectors of " + FLOATS.vectorBitSize() + " bits";
  }

  @Override
  public ImageKernels images() {
    return images;
  }

  @Override
  public int tileColumns() {
    return TILE_COLUMNS;
  }

  @Override
  public int narrowColumns() {
    return NARROW_COLUMNS;
  }

  @Override
  public void tile(
      int k,
      float[] a,
      int a0,
      int a1,
      int a2,
      float[] b,
      int b0,
      float[] c,
      int c0,
      int stride,
      int rows,
      boolean add) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c12 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c22 = c00;
    for (int l = 0, p = b0; l < k; l++, p += TILE_COLUMNS) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, b, p);
      FloatVector v1 = FloatVector.fromArray(FLOATS, b, p + WIDTH);
      FloatVector v2 = FloatVector.fromArray(FLOATS, b, p + 2 * WIDTH);
      FloatVector x = FloatVector.broadcast(FLOATS, a[a0 + l]);
      c00 = x.fma(v0, c00);
      c01 = x.fma(v1, c01);
      c02 = x.fma(v2, c02);
      x = FloatVector.broadcast(FLOATS, a[a1 + l]);
      c10 = x.fma(v0, c10);
      c11 = x.fma(v1, c11);
      c12 = x.fma(v2, c12);
      x = FloatVector.broadcast(FLOATS, a[a2 + l]);
      c20 = x.fma(v0, c20);
      c21 = x.fma(v1, c21);
      c22 = x.fma(v2, c22);
    }
    if (add) {
      c00 = FloatVector.fromArray(FLOATS, c, c0).add(c00);
      c01 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c01);
      c02 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c02);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + WIDTH);
    c02.intoArray(c, c0 + 2 * WIDTH);
    if (rows > 1) {
      c0 += stride;
      if (add) {
        c10 = FloatVector.fromArray(FLOATS, c, c0).add(c10);
        c11 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c11);
        c12 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c12);
      }
      c10.intoArray(c, c0);
      c11.intoArray(c, c0 + WIDTH);
      c12.intoArray(c, c0 + 2 * WIDTH);
    }
    if (rows > 2) {
      c0 += stride;
      if (add) {
        c20 = FloatVector.fromArray(FLOATS, c, c0).add(c20);
        c21 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c21);
        c22 = FloatVector.fromArray(FLOATS, c, c0 + 2 * WIDTH).add(c22);
      }
      c20.intoArray(c, c0);
      c21.intoArray(c, c0 + WIDTH);
      c22.intoArray(c, c0 + 2 * WIDTH);
    }
  }

  @Override
  public void narrowTile(
      int k,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] b,
      int b0,
      float[] c,
      int c0,
      int stride,
      int rows,
      boolean add) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c30 = c00;
    FloatVector c31 = c00;
    for (int l = 0, p = b0; l < k; l++, p += NARROW_COLUMNS) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, b, p);
      FloatVector v1 = FloatVector.fromArray(FLOATS, b, p + WIDTH);
      FloatVector x = FloatVector.broadcast(FLOATS, a[a0 + l]);
      c00 = x.fma(v0, c00);
      c01 = x.fma(v1, c01);
      x = FloatVector.broadcast(FLOATS, a[a1 + l]);
      c10 = x.fma(v0, c10);
      c11 = x.fma(v1, c11);
      x = FloatVector.broadcast(FLOATS, a[a2 + l]);
      c20 = x.fma(v0, c20);
      c21 = x.fma(v1, c21);
      x = FloatVector.broadcast(FLOATS, a[a3 + l]);
      c30 = x.fma(v0, c30);
      c31 = x.fma(v1, c31);
    }
    if (add) {
      c00 = FloatVector.fromArray(FLOATS, c, c0).add(c00);
      c01 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c01);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + WIDTH);
    if (rows > 1) {
      c0 += stride;
      if (add) {
        c10 = FloatVector.fromArray(FLOATS, c, c0).add(c10);
        c11 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c11);
      }
      c10.intoArray(c, c0);
      c11.intoArray(c, c0 + WIDTH);
    }
    if (rows > 2) {
      c0 += stride;
      if (add) {
        c20 = FloatVector.fromArray(FLOATS, c, c0).add(c20);
        c21 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c21);
      }
      c20.intoArray(c, c0);
      c21.intoArray(c, c0 + WIDTH);
    }
    if (rows > 3) {
      c0 += stride;
      if (add) {
        c30 = FloatVector.fromArray(FLOATS, c, c0).add(c30);
        c31 = FloatVector.fromArray(FLOATS, c, c0 + WIDTH).add(c31);
      }
      c30.intoArray(c, c0);
      c31.intoArray(c, c0 + WIDTH);
    }
  }

  @Override
  public void transpose(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    int side = VectorTranspose.SIDE;
    if (!SQUARES || rows < side || columns < side) {
      scalar.transpose(
          rows, columns, source, sourceOffset, sourceStride, target, targetOffset, targetStride);
      return;
    }
    for (int column = 0; column < columns; column += side) {
      // The last square may lie partly on the one before.
      int j = Math.min(column, columns - side);
      for (int row = 0; row < rows; row += side) {
        int i = Math.min(row, rows - side);
        VectorTranspose.square(
            source,
            sourceOffset + i * sourceStride + j,
            sourceStride,
            target,
            targetOffset + j * targetStride + i,
            targetStride);
      }
    }
  }

  @Override
  public void copyRows(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    if (columns != TILE_COLUMNS && columns != NARROW_COLUMNS) {
      scalar.copyRows(
          rows, columns, source, sourceOffset, sourceStride, target, targetOffset, targetStride);
      return;
    }
    int from = sourceOffset;
    int to = targetOffset;
    for (int i = 0; i < rows; i++, from += sourceStride, to += targetStride) {
      FloatVector.fromArray(FLOATS, source, from).intoArray(target, to);
      FloatVector.fromArray(FLOATS, source, from + WIDTH).intoArray(target, to + WIDTH);
      if (columns == TILE_COLUMNS) {
        FloatVector.fromArray(FLOATS, source, from + 2 * WIDTH).intoArray(target, to + 2 * WIDTH);
      }
    }
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
      int n,
      float[] x,
      int xOffset,
      float[] bias,
      int biasOffset,
      Activation activation,
      float[] y,
      int yOffset) {
    int end = FLOATS.loopBound(n);
    switch (activation.kind()) {
      case IDENTITY -> {
        for (int i = 0; i < end; i += WIDTH) {
          FloatVector v = sum(x, xOffset + i, bias, biasOffset + i);
          v.intoArray(x, xOffset + i);
          v.intoArray(y, yOffset + i);
        }
      }
      case RELU -> {
        for (int i = 0; i < end; i += WIDTH) {
          FloatVector v = sum(x, xOffset + i, bias, biasOffset + i);
          v.intoArray(x, xOffset + i);
          v.blend(0, v.compare(VectorOperators.LE, 0)).intoArray(y, yOffset + i);
        }
      }
      case LEAKY_RELU -> {
        float slope = activation.slope();
        for (int i = 0; i < end; i += WIDTH) {
          FloatVector v = sum(x, xOffset + i, bias, biasOffset + i);
          v.intoArray(x, xOffset + i);
          v.blend(v.mul(slope), v.compare(VectorOperators.LE, 0)).intoArray(y, yOffset + i);
        }
      }
      default -> end = 0;
    }
    scalar.biasActivation(
        n - end, x, xOffset + end, bias, biasOffset + end, activation, y, yOffset + end);
  }

  private static FloatVector sum(float[] x, int xOffset, float[] y, int yOffset) {
    return FloatVector.fromArray(FLOATS, x, xOffset).add(FloatVector.fromArray(FLOATS, y, yOffset));
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
      int n, Activation activation, float[] x, int xOffset, float[] dy, int dyOffset) {
    int end = FLOATS.loopBound(n);
    switch (activation.kind()) {
      case RELU -> {
        for (int i = 0; i < end; i += WIDTH) {
          FloatVector y = FloatVector.fromArray(FLOATS, x, xOffset + i);
          FloatVector v = FloatVector.fromArray(FLOATS, dy, dyOffset + i);
          v.blend(0, y.compare(VectorOperators.LE, 0)).intoArray(dy, dyOffset + i);
        }
      }
      case LEAKY_RELU -> {
        float slope = activation.slope();
        for (int i = 0; i < end; i += WIDTH) {
          FloatVector y = FloatVector.fromArray(FLOATS, x, xOffset + i);
          FloatVector v = FloatVector.fromArray(FLOATS, dy, dyOffset + i);
          v.blend(v.mul(slope), y.compare(VectorOperators.LE, 0)).intoArray(dy, dyOffset + i);
        }
      }
      default -> end = 0;
    }
    scalar.activationBackward(n - end, activation, x, xOffset + end, dy, dyOffset + end);
  }

  @Override
  public void addRows(
      int rows, int columns, float[] x, int xOffset, int stride, float[] sums, int sumsOffset) {
    int step = 4 * WIDTH;
    int end = columns - columns % step;
    for (int j = 0; j < end; j += step) {
      int to = sumsOffset + j;
      FloatVector s0 = FloatVector.fromArray(FLOATS, sums, to);
      FloatVector s1 = FloatVector.fromArray(FLOATS, sums, to + WIDTH);
      FloatVector s2 = FloatVector.fromArray(FLOATS, sums, to + 2 * WIDTH);
      FloatVector s3 = FloatVector.fromArray(FLOATS, sums, to + 3 * WIDTH);
      for (int i = 0, from = xOffset + j; i < rows; i++, from += stride) {
        s0 = s0.add(FloatVector.fromArray(FLOATS, x, from));
        s1 = s1.add(FloatVector.fromArray(FLOATS, x, from + WIDTH));
        s2 = s2.add(FloatVector.fromArray(FLOATS, x, from + 2 * WIDTH));
        s3 = s3.add(FloatVector.fromArray(FLOATS, x, from + 3 * WIDTH));
      }
      s0.intoArray(sums, to);
      s1.intoArray(sums, to + WIDTH);
      s2.intoArray(sums, to + 2 * WIDTH);
      s3.intoArray(sums, to + 3 * WIDTH);
    }
    scalar.addRows(rows, columns - end, x, xOffset + end, stride, sums, sumsOffset + end);
  }

  @Override
  public void bernoulliLoss(
      int n,
      float[] logits,
      int logitsOffset,
      float[] target,
      int targetOffset,
      float[] gradient,
      int gradientOffset,
      float[] lanes) {
    int end = n - n % Lanes.COUNT;
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector l = FloatVector.fromArray(FLOATS, logits, logitsOffset + i);
      // Functions first: C2 inlines them only in a method that is still small.
      FloatVector e = VectorMath.expBelowMax(l.abs().neg());
      FloatVector rest = VectorMath.log1pUnit(e);
      FloatVector x = FloatVector.fromArray(FLOATS, target, targetOffset + i);
      VectorMask<Float> negative = l.compare(VectorOperators.LT, 0);
      FloatVector u = e.add(1);
      FloatVector loss = l.neg().fma(x, l.blend(0, negative)).add(rest);
      int lane = i & (Lanes.COUNT - 1);
      FloatVector.fromArray(FLOATS, lanes, lane).add(loss).intoArray(lanes, lane);
      if (gradient != null) {
        FloatVector.broadcast(FLOATS, 1)
            .blend(e, negative)
            .div(u)
            .sub(x)
            .intoArray(gradient, gradientOffset + i);
      }
    }
    scalar.bernoulliLoss(
        n - end,
        logits,
        logitsOffset + end,
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
          gradientDecay.fma(p, FloatVector.fromArray(FLOATS, gradients, gradientsOffset + i));
      FloatVector m = FloatVector.fromArray(FLOATS, first, firstOffset + i);
      m = firstFactor.fma(g.sub(m), m);
      FloatVector v =
          secondFactor.fma(
              g.mul(g), keepSecond.mul(FloatVector.fromArray(FLOATS, second, secondOffset + i)));
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
}
