package gpuvae.config;

import gpuvae.backend.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds a {@link VaeConfig}; what is not set has the default named at its method. The output layer
 * follows the input's shape by itself.
 */
public final class VaeConfigBuilder {
  private static final String OUTPUT_NAME = "decoder.output";

  private String name = "custom";
  private InputConfig input;
  private List<LayerConfig> encoder = new ArrayList<>();
  private Head head = Head.LOG_VARIANCE;
  private int latent = 20;
  private String meanName = "encoder.mean";
  private String secondName = "encoder.second";
  private List<LayerConfig> decoder = new ArrayList<>();
  private String outputName = OUTPUT_NAME;
  private Likelihood likelihood = Likelihood.BERNOULLI;
  private Activation outputActivation = Activation.IDENTITY;
  private double klWeight = 1;
  private OptimizerConfig optimizer = OptimizerConfig.adam(1e-3);
  private int batchSize = 128;
  private int epochs = 10;
  private TrainingControls controls = TrainingControls.NONE;

  VaeConfigBuilder() {}

  VaeConfigBuilder(VaeConfig config) {
    name = config.name();
    input = config.input();
    encoder = new ArrayList<>(config.encoder());
    head = config.head();
    latent = config.latent();
    meanName = config.meanName();
    secondName = config.secondName();
    decoder = new ArrayList<>(config.decoder());
    if (decoder.getLast() instanceof LayerConfig.Dense last) {
      decoder.removeLast();
      outputName = last.name();
    } else {
      outputName = "";
    }
    likelihood = config.likelihood();
    outputActivation = config.outputActivation();
    klWeight = config.klWeight();
    optimizer = config.optimizer();
    batchSize = config.batchSize();
    epochs = config.epochs();
    controls = config.controls();
  }

  /** What it is called; "custom" if not set. */
  public VaeConfigBuilder name(String value) {
    name = value;
    return this;
  }

  /** Samples that are vectors of this length, values as they are. */
  public VaeConfigBuilder input(int features) {
    return input(Shape.vector(features));
  }

  /** Samples of this shape; keeps mean, deviation and binarisation if they are set. */
  public VaeConfigBuilder input(Shape shape) {
    input = input == null ? InputConfig.plain(shape) : input.withShape(shape);
    return this;
  }

  /** What a sample is, with normalisation or binarisation. */
  public VaeConfigBuilder input(InputConfig value) {
    input = value;
    return this;
  }

  /** Replaces the encoder's layers; none if not set. */
  public VaeConfigBuilder encoder(LayerConfig... layers) {
    encoder = new ArrayList<>(List.of(layers));
    return this;
  }

  /** Replaces the decoder's layers before the output layer; none if not set. */
  public VaeConfigBuilder decoder(LayerConfig... layers) {
    decoder = new ArrayList<>(List.of(layers));
    outputName = outputName.isEmpty() ? OUTPUT_NAME : outputName;
    return this;
  }

  /** Replaces the decoder's layers, the output layer too. */
  public VaeConfigBuilder decoderWithOutput(LayerConfig... layers) {
    decoder = new ArrayList<>(List.of(layers));
    outputName = "";
    return this;
  }

  /** Dense layers of these sizes in the encoder, and in reverse order in the decoder. */
  public VaeConfigBuilder hidden(Activation activation, int... sizes) {
    encoder = new ArrayList<>();
    decoder = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      encoder.add(new LayerConfig.Dense("encoder.hidden" + (i + 1), sizes[i], activation));
      int mirrored = sizes[sizes.length - 1 - i];
      decoder.add(new LayerConfig.Dense("decoder.hidden" + (i + 1), mirrored, activation));
    }
    return this;
  }

  /** What follows the encoder; log-variance if not set. Names of the heads stay. */
  public VaeConfigBuilder head(Head value) {
    head = value;
    if (value == Head.NONE) {
      secondName = "";
    } else if (secondName.isEmpty() && !meanName.isEmpty()) {
      secondName = "encoder.second";
    }
    return this;
  }

  /** What follows the encoder, and its parameters' prefixes; second is "" without sampling. */
  public VaeConfigBuilder head(Head value, String mean, String second) {
    head = value;
    meanName = mean;
    secondName = second;
    return this;
  }

  /**
   * The encoder's own output is the heads. If its last layer is a convolution or dense, it gets as
   * many channels as the latent size asks for.
   */
  public VaeConfigBuilder headsFromEncoder(Head value) {
    return head(value, "", "");
  }

  /** Size of z; 20 if not set. */
  public VaeConfigBuilder latent(int value) {
    latent = value;
    return this;
  }

  /** Prefix of the output layer's parameters. */
  public VaeConfigBuilder outputName(String value) {
    outputName = value;
    return this;
  }

  /** Bernoulli if not set. */
  public VaeConfigBuilder likelihood(Likelihood value) {
    likelihood = value;
    return this;
  }

  /** Identity if not set; sigmoid is allowed with squared error. */
  public VaeConfigBuilder outputActivation(Activation value) {
    outputActivation = value;
    return this;
  }

  /** Factor of the KL term (beta); 1 if not set. */
  public VaeConfigBuilder klWeight(double value) {
    klWeight = value;
    return this;
  }

  /** Adam with learning rate 1e-3 if not set. */
  public VaeConfigBuilder optimizer(OptimizerConfig value) {
    optimizer = value;
    return this;
  }

  /** The same optimizer with another learning rate. */
  public VaeConfigBuilder learningRate(double value) {
    optimizer = optimizer.withLearningRate(value);
    return this;
  }

  /** Rows a step; 128 if not set. */
  public VaeConfigBuilder batchSize(int value) {
    batchSize = value;
    return this;
  }

  /** Passes over the data; 10 if not set. */
  public VaeConfigBuilder epochs(int value) {
    epochs = value;
    return this;
  }

  /** Schedules and the like; none if not set. */
  public VaeConfigBuilder controls(TrainingControls value) {
    controls = value;
    return this;
  }

  /**
   * The configuration.
   *
   * @throws IllegalArgumentException naming the field, its value and what is allowed
   */
  public VaeConfig build() {
    Check.given("input", input);
    List<LayerConfig> withOutput = new ArrayList<>(decoder);
    if (!outputName.isEmpty()) {
      withOutput.add(LayerConfig.dense(outputName, input.shape().features()));
    }
    return new VaeConfig(
        name,
        input,
        meanName.isEmpty() ? withHeads(encoder) : encoder,
        head,
        latent,
        meanName,
        secondName,
        withOutput,
        likelihood,
        outputActivation,
        klWeight,
        optimizer,
        batchSize,
        epochs,
        controls);
  }

  /** The encoder's last layer with as many channels as the heads need. */
  private List<LayerConfig> withHeads(List<LayerConfig> layers) {
    List<LayerConfig> all = new ArrayList<>(layers);
    int channels = Check.atLeastOne("latent", latent) * (head == Head.NONE ? 1 : 2);
    if (!all.isEmpty()) {
      switch (all.removeLast()) {
        case LayerConfig.Conv2d last -> all.add(last.withChannels(channels));
        case LayerConfig.Dense last ->
            all.add(new LayerConfig.Dense(last.name(), channels, last.activation()));
        case LayerConfig last -> all.add(last);
      }
    }
    return all;
  }
}
