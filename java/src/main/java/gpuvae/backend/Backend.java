package gpuvae.backend;

import java.lang.foreign.MemorySegment;

/**
 * A device: its memory, and the operations that a step is made of. Primitives are abstract;
 * composites are default methods over them, which a backend may override with something fused that
 * gives the same result.
 *
 * <p>Matrices are row-major. {@code rows} is how many rows of a batch are in use: activations are
 * allocated for a capacity and never resliced, so operations take it apart from the tensors. Work
 * is ordered; it may still be under way when a method returns, and {@link #read} waits for it. One
 * thread at a time: the caller holds a lock.
 *
 * <p>Everything is deterministic: reductions have a fixed order, so the same inputs give the same
 * bits on the same device in every run.
 */
public interface Backend extends AutoCloseable {
  // ---- memory ----

  /** Which device this is. */
  Device device();

  /**
   * Allocates; the contents are undefined. Never inside {@link #run}.
   *
   * @throws OutOfDeviceMemoryException if there is no room; the backend stays usable
   */
  Tensor allocate(ElementType type, int... shape);

  /** Frees what {@link #allocate} gave; recordings that work on it are dropped. */
  void free(Tensor tensor);

  /** Copies {@code count} floats to the beginning of an F32 tensor. */
  void write(Tensor destination, float[] source, int offset, int count);

  /** Copies raw elements of the tensor's type to its beginning. */
  void write(Tensor destination, MemorySegment source);

  /**
   * Whether {@link #run} returns before the work is done. Then host batches take turns in two
   * slots, out of which {@link #selectSlot} takes them; else they are written where they are
   * wanted.
   */
  default boolean isAsynchronous() {
    return false;
  }

  /**
   * Copies a host batch to a slot: while the step before may still be at work on the other one, and
   * before the next {@link #run}. The source may be reused on return.
   *
   * @param slot F32 [capacity, features]
   * @param which 0 or 1: the slots take turns
   * @param count floats
   */
  default void writeSlot(Tensor slot, int which, float[] source, int count) {
    write(slot, source, 0, count);
  }

  /** {@link #writeSlot(Tensor, int, float[], int)} of raw F32 elements. */
  default void writeSlot(Tensor slot, int which, MemorySegment source) {
    write(slot, source);
  }

  /** Sets one I64 word, in order with the operations before and after. */
  void writeLong(Tensor destination, int index, long value);

  /** Copies the first {@code count} floats of an F32 tensor; waits for the device. */
  void read(Tensor source, float[] destination, int offset, int count);

  /** Copies the first raw elements of a tensor, as many as fit; waits for the device. */
  void read(Tensor source, MemorySegment destination);

  /**
   * Marks the work given so far.
   *
   * @param number one more than the last mark's; any other begins anew
   */
  default void mark(long number) {}

  /**
   * Like {@link #read(Tensor, MemorySegment)}, but waits only for the work before a mark, or before
   * the oldest of the last few where this one is not among them. Later work does not write to the
   * source.
   *
   * @param number of a mark that was set
   */
  default void readMarked(long number, Tensor source, MemorySegment destination) {
    read(source, destination);
  }

  /** Waits until all work given so far is done. */
  void synchronize();

  /**
   * Milliseconds that the device takes for the work that a body gives it, without what was given
   * before; waits for both.
   */
  default double milliseconds(Runnable body) {
    synchronize();
    long start = System.nanoTime();
    body.run();
    synchronize();
    return (System.nanoTime() - start) / 1e6;
  }

  /** Frees everything; idempotent. */
  @Override
  void close();

  // ---- a step ----

  /**
   * Runs a step's operations, perhaps by replaying a recording made under the same key without
   * calling the body. So the body calls nothing but operations (no allocation, reading, writing,
   * synchronisation or other run), does not branch on data, and takes what varies from step to step
   * from a {@link StepState}.
   */
  void run(StepKey key, Runnable body);

  /**
   * x[r] = preprocessed row order[POSITION + r] of a resident data set, for r below {@code rows}.
   * Dynamic binarisation draws with counter (column / 4, ROW_BASE + r, ATTEMPT, tag of {@link
   * Noise#BINARISE}, sample 0), key SEED; static binarisation as {@link Preprocessing} says.
   *
   * @param x F32 [capacity, features]
   */
  void gather(StepState state, ResidentRows data, int rows, Tensor x);

