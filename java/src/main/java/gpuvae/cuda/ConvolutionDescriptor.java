package gpuvae.cuda;

/** How a filter moves over an image, which is what PyTorch calls a convolution; undilated. */
final class ConvolutionDescriptor extends CudnnDescriptor {
  private static final int UNDILATED = 1;

  ConvolutionDescriptor(
      Dnn dnn, int padH, int padW, int strideH, int strideW, CudnnHandle.MathMode mode) {
    super(dnn, dnn.createConvolution());
    set(
        () -> {
          dnn.setConvolution(
              handle(),
              padH,
              padW,
              strideH,
              strideW,
              UNDILATED,
              UNDILATED,
              CudnnTable.CUDNN_CROSS_CORRELATION,
              CudnnTable.CUDNN_DATA_FLOAT);
          dnn.setConvolutionMath(handle(), mode.value());
        });
  }

  /** The output's n, c, h and w. */
  int[] output(TensorDescriptor input, FilterDescriptor filter) {
    return dnn.convolutionOutput(handle(), input.handle(), filter.handle());
  }

  @Override
  void destroy(long handle) {
    dnn.destroyConvolution(handle);
  }
}
