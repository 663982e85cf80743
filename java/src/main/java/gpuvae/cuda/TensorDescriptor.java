package gpuvae.cuda;

/** Floats in the order n, c, h, w, without gaps. */
final class TensorDescriptor extends CudnnDescriptor {
  TensorDescriptor(Dnn dnn, int n, int c, int h, int w) {
    super(dnn, dnn.createTensor());
    set(
        () ->
            dnn.setTensor(
                handle(), CudnnTable.CUDNN_TENSOR_NCHW, CudnnTable.CUDNN_DATA_FLOAT, n, c, h, w));
  }

  @Override
  void destroy(long handle) {
    dnn.destroyTensor(handle);
  }
}
