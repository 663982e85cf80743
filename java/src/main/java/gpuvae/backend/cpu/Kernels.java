package gpuvae.backend.cpu;

import gpuvae.backend.Activation;

/**
 * The inner loops, on ranges of arrays. Two providers, {@link VectorKernels} and {@link
 * ScalarKernels}, give the same bits.
 */
interface Kernels {
  /** {@link #uniforms} takes multiples of so many counters: the 64-bit lanes of 512 bits. */
  int COUNTERS = 8;

  /** "vector, 256 bits" or "scalar". */
  String description();

  /** Those of matrix products. */
  MatrixKernels matrices();

  /** Those of convolutional layers. */
  ImageKernels images();

  /** y = scale x + shift, as one fma; x from 0 to 255. */
  void scaleBytes(int n, byte[] x, int xOffset, float scale, float shift, float[] y, int yOffset);

  /** y = function(x). */
  void map(Function function, int n, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Numbers in (0, 1] from Philox; a counter gives two to {@code even}, of its words 0 and 2, and
   * two to {@code odd}.
   *
   * @param n how many counters, a multiple of {@link #COUNTERS}
   * @param counters the first word in the low half, the second in the high one
   * @param attempt the third word of all counters
   * @param tag the fourth
   */
  void uniforms(int n, long[] counters, long seed, int attempt, int tag, float[] even, float[] odd);

  /**
   * z = mean + sigma eps; twiceKl += mean^2.
   *
   * @param twiceKl in: sigma^2 - 1 - ln sigma^2
   */
  void sample(
      int n,
      float[] mean,
      int meanOffset,
      float[] sigma,
      int sigmaOffset,
      float[] eps,
      int epsOffset,
      float[] z,
      int zOffset,
      float[] twiceKl,
      int klOffset);

  /**
   * Gradients of the heads through {@link #sample} and the weighted KL divergence.
   *
   * @param logVariance whether the second head is the logarithm of the variance
   * @param mean in: the mean; out: its gradient
   * @param second in: sigma^2 - 1 if {@code logVariance}, else sigma's slope along the second head;
   *     out: the second head's gradient
   */
  void sampleBackward(
      int n,
      boolean logVariance,
      float klWeight,
      float[] sigma,
      int sigmaOffset,
      float[] eps,
      int epsOffset,
      float[] dz,
      int dzOffset,
      float[] mean,
      int meanOffset,
      float[] second,
      int secondOffset);

  /**
   * x += bias; y = activation(x).
   *
   * @param stride between rows of x, and of y
   */
  void biasActivation(
      int rows,
      int columns,
      int stride,
      float[] x,
      int xOffset,
      float[] bias,
      int biasOffset,
      Activation activation,
      float[] y,
      int yOffset);

  /** y = activation(x). */
  void activation(int n, float[] x, int xOffset, Activation activation, float[] y, int yOffset);

  /**
   * dy *= activation'(x); sums[j] = the sum of dy[i, j], row by row.
   *
   * @param stride between rows of x, and of dy
   * @param x the activation's input if it {@link Activation#needsInput}, else its output
   * @param sums null for none
   */
  void activationBackward(
      int rows,
      int columns,
      int stride,
      Activation activation,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] sums,
      int sumsOffset);

  /**
   * Adds the Bernoulli losses of a row to {@link Lanes}; gradient = sigmoid(logits) - target.
   *
   * @param e {@link Function#EXP_MINUS_ABS} of the logits
   * @param rest {@link Function#LOG1P} of that
   * @param gradient null for none
   */
  void bernoulliLoss(
      int n,
      float[] logits,
      int logitsOffset,
      float[] e,
      float[] rest,
      int termsOffset,
      float[] target,
      int targetOffset,
      float[] gradient,
      int gradientOffset,
      float[] lanes);

  /**
   * Adds (y - target)^2 to {@link Lanes}; gradient = 2 (y - target).
   *
   * @param gradient null for none
   */
  void squaredError(
      int n,
      float[] y,
      int yOffset,
      float[] target,
      int targetOffset,
      float[] gradient,
      int gradientOffset,
      float[] lanes);

  /** Adds squares to {@link Lanes}. */
  void squares(int n, float[] x, int xOffset, double[] lanes);

  /**
   * One step of Adam on a range of the flat buffers. Moments that are no longer normal numbers
   * become 0: they move nothing, and processors are slow with them. Those of a unit that is never
   * active get there in some 800 steps.
   */
  void adam(
      int n,
      AdamFactors factors,
      float[] parameters,
      int parametersOffset,
      float[] gradients,
      int gradientsOffset,
      float[] first,
      int firstOffset,
      float[] second,
      int secondOffset);
}
