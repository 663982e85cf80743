package gpuvae;

import gpuvae.backend.Backend;
import gpuvae.backend.Device;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.config.Schedule;
import gpuvae.config.VaeConfig;
import gpuvae.data.Batch;
import gpuvae.data.Dataset;
import gpuvae.io.ModelFolder;
import gpuvae.io.TrainingState;
import gpuvae.io.Weights;
import gpuvae.model.ParameterLayout;
import gpuvae.model.Statistics;
import gpuvae.model.VaeModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A variational autoencoder on a device: train it, look through it, keep it.
 *
 * <p>Samples are rows of {@code config.input().shape().features()} floats, row-major, in the range
 * that the model is trained on (pixels as 0 to 1 for the presets). One instance serves many
 * threads, one call at a time. After {@link #close} every method throws an {@link
 * IllegalStateException}. Any may throw {@link gpuvae.backend.OutOfDeviceMemoryException}, after
 * which the instance goes on, or {@link gpuvae.backend.DeviceFailedException} with what the device
 * reports.
 */
public final class GpuVae implements AutoCloseable {
  /** Samples of a row that {@link #logWeights} can draw: what the noise counter tells apart. */
  public static final int MOST_WEIGHTS = 65_536;

  private final ReentrantLock lock = new ReentrantLock();
  private final VaeConfig config;
  private final Device device;
  private final Backend backend;
  private final VaeModel model;
  private final ResidentSets residents;
  private final Inference inference;
  private final long seed;
  private final int features;
  private final int latent;
  private boolean closed;

  private GpuVae(VaeConfig config, Device device, long seed) {
    this.config = config;
    this.device = device;
    this.seed = seed;
    features = config.input().shape().features();
    latent = config.latent();
    backend = device.open();
    try {
      model = new VaeModel(backend, config, seed);
      residents = new ResidentSets(model, config);
      inference = new Inference(config, model, residents, seed);
    } catch (RuntimeException | Error e) {
      closeAfter(backend, e);
      throw e;
    }
  }

