package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.LatentTensors;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.VaeConfig;

/**
 * What lies between encoder and decoder: the heads, dense layers or the encoder's own output, and z
 * drawn from the posterior that they give. Without sampling (an autoencoder) z is the only head.
 */
final class Bottleneck {
  private final Backend backend;
  private final double freeBits;

  /** Both heads as one layer; null where the encoder gives them. */
  private final LayerTensors layer;

  /** Null without sampling. */
  private final PosteriorTensors posterior;

  private final Tensor heads;
  private final Tensor z;
  private final Tensor zGradient;

  /**
   * What follows the encoder.
   *
   * @param input the encoder's output
   * @param inputGradient null where no gradient of the input is wanted
   */
  Bottleneck(LayerContext context, VaeConfig config, Tensor input, Tensor inputGradient) {
    backend = context.backend();
    freeBits = config.controls().freeBits();
    PosteriorHead head = config.head().posterior().orElse(null);
    boolean given = config.encoderGivesHeads();
    int latent = config.latent();
    int values = head == null ? latent : 2 * latent;
    heads = given ? input : context.rows(values);
    Tensor dHeads = given && inputGradient != null ? inputGradient : context.rows(values);
    layer = given ? null : layer(context.parameters(), config, input, heads, dHeads, inputGradient);
    if (head == null) {
      posterior = null;
      z = heads;
      zGradient = dHeads;
    } else {
      z = context.rows(latent);
      zGradient = context.rows(latent);
      Tensor eps = context.rows(latent);
      Tensor sigma = context.rows(latent);
      Tensor kl = context.rows(1);
      posterior = new PosteriorTensors(head, heads, eps, sigma, z, kl, zGradient, dHeads);
    }
  }

  private static LayerTensors layer(
      Parameters parameters,
      VaeConfig config,
      Tensor input,
      Tensor heads,
      Tensor dHeads,
      Tensor inputGradient) {
    return LayerTensors.linear(
        input,
        heads(parameters, config, ".weight", false),
        heads(parameters, config, ".bias", false),
        heads,
        dHeads,
        heads(parameters, config, ".weight", true),
        heads(parameters, config, ".bias", true),
        inputGradient);
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
        && layer != null
        && freeBits == 0
        && before instanceof DenseLayer last
        && after instanceof DenseLayer first) {
      return new LatentTensors(last.tensors(), layer, posterior, first.tensors());
    }
    return null;
  }

  /** The heads, the sample and its KL divergence; null without sampling. */
  PosteriorTensors posterior() {
    return posterior;
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
    return posterior == null ? null : posterior.kl();
  }

  void forward(StepState state, int rows, boolean draw) {
    if (posterior == null) {
      if (layer != null) {
        backend.denseForward(rows, layer);
      }
    } else if (layer == null) {
      backend.reparameterise(state, rows, posterior, draw);
    } else {
      backend.bottleneckForward(state, rows, layer, posterior, draw);
    }
  }

  /** Draws z again from the heads that {@link #forward} has left. */
  void sample(StepState state, int rows) {
    backend.reparameterise(state, rows, posterior, true);
  }

  void backward(StepState state, int rows) {
    if (posterior != null && layer != null && freeBits == 0) {
      backend.bottleneckBackward(state, rows, layer, posterior);
      return;
    }
    if (posterior != null) {
      backend.reparameteriseBackward(state, rows, posterior);
      if (freeBits > 0) {
        backend.objectives().freeBits(rows, freeBits, posterior);
      }
    }
    layerBackward(rows);
  }

  /** Of the importance-weighted bound, with each row's weight. */
  void backward(StepState state, int rows, Tensor weights) {
    backend.objectives().importanceBackward(state, rows, posterior, weights);
    layerBackward(rows);
  }

  private void layerBackward(int rows) {
    if (layer != null) {
      backend.denseBackward(rows, layer);
    }
  }
}
