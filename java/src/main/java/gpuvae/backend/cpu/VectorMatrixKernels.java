package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The inner loops of matrix products with the Vector API. */
final class VectorMatrixKernels implements MatrixKernels {
  private static final int WIDTH = FLOATS.length();

  /**
   * Whether there are 32 vector registers: with 512 bits, and on AArch64, which has 128 but up to
   * four pipes, so that more sums are wanted. Twelve sums, three loads and a broadcast would fit 16
   * registers, but C2 spills some of them; nine keep the two pipes of x86 busy, with 128 bits too.
   */
  private static final boolean FOUR_ROWS =
      FLOATS.vectorBitSize() == 512 || System.getProperty("os.arch").equals("aarch64");

  private static final int TILE_COLUMNS = 3 * WIDTH;

  private static final int NARROW_COLUMNS = 2 * WIDTH;

  private static final int SPARSE_COLUMNS = 5 * WIDTH;

  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, VectorShape.preferredShape());

  /** Without 256 bits, squares and lists would be slower than single elements. */
  private static final boolean WIDE = FLOATS.vectorBitSize() >= 256;

  private static final IntVector COLUMNS = IntVector.zero(INTS).addIndex(1);

  private final ScalarMatrixKernels scalar = new ScalarMatrixKernels();

  @Override
  public int tileRows() {
    return FOUR_ROWS ? 4 : 3;
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
  public int sparseColumns() {
    return SPARSE_COLUMNS;
  }

  @Override
  public void tile(
      int k,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      float[] c,
      int c0,
      int cStride,
      int rows,
      boolean add) {
    if (FOUR_ROWS) {
      VectorTile.fourByThree(k, a, a0, aStride, b, b0, c, c0, cStride, rows, add);
    } else {
      VectorTile.threeByThree(k, a, a0, aStride, b, b0, c, c0, cStride, rows, add);
    }
  }

  @Override
  public void narrowTile(
      int k,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      float[] c,
      int c0,
      int cStride,
      int rows,
      boolean add) {
    VectorTile.fourByTwo(k, a, a0, aStride, b, b0, c, c0, cStride, rows, add);
  }

  @Override
  public void sparseTile(
      int count,
      int[] positions,
      int first,
      float[] a,
      int aStride,
      float[] b,
      int b0,
      float[] c,
      int c0,
      int cStride,
      int rows,
      boolean add) {
    VectorSparseTile.twoByFive(
        count, positions, first, a, aStride, b, b0, c, c0, cStride, rows, add);
  }

  @Override
  public int nonzeros(
      int from,
      int to,
      float[] x,
      int row0,
      int row1,
      int[] positions,
      int at,
      float[] values,
      int stride) {
    int end = WIDE ? from + FLOATS.loopBound(to - from) : from;
    int n = 0;
    for (int i = from; i < end; i += WIDTH) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, x, row0 + i);
      FloatVector v1 = FloatVector.fromArray(FLOATS, x, row1 + i);
      VectorMask<Float> found =
          v0.compare(VectorOperators.NE, 0).or(v1.compare(VectorOperators.NE, 0));
      if (found.anyTrue()) {
        v0.compress(found).intoArray(values, at + n);
        v1.compress(found).intoArray(values, at + stride + n);
        COLUMNS.add(i).compress(found.cast(INTS)).intoArray(positions, at + n);
        n += found.trueCount();
      }
    }
    return n + scalar.nonzeros(end, to, x, row0, row1, positions, at + n, values, stride);
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
    if (!WIDE || rows < side || columns < side) {
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
    if (columns != TILE_COLUMNS && columns != NARROW_COLUMNS && columns != SPARSE_COLUMNS) {
      scalar.copyRows(
          rows, columns, source, sourceOffset, sourceStride, target, targetOffset, targetStride);
      return;
    }
    int from = sourceOffset;
    int to = targetOffset;
    for (int i = 0; i < rows; i++, from += sourceStride, to += targetStride) {
      FloatVector.fromArray(FLOATS, source, from).intoArray(target, to);
      FloatVector.fromArray(FLOATS, source, from + WIDTH).intoArray(target, to + WIDTH);
      if (columns >= TILE_COLUMNS) {
        FloatVector.fromArray(FLOATS, source, from + 2 * WIDTH).intoArray(target, to + 2 * WIDTH);
      }
      if (columns == SPARSE_COLUMNS) {
        FloatVector.fromArray(FLOATS, source, from + 3 * WIDTH).intoArray(target, to + 3 * WIDTH);
        FloatVector.fromArray(FLOATS, source, from + 4 * WIDTH).intoArray(target, to + 4 * WIDTH);
      }
    }
  }
}
