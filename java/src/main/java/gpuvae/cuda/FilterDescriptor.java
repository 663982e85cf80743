package gpuvae.cuda;

/** Floats in the order output channel, input channel, h, w, without gaps. */
final class FilterDescriptor extends CudnnDescriptor {
  FilterDescriptor(Dnn dnn, int outputs, int inputs, int h, int w) {
    super(dnn, dnn.createFilter());
    set(
        () ->
            dnn.setFilter(
                handle(),
                CudnnTable.CUDNN_DATA_FLOAT,
                CudnnTable.CUDNN_TENSOR_NCHW,
                outputs,
                inputs,
                h,
                w));
  }

  @Override
  void destroy(long handle) {
    dnn.destroyFilter(handle);
  }
}
