package gpuvae.cuda;

/** No room for an allocation. The context stays usable. */
public final class CudaOutOfMemoryException extends CudaException {
  private static final long serialVersionUID = 1;

  CudaOutOfMemoryException(String call, int code, String errorName, String words, String detail) {
    super(call, code, errorName, words, detail, false);
  }
}
