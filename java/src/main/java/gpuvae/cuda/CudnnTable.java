package gpuvae.cuda;

import static gpuvae.cuda.CType.INT;
import static gpuvae.cuda.CType.SIZE;
import static gpuvae.cuda.CType.VOID;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** What is used of cuDNN 8 and 9. Constants are named as in the headers of cudnn.h. */
final class CudnnTable {
  static final int CUDNN_DATA_FLOAT = 0;
  static final int CUDNN_TENSOR_NCHW = 0;
  static final int CUDNN_CROSS_CORRELATION = 1;
  static final int CUDNN_DEFAULT_MATH = 0;
  static final int CUDNN_FMA_MATH = 3;
  static final int CUDNN_DETERMINISTIC = 1;

  /** What the heuristics say of an algorithm; the same for the three directions. */
  static final StructLayout ALGORITHM =
      MemoryLayout.structLayout(
          JAVA_INT.withName("algo"),
          JAVA_INT.withName("status"),
          JAVA_FLOAT.withName("time"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("memory"),
          JAVA_INT.withName("determinism"),
          JAVA_INT.withName("mathType"),
          MemoryLayout.sequenceLayout(3, JAVA_INT).withName("reserved"),
          MemoryLayout.paddingLayout(4));

  private static final CType STATUS = CType.int32("cudnnStatus_t");
  private static final CType HANDLE = CType.int64("cudnnHandle_t");
  private static final CType STREAM = CType.int64("cudaStream_t");
  private static final CType TENSOR = CType.int64("cudnnTensorDescriptor_t");
  private static final CType FILTER = CType.int64("cudnnFilterDescriptor_t");
  private static final CType CONVOLUTION = CType.int64("cudnnConvolutionDescriptor_t");
  private static final CType DATA_TYPE = CType.int32("cudnnDataType_t");
  private static final CType FORMAT = CType.int32("cudnnTensorFormat_t");

  private static final CType FORWARD = CType.int32("cudnnConvolutionFwdAlgo_t");
  private static final CType BACKWARD_DATA = CType.int32("cudnnConvolutionBwdDataAlgo_t");
  private static final CType BACKWARD_FILTER = CType.int32("cudnnConvolutionBwdFilterAlgo_t");
  private static final CType HOST_SCALAR = VOID.constant().pointer();
  private static final CType DATA = new CType("const void*", JAVA_LONG);
  private static final CType RESULT = new CType("void*", JAVA_LONG);

  private static final FunctionTable TABLE = new FunctionTable();

  private static final CType FORWARD_ALGORITHMS =
      TABLE.addStruct("cudnnConvolutionFwdAlgoPerf_t", ALGORITHM);
  private static final CType BACKWARD_DATA_ALGORITHMS =
      TABLE.addStruct("cudnnConvolutionBwdDataAlgoPerf_t", ALGORITHM);
  private static final CType BACKWARD_FILTER_ALGORITHMS =
      TABLE.addStruct("cudnnConvolutionBwdFilterAlgoPerf_t", ALGORITHM);

  static final CFunction GET_ERROR_STRING =
      TABLE.add("cudnnGetErrorString", CType.CHAR.constant().pointer(), STATUS);
  static final CFunction GET_PROPERTY =
      add("cudnnGetProperty", CType.int32("libraryPropertyType"), INT.pointer());
  static final CFunction CREATE = add("cudnnCreate", HANDLE.pointer());
  static final CFunction DESTROY = add("cudnnDestroy", HANDLE);
  static final CFunction SET_STREAM = add("cudnnSetStream", HANDLE, STREAM);

  static final CFunction CREATE_TENSOR = add("cudnnCreateTensorDescriptor", TENSOR.pointer());
  static final CFunction SET_TENSOR =
      add("cudnnSetTensor4dDescriptor", TENSOR, FORMAT, DATA_TYPE, INT, INT, INT, INT);
  static final CFunction DESTROY_TENSOR = add("cudnnDestroyTensorDescriptor", TENSOR);
  static final CFunction CREATE_FILTER = add("cudnnCreateFilterDescriptor", FILTER.pointer());
  static final CFunction SET_FILTER =
      add("cudnnSetFilter4dDescriptor", FILTER, DATA_TYPE, FORMAT, INT, INT, INT, INT);
  static final CFunction DESTROY_FILTER = add("cudnnDestroyFilterDescriptor", FILTER);
  static final CFunction CREATE_CONVOLUTION =
      add("cudnnCreateConvolutionDescriptor", CONVOLUTION.pointer());
  static final CFunction SET_CONVOLUTION =
      add(
          "cudnnSetConvolution2dDescriptor",
          CONVOLUTION,
          INT,
          INT,
          INT,
          INT,
          INT,
          INT,
          CType.int32("cudnnConvolutionMode_t"),
          DATA_TYPE);
  static final CFunction SET_CONVOLUTION_MATH =
      add("cudnnSetConvolutionMathType", CONVOLUTION, CType.int32("cudnnMathType_t"));
  static final CFunction DESTROY_CONVOLUTION =
      add("cudnnDestroyConvolutionDescriptor", CONVOLUTION);
  static final CFunction GET_CONVOLUTION_OUTPUT =
      add(
          "cudnnGetConvolution2dForwardOutputDim",
          CONVOLUTION,
          TENSOR,
          FILTER,
          INT.pointer(),
          INT.pointer(),
          INT.pointer(),
          INT.pointer());

  static final CFunction GET_FORWARD_ALGORITHMS =
      add(
          "cudnnGetConvolutionForwardAlgorithm_v7",
          HANDLE,
          TENSOR,
          FILTER,
          CONVOLUTION,
          TENSOR,
          INT,
          INT.pointer(),
          FORWARD_ALGORITHMS);
  static final CFunction GET_BACKWARD_DATA_ALGORITHMS =
      add(
          "cudnnGetConvolutionBackwardDataAlgorithm_v7",
          HANDLE,
          FILTER,
          TENSOR,
          CONVOLUTION,
          TENSOR,
          INT,
          INT.pointer(),
          BACKWARD_DATA_ALGORITHMS);
  static final CFunction GET_BACKWARD_FILTER_ALGORITHMS =
      add(
          "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
          HANDLE,
          TENSOR,
          TENSOR,
          CONVOLUTION,
          FILTER,
          INT,
          INT.pointer(),
          BACKWARD_FILTER_ALGORITHMS);
  static final CFunction GET_FORWARD_WORKSPACE =
      add(
          "cudnnGetConvolutionForwardWorkspaceSize",
          HANDLE,
          TENSOR,
          FILTER,
          CONVOLUTION,
          TENSOR,
          FORWARD,
          SIZE.pointer());
  static final CFunction GET_BACKWARD_DATA_WORKSPACE =
      add(
          "cudnnGetConvolutionBackwardDataWorkspaceSize",
          HANDLE,
          FILTER,
          TENSOR,
          CONVOLUTION,
          TENSOR,
          BACKWARD_DATA,
          SIZE.pointer());
  static final CFunction GET_BACKWARD_FILTER_WORKSPACE =
      add(
          "cudnnGetConvolutionBackwardFilterWorkspaceSize",
          HANDLE,
          TENSOR,
          TENSOR,
          CONVOLUTION,
          FILTER,
          BACKWARD_FILTER,
          SIZE.pointer());
  static final CFunction CONVOLUTION_FORWARD =
      add(
          "cudnnConvolutionForward",
          HANDLE,
          HOST_SCALAR,
          TENSOR,
          DATA,
          FILTER,
          DATA,
          CONVOLUTION,
          FORWARD,
          RESULT,
          SIZE,
          HOST_SCALAR,
          TENSOR,
          RESULT);
  static final CFunction CONVOLUTION_BACKWARD_DATA =
      add(
          "cudnnConvolutionBackwardData",
          HANDLE,
          HOST_SCALAR,
          FILTER,
          DATA,
          TENSOR,
          DATA,
          CONVOLUTION,
          BACKWARD_DATA,
          RESULT,
          SIZE,
          HOST_SCALAR,
          TENSOR,
          RESULT);
  static final CFunction CONVOLUTION_BACKWARD_FILTER =
      add(
          "cudnnConvolutionBackwardFilter",
          HANDLE,
          HOST_SCALAR,
          TENSOR,
          DATA,
          TENSOR,
          DATA,
          CONVOLUTION,
          BACKWARD_FILTER,
          RESULT,
          SIZE,
          HOST_SCALAR,
          FILTER,
          RESULT);

  private CudnnTable() {}

  static FunctionTable table() {
    return TABLE;
  }

  private static CFunction add(String name, CType... parameters) {
    return TABLE.add(name, STATUS, parameters);
  }
}
