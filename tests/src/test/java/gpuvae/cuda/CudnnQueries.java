package gpuvae.cuda;

import static gpuvae.cuda.CType.INT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import gpuvae.cuda.LibraryProbe.Finding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Calls of cuDNN that only tests make: what descriptors hold, and shapes of pooling. */
final class CudnnQueries extends CheckedCalls {
  static final int CUDNN_POOLING_MAX = 0;
  static final int CUDNN_NOT_PROPAGATE_NAN = 0;

  private static final CType STATUS = CType.int32("cudnnStatus_t");
  private static final CType TENSOR = CType.int64("cudnnTensorDescriptor_t");
  private static final CType FILTER = CType.int64("cudnnFilterDescriptor_t");
  private static final CType CONVOLUTION = CType.int64("cudnnConvolutionDescriptor_t");
  private static final CType POOLING = CType.int64("cudnnPoolingDescriptor_t");
  private static final CType DATA_TYPE = CType.int32("cudnnDataType_t");
  private static final CType FORMAT = CType.int32("cudnnTensorFormat_t");
  private static final CType PLACE = INT.pointer();

  /** Those that the software device's cuDNN has too. */
  private static final FunctionTable GETTERS = new FunctionTable();

  private static final FunctionTable POOLINGS = new FunctionTable();

  private static final CFunction GET_TENSOR =
      GETTERS.add(
          "cudnnGetTensor4dDescriptor",
          STATUS,
          TENSOR,
          DATA_TYPE.pointer(),
          PLACE,
          PLACE,
          PLACE,
          PLACE,
          PLACE,
          PLACE,
          PLACE,
          PLACE);
  private static final CFunction GET_FILTER =
      GETTERS.add(
          "cudnnGetFilter4dDescriptor",
          STATUS,
          FILTER,
          DATA_TYPE.pointer(),
          FORMAT.pointer(),
          PLACE,
          PLACE,
          PLACE,
          PLACE);
  private static final CFunction GET_CONVOLUTION =
      GETTERS.add(
          "cudnnGetConvolution2dDescriptor",
          STATUS,
          CONVOLUTION,
          PLACE,
          PLACE,
          PLACE,
          PLACE,
          PLACE,
          PLACE,
          CType.int32("cudnnConvolutionMode_t").pointer(),
          DATA_TYPE.pointer());
  private static final CFunction GET_MATH =
      GETTERS.add(
          "cudnnGetConvolutionMathType",
          STATUS,
          CONVOLUTION,
          CType.int32("cudnnMathType_t").pointer());

  private static final CFunction CREATE_POOLING =
      POOLINGS.add("cudnnCreatePoolingDescriptor", STATUS, POOLING.pointer());
  private static final CFunction SET_POOLING =
      POOLINGS.add(
          "cudnnSetPooling2dDescriptor",
          STATUS,
          POOLING,
          CType.int32("cudnnPoolingMode_t"),
          CType.int32("cudnnNanPropagation_t"),
          INT,
          INT,
          INT,
          INT,
          INT,
          INT);
  private static final CFunction DESTROY_POOLING =
      POOLINGS.add("cudnnDestroyPoolingDescriptor", STATUS, POOLING);
  private static final CFunction GET_POOLING_OUTPUT =
      POOLINGS.add(
          "cudnnGetPooling2dForwardOutputDim", STATUS, POOLING, TENSOR, PLACE, PLACE, PLACE, PLACE);

  private final FfmDnn words;

  private CudnnQueries(NativeLibrary library, FfmDnn words) {
    super(library);
    this.words = words;
  }

  static FunctionTable getters() {
    return GETTERS;
  }

  static FunctionTable poolings() {
    return POOLINGS;
  }

  private static CudnnQueries of(Finding finding, FfmDnn words, FunctionTable table) {
    NativeLibrary library = new NativeLibrary(finding, table);
    library.require(table.functions());
    return new CudnnQueries(library, words);
  }

  /** What descriptors hold. */
  static CudnnQueries getters(Finding finding, FfmDnn words) {
    return of(finding, words, GETTERS);
  }

  /** Shapes of pooling. */
  static CudnnQueries poolings(Finding finding, FfmDnn words) {
    return of(finding, words, POOLINGS);
  }

  @Override
  public CudaException failure(String call, int status, String detail) {
    return words.failure(call, status, detail);
  }

  private int[] numbers(CFunction function, int count, long... handles) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] cells =
          IntStream.range(0, count)
              .mapToObj(i -> arena.allocate(JAVA_INT))
              .toArray(MemorySegment[]::new);
      Object[] arguments = new Object[1 + handles.length + count];
      arguments[0] = at(function);
      for (int i = 0; i < handles.length; i++) {
        arguments[1 + i] = handles[i];
      }
      System.arraycopy(cells, 0, arguments, 1 + handles.length, count);
      call(function, () -> (int) function.handle().invokeWithArguments(arguments));
      return Arrays.stream(cells).mapToInt(cell -> cell.get(JAVA_INT, 0)).toArray();
    }
  }

  /** Type, n, c, h, w and their four strides. */
  int[] tensor(long tensor) {
    return numbers(GET_TENSOR, 9, tensor);
  }

  /** Type, format, output channels, input channels, h and w. */
  int[] filter(long filter) {
    return numbers(GET_FILTER, 6, filter);
  }

  /** Paddings, strides, dilations, mode and type. */
  int[] convolution(long convolution) {
    return numbers(GET_CONVOLUTION, 8, convolution);
  }

  int mathType(long convolution) {
    return numbers(GET_MATH, 1, convolution)[0];
  }

  /** The output's n, c, h and w of max pooling. */
  int[] pooled(TensorDescriptor input, int window, int pad, int stride) {
    long pooling =
        getLong(
            CREATE_POOLING,
            cell -> (int) CREATE_POOLING.handle().invokeExact(at(CREATE_POOLING), cell));
    try {
      call(
          SET_POOLING,
          () ->
              (int)
                  SET_POOLING
                      .handle()
                      .invokeExact(
                          at(SET_POOLING),
                          pooling,
                          CUDNN_POOLING_MAX,
                          CUDNN_NOT_PROPAGATE_NAN,
                          window,
                          window,
                          pad,
                          pad,
                          stride,
                          stride));
      return numbers(GET_POOLING_OUTPUT, 4, pooling, input.handle());
    } finally {
      call(
          DESTROY_POOLING,
          () -> (int) DESTROY_POOLING.handle().invokeExact(at(DESTROY_POOLING), pooling));
    }
  }
}
