package gpuvae.cuda;

import static gpuvae.cuda.CType.INT;

/** What is used of cuDNN 8 and 9. Constants are named as in the headers of cudnn.h. */
final class CudnnTable {
  static final int CUDNN_DATA_FLOAT = 0;
  static final int CUDNN_TENSOR_NCHW = 0;
  static final int CUDNN_CROSS_CORRELATION = 1;
  static final int CUDNN_DEFAULT_MATH = 0;
  static final int CUDNN_FMA_MATH = 3;

  private static final CType STATUS = CType.int32("cudnnStatus_t");
  private static final CType HANDLE = CType.int64("cudnnHandle_t");
  private static final CType STREAM = CType.int64("cudaStream_t");
  private static final CType TENSOR = CType.int64("cudnnTensorDescriptor_t");
  private static final CType FILTER = CType.int64("cudnnFilterDescriptor_t");
  private static final CType CONVOLUTION = CType.int64("cudnnConvolutionDescriptor_t");
  private static final CType DATA_TYPE = CType.int32("cudnnDataType_t");
  private static final CType FORMAT = CType.int32("cudnnTensorFormat_t");

  private static final FunctionTable TABLE = new FunctionTable();

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

  private CudnnTable() {}

  static FunctionTable table() {
    return TABLE;
  }

  private static CFunction add(String name, CType... parameters) {
    return TABLE.add(name, STATUS, parameters);
  }
}
