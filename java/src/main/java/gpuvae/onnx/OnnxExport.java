package gpuvae.onnx;

import gpuvae.backend.Activation;
import gpuvae.config.Head;
import gpuvae.config.Likelihood;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.io.AtomicFile;
import gpuvae.io.ConfigFile;
import gpuvae.io.Weights;
import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A model as two <a href="https://onnx.ai">ONNX</a> files of {@link #OPSET}, in evaluation mode,
 * for batches of any size:
 *
 * <ul>
 *   <li>encoder.onnx, from x to mu and log_variance; to mu and sigma, where the second head gives
 *       sigma; to z without sampling. No operation is random: z = mu + sigma eps is the caller's.
 *   <li>decoder.onnx, from z to probabilities with a Bernoulli likelihood, else to output.
 * </ul>
 *
 * <p>x is what {@link gpuvae.GpuVae#encode} takes, {@link gpuvae.config.InputConfig#expectation()},
 * as [batch, features], or as [batch, channels, height, width] for images; the decoder gives the
 * same shape. Parameters keep their PyTorch names. The files' metadata say what the input is, and
 * hold the configuration.
 */
public final class OnnxExport {
  /** The version of ONNX's operators, which runtimes of 2022 and later know. */
  public static final int OPSET = 17;

  /** The oldest version of the file format for {@link #OPSET}. */
  private static final int IR_VERSION = 8;

  private static final float LEAST_RELU_SIGMA = 1e-6f;

  private final VaeConfig config;
  private final Weights weights;
  private final ParameterLayout layout;

  private OnnxExport(VaeConfig config, Weights weights) {
    this.config = config;
    this.weights = weights;
    layout = new ParameterLayout(config);
  }

  /**
   * Writes both files, each under a temporary name and renamed.
   *
   * @param weights from {@link gpuvae.GpuVae#weights} or {@link gpuvae.io.ModelFolder#readWeights}
   * @return encoder and decoder
   * @throws IOException if a file cannot be written, or would be larger than the 2 GB that a file
   *     of this format can have; then neither is written
   */
  public static List<OnnxFile> write(VaeConfig config, Weights weights, Path folder)
      throws IOException {
    OnnxExport export = new OnnxExport(config, weights);
    Graph encoder = export.encoder();
    Graph decoder = export.decoder();
    ProtoMessage encoderModel = export.model(encoder);
    ProtoMessage decoderModel = export.model(decoder);
    Path encoderFile = folder.resolve("encoder.onnx");
    Path decoderFile = folder.resolve("decoder.onnx");
    checkSize(encoderFile, encoderModel);
    checkSize(decoderFile, decoderModel);
    AtomicFile.write(encoderFile, encoderModel::writeTo);
    AtomicFile.write(decoderFile, decoderModel::writeTo);
    return List.of(
        new OnnxFile(encoderFile, encoder.signature()),
        new OnnxFile(decoderFile, decoder.signature()));
  }

  /** Protocol buffers have no larger messages. */
  static void checkSize(Path file, ProtoMessage model) throws IOException {
    if (model.size() > Integer.MAX_VALUE) {
      throw new IOException(
          "cannot write %s: an ONNX file has 2 GB at most, this would have %.1f GB;"
                  .formatted(file, model.size() / 1e9)
              + " the safetensors format has no such limit");
    }
  }

  private Graph encoder() {
    Graph graph = new Graph("encoder");
    LayerNodes nodes = new LayerNodes(graph, layout, weights, "encoder");
    Shape shape = config.input().shape();
    Value hidden = nodes.stack(config.encoder(), shape, graph.input("x", Value.dimensions(shape)));
    int latent = config.latent();
    if (config.head() == Head.NONE) {
      graph.output(
          "z",
          config.encoderGivesHeads()
              ? nodes.reshaped("encoder", hidden, List.of(latent))
              : nodes.dense(config.meanName(), hidden));
      return graph;
    }
    List<Value> heads =
        config.encoderGivesHeads()
            ? graph.halves(
                "encoder", nodes.reshaped("encoder", hidden, List.of(2 * latent)), latent)
            : List.of(
                nodes.dense(config.meanName(), hidden), nodes.dense(config.secondName(), hidden));
    graph.output("mu", heads.getFirst());
    addSecondHead(graph, nodes, heads.getLast());
    return graph;
  }

  private void addSecondHead(Graph graph, LayerNodes nodes, Value head) {
    String scope = config.encoderGivesHeads() ? "encoder" : config.secondName();
    switch (config.head()) {
      case LOG_VARIANCE -> graph.output("log_variance", head);
      case SOFTPLUS_SIGMA ->
          graph.output("sigma", nodes.activated(scope, Activation.SOFTPLUS, head));
      case RELU_SIGMA -> {
        Value relu = nodes.activated(scope, Activation.RELU, head);
        float[] least = {LEAST_RELU_SIGMA};
        String constant = graph.floats(scope + ".least_sigma", List.of(1), least, 0, 1);
        graph.output(
            "sigma", graph.node(scope, "Add", List.of(relu.name(), constant), relu.dimensions()));
      }
      case NONE -> throw new IllegalStateException("no second head");
    }
  }

  private Graph decoder() {
    Graph graph = new Graph("decoder");
    LayerNodes nodes = new LayerNodes(graph, layout, weights, "decoder");
    Shape latent = Shape.vector(config.latent());
    Value raw = nodes.stack(config.decoder(), latent, graph.input("z", Value.vector(latent)));
    boolean logits = config.likelihood() == Likelihood.BERNOULLI;
    Activation last = logits ? Activation.SIGMOID : config.outputActivation();
    Value output = nodes.activated("decoder", last, raw);
    graph.output(
        logits ? "probabilities" : "output",
        nodes.reshaped("decoder", output, Value.dimensions(config.input().shape())));
    return graph;
  }

  /** ModelProto, with OperatorSetIdProto and StringStringEntryProto. */
  private ProtoMessage model(Graph graph) {
    ProtoMessage model = new ProtoMessage().number(1, IR_VERSION).text(2, "gpuvae");
    String version = OnnxExport.class.getPackage().getImplementationVersion();
    if (version != null) {
      model.text(3, version);
    }
    model.message(7, graph.message());
    model.message(8, new ProtoMessage().text(1, "").number(2, OPSET));
    model.message(14, entry("preset", config.name()));
    model.message(14, entry("input", config.input().expectation()));
    model.message(14, entry("likelihood", config.likelihood().label()));
    model.message(14, entry("config", ConfigFile.format(config)));
    return model;
  }

  private static ProtoMessage entry(String key, String value) {
    return new ProtoMessage().text(1, key).text(2, value);
  }
}