  /**
   * The batch of a step to come: {@link #gather} of as many of the rows as the order still has, the
   * rest of x stays; then the state goes on to the next one: ATTEMPT += 1, POSITION += rows.
   *
   * @param ahead a state of its own, for the step before may be at work on the other
   */
  void fetch(StepState ahead, ResidentRows data, int rows, Tensor x);

  /**
   * x = slots[SLOT], its first {@code rows} rows.
   *
   * @param slots F32 [2, capacity, features]
   * @param x F32 [capacity, features]
   */
  void selectSlot(StepState state, Tensor slots, int rows, Tensor x);

  /**
   * C = op(A) op(B), or C += op(A) op(B). op(A) is [m, k], op(B) is [k, n], C is [m, n]; op is the
   * identity or the transpose. A tensor's row length is its {@link Tensor#columns}, which may be
   * more than is used of a row; what is not used is neither read nor written. Unless it
   * accumulates, C is not read: it may hold NaN. Zero times anything may be left out of a sum, zero
   * times NaN too.
   */
  void gemm(
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      int m,
      int n,
      int k,
      Tensor c,
      boolean accumulate);

  /**
   * pre += bias (each row), y = activation(pre). {@code y} may be {@code pre} itself unless the
   * activation {@link Activation#needsInput}.
   *
   * @param pre F32 [capacity, n]; with the bias added on return unless it is y
   * @param bias F32 [channels], each for n / channels neighbours: an image's plane, or one value of
   *     a dense layer; null for none
   * @param y F32 [capacity, n]
   */
  void biasActivation(int rows, Tensor pre, Tensor bias, Activation activation, Tensor y);

  /**
   * dy becomes the gradient of the activation's input: dy *= activation'(pre), at a kink that of
   * the negative side; and bias gradient = its sums over rows and each channel's neighbours.
   *
   * @param pre what {@link #biasActivation} left; read only if the activation needs its input
   * @param y the activation's output
   * @param dy F32 [capacity, n], changed in place
   * @param biasGradient F32 [channels], overwritten; null for none
   */
  void activationBackward(
      int rows, Activation activation, Tensor pre, Tensor y, Tensor dy, Tensor biasGradient);

  /**
   * Samples the posterior: z = mu + sigma eps; and the KL divergence of each row from the standard
   * normal prior, in nats. For {@link PosteriorHead#LOG_VARIANCE} KL = 1/2 sum(mu^2 + expm1(lv) -
   * lv); else 1/2 sum(mu^2 + sigma^2 - 1 - 2 ln sigma) (Kingma and Welling, 2014, appendix B).
   *
   * <p>eps is drawn by {@link Philox} with counter (column / 4, ROW_BASE + row, ATTEMPT, tag of
   * PURPOSE and SAMPLE) and key SEED, made normal by Box-Muller on the word pairs (0, 1) and (2,
   * 3): radius sqrt(-2 ln u of the first), angle 2 pi u of the second; cosine first, sine second.
   *
   * @param draw whether eps is drawn; if not, it is read
   */
  void reparameterise(StepState state, int rows, PosteriorTensors t, boolean draw);

  /**
   * Gradient of loss + KL_WEIGHT x KL with respect to the heads, from that of the loss with respect
   * to z.
   */
  void reparameteriseBackward(StepState state, int rows, PosteriorTensors t);

  /** z[r] = standard normal noise, drawn as {@link #reparameterise} draws eps. */
  void standardNormal(StepState state, int rows, Tensor z);

  /**
   * Bernoulli negative log-likelihood from logits l: sum over features of max(l, 0) - l x + ln(1 +
   * e^-|l|), in nats a row; and its gradient sigmoid(l) - x.
   *
   * @param logits F32 [capacity, n]
   * @param target F32 [capacity, n], in [0, 1]
   * @param gradient F32 [capacity, n], written; may be {@code logits}; null for none
   * @param perRow F32 [capacity], written
   */
  void bernoulliLoss(int rows, Tensor logits, Tensor target, Tensor gradient, Tensor perRow);

