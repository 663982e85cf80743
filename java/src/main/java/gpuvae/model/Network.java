package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.LatentTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import java.util.List;

/**
 * Encoder, bottleneck, decoder and loss, with every activation and gradient laid out for one
 * capacity. Where training draws several samples of a row, it goes through as several rows.
 */
final class Network {
  private final Workspace workspace;
  private final int capacity;
  private final int samples;
  private final Tensor batch;
  private final Tensor input;
  private final Tensor slots;
  private final Tensor[] slot = new Tensor[2];
  private final Stack encoder;
  private final Bottleneck bottleneck;
  private final Stack decoder;
  private final Output output;
  private final ImportanceBound bound;
  private final LatentTensors latent;
  private final Backend backend;

  Network(Backend backend, VaeConfig config, Parameters parameters, int capacity) {
    this.capacity = capacity;
    this.backend = backend;
    samples = config.controls().importanceSamples();
    workspace = new Workspace(backend, Math.multiplyExact(capacity, samples));
    LayerContext context = new LayerContext(backend, workspace, parameters);
    try {
      Shape shape = config.input().shape();
      input = workspace.rows(shape.features());
      batch = samples == 1 ? input : workspace.take(capacity, shape.features());
      slots = backend.isAsynchronous() ? workspace.take(2, capacity, shape.features()) : null;
      for (int i = 0; i < 2; i++) {
        slot[i] =
            slots == null ? batch : slots.view(i * slots.size() / 2, capacity, shape.features());
      }
      encoder = new Stack(context, config.encoder(), shape, input, null);
      bottleneck = new Bottleneck(context, config, encoder.output(), encoder.outputGradient());
      List<LayerConfig> layers = config.decoder();
      LayerConfig.Dense last = layers.getLast() instanceof LayerConfig.Dense dense ? dense : null;
      decoder =
          new Stack(
              context,
              last == null ? layers : layers.subList(0, layers.size() - 1),
              Shape.vector(config.latent()),
              bottleneck.z(),
              bottleneck.zGradient());
      Tensor x = decoder.output();
      Tensor dx = decoder.outputGradient();
      Tensor kl = bottleneck.kl();
      output =
          last == null
              ? new StackOutput(context, config, x, dx, input, kl)
              : new DenseOutput(context, config, last.name(), x, dx, input, kl);
      bound = samples == 1 ? null : new ImportanceBound(context, samples, capacity, bottleneck);
      latent =
          bound == null
              ? bottleneck.between(encoder.layer(encoder.size() - 1), decoder.layer(0))
              : null;
    } catch (RuntimeException | Error e) {
      workspace.freeAfter(e);
      throw e;
    }
  }

  int capacity() {
    return capacity;
  }

  /** F32 [capacity, features]: the batch of a training step. */
  Tensor batch() {
    return batch;
  }

  /** F32 [capacity x samples, features]: what goes through the network. */
  Tensor input() {
    return input;
  }

  /** F32 [2, capacity, features]: host batches on their way; null if they need none. */
  Tensor slots() {
    return slots;
  }

  /** F32 [capacity, features]: where a host batch is written, by turns. */
  Tensor slot(int which) {
    return slot[which];
  }

  /** Heads, noise, z and KL. */
  Bottleneck bottleneck() {
    return bottleneck;
  }

  /** F32 [capacity, features]: logits, or the output before its activation. */
  Tensor output() {
    return output.output();
  }

  /** F32 [capacity, 1]: nats a row. */
  Tensor reconstruction() {
    return output.reconstruction();
  }

  /**
   * Heads and z.
   *
   * @param training whether batch norm goes by its batch
   * @param draw whether the noise is drawn
   */
  void encode(StepState state, int rows, boolean training, boolean draw) {
    encoder.forward(rows, training);
    bottleneck.forward(state, rows, draw);
  }

  /**
   * A training step's forward pass, of {@link #batch}: losses with their sums, ready for {@link
   * #backward}.
   */
  void forward(StepState state, int rows, boolean draw) {
    if (latent != null) {
      encoder.forward(0, encoder.size() - 1, rows, true);
      backend.latentForward(state, rows, latent, draw);
      decoder.forward(1, decoder.size(), rows, true);
      output.forwardAndLoss(state, rows);
      return;
    }
    encodeBatch(state, rows, draw);
    decoder.forward(rows * samples, true);
    if (bound == null) {
      output.forwardAndLoss(state, rows);
    } else {
      output.forward(rows * samples);
      output.loss(rows * samples, output.gradient());
      bound.weigh(state, rows, output.reconstruction());
      output.weigh(rows * samples, bound.weights());
    }
  }

  /** A training step's heads and z, of {@link #batch}. */
  void encodeBatch(StepState state, int rows, boolean draw) {
    if (bound != null) {
      backend.objectives().repeatRows(rows, samples, batch, input);
    }
    encode(state, rows * samples, true, draw);
  }

  void decode(int rows, boolean training) {
    decoder.forward(rows, training);
    output.forward(rows);
  }

  /** Losses a row, of what {@link #decode} left. */
  void losses(int rows) {
    output.losses(rows);
  }

  void backward(StepState state, int rows) {
    if (latent != null) {
      output.backward(rows);
      decoder.backward(1, decoder.size(), rows);
      backend.latentBackward(state, rows, latent);
      encoder.backward(0, encoder.size() - 1, rows);
      return;
    }
    int all = rows * samples;
    output.backward(all);
    decoder.backward(all);
    if (bound == null) {
      bottleneck.backward(state, all);
    } else {
      bottleneck.backward(state, all, bound.weights());
    }
    encoder.backward(all);
  }

  /** Turns outputs into values in the data's range: probabilities from logits. */
  void expectation(int rows) {
    output.expectation(rows);
  }

  void free() {
    workspace.free();
  }
}
