package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.VaeConfig;

/**
 * What lies between encoder and decoder: the heads, and z drawn from the posterior that they give.
 * Without sampling (an autoencoder) z is the only head's output.
 */
final class Bottleneck {
  private final Backend backend;
  private final PosteriorHead posterior;
  private final Tensor input;
  private final Tensor inputGradient;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor weightGradient;
  private final Tensor biasGradient;
  private final Tensor heads;
  private final Tensor headsGradient;
  private final Tensor noise;
  private final Tensor sigma;
  private final Tensor z;
  private final Tensor zGradient;
  private final Tensor kl;

  Bottleneck(
      Backend backend,
      Workspace workspace,
      Parameters parameters,
      VaeConfig config,
      Tensor input,
      Tensor inputGradient) {
    this.backend = backend;
    this.input = input;
    this.inputGradient = inputGradient;
    posterior = config.head().posterior().orElse(null);
    int latent = config.latent();
    String mean = config.meanName();
    Tensor meanWeight = parameters.value(mean + ".weight");
    Tensor meanBias = parameters.value(mean + ".bias");
    Tensor meanWeightGradient = parameters.gradient(mean + ".weight");
    Tensor meanBiasGradient = parameters.gradient(mean + ".bias");
    z = workspace.rows(latent);
    zGradient = workspace.rows(latent);
    if (posterior == null) {
      weight = meanWeight;
      bias = meanBias;
      weightGradient = meanWeightGradient;
      biasGradient = meanBiasGradient;
      heads = z;
      headsGradient = zGradient;
      noise = null;
      sigma = null;
      kl = null;
    } else {
      String second = config.secondName();
      weight = parameters.pair(meanWeight, parameters.value(second + ".weight"));
      bias = parameters.pair(meanBias, parameters.value(second + ".bias"));
      weightGradient = parameters.pair(meanWeightGradient, parameters.gradient(second + ".weight"));
      biasGradient = parameters.pair(meanBiasGradient, parameters.gradient(second + ".bias"));
      heads = workspace.rows(2 * latent);
      headsGradient = workspace.rows(2 * latent);
      noise = workspace.rows(latent);
      sigma = workspace.rows(latent);
      kl = workspace.rows(1);
    }
  }

  /** F32 [capacity, 2 latent]: mean and second head; [capacity, latent] without sampling. */
  Tensor heads() {
    return heads;
  }

  /** F32 [capacity, latent]; null without sampling. */
  Tensor noise() {
    return noise;
  }

  /** F32 [capacity, latent]; null without sampling. */
  Tensor sigma() {
    return sigma;
  }

  /** F32 [capacity, latent]. */
  Tensor z() {
    return z;
  }

  /** F32 [capacity, latent]. */
  Tensor zGradient() {
    return zGradient;
  }

  /** F32 [capacity, 1]: nats a row; null without sampling. */
  Tensor kl() {
    return kl;
  }

  void forward(StepState state, int rows, boolean draw) {
    if (posterior == null) {
      backend.denseForward(rows, input, weight, bias, Activation.IDENTITY, heads, heads);
    } else {
      backend.bottleneckForward(
          state, rows, input, weight, bias, posterior, draw, heads, noise, sigma, z, kl);
    }
  }

  void backward(StepState state, int rows) {
    if (posterior == null) {
      backend.denseBackward(
          rows,
          input,
          weight,
          Activation.IDENTITY,
          heads,
          heads,
          headsGradient,
          weightGradient,
          biasGradient,
          inputGradient);
    } else {
      backend.bottleneckBackward(
          state,
          rows,
          input,
          weight,
          posterior,
          heads,
          noise,
          sigma,
          zGradient,
          headsGradient,
          weightGradient,
          biasGradient,
          inputGradient);
    }
  }
}
