package gpuvae.model;

import gpuvae.backend.AdamSettings;
import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.Noise;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.StepKey;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;
import gpuvae.config.Schedule;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import java.lang.foreign.MemorySegment;

/**
 * A model on a device: parameters, step state and network, and the whole of a training step. Not
 * thread-safe; the caller holds a lock. The backend and the data sets are the caller's to close and
 * free.
 */
public final class VaeModel implements AutoCloseable {
  private static final long UNKNOWN = -1;

  private final Backend backend;
  private final VaeConfig config;
  private final AdamSettings adam;
  private final int leastRows;
  private final Tensors tensors;
  private final Parameters parameters;
  private final StepState training;
  private final StepState inference;
  private final Prefetch prefetch;
  private Network network;
  private long residents;
  private int slot;
  private long attempts;
  private long expectedPosition;

  // What the next body works on. A recording keeps them: they are part of its key.
  private int rows;
  private ResidentData data;

  private final Runnable hostStep = () -> onSlot(true);
  private final Runnable noiseStep = () -> onSlot(false);
  private final Runnable dataStep = this::onData;
  private final Runnable update = this::onUpdate;
  private final Runnable encode = this::onEncode;
  private final Runnable decode = this::onDecode;
  private final Runnable logits = this::onLogits;
  private final Runnable sample = this::onSample;
  private final Runnable evaluate = this::onEvaluate;
  private final Runnable encodeData = this::onEncodeData;
  private final Runnable resample = this::onResample;
  private StepKey hostKey;
  private StepKey noiseKey;
  private StepKey dataKey;
  private StepKey encodeKey;
  private StepKey decodeKey;
  private StepKey logitsKey;
  private StepKey sampleKey;
  private StepKey evaluateKey;
  private StepKey encodeDataKey;
  private StepKey resampleKey;

  /**
   * A model with fresh parameters.
   *
   * @param seed of parameters and noise
   * @throws gpuvae.backend.DeviceUnavailableException if the device lacks what the layers need
   */
  public VaeModel(Backend backend, VaeConfig config, long seed) {
    this.backend = backend;
    this.config = config;
    adam = config.optimizer().settings(config.controls().clipNorm());
    leastRows = config.leastRows();
    if (config.isConvolutional()) {
      backend.images().prepareConvolutions();
    }
    ParameterLayout layout = new ParameterLayout(config);
    tensors = new Tensors(backend);
    try {
      parameters = new Parameters(tensors, layout);
      training = new StepState(tensors);
      inference = new StepState(tensors);
      prefetch = new Prefetch(backend, tensors, seed);
      initialise(seed);
    } catch (RuntimeException | Error e) {
      tensors.freeAfter(e);
      throw e;
    }
  }

  private void initialise(long seed) {
    ParameterLayout layout = parameters.layout();
    backend.write(parameters.values(), Initialiser.values(layout, seed), 0, layout.flatSize());
    if (parameters.statistics().running() != null) {
      backend.write(
          parameters.statistics().running(),
          Initialiser.statistics(layout),
          0,
          layout.statisticsSize());
    }
    training.set(backend, StepState.SEED, seed);
    training.set(backend, StepState.BETA1_POWER, 1.0);
    training.set(backend, StepState.BETA2_POWER, 1.0);
    training.set(backend, StepState.LEARNING_RATE, config.optimizer().learningRate());
    training.set(backend, StepState.KL_WEIGHT, config.klWeight());
    training.set(backend, StepState.PURPOSE, Noise.TRAIN.ordinal());
  }

  /** The flat buffers. */
  public Parameters parameters() {
    return parameters;
  }

  /** What varies from step to step. */
  public StepState training() {
    return training;
  }

  /** The layers of the present capacity; null before the first {@link #reserve}. */
  Network network() {
    return network;
  }

  /** Rows that fit without another layout of the activations. */
  public int capacity() {
    return network == null ? 0 : network.capacity();
  }

  /** Makes room for this many rows a batch, if there is not: the activations are laid out anew. */
  public void reserve(int batchRows) {
    if (batchRows <= capacity()) {
      return;
    }
    prefetch.forget();
    freeNetwork();
    network = new Network(backend, config, parameters, batchRows);
  }

  /** Begins what makes a batch of its own out of so many rows. */
  private void begin(int batchRows) {
    reserve(batchRows);
    prefetch.forget();
    rows = batchRows;
  }

  /**
   * Steps begun, refused ones counted: the number of the next. After a step that failed only the
   * device knows, and is waited for.
   */
  public long attempts() {
    if (attempts == UNKNOWN) {
      attempts = training.read(backend)[StepState.ATTEMPT];
    }
    return attempts;
  }

  // ---- training ----

  /** Sets what follows a schedule for the step to come. Without schedules it does nothing. */
  public void schedule() {
    TrainingControls controls = config.controls();
    if (!controls.learningRate().equals(Schedule.CONSTANT)) {
      training.set(backend, StepState.LEARNING_RATE, config.learningRateAt(attempts()));
    }
    if (!controls.klWeight().equals(Schedule.CONSTANT)) {
      training.set(backend, StepState.KL_WEIGHT, config.klWeightAt(attempts()));
    }
  }

