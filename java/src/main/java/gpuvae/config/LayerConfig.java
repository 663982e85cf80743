package gpuvae.config;

import gpuvae.backend.Activation;
import gpuvae.backend.Convolution;
import java.util.List;

/** One layer of an encoder or decoder. Images are [channels, height, width]. */
public sealed interface LayerConfig {
  /** The prefix of its parameters' names, unique in a model; empty for a layer without any. */
  default String name() {
    return "";
  }

  /** As in config.json: "conv2d". */
  String type();

  /**
   * The shape of what it gives.
   *
   * @throws IllegalArgumentException if it cannot take this input
   */
  Shape output(Shape input);

  /**
   * Rows that a training step needs: 2 where a batch norm has no more than one value a row and
   * channel.
   */
  default int leastRows(Shape input) {
    return 1;
  }

  /** Whether it is, or has within it, a convolution or a transposed one. */
  default boolean isConvolutional() {
    return false;
  }

  /** What it ends with. */
  default Activation activation() {
    return Activation.IDENTITY;
  }

  /** The same layer with another end; a layer that has no activation refuses. */
  default LayerConfig withActivation(Activation other) {
    throw Check.refusal("activation of " + type(), other, "none: it has no activation");
  }

  /**
   * y = activation(x W^T + b), with W [units, in] as NAME.weight and b [units] as NAME.bias. An
   * image is taken as a vector, row-major.
   *
   * @param name the prefix of its parameters' names
   * @param units features it gives
   * @param activation applied to them
   */
  record Dense(String name, int units, Activation activation) implements LayerConfig {
    /** Checks the fields. */
    public Dense {
      Check.name("layer name", name);
      Check.atLeastOne("units of layer " + name, units);
      Check.given("activation of layer " + name, activation);
    }

    @Override
    public String type() {
      return "dense";
    }

    @Override
    public Shape output(Shape input) {
      return Shape.vector(units);
    }

    @Override
    public Dense withActivation(Activation other) {
      return new Dense(name, units, other);
    }
  }

  /**
   * y = activation(cross-correlation of x with W + b), with W [channels, in, kernel, kernel] as
   * NAME.weight and b [channels] as NAME.bias.
   *
   * @param name the prefix of its parameters' names
   * @param channels it gives
   * @param kernel rows and columns of a filter
   * @param stride pixels of the input from one pixel of the output to the next
   * @param padding zeros around the input, fewer than the kernel's
   * @param bias whether there is one
   * @param activation applied to the output
   */
  record Conv2d(
      String name,
      int channels,
      int kernel,
      int stride,
      Padding padding,
      boolean bias,
      Activation activation)
      implements LayerConfig {
    /** Checks the fields. */
    public Conv2d {
      Check.name("layer name", name);
      Check.atLeastOne("channels of layer " + name, channels);
      Check.atLeastOne("kernel of layer " + name, kernel);
      Check.atLeastOne("stride of layer " + name, stride);
      Check.below("padding of layer " + name, padding.before(), kernel);
      Check.below("padding of layer " + name, padding.after(), kernel);
      Check.given("activation of layer " + name, activation);
    }

    @Override
    public String type() {
      return "conv2d";
    }

    @Override
    public Shape output(Shape input) {
      return Shape.image(channels, length(input.height()), length(input.width()));
    }

    private int length(int in) {
      int padded = in + padding.before() + padding.after();
      if (padded < kernel) {
        throw Check.refusal(
            "the side of its image",
            in,
            "%d and above with kernel %d and padding %s"
                .formatted(kernel - padding.before() - padding.after(), kernel, padding));
      }
      return (padded - kernel) / stride + 1;
    }

    /** The geometry for images of this shape. */
    public Convolution geometry(Shape input) {
      Shape output = output(input);
      return new Convolution(
          input.channels(),
          input.height(),
          input.width(),
          channels,
          output.height(),
          output.width(),
          kernel,
          stride,
          padding.before());
    }

    /** With other channels. */
    public Conv2d withChannels(int other) {
      return new Conv2d(name, other, kernel, stride, padding, bias, activation);
    }

    /** With another stride. */
    public Conv2d withStride(int other) {
      return new Conv2d(name, channels, kernel, other, padding, bias, activation);
    }

    /** With zeros around the input. */
    public Conv2d withPadding(Padding other) {
      return new Conv2d(name, channels, kernel, stride, other, bias, activation);
    }

    /** Without a bias. */
    public Conv2d withoutBias() {
      return new Conv2d(name, channels, kernel, stride, padding, false, activation);
    }

    @Override
    public boolean isConvolutional() {
      return true;
    }

    @Override
    public Conv2d withActivation(Activation other) {
      return new Conv2d(name, channels, kernel, stride, padding, bias, other);
    }
  }

