package gpuvae.backend.cpu;

/**
 * The inner loops of matrix products: tiles held in registers, and what lays panels out for them.
 * As of {@link Kernels}, two providers give the same bits.
 */
interface MatrixKernels {
  /** Rows of a {@link #narrowTile}. */
  int NARROW_ROWS = 4;

  /** Rows of a {@link #sparseTile}. */
  int SPARSE_ROWS = 2;

  /** A vector of 512 bits. */
  int SLACK = 16;

  /** Rows of a {@link #tile}. */
  int tileRows();

  /** Columns of a {@link #tile}: the width of a packed panel. */
  int tileColumns();

  /** Columns of a {@link #narrowTile}; {@link #tileColumns} if there are no narrow ones. */
  int narrowColumns();

  /** Columns of a {@link #sparseTile}. */
  int sparseColumns();

  /**
   * Some rows of a matrix product: c = (c +) a b, each element one chain of fma over k.
   *
   * @param k length of the chain
   * @param a0 where the first row of a begins, the others {@code aStride} apart
   * @param b a packed panel: [k, tileColumns]
   * @param c0 where the first row of c begins, the others {@code cStride} apart
   * @param rows how many, from 1 to tileRows
   * @param add whether c is added to, or overwritten
   */
  void tile(
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
      boolean add);

  /**
   * {@link #tile} with panels of fewer columns, for what wide ones would leave half empty.
   *
   * @param b a packed panel: [k, narrowColumns]
   * @param rows from 1 to {@link #NARROW_ROWS}
   */
  void narrowTile(
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
      boolean add);

  /**
   * {@link #tile} of some columns of a.
   *
   * @param count how many
   * @param positions their numbers, which are those of rows of b, from {@code first} on
   * @param a their elements in the first row from {@code a0} on, in the second {@code aStride}
   *     later
   * @param b a packed panel: [k, sparseColumns]
   * @param rows from 1 to {@link #SPARSE_ROWS}
   */
  void sparseTile(
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
      boolean add);

  /**
   * Lists the columns in which one of two rows is not zero.
   *
   * @param from the first column
   * @param to behind the last
   * @param x where the rows begin at {@code row0} and {@code row1}
   * @param positions the columns' numbers, from {@code at} on
   * @param values their elements in the first row from {@code at} on, in the second {@code stride}
   *     later
   * @return how many; up to {@link #SLACK} elements after the last are written, too
   */
  int nonzeros(
      int from,
      int to,
      float[] x,
      int row0,
      int row1,
      int[] positions,
      int at,
      float[] values,
      int stride);

  /** target[j, i] = source[i, j], for i below {@code rows} and j below {@code columns}. */
  void transpose(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride);

  /** target[i, j] = source[i, j], for i below {@code rows} and j below {@code columns}. */
  void copyRows(
      int rows,
      int columns,
      float[] source,
      int sourceOffset,
      int sourceStride,
      float[] target,
      int targetOffset,
      int targetStride);
}
