package gpuvae.backend;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What varies from step to step, in device memory, so that a step's operations can be recorded once
 * and replayed: 64-bit words (integers, or the bits of a double) and a ring of recent losses.
 */
public final class StepState {
  /** Key of all noise. */
  public static final int SEED = 0;

  /** Steps begun, accepted or not: part of the noise counter and a step's number. */
  public static final int ATTEMPT = 1;

  /** Steps accepted: Adam's t. */
  public static final int STEP = 2;

  /** beta1^t (double): kept, since a float power breaks the first step's bias correction. */
  public static final int BETA1_POWER = 3;

  /** beta2^t (double). */
  public static final int BETA2_POWER = 4;

  /** Learning rate (double). */
  public static final int LEARNING_RATE = 5;

  /** Factor of the KL divergence (double). */
  public static final int KL_WEIGHT = 6;

  /** Row of the logical batch at which this (part of a) batch begins: part of the noise counter. */
  public static final int ROW_BASE = 7;

  /** Position in the data set's order at which the next batch begins. */
  public static final int POSITION = 8;

  /** Which of the two slots holds the next host batch. */
  public static final int SLOT = 9;

  /** What noise is drawn for: {@link Noise#ordinal}. */
  public static final int PURPOSE = 10;

  /** Which of several samples of one row is drawn. */
  public static final int SAMPLE = 11;

  /** 1 if this step's loss and gradient are finite, else 0. */
  public static final int ACCEPTED = 12;

  /** This step's reconstruction loss, summed over the batch (double, nats). */
  public static final int RECONSTRUCTION = 13;

  /** This step's KL divergence, summed over the batch (double, nats), without its weight. */
  public static final int KL = 14;

  /** This step's sum of squared gradients (double). */
  public static final int GRADIENT_SQUARES = 15;

  /** Sum of reconstruction losses of accepted steps since the last reset (double, nats). */
  public static final int TOTAL_RECONSTRUCTION = 16;

  /** Sum of KL divergences of accepted steps since the last reset (double, nats). */
  public static final int TOTAL_KL = 17;

  /** Rows in those sums. */
  public static final int TOTAL_ROWS = 18;

  /** Steps not accepted since the last reset. */
  public static final int TOTAL_REFUSED = 19;

  /** Steps not accepted since the last accepted one. */
  public static final int REFUSED_IN_A_ROW = 20;

  /** Number of words. */
  public static final int WORDS = 21;

  /** Steps whose losses can still be read. */
  public static final int RING_SLOTS = 1024;

  /**
   * Doubles a slot: attempt, rows, reconstruction, KL, squared gradient norm, accepted; then, with
   * this step in them, the words from {@link #TOTAL_RECONSTRUCTION} to {@link #REFUSED_IN_A_ROW}.
   */
  public static final int RING_FIELDS = 11;

  private final Tensor words;
  private final Tensor ring;

  /**
   * Allocates a state of zeros.
   *
   * @param tensors of its owner, who frees them
   */
  public StepState(Tensors tensors) {
    Backend backend = tensors.backend();
    words = tensors.allocate(ElementType.I64, WORDS);
    ring = tensors.allocate(ElementType.F64, RING_SLOTS, RING_FIELDS);
    backend.write(words, MemorySegment.ofArray(new long[WORDS]));
    double[] empty = new double[RING_SLOTS * RING_FIELDS];
    Arrays.fill(empty, -1);
    backend.write(ring, MemorySegment.ofArray(empty));
  }

  /** I64 [{@link #WORDS}]. */
  public Tensor words() {
    return words;
  }

  /** F64 [{@link #RING_SLOTS}, {@link #RING_FIELDS}]; slot of attempt a: a modulo the slots. */
  public Tensor ring() {
    return ring;
  }

  /** Sets a word, in order with the operations before and after. */
  public void set(Backend backend, int word, long value) {
    backend.writeLong(words, word, value);
  }

  /** Sets a word to the bits of a double. */
  public void set(Backend backend, int word, double value) {
    backend.writeLong(words, word, Double.doubleToRawLongBits(value));
  }

  /** Reads all words; waits for the device. */
  public long[] read(Backend backend) {
    long[] copy = new long[WORDS];
    backend.read(words, MemorySegment.ofArray(copy));
    return copy;
  }
}
