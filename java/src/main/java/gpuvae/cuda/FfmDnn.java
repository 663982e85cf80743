package gpuvae.cuda;

import static gpuvae.cuda.CudnnTable.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import gpuvae.cuda.LibraryProbe.Finding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;

/** cuDNN through the FFM API. */
public final class FfmDnn extends CheckedCalls implements Dnn {
  /** More than cuDNN has in any direction. */
  private static final int MOST_ALGORITHMS = 32;

  private static final VarHandle NUMBER = member("algo");
  private static final VarHandle STATUS = member("status");
  private static final VarHandle DETERMINISM = member("determinism");

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

  @Override
  public List<Algorithm> forwardAlgorithms(
      long handle, long xTensor, long filter, long convolution, long yTensor) {
    return algorithms(
        GET_FORWARD_ALGORITHMS,
        (count, found) ->
            (int)
                GET_FORWARD_ALGORITHMS
                    .handle()
                    .invokeExact(
                        at(GET_FORWARD_ALGORITHMS),
                        handle,
                        xTensor,
                        filter,
                        convolution,
                        yTensor,
                        MOST_ALGORITHMS,
                        count,
                        found));
  }

  @Override
  public List<Algorithm> backwardDataAlgorithms(
      long handle, long filter, long yTensor, long convolution, long xTensor) {
    return algorithms(
        GET_BACKWARD_DATA_ALGORITHMS,
        (count, found) ->
            (int)
                GET_BACKWARD_DATA_ALGORITHMS
                    .handle()
                    .invokeExact(
                        at(GET_BACKWARD_DATA_ALGORITHMS),
                        handle,
                        filter,
                        yTensor,
                        convolution,
                        xTensor,
                        MOST_ALGORITHMS,
                        count,
                        found));
  }

  @Override
  public List<Algorithm> backwardFilterAlgorithms(
      long handle, long xTensor, long yTensor, long convolution, long filter) {
    return algorithms(
        GET_BACKWARD_FILTER_ALGORITHMS,
        (count, found) ->
            (int)
                GET_BACKWARD_FILTER_ALGORITHMS
                    .handle()
                    .invokeExact(
                        at(GET_BACKWARD_FILTER_ALGORITHMS),
                        handle,
                        xTensor,
                        yTensor,
                        convolution,
                        filter,
                        MOST_ALGORITHMS,
                        count,
                        found));
  }

  @Override
  public long forwardWorkspace(
      long handle, long xTensor, long filter, long convolution, long yTensor, int algorithm) {
    return getLong(
        GET_FORWARD_WORKSPACE,
        cell ->
            (int)
                GET_FORWARD_WORKSPACE
                    .handle()
                    .invokeExact(
                        at(GET_FORWARD_WORKSPACE),
                        handle,
                        xTensor,
                        filter,
                        convolution,
                        yTensor,
                        algorithm,
                        cell));
  }

  @Override
  public long backwardDataWorkspace(
      long handle, long filter, long yTensor, long convolution, long xTensor, int algorithm) {
    return getLong(
        GET_BACKWARD_DATA_WORKSPACE,
        cell ->
            (int)
                GET_BACKWARD_DATA_WORKSPACE
                    .handle()
                    .invokeExact(
                        at(GET_BACKWARD_DATA_WORKSPACE),
                        handle,
                        filter,
                        yTensor,
                        convolution,
                        xTensor,
                        algorithm,
                        cell));
  }

  @Override
  public long backwardFilterWorkspace(
      long handle, long xTensor, long yTensor, long convolution, long filter, int algorithm) {
    return getLong(
        GET_BACKWARD_FILTER_WORKSPACE,
        cell ->
            (int)
                GET_BACKWARD_FILTER_WORKSPACE
                    .handle()
                    .invokeExact(
                        at(GET_BACKWARD_FILTER_WORKSPACE),
                        handle,
                        xTensor,
                        yTensor,
                        convolution,
                        filter,
                        algorithm,
                        cell));
  }

  @Override
  public void convolutionForward(
      long handle,
      MemorySegment alpha,
      long xTensor,
      long x,
      long filter,
      long w,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long yTensor,
      long y) {
    int status;
    try {
      status =
          (int)
              CONVOLUTION_FORWARD
                  .handle()
                  .invokeExact(
                      at(CONVOLUTION_FORWARD),
                      handle,
                      alpha,
                      xTensor,
                      x,
                      filter,
                      w,
                      convolution,
                      algorithm,
                      workspace,
                      workspaceBytes,
                      beta,
                      yTensor,
                      y);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(CONVOLUTION_FORWARD, status);
  }

  @Override
  public void convolutionBackwardData(
      long handle,
      MemorySegment alpha,
      long filter,
      long w,
      long yTensor,
      long dy,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long xTensor,
      long dx) {
    int status;
    try {
      status =
          (int)
              CONVOLUTION_BACKWARD_DATA
                  .handle()
                  .invokeExact(
                      at(CONVOLUTION_BACKWARD_DATA),
                      handle,
                      alpha,
                      filter,
                      w,
                      yTensor,
                      dy,
                      convolution,
                      algorithm,
                      workspace,
                      workspaceBytes,
                      beta,
                      xTensor,
                      dx);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(CONVOLUTION_BACKWARD_DATA, status);
  }

  @Override
  public void convolutionBackwardFilter(
      long handle,
      MemorySegment alpha,
      long xTensor,
      long x,
      long yTensor,
      long dy,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long filter,
      long dw) {
    int status;
    try {
      status =
          (int)
              CONVOLUTION_BACKWARD_FILTER
                  .handle()
                  .invokeExact(
                      at(CONVOLUTION_BACKWARD_FILTER),
                      handle,
                      alpha,
                      xTensor,
                      x,
                      yTensor,
                      dy,
                      convolution,
                      algorithm,
                      workspace,
                      workspaceBytes,
                      beta,
                      filter,
                      dw);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(CONVOLUTION_BACKWARD_FILTER, status);
  }

  /** A downcall that answers a number and so many algorithms. */
  @FunctionalInterface
  private interface Heuristics {
    int invoke(MemorySegment count, MemorySegment found) throws Throwable;
  }

  private List<Algorithm> algorithms(CFunction function, Heuristics heuristics) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      MemorySegment found = arena.allocate(ALGORITHM, MOST_ALGORITHMS);
      call(function, () -> heuristics.invoke(count, found));
      return found
          .asSlice(0, count.get(JAVA_INT, 0) * ALGORITHM.byteSize())
          .elements(ALGORITHM)
          .filter(one -> (int) STATUS.get(one, 0L) == SUCCESS)
          .map(FfmDnn::algorithm)
          .toList();
    }
  }

  private static Algorithm algorithm(MemorySegment found) {
    boolean deterministic = (int) DETERMINISM.get(found, 0L) == CUDNN_DETERMINISTIC;
    return new Algorithm((int) NUMBER.get(found, 0L), deterministic);
  }

  private static VarHandle member(String name) {
    return ALGORITHM.varHandle(PathElement.groupElement(name));
  }

  /** A handle or descriptor. */
  private long make(CFunction function) {
    return getLong(function, cell -> (int) function.handle().invokeExact(at(function), cell));
  }

  private void free(CFunction function, long made) {
    call(function, () -> (int) function.handle().invokeExact(at(function), made));
  }
}
