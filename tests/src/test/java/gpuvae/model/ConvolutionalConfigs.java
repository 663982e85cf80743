package gpuvae.model;

import static gpuvae.config.LayerConfig.batchNorm;
import static gpuvae.config.LayerConfig.conv2d;
import static gpuvae.config.LayerConfig.convTranspose2d;
import static gpuvae.config.LayerConfig.dense;
import static gpuvae.config.LayerConfig.instanceNorm;
import static gpuvae.config.LayerConfig.maxPool;
import static gpuvae.config.LayerConfig.reshape;
import static gpuvae.config.LayerConfig.residual;
import static gpuvae.config.LayerConfig.upsample;

import gpuvae.backend.Activation;
import gpuvae.config.Head;
import gpuvae.config.Likelihood;
import gpuvae.config.Padding;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import java.util.List;

/** Small models that have every convolutional layer, in every place that differs. */
public final class ConvolutionalConfigs {
  private ConvolutionalConfigs() {}

  /** Fresh ones. */
  public static List<VaeConfig> all() {
    return List.of(plain(), normalised(), residuals(), autoencoder());
  }

  /** Strides, an even kernel, transposed with bias, stride and output padding. */
  private static VaeConfig plain() {
    return VaeConfig.builder()
        .name("plain convolutions")
        .input(Shape.image(2, 7, 5))
        .encoder(
            conv2d("e1", 3, 4).withPadding(Padding.same(4)).withActivation(Activation.TANH),
            conv2d("e2", 2, 3).withStride(2).withPadding(Padding.of(1)).withoutBias(),
            dense("e3", 4).withActivation(Activation.SILU))
        .latent(2)
        .decoderWithOutput(
            dense("d1", 2 * 4 * 3).withActivation(Activation.TANH),
            reshape(2, 4, 3),
            convTranspose2d("d2", 3, 3)
                .withStride(2)
                .withPadding(1, 0)
                .withActivation(Activation.SILU),
            conv2d("d3", 2, 3).withPadding(Padding.of(1)))
        .build();
  }

  /** Norms of both kinds, heads from the encoder, and a norm as the output. */
  private static VaeConfig normalised() {
    return VaeConfig.builder()
        .name("norms")
        .input(Shape.image(1, 6, 6))
        .encoder(
            instanceNorm("e0"),
            conv2d("e1", 3, 3).withoutBias(),
            instanceNorm("e2").withActivation(Activation.SILU),
            conv2d("e3", 2, 2).withStride(2).withoutBias(),
            batchNorm("e4").withActivation(Activation.TANH),
            conv2d("e5", 4, 2))
        .headsFromEncoder(Head.LOG_VARIANCE)
        .latent(2)
        .decoderWithOutput(
            convTranspose2d("d1", 3, 3).withoutBias(),
            batchNorm("d2").withActivation(Activation.SILU),
            upsample(),
            conv2d("d3", 1, 3).withPadding(Padding.of(1)),
            batchNorm("d4"))
        .likelihood(Likelihood.SQUARED_ERROR)
        .build();
  }

  /** Sums with a norm at the end and without, one in the other, pooling of odd sides. */
  private static VaeConfig residuals() {
    return VaeConfig.builder()
        .name("residuals")
        .input(Shape.image(2, 7, 7))
        .encoder(
            residual(
                    conv2d("r1", 2, 3).withPadding(Padding.of(1)).withoutBias(), instanceNorm("r2"))
                .withActivation(Activation.TANH),
            maxPool(2),
            residual(residual(conv2d("r3", 2, 1)).withActivation(Activation.SILU), batchNorm("r4"))
                .withActivation(Activation.SOFTPLUS))
        .head(Head.SOFTPLUS_SIGMA)
        .latent(2)
        .decoder(dense("d1", 5).withActivation(Activation.TANH), residual(dense("d2", 5)))
        .likelihood(Likelihood.SQUARED_ERROR)
        .outputActivation(Activation.SIGMOID)
        .build();
  }

  /** No sampling, z from the encoder itself. */
  private static VaeConfig autoencoder() {
    return VaeConfig.builder()
        .name("convolutional autoencoder")
        .input(Shape.image(1, 4, 4))
        .encoder(maxPool(1), conv2d("e1", 3, 4))
        .headsFromEncoder(Head.NONE)
        .latent(3)
        .decoderWithOutput(
            convTranspose2d("d1", 2, 2).withActivation(Activation.TANH),
            upsample(),
            conv2d("d2", 1, 1))
        .likelihood(Likelihood.SQUARED_ERROR)
        .build();
  }
}
