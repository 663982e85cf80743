package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.LatentTensors;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.VaeConfig;

/**
 * What lies between encoder and decoder: the heads, dense layers or the encoder's own output, and z
 * drawn from the posterior that they give. Without sampling (an autoencoder) z is the only head.
 */
final class Bottleneck {
  private final Backend backend;
  private final PosteriorHead posterior;
  private final double freeBits;
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

  /**
   * What follows the encoder.
   *
   * @param input the encoder's output
   * @param inputGradient null where no gradient of the input is wanted
   */
  Bottleneck(LayerContext context, VaeConfig config, Tensor input, Tensor inputGradient) {
    backend = context.backend();
    this.input = input;
    this.inputGradient = inputGradient;
    posterior = config.head().posterior().orElse(null);
    freeBits = config.controls().freeBits();
    boolean given = config.encoderGivesHeads();
    int latent = config.latent();
    weight = given ? null : heads(context.parameters(), config, ".weight", false);
    bias = given ? null : heads(context.parameters(), config, ".bias", false);
    weightGradient = given ? null : heads(context.parameters(), config, ".weight", true);
    biasGradient = given ? null : heads(context.parameters(), config, ".bias", true);
    int values = posterior == null ? latent : 2 * latent;
    heads = given ? input : context.rows(values);
    headsGradient = given && inputGradient != null ? inputGradient : context.rows(values);
    boolean sampled = posterior != null;
    z = sampled ? context.rows(latent) : heads;
    zGradient = sampled ? context.rows(latent) : headsGradient;
    noise = sampled ? context.rows(latent) : null;
    sigma = sampled ? context.rows(latent) : null;
    kl = sampled ? context.rows(1) : null;
  }

  /** The heads' parameter of this kind: two heads' as one. */
  private static Tensor heads(
      Parameters parameters, VaeConfig config, String kind, boolean gradient) {
    Tensor mean = parameter(parameters, config.meanName() + kind, gradient);
    return config.isVariational()
        ? parameters.pair(mean, parameter(parameters, config.secondName() + kind, gradient))
        : mean;
  }

  private static Tensor parameter(Parameters parameters, String name, boolean gradient) {
    return gradient ? parameters.gradient(name) : parameters.value(name);
  }

  /** F32 [capacity, 2 latent]: mean and second head; [capacity, latent] without sampling. */
  Tensor heads() {
    return heads;
  }

  /**
   * With the layers on both sides, for a backend that makes one of them; null unless they are dense
   * and z is a sample whose KL divergence has no floor.
   */
  LatentTensors between(Layer before, Layer after) {
    if (posterior != null
        && weight != null
        && freeBits == 0
        && before instanceof DenseLayer last
        && after instanceof DenseLayer first) {
      LayerTensors both =
          new LayerTensors(
              input,
              weight,
              bias,
              Activation.IDENTITY,
              heads,
              heads,
              headsGradient,
              weightGradient,
              biasGradient,
              inputGradient);
      return new LatentTensors(last.tensors(), both, posterior, noise, sigma, kl, first.tensors());
    }
    return null;
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
    if (weight == null && posterior != null) {
      backend.reparameterise(state, rows, posterior, heads, draw, noise, sigma, z, kl);
    } else if (posterior != null) {
      backend.bottleneckForward(
          state, rows, input, weight, bias, posterior, draw, heads, noise, sigma, z, kl);
    } else if (weight != null) {
      backend.denseForward(rows, input, weight, bias, Activation.IDENTITY, heads, heads);
    }
  }

  /** Draws z again from the heads that {@link #forward} has left. */
  void sample(StepState state, int rows) {
    backend.reparameterise(state, rows, posterior, heads, true, noise, sigma, z, kl);
  }

  void backward(StepState state, int rows) {
    if (posterior != null && (weight == null || freeBits > 0)) {
      backend.reparameteriseBackward(
          state, rows, posterior, heads, noise, sigma, zGradient, headsGradient);
      if (freeBits > 0) {
        backend
            .objectives()
            .freeBits(rows, posterior, freeBits, heads, noise, sigma, zGradient, headsGradient);
      }
      headsBackward(rows);
    } else if (posterior != null) {
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
    } else {
      headsBackward(rows);
    }
  }

  /** Of the importance-weighted bound, with each row's weight. */
  void backward(StepState state, int rows, Tensor weights) {
    backend
        .objectives()
        .importanceBackward(
            state, rows, posterior, heads, noise, sigma, z, weights, zGradient, headsGradient);
    headsBackward(rows);
  }

  /** The heads' layers, if they are not the encoder's own. */
  private void headsBackward(int rows) {
    if (weight != null) {
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
    }
  }
}