  /**
   * Squared error: sum over features of (y - x)^2 a row, where y = output(pre); a Gaussian with
   * variance 1/2 but for the constant n/2 ln pi. Its gradient with respect to pre: 2 (y - x)
   * output'(pre).
   *
   * @param output {@link Activation#IDENTITY} or {@link Activation#SIGMOID}
   * @param gradient F32 [capacity, n], written; may be {@code pre}; null for none
   * @param perRow F32 [capacity], written
   */
  void squaredErrorLoss(
      int rows, Tensor pre, Activation output, Tensor target, Tensor gradient, Tensor perRow);

  /**
   * RECONSTRUCTION and KL = sums over the rows, in row order, in double precision.
   *
   * @param kl null if the model has no KL term: then 0
   */
  void sumLosses(StepState state, int rows, Tensor reconstruction, Tensor kl);

  /**
   * GRADIENT_SQUARES = sum of squares of all gradients, in double precision; ACCEPTED = whether it,
   * RECONSTRUCTION and KL are finite.
   */
  void gradientNorm(StepState state, Tensor gradients);

  /**
   * If ACCEPTED, an Adam step as step STEP + 1, with LEARNING_RATE and with the powers one further
   * than BETA1_POWER and BETA2_POWER, on gradients clipped by GRADIENT_SQUARES ({@link
   * AdamSettings#clip}); else nothing changes.
   */
  void adam(StepState state, AdamSettings settings, AdamTensors t);

  /**
   * Ends a step: if ACCEPTED, adds to the totals, STEP += 1, the beta powers advance,
   * REFUSED_IN_A_ROW = 0; else both counts of refused steps += 1; always writes the ring's slot of
   * ATTEMPT, ATTEMPT += 1, POSITION += rows.
   */
  void advance(StepState state, AdamSettings settings, int rows);

  /** Sets every element of an F32 tensor. */
  void fill(Tensor tensor, float value);

  /** Copies an F32 tensor's first {@code rows} rows to another of the same row length. */
  void copy(int rows, Tensor source, Tensor destination);

  /** The primitives of convolutional layers. */
  ImageOperations images();

  /** The primitives of objectives other than the plain evidence lower bound. */
  ObjectiveOperations objectives();

  // ---- composites ----

  /** y = activation(x W^T + b). */
  default void denseForward(int rows, LayerTensors t) {
    int out = t.weight().rows();
    gemm(t.x(), false, t.weight(), true, rows, out, t.weight().columns(), t.pre(), false);
    biasActivation(rows, t.pre(), t.bias(), t.activation(), t.y());
  }

