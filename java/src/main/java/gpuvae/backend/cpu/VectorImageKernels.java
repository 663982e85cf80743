package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The inner loops of convolutional layers with the Vector API. */
final class VectorImageKernels implements ImageKernels {
  private static final int WIDTH = FLOATS.length();

  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, VectorShape.preferredShape());

  private final ScalarImageKernels scalar = new ScalarImageKernels();

  private final WinogradKernels winograd = new VectorWinogradKernels();

  @Override
  public WinogradKernels winograd() {
    return winograd;
  }

  @Override
  public int tileRows() {
    return VectorCorrelation.ROWS;
  }

  @Override
  public int tileColumns() {
    return VectorCorrelation.COLUMNS;
  }

  @Override
  public int gradientColumns() {
    return VectorProducts.COLUMNS;
  }

  @Override
  public void tile(
      int columns,
      int k,
      float[] a,
      int a0,
      float[] x,
      int[] offsets,
      int p,
      float[] c,
      int c0,
      int stride) {
    VectorCorrelation.tile(columns, k, a, a0, x, offsets, p, c, c0, stride);
  }

  @Override
  public void products(
      int rows,
      int depth,
      float[] x,
      int x0,
      int[] offsets,
      int step,
      float[] b,
      int b0,
      int columns,
      float[] g,
      int g0,
      boolean add) {
    VectorProducts.run(rows, depth, x, x0, offsets, step, b, b0, columns, g, g0, add);
  }

  @Override
  public void copyRows(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float added,
      float[] target,
      int targetOffset,
      int targetStride) {
    int end = FLOATS.loopBound(columns);
    int reach = Math.ceilDiv(columns, WIDTH) * WIDTH;
    int done =
        Math.min(
            within(rows, source, sourceOffset, sourceStride, reach),
            within(rows, target, targetOffset, targetStride, reach));
    VectorMask<Float> rest = FLOATS.indexInRange(end, columns);
    for (int i = 0; i < done; i++) {
      int from = sourceOffset + i * sourceStride;
      int to = targetOffset + i * targetStride;
      for (int j = 0; j < end; j += WIDTH) {
        FloatVector.fromArray(FLOATS, source, from + j).add(added).intoArray(target, to + j);
      }
      if (end < columns) {
        FloatVector.fromArray(FLOATS, source, from + end, rest)
            .add(added)
            .intoArray(target, to + end, rest);
      }
    }
    scalar.copyRows(
        rows - done,
        columns,
        source,
        sourceOffset + done * sourceStride,
        sourceStride,
        added,
        target,
        targetOffset + done * targetStride,
        targetStride);
  }

  @Override
  public void copyEverySecond(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    int reach = Math.ceilDiv(columns, WIDTH) * WIDTH;
    int done =
        Math.min(
            within(rows, source, sourceOffset, sourceStride, 2 * reach),
            within(rows, target, targetOffset, targetStride, reach));
    for (int column = 0; column < columns; column += WIDTH) {
      int n = 2 * (columns - column) - 1;
      VectorMask<Float> first = FLOATS.indexInRange(0, n);
      VectorMask<Float> second = FLOATS.indexInRange(WIDTH, n);
      VectorMask<Float> written = FLOATS.indexInRange(column, columns);
      int from = sourceOffset + 2 * column;
      int to = targetOffset + column;
      for (int i = 0; i < done; i++, from += sourceStride, to += targetStride) {
        EverySecond.even(
                FloatVector.fromArray(FLOATS, source, from, first),
                FloatVector.fromArray(FLOATS, source, from + WIDTH, second))
            .intoArray(target, to, written);
      }
    }
    scalar.copyEverySecond(
        rows - done,
        columns,
        source,
        sourceOffset + done * sourceStride,
        sourceStride,
        target,
        targetOffset + done * targetStride,
        targetStride);
  }

  /**
   * How many rows have {@code reach} elements before the array's end. Beyond it the Vector API
   * checks a masked access lane by lane, which allocates.
   */
  private static int within(int rows, float[] array, int offset, int stride, int reach) {
    int last = array.length - offset - reach;
    return last < 0 ? 0 : Math.min(rows, last / stride + 1);
  }

  @Override
  public void moments(int n, float[] x, int xOffset, double[] lanes) {
    int end = n - n % Lanes.COUNT;
    int half = DOUBLES.length();
    for (int lane = 0; lane < Lanes.COUNT; lane += WIDTH) {
      int square = Lanes.COUNT + lane;
      DoubleVector lowSum = DoubleVector.fromArray(DOUBLES, lanes, lane);
      DoubleVector highSum = DoubleVector.fromArray(DOUBLES, lanes, lane + half);
      DoubleVector lowSquares = DoubleVector.fromArray(DOUBLES, lanes, square);
      DoubleVector highSquares = DoubleVector.fromArray(DOUBLES, lanes, square + half);
      for (int i = lane; i < end; i += Lanes.COUNT) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
        DoubleVector low = part(v, 0);
        DoubleVector high = part(v, 1);
        lowSum = lowSum.add(low);
        highSum = highSum.add(high);
        lowSquares = low.fma(low, lowSquares);
        highSquares = high.fma(high, highSquares);
      }
      lowSum.intoArray(lanes, lane);
      highSum.intoArray(lanes, lane + half);
      lowSquares.intoArray(lanes, square);
      highSquares.intoArray(lanes, square + half);
    }
    scalar.moments(n - end, x, xOffset + end, lanes);
  }

  private static DoubleVector part(FloatVector v, int part) {
    return (DoubleVector) v.convertShape(VectorOperators.F2D, DOUBLES, part);
  }

  @Override
  public void gradientMoments(
      int n, float[] x, int xOffset, float mean, float[] dy, int dyOffset, double[] lanes) {
    int end = n - n % Lanes.COUNT;
    int half = DOUBLES.length();
    for (int lane = 0; lane < Lanes.COUNT; lane += WIDTH) {
      int product = Lanes.COUNT + lane;
      DoubleVector lowSum = DoubleVector.fromArray(DOUBLES, lanes, lane);
      DoubleVector highSum = DoubleVector.fromArray(DOUBLES, lanes, lane + half);
      DoubleVector lowProducts = DoubleVector.fromArray(DOUBLES, lanes, product);
      DoubleVector highProducts = DoubleVector.fromArray(DOUBLES, lanes, product + half);
      for (int i = lane; i < end; i += Lanes.COUNT) {
        FloatVector gradient = FloatVector.fromArray(FLOATS, dy, dyOffset + i);
        FloatVector deviation = FloatVector.fromArray(FLOATS, x, xOffset + i).sub(mean);
        DoubleVector low = part(gradient, 0);
        DoubleVector high = part(gradient, 1);
        lowSum = lowSum.add(low);
        highSum = highSum.add(high);
        lowProducts = low.fma(part(deviation, 0), lowProducts);
        highProducts = high.fma(part(deviation, 1), highProducts);
      }
      lowSum.intoArray(lanes, lane);
      highSum.intoArray(lanes, lane + half);
      lowProducts.intoArray(lanes, product);
      highProducts.intoArray(lanes, product + half);
    }
    scalar.gradientMoments(n - end, x, xOffset + end, mean, dy, dyOffset + end, lanes);
  }

  @Override
  public void normalise(
      int n,
      float[] x,
      int xOffset,
      float mean,
      float factor,
      float shift,
      float[] residual,
      int residualOffset,
      float[] y,
      int yOffset) {
    int end = FLOATS.loopBound(n);
    FloatVector factors = FloatVector.broadcast(FLOATS, factor);
    FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i).sub(mean).fma(factors, shifts);
      if (residual != null) {
        v = v.add(FloatVector.fromArray(FLOATS, residual, residualOffset + i));
      }
      v.intoArray(y, yOffset + i);
    }
    scalar.normalise(
        n - end,
        x,
        xOffset + end,
        mean,
        factor,
        shift,
        residual,
        residualOffset + end,
        y,
        yOffset + end);
  }

  @Override
  public void normaliseBackward(
      int n,
      float[] x,
      int xOffset,
      float mean,
      float factor,
      float dyMean,
      float slope,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    int end = FLOATS.loopBound(n);
    FloatVector means = FloatVector.broadcast(FLOATS, mean);
    FloatVector slopes = FloatVector.broadcast(FLOATS, slope);
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector gradient = FloatVector.fromArray(FLOATS, dy, dyOffset + i).sub(dyMean);
      means
          .sub(FloatVector.fromArray(FLOATS, x, xOffset + i))
          .fma(slopes, gradient)
          .mul(factor)
          .intoArray(dx, dxOffset + i);
    }
    scalar.normaliseBackward(
        n - end,
        x,
        xOffset + end,
        mean,
        factor,
        dyMean,
        slope,
        dy,
        dyOffset + end,
        dx,
        dxOffset + end);
  }

  @Override
  public void maxPool(
      int rows,
      int columns,
      int size,
      float[] x,
      int xOffset,
      int width,
      float[] y,
      int yOffset,
      byte[] indices,
      int indicesOffset) {
    int done = 0;
    if (size == 2 && VectorMaxPool.FITS) {
      done =
          VectorMaxPool.rows(rows, columns, x, xOffset, width, y, yOffset, indices, indicesOffset);
    }
    scalar.maxPool(
        rows - done,
        columns,
        size,
        x,
        xOffset + done * size * width,
        width,
        y,
        yOffset + done * columns,
        indices,
        indicesOffset + done * columns);
  }

  @Override
  public void add(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] sum, int sumOffset) {
    int end = FLOATS.loopBound(n);
    for (int i = 0; i < end; i += WIDTH) {
      FloatVector.fromArray(FLOATS, x, xOffset + i)
          .add(FloatVector.fromArray(FLOATS, y, yOffset + i))
          .intoArray(sum, sumOffset + i);
    }
    scalar.add(n - end, x, xOffset + end, y, yOffset + end, sum, sumOffset + end);
  }
}