  /**
   * The transpose of a convolution, and bias and activation: an image of n rows becomes one of (n -
   * 1) stride - 2 padding + kernel + outputPadding; with W [in, channels, kernel, kernel] as
   * NAME.weight and b [channels] as NAME.bias.
   *
   * @param name the prefix of its parameters' names
   * @param channels it gives
   * @param kernel rows and columns of a filter
   * @param stride pixels of the output from one pixel of the input to the next
   * @param padding rows and columns that are left out on every side of the output
   * @param outputPadding rows below and columns to the right that are added to it, fewer than the
   *     stride
   * @param bias whether there is one
   * @param activation applied to the output
   */
  record ConvTranspose2d(
      String name,
      int channels,
      int kernel,
      int stride,
      int padding,
      int outputPadding,
      boolean bias,
      Activation activation)
      implements LayerConfig {
    /** Checks the fields. */
    public ConvTranspose2d {
      Check.name("layer name", name);
      Check.atLeastOne("channels of layer " + name, channels);
      Check.atLeastOne("kernel of layer " + name, kernel);
      Check.atLeastOne("stride of layer " + name, stride);
      Check.below("padding of layer " + name, padding, kernel);
      Check.below("outputPadding of layer " + name, outputPadding, stride);
      Check.given("activation of layer " + name, activation);
    }

    @Override
    public String type() {
      return "conv-transpose2d";
    }

    @Override
    public Shape output(Shape input) {
      return Shape.image(channels, length(input.height()), length(input.width()));
    }

    private int length(int in) {
      long out = (in - 1L) * stride - 2L * padding + kernel + outputPadding;
      if (out < 1 || out > Integer.MAX_VALUE) {
        throw Check.refusal("the side of its image", in, "one that gives 1 and above, not " + out);
      }
      return (int) out;
    }

    /** The geometry of the convolution that it transposes: from its output to its input. */
    public Convolution geometry(Shape input) {
      Shape output = output(input);
      return new Convolution(
          channels,
          output.height(),
          output.width(),
          input.channels(),
          input.height(),
          input.width(),
          kernel,
          stride,
          padding);
    }

    /** With another stride. */
    public ConvTranspose2d withStride(int other) {
      return new ConvTranspose2d(
          name, channels, kernel, other, padding, outputPadding, bias, activation);
    }

    /** With sides that are left out, and rows and columns that are added. */
    public ConvTranspose2d withPadding(int sides, int added) {
      return new ConvTranspose2d(name, channels, kernel, stride, sides, added, bias, activation);
    }

    /** Without a bias. */
    public ConvTranspose2d withoutBias() {
      return new ConvTranspose2d(
          name, channels, kernel, stride, padding, outputPadding, false, activation);
    }

    @Override
    public boolean isConvolutional() {
      return true;
    }

    @Override
    public ConvTranspose2d withActivation(Activation other) {
      return new ConvTranspose2d(
          name, channels, kernel, stride, padding, outputPadding, bias, other);
    }
  }

  /**
   * Each plane of each image by its own mean and variance, then y = activation(x scale + shift),
   * with scale [channels] as NAME.weight and shift [channels] as NAME.bias.
   *
   * @param name the prefix of its parameters' names
   * @param activation applied to the output
   */
  record InstanceNorm(String name, Activation activation) implements LayerConfig {
    /** Checks the fields. */
    public InstanceNorm {
      Check.name("layer name", name);
      Check.given("activation of layer " + name, activation);
    }

    @Override
    public String type() {
      return "instance-norm";
    }

    @Override
    public Shape output(Shape input) {
      if (input.height() * input.width() == 1) {
        throw Check.refusal("its image", input, "more than one pixel a channel");
      }
      return input;
    }

    @Override
    public InstanceNorm withActivation(Activation other) {
      return new InstanceNorm(name, other);
    }
  }

  /**
   * Each channel by mean and variance of the batch, after training by running ones; then y =
   * activation(x scale + shift), with scale and shift [channels] as NAME.weight and NAME.bias, and
   * the running statistics as NAME.running_mean and NAME.running_var.
   *
   * @param name the prefix of its parameters' names
   * @param activation applied to the output
   */
  record BatchNorm(String name, Activation activation) implements LayerConfig {
    /** Share of a batch in the running statistics: PyTorch's default. */
    public static final float MOMENTUM = 0.1f;

    /** Checks the fields. */
    public BatchNorm {
      Check.name("layer name", name);
      Check.given("activation of layer " + name, activation);
    }

