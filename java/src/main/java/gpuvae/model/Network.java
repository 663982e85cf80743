package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.LayerConfig;
import gpuvae.config.VaeConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Encoder, bottleneck, decoder and loss, with every activation and gradient laid out for one
 * capacity.
 */
final class Network {
  private final Backend backend;
  private final Workspace workspace;
  private final int capacity;
  private final Tensor input;
  private final Tensor slots;
  private final Tensor[] slot = new Tensor[2];
  private final List<Layer> encoder = new ArrayList<>();
  private final Bottleneck bottleneck;
  private final List<Layer> decoder = new ArrayList<>();
  private final OutputLayer output;

  Network(Backend backend, VaeConfig config, Parameters parameters, int capacity) {
    this.backend = backend;
    this.capacity = capacity;
    workspace = new Workspace(backend, capacity);
    try {
      int features = config.input().shape().features();
      input = workspace.rows(features);
      slots = workspace.take(2, capacity, features);
      slot[0] = slots.view(0, capacity, features);
      slot[1] = slots.view(slots.size() / 2, capacity, features);
      addLayers(encoder, config.encoder(), parameters, input, null);
      boolean direct = encoder.isEmpty();
      bottleneck =
          new Bottleneck(
              backend,
              workspace,
              parameters,
              config,
              direct ? input : encoder.getLast().output(),
              direct ? null : encoder.getLast().outputGradient());
      List<LayerConfig> hidden = config.decoder().subList(0, config.decoder().size() - 1);
      addLayers(decoder, hidden, parameters, bottleneck.z(), bottleneck.zGradient());
      direct = decoder.isEmpty();
      output =
          new OutputLayer(
              backend,
              workspace,
              parameters,
              config,
              config.decoder().getLast().name(),
              direct ? bottleneck.z() : decoder.getLast().output(),
              direct ? bottleneck.zGradient() : decoder.getLast().outputGradient(),
              input,
              bottleneck.kl());
    } catch (RuntimeException | Error e) {
      workspace.freeAfter(e);
      throw e;
    }
  }

  private void addLayers(
      List<Layer> layers, List<LayerConfig> configs, Parameters parameters, Tensor x, Tensor dx) {
    for (LayerConfig config : configs) {
      Layer layer =
          switch (config) {
            case LayerConfig.Dense dense ->
                new DenseLayer(
                    backend, workspace, parameters, dense.name(), dense.activation(), x, dx);
          };
      layers.add(layer);
      x = layer.output();
      dx = layer.outputGradient();
    }
  }

  int capacity() {
    return capacity;
  }

  /** F32 [capacity, features]: the batch. */
  Tensor input() {
    return input;
  }

  /** F32 [2, capacity, features]: host batches on their way. */
  Tensor slots() {
    return slots;
  }

  /** F32 [capacity, features]: one of them. */
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

  void encode(StepState state, int rows, boolean draw) {
    forwards(encoder, rows);
    bottleneck.forward(state, rows, draw);
  }

  void decode(int rows) {
    forwards(decoder, rows);
    output.forward(rows);
  }

  /** Losses a row, of what {@link #decode} left. */
  void losses(int rows) {
    output.losses(rows);
  }

  /** {@link #decode} and the losses with their sums, ready for {@link #backward}. */
  void decodeAndLoss(StepState state, int rows) {
    forwards(decoder, rows);
    output.forwardAndLoss(state, rows);
  }

  void backward(StepState state, int rows) {
    output.backward(rows);
    backwards(decoder, rows);
    bottleneck.backward(state, rows);
    backwards(encoder, rows);
  }

  /** By index: an iterator would be the only thing that a step allocates. */
  private static void forwards(List<Layer> layers, int rows) {
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).forward(rows);
    }
  }

  private static void backwards(List<Layer> layers, int rows) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      layers.get(i).backward(rows);
    }
  }

  /** Turns outputs into values in the data's range: probabilities from logits. */
  void expectation(int rows) {
    output.expectation(rows);
  }

  void free() {
    workspace.free();
  }
}
