package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Convolution;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.NormTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;

/** What convolutional layers need. */
final class CpuImages implements ImageOperations {
  private final Convolutions convolutions;
  private final NormForward norm;
  private final NormBackward normBackward;
  private final MaxPool maxPool;
  private final Upsample upsample;
  private final AddActivation addActivation;

  CpuImages(WorkerPool pool, Kernels kernels, Convolutions convolutions) {
    this.convolutions = convolutions;
    norm = new NormForward(pool, kernels);
    normBackward = new NormBackward(pool, kernels);
    maxPool = new MaxPool(pool, kernels);
    upsample = new Upsample(pool);
    addActivation = new AddActivation(pool, kernels);
  }

  @Override
  public void convolution(int rows, Convolution geometry, Tensor x, Tensor weight, Tensor y) {
    convolutions.forward(rows, geometry, x, weight, null, Activation.IDENTITY, y);
  }

  @Override
  public void convolutionBackwardData(
      int rows, Convolution geometry, Tensor dy, Tensor weight, Tensor dx) {
    convolutions.backwardData(rows, geometry, dy, weight, null, Activation.IDENTITY, dx);
  }

  @Override
  public void convolutionBackwardWeight(
      int rows, Convolution geometry, Tensor x, Tensor dy, Tensor weightGradient) {
    convolutions.backwardWeight(rows, geometry, x, dy, weightGradient);
  }

  @Override
  public void instanceNorm(int rows, NormTensors t) {
    norm.instance(rows, t);
  }

  @Override
  public void instanceNormBackward(int rows, NormTensors t) {
    normBackward.instance(rows, t);
  }

  @Override
  public void batchNorm(int rows, NormTensors t) {
    norm.batch(rows, t);
  }

  @Override
  public void batchNormBackward(int rows, NormTensors t) {
    normBackward.batch(rows, t);
  }

  @Override
  public void batchNormInference(int rows, NormTensors t, Tensor running) {
    norm.inference(rows, t, running);
  }

  @Override
  public void blendStatistics(StepState state, float momentum, Tensor batch, Tensor running) {
    if (CpuStorage.longs(state.words())[StepState.ACCEPTED] != 0) {
      float[] from = CpuStorage.floats(batch);
      float[] to = CpuStorage.floats(running);
      for (int i = 0; i < running.size(); i++) {
        int at = (int) running.offset() + i;
        to[at] = (1 - momentum) * to[at] + momentum * from[(int) batch.offset() + i];
      }
    }
  }

  @Override
  public void maxPool(
      int rows, int height, int width, int size, Tensor x, Tensor y, Tensor indices) {
    maxPool.forward(rows, height, width, size, x, y, indices);
  }

  @Override
  public void maxPoolBackward(
      int rows, int height, int width, int size, Tensor indices, Tensor dy, Tensor dx) {
    maxPool.backward(rows, height, width, size, indices, dy, dx);
  }

  @Override
  public void upsample(int rows, int height, int width, Tensor x, Tensor y) {
    upsample.forward(rows, height, width, x, y);
  }

  @Override
  public void upsampleBackward(int rows, int height, int width, Tensor dy, Tensor dx) {
    upsample.backward(rows, height, width, dy, dx);
  }

  @Override
  public void add(
      int rows, Tensor x, Tensor residual, Activation activation, Tensor pre, Tensor y) {
    addActivation.run(rows, x, residual, activation, pre, y);
  }
}