    @Override
    public String type() {
      return "batch-norm";
    }

    @Override
    public Shape output(Shape input) {
      return input;
    }

    @Override
    public int leastRows(Shape input) {
      return input.height() * input.width() == 1 ? 2 : 1;
    }

    @Override
    public BatchNorm withActivation(Activation other) {
      return new BatchNorm(name, other);
    }
  }

  /**
   * The largest value of each size x size window; windows do not overlap, rows and columns that
   * fill none are left out.
   *
   * @param size 1 to 16
   */
  record MaxPool(int size) implements LayerConfig {
    /** Checks the size. */
    public MaxPool {
      if (size < 1 || size > 16) {
        throw Check.refusal("size of max-pool", size, "1 to 16");
      }
    }

    @Override
    public String type() {
      return "max-pool";
    }

    @Override
    public Shape output(Shape input) {
      if (Math.min(input.height(), input.width()) < size) {
        throw Check.refusal("its image", input, size + " pixels and above on each side");
      }
      return Shape.image(input.channels(), input.height() / size, input.width() / size);
    }
  }

  /** Every pixel becomes 2 x 2. */
  record Upsample() implements LayerConfig {
    @Override
    public String type() {
      return "upsample";
    }

    @Override
    public Shape output(Shape input) {
      return Shape.image(input.channels(), 2 * input.height(), 2 * input.width());
    }
  }

  /**
   * The same values in another shape.
   *
   * @param shape with as many values
   */
  record Reshape(Shape shape) implements LayerConfig {
    /** Checks the shape. */
    public Reshape {
      Check.given("shape of reshape", shape);
    }

    @Override
    public String type() {
      return "reshape";
    }

    @Override
    public Shape output(Shape input) {
      if (input.features() != shape.features()) {
        throw Check.refusal(
            "its input", input, "%d values, to become %s".formatted(shape.features(), shape));
      }
      return shape;
    }
  }

  /**
   * y = activation(x + what the layers make of x).
   *
   * @param layers which give the shape that they take
   * @param activation applied to the sum
   */
  record Residual(List<LayerConfig> layers, Activation activation) implements LayerConfig {
    /** Checks the fields. */
    public Residual {
      layers = List.copyOf(Check.given("layers of residual", layers));
      if (layers.isEmpty()) {
        throw Check.refusal("layers of residual", "empty", "one layer or more");
      }
      Check.given("activation of residual", activation);
    }

    @Override
    public String type() {
      return "residual";
    }

    @Override
    public Shape output(Shape input) {
      Shape output = ShapeChain.of("residual", input, layers).output();
      if (!output.equals(input)) {
        throw Check.refusal("what the layers of residual give", output, input + ", its input");
      }
      return input;
    }

    @Override
    public int leastRows(Shape input) {
      return ShapeChain.of("residual", input, layers).leastRows();
    }

    @Override
    public boolean isConvolutional() {
      return layers.stream().anyMatch(LayerConfig::isConvolutional);
    }

    @Override
    public Residual withActivation(Activation other) {
      return new Residual(layers, other);
    }
  }

  /** A dense layer without an activation. */
  static Dense dense(String name, int units) {
    return new Dense(name, units, Activation.IDENTITY);
  }

  /** A convolution with a bias, stride 1, no padding, no activation. */
  static Conv2d conv2d(String name, int channels, int kernel) {
    return new Conv2d(name, channels, kernel, 1, Padding.NONE, true, Activation.IDENTITY);
  }

  /** A transposed convolution with a bias, stride 1, no padding, no activation. */
  static ConvTranspose2d convTranspose2d(String name, int channels, int kernel) {
    return new ConvTranspose2d(name, channels, kernel, 1, 0, 0, true, Activation.IDENTITY);
  }

  /** An instance norm without an activation. */
  static InstanceNorm instanceNorm(String name) {
    return new InstanceNorm(name, Activation.IDENTITY);
  }

  /** A batch norm without an activation. */
  static BatchNorm batchNorm(String name) {
    return new BatchNorm(name, Activation.IDENTITY);
  }

  /** Max pooling by size x size. */
  static MaxPool maxPool(int size) {
    return new MaxPool(size);
  }

  /** Nearest upsampling by two. */
  static Upsample upsample() {
    return new Upsample();
  }

  /** The same values as an image. */
  static Reshape reshape(int channels, int height, int width) {
    return new Reshape(Shape.image(channels, height, width));
  }

  /** Layers and what they are given, added; no activation. */
  static Residual residual(LayerConfig... layers) {
    return new Residual(List.of(layers), Activation.IDENTITY);
  }
}