  /** Closes because of a failure, which stays the one that is told. */
  private static void closeAfter(AutoCloseable closing, Throwable failure) {
    try {
      closing.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * A model with fresh parameters, initialised as PyTorch initialises nn.Linear.
   *
   * @param seed of parameters and noise: the same seed gives the same bits on the same device
   * @throws gpuvae.backend.DeviceUnavailableException if the device cannot be used
   */
  public static GpuVae create(VaeConfig config, Device device, long seed) {
    return new GpuVae(config, device, seed);
  }

  /**
   * A saved model (model.safetensors and config.json), with a fresh optimizer. To go on with
   * training, see {@link #resume}.
   *
   * @throws IOException if a file is missing, damaged, or does not fit the configuration
   */
  public static GpuVae load(Path folder, Device device) throws IOException {
    VaeConfig config = ModelFolder.readConfig(folder);
    Weights weights = ModelFolder.readWeights(folder, new ParameterLayout(config));
    GpuVae vae = new GpuVae(config, device, 0);
    try {
      vae.restore(weights, 0);
      return vae;
    } catch (RuntimeException | Error e) {
      closeAfter(vae, e);
      throw e;
    }
  }

  /**
   * A model and its optimizer as {@link #save} left them: what is computed next has the same bits
   * as if training had never been stopped.
   *
   * @throws IOException if the folder's training state is missing or damaged
   */
  public static GpuVae resume(Path folder, Device device) throws IOException {
    return resume(ModelFolder.readState(folder), device);
  }

  /**
   * A model as {@link #trainingState} left it: what it computes next has the same bits as if it had
   * never been stopped.
   */
  public static GpuVae resume(TrainingState state, Device device) {
    GpuVae vae = new GpuVae(state.config(), device, state.seed());
    try {
      vae.restore(state);
      return vae;
    } catch (RuntimeException | Error e) {
      closeAfter(vae, e);
      throw e;
    }
  }

  private void restore(TrainingState state) {
    var parameters = model.parameters();
    int size = parameters.layout().flatSize();
    restore(state.weights(), state.words()[StepState.STEP]);
    backend.write(parameters.firstMoment(), state.firstMoment(), 0, size);
    backend.write(parameters.secondMoment(), state.secondMoment(), 0, size);
    model.restoreTraining(state.words());
  }

  /** Parameters and running statistics, after as many steps of this model. */
  private void restore(Weights weights, long steps) {
    backend.write(
        model.parameters().values(), weights.parameters(), 0, weights.parameters().length);
    Statistics statistics = model.parameters().statistics();
    if (statistics.running() != null) {
      backend.write(statistics.running(), weights.statistics(), 0, weights.statistics().length);
    }
    statistics.batchesBefore(weights.batchesTracked() - steps);
  }

  private Weights weights(long steps) {
    Statistics statistics = model.parameters().statistics();
    return new Weights(
        copy(model.parameters().values()),
        statistics.running() == null ? new float[0] : copy(statistics.running()),
        statistics.batchesBefore() + steps);
  }

  /** What it is. */
  public VaeConfig config() {
    return config;
  }

  /** Where it runs, and why there. */
  public Device device() {
    return device;
  }

  /** The seed it was created with; 0 for a loaded one. */
  public long seed() {
    return seed;
  }

  /** The number of parameters. */
  public long parameterCount() {
    return model.parameters().layout().parameterCount();
  }

  // ---- training ----

  /**
   * One optimizer step on a batch. Copies it and returns; the device may still be at work.
   *
   * @param batch [rows, features]
   * @throws IllegalArgumentException if the length is not a multiple of the features, or 0
   */
  public StepLoss trainStep(float[] batch) {
    return trainStep(batch, null);
  }

  /**
   * One optimizer step with given noise in place of drawn.
   *
   * @param batch [rows, features]
   * @param noise [rows, latent], standard normal, with as many rows for each as importance samples;
   *     null to draw it
   * @throws IllegalArgumentException if the batch's length is not a multiple of the features, or 0,
   *     or the noise has not as many values, or the model does not sample
   */
  public StepLoss trainStep(float[] batch, float[] noise) {
    int rows = Inference.rowsOf(batch, features, "batch");
    int draws = rows * config.controls().importanceSamples();
    if (noise != null && (!config.isVariational() || noise.length != draws * latent)) {
      throw new IllegalArgumentException(
          "noise has %d values, expected %s"
              .formatted(
                  noise.length,
                  config.isVariational()
                      ? draws + " rows of " + latent
                      : "none: " + config.name() + " does not sample"));
    }
    enter();
    try {
      model.schedule();
      model.trainStep(batch, rows, noise);
      return endStep();
    } finally {
      lock.unlock();
    }
  }

  /**
   * One optimizer step on a batch in native or heap memory.
   *
   * @param batch float32, [rows, features]
   * @param rows how many
   * @throws IllegalArgumentException if the segment does not hold exactly these rows
   */
  public StepLoss trainStep(MemorySegment batch, int rows) {
    if (rows < 1 || batch.byteSize() != 4L * rows * features) {
      throw new IllegalArgumentException(
          "batch has %d bytes, expected %d rows of %d floats"
              .formatted(batch.byteSize(), rows, features));
    }
    enter();
    try {
      model.schedule();
      model.trainStep(batch, rows);
      return endStep();
    } finally {
      lock.unlock();
    }
  }

  /**
   * One optimizer step on rows of a data set. The set goes to the device once and stays there;
   * normalisation and binarisation are done there.
   *
   * @throws IllegalArgumentException if its samples have another number of features
   */
  public StepLoss trainStep(Batch batch) {
    enter();
    try {
      model.schedule();
      model.trainStep(residents.visit(batch.order()), batch.start(), batch.rows());
      return endStep();
    } finally {
      lock.unlock();
    }
  }

  private StepLoss endStep() {
    long step = model.attempts() - 1;
    backend.mark(step);
    return new StepLoss(this, step);
  }

  /**
   * Losses of all accepted steps since the last {@link #resetRunningLoss}; waits for the device. To
   * wait for less, see {@link StepLoss#running}.
   */
  public RunningLoss runningLoss() {
    return inside(() -> RunningLoss.of(model.training().read(backend)));
  }

  /** Begins new running sums. */
  public void resetRunningLoss() {
    enter();
    try {
      for (int word :
          new int[] {
            StepState.TOTAL_RECONSTRUCTION,
            StepState.TOTAL_KL,
            StepState.TOTAL_ROWS,
            StepState.TOTAL_REFUSED
          }) {
        model.training().set(backend, word, 0L);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The learning rate of the steps from now on.
   *
   * @throws IllegalStateException if it follows a schedule
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public void learningRate(double rate) {
    Schedule schedule = config.controls().learningRate();
    if (!schedule.equals(Schedule.CONSTANT)) {
      throw new IllegalStateException(
          "the learning rate follows " + schedule + ": set it with a constant schedule only");
    }
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "learningRate is " + rate + ", allowed: positive, finite numbers");
    }
    enter();
    try {
      model.training().set(backend, StepState.LEARNING_RATE, rate);
    } finally {
      lock.unlock();
    }
  }

  /** The fields of the loss ring's slot of a step; of another one if that has taken the slot. */
  double[] readSlot(long step) {
    enter();
    try {
      double[] fields = new double[StepState.RING_FIELDS];
      Tensor slot =
          model.training().ring().view(step % StepState.RING_SLOTS * fields.length, fields.length);
      // A slot that a step under way may be writing is read behind all steps.
      if (model.attempts() - step > StepState.RING_SLOTS) {
        backend.read(slot, MemorySegment.ofArray(fields));
      } else {
        backend.readMarked(step, slot, MemorySegment.ofArray(fields));
      }
      return fields;
    } finally {
      lock.unlock();
    }
  }

  // ---- looking through it ----

  /**
   * The posterior of each sample.
   *
   * @param x [rows, features]
   * @throws IllegalArgumentException if the length is not a multiple of the features, or 0
   */
  public Posterior encode(float[] x) {
    return inside(() -> inference.encode(x));
  }

  /**
   * The posterior of samples of a data set, read as in training: scaled and normalised or
   * binarised. A dynamic binarisation is drawn as {@link #evaluate} draws it.
   *
   * @param start the first row
   * @param rows how many
   * @throws IndexOutOfBoundsException if the set has not these rows
   * @throws IllegalArgumentException if its samples have another number of features
   */
  public Posterior encode(Dataset dataset, int start, int rows) {
    return inside(() -> inference.encode(dataset, start, rows));
  }

  /**
   * What the decoder expects for each z: with Bernoulli probabilities, else the output itself.
   *
   * @param z [rows, latent]
   * @return [rows, features]
   * @throws IllegalArgumentException if the length is not a multiple of the latents, or 0
   */
  public float[] decode(float[] z) {
    return inside(() -> inference.decode(z));
  }

  /**
   * What the decoder gives for each z, as logits: probabilities near 0 and 1 keep their digits.
   *
   * @param z [rows, latent]
   * @return [rows, features]
   * @throws IllegalStateException if the likelihood is not Bernoulli
   * @throws IllegalArgumentException if the length is not a multiple of the latents, or 0
   */
  public float[] logits(float[] z) {
    return inside(() -> inference.logits(z));
  }

  /**
   * Each sample encoded and its posterior mean decoded.
   *
   * @param x [rows, features]
   * @return [rows, features]
   * @throws IllegalArgumentException if the length is not a multiple of the features, or 0
   */
  public float[] reconstruct(float[] x) {
    return inside(() -> inference.decode(inference.encode(x).mean()));
  }

  /**
   * Samples from the model: z from the standard normal prior, decoded.
   *
   * @param count how many
   * @param seed the same seed gives the same samples
   * @return [count, features]
   * @throws IllegalArgumentException if the count is below 1
   */
  public float[] sample(int count, long seed) {
    return sample(count, seed, 1);
  }

  /**
   * Samples from the model with a prior of another width.
   *
   * @param count how many
   * @param seed the same seed gives the same draws
   * @param temperature standard deviation of z: below 1 for more typical samples, above for more
   *     unusual ones, 0 for nothing but what z = 0 decodes to
   * @return [count, features]
   * @throws IllegalArgumentException if the count is below 1 or the temperature negative, infinite
   *     or not a number
   */
  public float[] sample(int count, long seed, double temperature) {
    return inside(() -> inference.sample(count, seed, temperature));
  }

  /**
   * Mean losses over a data set, with one sample of z an image; the same numbers each time.
   *
   * @throws IllegalArgumentException if its samples have another number of features
   */
  public Evaluation evaluate(Dataset dataset) {
    return inside(() -> inference.evaluate(dataset));
  }

  /**
   * Importance weights: log p(x, z) - log q(z | x), in nats, of samples z of each row's posterior
   * (Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", 2016). Their mean is the
   * ELBO. As in all losses, a {@link gpuvae.config.Likelihood#constant} is left out. The same
   * weights each time: their noise is counted by row and sample and shared with nothing else; more
   * samples begin with those of fewer.
   *
   * @param start the first row
   * @param rows how many
   * @param samples of each row, 1 to {@value #MOST_WEIGHTS}
   * @return [rows, samples]
   * @throws IndexOutOfBoundsException if the set has not these rows
   * @throws IllegalArgumentException if the model does not sample, for another number of samples,
   *     or of features
   */
  public double[] logWeights(Dataset dataset, int start, int rows, int samples) {
    return inside(() -> inference.logWeights(dataset, start, rows, samples));
  }

  // ---- parameters ----

  /** All parameters by name, copied from the device, each row-major in its shape. */
  public Map<String, float[]> parameters() {
    return named(model.parameters().values());
  }

  /** The last step's gradients by parameter name: of the loss summed over the batch. */
  public Map<String, float[]> gradients() {
    return named(model.parameters().gradients());
  }

  private Map<String, float[]> named(Tensor flat) {
    enter();
    try {
      float[] values = new float[model.parameters().layout().flatSize()];
      backend.read(flat, values, 0, values.length);
      Map<String, float[]> byName = new LinkedHashMap<>();
      for (ParameterLayout.Entry entry : model.parameters().layout().entries()) {
        byName.put(
            entry.name(),
            Arrays.copyOfRange(values, entry.offset(), entry.offset() + entry.size()));
      }
      return byName;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Replaces one parameter.
   *
   * @param name as in {@link #parameters}
   * @param values row-major in its shape
   * @throws IllegalArgumentException if there is no such parameter, or it has another size
   */
  public void parameter(String name, float[] values) {
    ParameterLayout.Entry entry = model.parameters().layout().entry(name);
    if (values.length != entry.size()) {
      throw new IllegalArgumentException(
          "%s has shape %s, got %d values".formatted(name, entry.shape(), values.length));
    }
    enter();
    try {
      backend.write(
          model.parameters().values().view(entry.offset(), entry.size()), values, 0, values.length);
    } finally {
      lock.unlock();
    }
  }

  // ---- keeping it ----

  /** A copy of all that inference needs: parameters and running statistics. */
  public Weights weights() {
    return inside(() -> weights(model.training().read(backend)[StepState.STEP]));
  }

  /**
   * Saves all there is: training state, config.json and model.safetensors, each written under a
   * temporary name and renamed, so that the folder can be loaded at any moment.
   *
   * @throws IOException if a file cannot be written; what was there before stays
   */
  public void save(Path folder) throws IOException {
    save(folder, Map.of());
  }

  /**
   * Saves all there is, with notes of the caller's in the training state.
   *
   * @param notes kept for {@link TrainingState#notes}
   * @throws IOException if a file cannot be written; what was there before stays
   */
  public void save(Path folder, Map<String, String> notes) throws IOException {
    ModelFolder.write(folder, trainingState(notes));
  }

  /**
   * Saves config.json and model.safetensors, what {@link #load} reads, without the training state.
   *
   * @throws IOException if a file cannot be written; what was there before stays
   */
  public void saveModel(Path folder) throws IOException {
    enter();
    try {
      ModelFolder.write(folder, config, weights(model.training().read(backend)[StepState.STEP]));
    } finally {
      lock.unlock();
    }
  }

  /** A copy of all that training needs to go on. */
  public TrainingState trainingState(Map<String, String> notes) {
    enter();
    try {
      long[] words = model.training().read(backend);
      return new TrainingState(
          config,
          seed,
          weights(words[StepState.STEP]),
          copy(model.parameters().firstMoment()),
          copy(model.parameters().secondMoment()),
          words,
          Map.copyOf(notes));
    } finally {
      lock.unlock();
    }
  }

  private float[] copy(Tensor flat) {
    float[] values = new float[(int) flat.size()];
    backend.read(flat, values, 0, values.length);
    return values;
  }

  // ---- life ----

  private void enter() {
    lock.lock();
    if (closed) {
      lock.unlock();
      throw new IllegalStateException("this GpuVae is closed");
    }
  }

  /** What is asked rarely enough for a lambda; a step takes the lock itself. */
  private <T> T inside(Supplier<T> question) {
    enter();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  /** Frees everything on the device; idempotent. Losses not read before cannot be read after. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        try (backend;
            model) {
          residents.free();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
