package gpuvae.cuda;

/** A call to one of CUDA's libraries that failed, in that library's own words. */
public class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int code;
  private final String errorName;
  private final boolean sticky;

  CudaException(
      String call, int code, String errorName, String words, String detail, boolean sticky) {
    super(
        call
            + ": "
            + words
            + " ("
            + errorName
            + ", "
            + code
            + ")"
            + (detail.isEmpty() ? "" : ": " + detail));
    this.call = call;
    this.code = code;
    this.errorName = errorName;
    this.sticky = sticky;
  }

  /** The C function, such as "cuMemAlloc_v2". */
  public final String call() {
    return call;
  }

  /** The library's status. */
  public final int code() {
    return code;
  }

  /** The library's name for it, such as "CUDA_ERROR_ILLEGAL_ADDRESS". */
  public final String errorName() {
    return errorName;
  }

  /**
   * Whether the context is lost: all its memory is gone, and every later call answers the same.
   * cuBLAS' statuses do not tell; the driver's next answer does.
   */
  public final boolean isSticky() {
    return sticky;
  }
}