  /** The backward pass of {@link #denseForward}. */
  default void denseBackward(int rows, LayerTensors t) {
    int in = t.weight().columns();
    int out = t.weight().rows();
    activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), t.biasGradient());
    gemm(t.dy(), true, t.x(), false, out, in, rows, t.weightGradient(), false);
    if (t.dx() != null) {
      gemm(t.dy(), false, t.weight(), false, rows, in, out, t.dx(), false);
    }
  }

  /** y = activation(convolution(x) + b), the bias one of a channel. */
  default void convolutionForward(int rows, Convolution geometry, LayerTensors t) {
    images().convolution(rows, geometry, t.x(), t.weight(), t.pre());
    if (t.hasBiasOrActivation()) {
      biasActivation(rows, t.pre(), t.bias(), t.activation(), t.y());
    }
  }

  /** The backward pass of {@link #convolutionForward}. */
  default void convolutionBackward(int rows, Convolution geometry, LayerTensors t) {
    if (t.hasBiasOrActivation()) {
      activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), t.biasGradient());
    }
    images().convolutionBackwardWeight(rows, geometry, t.x(), t.dy(), t.weightGradient());
    if (t.dx() != null) {
      images().convolutionBackwardData(rows, geometry, t.dy(), t.weight(), t.dx());
    }
  }

  /**
   * y = activation(transposed convolution(x) + b). The geometry is that of the convolution which it
   * transposes: from y to x.
   */
  default void transposedForward(int rows, Convolution geometry, LayerTensors t) {
    images().convolutionBackwardData(rows, geometry, t.x(), t.weight(), t.pre());
    if (t.hasBiasOrActivation()) {
      biasActivation(rows, t.pre(), t.bias(), t.activation(), t.y());
    }
  }

  /** The backward pass of {@link #transposedForward}. */
  default void transposedBackward(int rows, Convolution geometry, LayerTensors t) {
    if (t.hasBiasOrActivation()) {
      activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), t.biasGradient());
    }
    images().convolutionBackwardWeight(rows, geometry, t.dy(), t.x(), t.weightGradient());
    if (t.dx() != null) {
      images().convolution(rows, geometry, t.dy(), t.weight(), t.dx());
    }
  }

  /**
   * A training step's last layer and {@link #bernoulliLoss}: gradient of x W^T + b, its column
   * sums, losses of the rows and {@link #sumLosses}.
   *
   * @param t a layer without activation, whose y is also its dy; only it and the bias gradient are
   *     written
   * @param target F32 [capacity, n], in [0, 1]
   * @param kl null if the model has no KL term
   * @param perRow F32 [capacity], written
   */
  default void denseBernoulliLoss(
      StepState state, int rows, LayerTensors t, Tensor target, Tensor kl, Tensor perRow) {
    denseForward(rows, t);
    bernoulliLoss(rows, t.y(), target, t.dy(), perRow);
    sumLosses(state, rows, perRow, kl);
    activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), t.biasGradient());
  }

  /** {@link #denseBernoulliLoss} with {@link #squaredErrorLoss}. */
  default void denseSquaredErrorLoss(
      StepState state,
      int rows,
      LayerTensors t,
      Activation output,
      Tensor target,
      Tensor kl,
      Tensor perRow) {
    denseForward(rows, t);
    squaredErrorLoss(rows, t.y(), output, target, t.dy(), perRow);
    sumLosses(state, rows, perRow, kl);
    activationBackward(rows, t.activation(), t.pre(), t.y(), t.dy(), t.biasGradient());
  }

  /**
   * Both heads and the sample: {@link #denseForward}, {@link #reparameterise}.
   *
   * @param layer both heads as one layer without activation, mu's rows of the weight first
   * @param t whose heads are the layer's y, their gradient its dy
   */
  default void bottleneckForward(
      StepState state, int rows, LayerTensors layer, PosteriorTensors t, boolean draw) {
    denseForward(rows, layer);
    reparameterise(state, rows, t, draw);
  }

  /** The backward pass of {@link #bottleneckForward}. */
  default void bottleneckBackward(
      StepState state, int rows, LayerTensors layer, PosteriorTensors t) {
    reparameteriseBackward(state, rows, t);
    denseBackward(rows, layer);
  }

  /**
   * The encoder's last layer, heads, sample and the decoder's first layer: {@link #denseForward},
   * {@link #bottleneckForward}, denseForward. Others find the heads, kl and {@code after}'s pre and
   * y there; what else is written, {@code before}'s y, sigma and z among it, is for {@link
   * #latentBackward} alone and may be anything that it can use.
   *
   * @param draw whether eps is drawn; if not, it is read
   */
  default void latentForward(StepState state, int rows, LatentTensors t, boolean draw) {
    denseForward(rows, t.before());
    bottleneckForward(state, rows, t.heads(), t.posterior(), draw);
    denseForward(rows, t.after());
  }

  /**
   * The backward pass of {@link #latentForward}: {@link #denseBackward}, {@link
   * #bottleneckBackward}, denseBackward. Others find all gradients there but {@code after}'s dy and
   * dx, which may be anything.
   */
  default void latentBackward(StepState state, int rows, LatentTensors t) {
    denseBackward(rows, t.after());
    bottleneckBackward(state, rows, t.heads(), t.posterior());
    denseBackward(rows, t.before());
  }

  /**
   * A part of a step and {@link #fetch}, in either order or at the same time.
   *
   * @param work operations that touch neither x nor {@code ahead}
   */
  default void fetchBeside(Runnable work, StepState ahead, ResidentRows data, int rows, Tensor x) {
    work.run();
    fetch(ahead, data, rows, x);
  }

  /** Ends a step: gradient norm, Adam, advance. */
  default void optimizerStep(StepState state, AdamSettings settings, int rows, AdamTensors t) {
    gradientNorm(state, t.gradients());
    adam(state, settings, t);
    advance(state, settings, rows);
  }
}
