package gpuvae.cuda.jcuda;

import static jcuda.jcublas.JCublas2.*;

import gpuvae.cuda.Blas;
import gpuvae.cuda.FfmBlas;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.libraryPropertyType;
import jcuda.runtime.cudaStream_t;

/** cuBLAS through JCuda. */
final class BlasThroughJCuda implements Blas {
  private final FfmBlas words;

  /**
   * After its natives are loaded.
   *
   * @param words tells what a status means
   */
  BlasThroughJCuda(FfmBlas words) {
    this.words = words;
    JCublas2.setExceptionsEnabled(false);
  }

  private void check(String call, int status) {
    if (status != 0) {
      throw words.failure(call, status, "");
    }
  }

  private static cublasHandle library(long handle) {
    return Handles.with(new cublasHandle(), handle);
  }

  private static Pointer pointer(long address) {
    return Handles.with(new Pointer(), address);
  }

  @Override
  public String version() {
    return IntStream.of(
            libraryPropertyType.MAJOR_VERSION,
            libraryPropertyType.MINOR_VERSION,
            libraryPropertyType.PATCH_LEVEL)
        .mapToObj(this::property)
        .collect(Collectors.joining("."));
  }

  private String property(int part) {
    int[] value = {0};
    check("cublasGetProperty", cublasGetProperty(part, value));
    return String.valueOf(value[0]);
  }

  @Override
  public long create() {
    cublasHandle made = new cublasHandle();
    check("cublasCreate", cublasCreate(made));
    return Handles.of(made);
  }

  @Override
  public void destroy(long handle) {
    check("cublasDestroy", cublasDestroy(library(handle)));
  }

  @Override
  public int version(long handle) {
    int[] version = {0};
    check("cublasGetVersion", cublasGetVersion(library(handle), version));
    return version[0];
  }

  @Override
  public void setStream(long handle, long stream) {
    cudaStream_t target = Handles.with(new cudaStream_t(), stream);
    check("cublasSetStream", cublasSetStream(library(handle), target));
  }

  @Override
  public void setWorkspace(long handle, long address, long bytes) {
    check("cublasSetWorkspace", cublasSetWorkspace(library(handle), pointer(address), bytes));
  }

  @Override
  public void setMathMode(long handle, int mode) {
    check("cublasSetMathMode", cublasSetMathMode(library(handle), mode));
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
    int status =
        cublasSgemm(
            library(handle),
            transA,
            transB,
            m,
            n,
            k,
            pointer(alpha.address()),
            pointer(a),
            lda,
            pointer(b),
            ldb,
            pointer(beta.address()),
            pointer(c),
            ldc);
    Reference.reachabilityFence(alpha);
    Reference.reachabilityFence(beta);
    check("cublasSgemm", status);
  }
}
