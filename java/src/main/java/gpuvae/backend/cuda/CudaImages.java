package gpuvae.backend.cuda;

import gpuvae.backend.Activation;
import gpuvae.backend.Convolution;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.NormTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** What convolutional layers need, each part made when it is asked for first. */
final class CudaImages implements ImageOperations {
  private final Lazy<Convolutions> convolutions;
  private final Lazy<NormKernels> norms;
  private final Lazy<ImageKernels> planes;

  CudaImages(Lazy<Convolutions> convolutions, Lazy<NormKernels> norms, Lazy<ImageKernels> planes) {
    this.convolutions = convolutions;
    this.norms = norms;
    this.planes = planes;
  }

  @Override
  public void prepareConvolutions() {
    convolutions.get();
  }

  @Override
  public void convolution(int rows, Convolution geometry, Tensor x, Tensor weight, Tensor y) {
    convolutions.get().forward(rows, geometry, x, weight, y);
  }

  @Override
  public void convolutionBackwardData(
      int rows, Convolution geometry, Tensor dy, Tensor weight, Tensor dx) {
    convolutions.get().backwardData(rows, geometry, dy, weight, dx);
  }

  @Override
  public void convolutionBackwardWeight(
      int rows, Convolution geometry, Tensor x, Tensor dy, Tensor weightGradient) {
    convolutions.get().backwardWeight(rows, geometry, x, dy, weightGradient);
  }

  @Override
  public void instanceNorm(int rows, NormTensors t) {
    norms.get().instanceNorm(rows, t);
  }

  @Override
  public void instanceNormBackward(int rows, NormTensors t) {
    norms.get().instanceNormBackward(rows, t);
  }

  @Override
  public void batchNorm(int rows, NormTensors t) {
    norms.get().batchNorm(rows, t);
  }

  @Override
  public void batchNormBackward(int rows, NormTensors t) {
    norms.get().batchNormBackward(rows, t);
  }

  @Override
  public void batchNormInference(int rows, NormTensors t, Tensor running) {
    norms.get().batchNormInference(rows, t, running);
  }

  @Override
  public void blendStatistics(StepState state, float momentum, Tensor batch, Tensor running) {
    norms.get().blendStatistics(state, momentum, batch, running);
  }

  @Override
  public void maxPool(
      int rows, int height, int width, int size, Tensor x, Tensor y, Tensor indices) {
    planes.get().maxPool(rows, height, width, size, x, y, indices);
  }

  @Override
  public void maxPoolBackward(
      int rows, int height, int width, int size, Tensor indices, Tensor dy, Tensor dx) {
    planes.get().maxPoolBackward(rows, height, width, size, indices, dy, dx);
  }

  @Override
  public void upsample(int rows, int height, int width, Tensor x, Tensor y) {
    planes.get().upsample(rows, height, width, x, y);
  }

  @Override
  public void upsampleBackward(int rows, int height, int width, Tensor dy, Tensor dx) {
    planes.get().upsampleBackward(rows, height, width, dy, dx);
  }

  @Override
  public void add(
      int rows, Tensor x, Tensor residual, Activation activation, Tensor pre, Tensor y) {
    planes.get().add(rows, x, residual, activation, pre, y);
  }
}
