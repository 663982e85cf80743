package gpuvae.cuda;

import static gpuvae.cuda.CudnnTable.GET_ERROR_STRING;
import static gpuvae.cuda.CudnnTable.GET_PROPERTY;

import gpuvae.cuda.LibraryProbe.Finding;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** cuDNN through the FFM API. */
final class FfmDnn extends CheckedCalls implements Dnn {
  private FfmDnn(NativeLibrary library) {
    super(library);
  }

  /**
   * Opens cuDNN.
   *
   * @throws CudaUnavailableException if it is absent or unusable
   */
  static FfmDnn load(Finding finding) {
    NativeLibrary library = new NativeLibrary(finding, CudnnTable.table());
    library.require(CudnnTable.table().functions());
    return new FfmDnn(library);
  }

  /** cuDNN's words for a status are its name. */
  @Override
  public CudaException failure(String call, int status, String detail) {
    String name;
    try {
      name =
          text((MemorySegment) GET_ERROR_STRING.handle().invokeExact(at(GET_ERROR_STRING), status));
    } catch (Throwable e) {
      throw unchecked(e);
    }
    return new CudaException(call, status, name, "failed", detail, false);
  }

  @Override
  public String version() {
    return version(
        GET_PROPERTY,
        List.of(CublasTable.MAJOR_VERSION, CublasTable.MINOR_VERSION, CublasTable.PATCH_LEVEL));
  }
}