  /**
   * One step on a batch of the caller's, which may be reused on return.
   *
   * @param batch preprocessed values, [rows, features]
   * @param noise [rows x samples, latent] to use in place of drawing it; null to draw
   */
  public void trainStep(float[] batch, int batchRows, float[] noise) {
    begin(batchRows);
    backend.writeSlot(nextSlot(), slot, batch, batchRows * network.input().columns());
    trainOnSlot(noise);
  }

  /**
   * One step on a batch in memory of the caller's, which may be reused on return.
   *
   * @param batch preprocessed values, F32 [rows, features]
   */
  public void trainStep(MemorySegment batch, int batchRows) {
    begin(batchRows);
    backend.writeSlot(nextSlot(), slot, batch);
    trainOnSlot(null);
  }

  /** The slot that the step before does not use; this step is told to. */
  private Tensor nextSlot() {
    slot ^= 1;
    training.set(backend, StepState.SLOT, slot);
    return network.slot(slot);
  }

  private void trainOnSlot(float[] noise) {
    if (noise == null) {
      hostKey = keyFor(hostKey, "train-host");
      train(hostKey, hostStep, expectedPosition);
    } else {
      backend.write(network.bottleneck().posterior().eps(), noise, 0, noise.length);
      noiseKey = keyFor(noiseKey, "train-host-noise");
      train(noiseKey, noiseStep, expectedPosition);
    }
  }

  /** One step on the rows of a resident data set that begin at {@code position} in its order. */
  public void trainStep(ResidentData resident, int position, int batchRows) {
    reserve(batchRows);
    rows = batchRows;
    data = resident;
    if (position != expectedPosition) {
      training.set(backend, StepState.POSITION, position);
    }
    prefetch.need(resident, position, rows, attempts(), network.batch());
    dataKey = keyFor(dataKey, resident.trainName());
    train(dataKey, dataStep, position);
    prefetch.given(resident);
  }

  /** After a step that failed nobody knows whether the device went on in its order. */
  private void train(StepKey key, Runnable step, long position) {
    if (rows < leastRows) {
      throw new IllegalArgumentException(
          "a batch of %d: batch norm of vectors needs %d rows a step and more; another batch size"
              .formatted(rows, leastRows));
    }
    long attempt = attempts();
    attempts = UNKNOWN;
    expectedPosition = UNKNOWN;
    backend.run(key, step);
    attempts = attempt + 1;
    expectedPosition = position == UNKNOWN ? UNKNOWN : position + rows;
  }

  private void onSlot(boolean draw) {
    if (network.slots() != null) {
      backend.selectSlot(training, network.slots(), rows, network.batch());
    }
    differentiate(draw);
    onUpdate();
  }

  /** The batch is free for the next one when the gradients are there. */
  private void onData() {
    differentiate(true);
    prefetch.beside(update, data, rows, network.batch());
  }

  private void differentiate(boolean draw) {
    network.forward(training, rows, draw);
    network.backward(training, rows);
  }

  private void onUpdate() {
    backend.optimizerStep(training, adam, rows, parameters.tensors());
    parameters.statistics().blend(backend, training);
  }

  /** Puts back what {@link StepState#read} gave. */
  public void restoreTraining(long[] words) {
    backend.write(training.words(), MemorySegment.ofArray(words));
    prefetch.seed(words[StepState.SEED]);
    attempts = words[StepState.ATTEMPT];
    expectedPosition = words[StepState.POSITION];
  }

  // ---- inference ----

  /**
   * Posterior of each row.
   *
   * @param x preprocessed values, [rows, features]
   * @param heads [rows, 2 latent], filled: mean, then the second head as it is; [rows, latent]
   *     without sampling
   * @param sigma [rows, latent], filled; null without sampling
   */
  public void encode(float[] x, int batchRows, float[] heads, float[] sigma) {
    begin(batchRows);
    backend.write(network.input(), x, 0, batchRows * network.input().columns());
    inferWith(Noise.EVALUATE, 0, 0, 0);
    encodeKey = keyFor(encodeKey, "encode");
    backend.run(encodeKey, encode);
    readPosterior(heads, sigma);
  }

  /**
   * Posterior of rows of a resident data set, preprocessed as in training.
   *
   * @param seed of a dynamic binarisation
   * @param position in its order; also the rows' number in the noise counter
   * @param heads as in {@link #encode(float[], int, float[], float[])}; likewise sigma
   */
  public void encode(
      ResidentData resident, long seed, int position, int batchRows, float[] heads, float[] sigma) {
    begin(batchRows);
    data = resident;
    inferWith(Noise.EVALUATE, seed, position, position);
    encodeDataKey = keyFor(encodeDataKey, resident.encodeName());
    backend.run(encodeDataKey, encodeData);
    readPosterior(heads, sigma);
  }

