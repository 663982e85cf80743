package gpuvae.cuda;

import static gpuvae.cuda.CublasTable.*;

import gpuvae.cuda.LibraryProbe.Finding;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** cuBLAS through the FFM API. */
public final class FfmBlas extends CheckedCalls implements Blas {
  private FfmBlas(NativeLibrary library) {
    super(library);
  }

  /**
   * Opens cuBLAS.
   *
   * @throws CudaUnavailableException if it is absent or unusable
   */
  public static FfmBlas load(Finding finding) {
    NativeLibrary library = new NativeLibrary(finding, CublasTable.table());
    library.require(CublasTable.table().functions());
    return new FfmBlas(library);
  }

  @Override
  public CudaException failure(String call, int status, String detail) {
    String name = describe(GET_STATUS_NAME, status);
    String words = describe(GET_STATUS_STRING, status);
    return status == CUBLAS_STATUS_ALLOC_FAILED
        ? new CudaOutOfMemoryException(call, status, name, words, detail)
        : new CudaException(call, status, name, words, detail, false);
  }

  private String describe(CFunction function, int status) {
    try {
      return text((MemorySegment) function.handle().invokeExact(at(function), status));
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  @Override
  public String version() {
    return version(GET_PROPERTY, List.of(MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL));
  }

  @Override
  public long create() {
    return getLong(CREATE, cell -> (int) CREATE.handle().invokeExact(at(CREATE), cell));
  }

  @Override
  public void destroy(long handle) {
    call(DESTROY, () -> (int) DESTROY.handle().invokeExact(at(DESTROY), handle));
  }

  @Override
  public int version(long handle) {
    return getInt(
        GET_VERSION, cell -> (int) GET_VERSION.handle().invokeExact(at(GET_VERSION), handle, cell));
  }

  @Override
  public void setStream(long handle, long stream) {
    call(SET_STREAM, () -> (int) SET_STREAM.handle().invokeExact(at(SET_STREAM), handle, stream));
  }

  @Override
  public void setWorkspace(long handle, long address, long bytes) {
    call(
        SET_WORKSPACE,
        () -> (int) SET_WORKSPACE.handle().invokeExact(at(SET_WORKSPACE), handle, address, bytes));
  }

  @Override
  public void setMathMode(long handle, int mode) {
    call(
        SET_MATH_MODE,
        () -> (int) SET_MATH_MODE.handle().invokeExact(at(SET_MATH_MODE), handle, mode));
  }

  @Override
  public void sgemm(
      long handle,
      int transA,
      int transB,
      int m,
      int n,
      int k,
      MemorySegment alpha,
      long a,
      int lda,
      long b,
      int ldb,
      MemorySegment beta,
      long c,
      int ldc) {
    int status;
    try {
      status =
          (int)
              SGEMM
                  .handle()
                  .invokeExact(
                      at(SGEMM), handle, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c,
                      ldc);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(SGEMM, status);
  }
}
