package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Matrix products on a stream. */
public final class CublasHandle extends Owned {
  /** How products of floats are computed. */
  public enum MathMode {
    /** In float32. */
    FLOAT32(CublasTable.CUBLAS_DEFAULT_MATH),
    /** With factors rounded to TF32 (10 bits of fraction), on tensor cores. */
    TF32(CublasTable.CUBLAS_TF32_TENSOR_OP_MATH);

    private final int value;

    MathMode(int value) {
      this.value = value;
    }
  }

  private final Blas blas;
  private final long handle;
  private final MemorySegment alphaCell = Arena.ofAuto().allocate(JAVA_FLOAT);
  private final MemorySegment betaCell = Arena.ofAuto().allocate(JAVA_FLOAT);

  CublasHandle(CudaContext context, Blas blas, long handle) {
    super(context);
    this.blas = blas;
    this.handle = handle;
  }

  /** The library's version: 10000 times the major plus 100 times the minor plus the patch. */
  public int version() {
    ensureOpen();
    return blas.version(handle);
  }

  void setStream(CudaStream stream) {
    ensureOpen();
    blas.setStream(handle, stream.handle());
  }

  /** Uses this memory instead of the library's own, as capture needs; it must stay open. */
  public void setWorkspace(DeviceMemory workspace) {
    ensureOpen();
    blas.setWorkspace(handle, workspace.address(), workspace.size());
  }

  /** FLOAT32 unless set. */
  public void setMathMode(MathMode mode) {
    ensureOpen();
    blas.setMathMode(handle, mode.value);
  }

  /**
   * c = alpha op(a) op(b) + beta c, where op(a) is m x k, op(b) is k x n and c is m x n, each
   * column-major on the device with the distance of its columns; op transposes where asked to. With
   * beta 0, c is not read. Allocates nothing.
   */
  public void sgemm(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      long a,
      int lda,
      long b,
      int ldb,
      float beta,
      long c,
      int ldc) {
    ensureOpen();
    // The library has read both when the call returns.
    alphaCell.set(JAVA_FLOAT, 0, alpha);
    betaCell.set(JAVA_FLOAT, 0, beta);
    blas.sgemm(
        handle,
        operation(transA),
        operation(transB),
        m,
        n,
        k,
        alphaCell,
        a,
        lda,
        b,
        ldb,
        betaCell,
        c,
        ldc);
  }

  private static int operation(boolean transpose) {
    return transpose ? CublasTable.CUBLAS_OP_T : CublasTable.CUBLAS_OP_N;
  }

  @Override
  void free() {
    blas.destroy(handle);
  }
}