  /**
   * Another sample of z for the rows that were encoded from a data set just before, and its loss.
   *
   * @param sample its number, part of the noise counter: 0 to 65,535
   * @param noise [rows, latent], filled: z is mean + sigma noise
   * @param reconstruction [rows], filled: nats
   */
  public void resample(int sample, int batchRows, float[] noise, float[] reconstruction) {
    rows = batchRows;
    inference.set(backend, StepState.PURPOSE, Noise.IMPORTANCE.ordinal());
    inference.set(backend, StepState.SAMPLE, sample);
    resampleKey = keyFor(resampleKey, "resample");
    backend.run(resampleKey, resample);
    backend.read(network.bottleneck().posterior().eps(), noise, 0, noise.length);
    backend.read(network.reconstruction(), reconstruction, 0, batchRows);
  }

  private void readPosterior(float[] heads, float[] sigma) {
    backend.read(network.bottleneck().heads(), heads, 0, heads.length);
    if (sigma != null) {
      backend.read(network.bottleneck().posterior().sigma(), sigma, 0, sigma.length);
    }
  }

  /**
   * The decoder's expectation of each row: probabilities with Bernoulli, else outputs.
   *
   * @param z [rows, latent]
   * @param x [rows, features], filled
   */
  public void decode(float[] z, int batchRows, float[] x) {
    begin(z, batchRows);
    decodeKey = keyFor(decodeKey, "decode");
    backend.run(decodeKey, decode);
    backend.read(network.output(), x, 0, x.length);
  }

  /**
   * The decoder's output before its activation: logits with Bernoulli.
   *
   * @param z [rows, latent]
   * @param x [rows, features], filled
   */
  public void logits(float[] z, int batchRows, float[] x) {
    begin(z, batchRows);
    logitsKey = keyFor(logitsKey, "logits");
    backend.run(logitsKey, logits);
    backend.read(network.output(), x, 0, x.length);
  }

  private void begin(float[] z, int batchRows) {
    begin(batchRows);
    backend.write(network.bottleneck().z(), z, 0, z.length);
  }

  /**
   * Draws z from the prior.
   *
   * @param firstRow row number of the first, in the noise counter
   * @param z [rows, latent], filled
   */
  public void sampleLatent(long seed, int firstRow, int batchRows, float[] z) {
    begin(batchRows);
    inferWith(Noise.SAMPLE, seed, firstRow, 0);
    sampleKey = keyFor(sampleKey, "sample");
    backend.run(sampleKey, sample);
    backend.read(network.bottleneck().z(), z, 0, z.length);
  }

  /**
   * Losses of rows of a resident data set, with one sample of z each.
   *
   * @param position in its order; also the rows' number in the noise counter
   * @param reconstruction [rows], filled: nats
   * @param kl [rows], filled: nats; null without sampling
   */
  public void evaluate(
      ResidentData resident,
      long seed,
      int position,
      int batchRows,
      float[] reconstruction,
      float[] kl) {
    begin(batchRows);
    data = resident;
    inferWith(Noise.EVALUATE, seed, position, position);
    evaluateKey = keyFor(evaluateKey, resident.evaluateName());
    backend.run(evaluateKey, evaluate);
    backend.read(network.reconstruction(), reconstruction, 0, batchRows);
    if (kl != null) {
      backend.read(network.bottleneck().kl(), kl, 0, batchRows);
    }
  }

  private void inferWith(Noise purpose, long seed, int firstRow, int position) {
    inference.set(backend, StepState.SEED, seed);
    inference.set(backend, StepState.PURPOSE, purpose.ordinal());
    inference.set(backend, StepState.SAMPLE, 0L);
    inference.set(backend, StepState.ROW_BASE, firstRow);
    inference.set(backend, StepState.POSITION, position);
  }

  private void onEncode() {
    network.encode(inference, rows, false, true);
  }

  private void onEncodeData() {
    gather(inference, network.input());
    onEncode();
  }

  private void onResample() {
    network.bottleneck().sample(inference, rows);
    network.decode(rows, false);
    network.losses(rows);
  }

  private void onLogits() {
    network.decode(rows, false);
  }

  private void onDecode() {
    onLogits();
    network.expectation(rows);
  }

  private void onSample() {
    backend.standardNormal(inference, rows, network.bottleneck().z());
  }

  private void onEvaluate() {
    onEncodeData();
    network.decode(rows, false);
    network.losses(rows);
  }

  private void gather(StepState state, Tensor x) {
    backend.gather(state, data.rows(), rows, x);
  }

  // ---- data ----

  /**
   * Puts a data set into device memory.
   *
   * @param type U8 or F32
   * @param stored its elements, row-major [size, features]
   */
  public ResidentData upload(
      ElementType type, MemorySegment stored, int size, Preprocessing preprocessing) {
    int features = config.input().shape().features();
    return new ResidentData(backend, residents++, type, stored, size, features, preprocessing);
  }

  /** Frees all but the data sets. */
  @Override
  public void close() {
    try {
      freeNetwork();
    } finally {
      tensors.free();
    }
  }

  private void freeNetwork() {
    if (network != null) {
      Network old = network;
      network = null;
      old.free();
    }
  }

  /** Keys are kept from step to step: a step allocates nothing. */
  private StepKey keyFor(StepKey last, String name) {
    return last != null && last.rows() == rows && last.name().equals(name)
        ? last
        : new StepKey(name, rows);
  }
}
