package gpuvae.cuda;

import static gpuvae.cuda.CudnnTable.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import gpuvae.cuda.LibraryProbe.Finding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** cuDNN through the FFM API. */
public final class FfmDnn extends CheckedCalls implements Dnn {
  private FfmDnn(NativeLibrary library) {
    super(library);
  }

  /**
   * Opens cuDNN.
   *
   * @throws CudaUnavailableException if it is absent or unusable
   */
  public static FfmDnn load(Finding finding) {
    NativeLibrary library = new NativeLibrary(finding, CudnnTable.table());
    library.require(CudnnTable.table().functions());
    return new FfmDnn(library);
  }

  /** cuDNN's words for a status are its name; its numbers differ between versions 8 and 9. */
  @Override
  public CudaException failure(String call, int status, String detail) {
    String name;
    try {
      name =
          text((MemorySegment) GET_ERROR_STRING.handle().invokeExact(at(GET_ERROR_STRING), status));
    } catch (Throwable e) {
      throw unchecked(e);
    }
    return name.contains("ALLOC")
        ? new CudaOutOfMemoryException(call, status, name, "failed", detail)
        : new CudaException(call, status, name, "failed", detail, false);
  }

  @Override
  public String version() {
    return version(
        GET_PROPERTY,
        List.of(CublasTable.MAJOR_VERSION, CublasTable.MINOR_VERSION, CublasTable.PATCH_LEVEL));
  }

  @Override
  public long create() {
    return make(CREATE);
  }

  @Override
  public void destroy(long handle) {
    free(DESTROY, handle);
  }

  @Override
  public void setStream(long handle, long stream) {
    call(SET_STREAM, () -> (int) SET_STREAM.handle().invokeExact(at(SET_STREAM), handle, stream));
  }

  @Override
  public long createTensor() {
    return make(CREATE_TENSOR);
  }

  @Override
  public void setTensor(long tensor, int format, int type, int n, int c, int h, int w) {
    call(
        SET_TENSOR,
        () ->
            (int)
                SET_TENSOR.handle().invokeExact(at(SET_TENSOR), tensor, format, type, n, c, h, w));
  }

  @Override
  public void destroyTensor(long tensor) {
    free(DESTROY_TENSOR, tensor);
  }

  @Override
  public long createFilter() {
    return make(CREATE_FILTER);
  }

  @Override
  public void setFilter(long filter, int type, int format, int k, int c, int h, int w) {
    call(
        SET_FILTER,
        () ->
            (int)
                SET_FILTER.handle().invokeExact(at(SET_FILTER), filter, type, format, k, c, h, w));
  }

  @Override
  public void destroyFilter(long filter) {
    free(DESTROY_FILTER, filter);
  }

  @Override
  public long createConvolution() {
    return make(CREATE_CONVOLUTION);
  }

  @Override
  public void setConvolution(
      long convolution,
      int padH,
      int padW,
      int strideH,
      int strideW,
      int dilationH,
      int dilationW,
      int mode,
      int type) {
    call(
        SET_CONVOLUTION,
        () ->
            (int)
                SET_CONVOLUTION
                    .handle()
                    .invokeExact(
                        at(SET_CONVOLUTION),
                        convolution,
                        padH,
                        padW,
                        strideH,
                        strideW,
                        dilationH,
                        dilationW,
                        mode,
                        type));
  }

  @Override
  public void setConvolutionMath(long convolution, int mathType) {
    call(
        SET_CONVOLUTION_MATH,
        () ->
            (int)
                SET_CONVOLUTION_MATH
                    .handle()
                    .invokeExact(at(SET_CONVOLUTION_MATH), convolution, mathType));
  }

  @Override
  public void destroyConvolution(long convolution) {
    free(DESTROY_CONVOLUTION, convolution);
  }

  @Override
  public int[] convolutionOutput(long convolution, long input, long filter) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment n = arena.allocate(JAVA_INT);
      MemorySegment c = arena.allocate(JAVA_INT);
      MemorySegment h = arena.allocate(JAVA_INT);
      MemorySegment w = arena.allocate(JAVA_INT);
      call(
          GET_CONVOLUTION_OUTPUT,
          () ->
              (int)
                  GET_CONVOLUTION_OUTPUT
                      .handle()
                      .invokeExact(
                          at(GET_CONVOLUTION_OUTPUT), convolution, input, filter, n, c, h, w));
      return new int[] {
        n.get(JAVA_INT, 0), c.get(JAVA_INT, 0), h.get(JAVA_INT, 0), w.get(JAVA_INT, 0)
      };
    }
  }

  /** A handle or descriptor. */
  private long make(CFunction function) {
    return getLong(function, cell -> (int) function.handle().invokeExact(at(function), cell));
  }

  private void free(CFunction function, long made) {
    call(function, () -> (int) function.handle().invokeExact(at(function), made));
  }
}
