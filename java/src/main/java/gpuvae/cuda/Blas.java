package gpuvae.cuda;

import java.lang.foreign.MemorySegment;

/** cuBLAS' calls, each of which throws {@link CudaException} if its status is not success. */
public interface Blas {
  /** The library's version; needs no device. */
  String version();

  long create();

  void destroy(long handle);

  int version(long handle);

  void setStream(long handle, long stream);

  void setWorkspace(long handle, long address, long bytes);

  void setMathMode(long handle, int mode);

  /** As cublasSgemm; matrices are on the device, alpha and beta in the host's memory. */
  void sgemm(
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
      int ldc);
}
