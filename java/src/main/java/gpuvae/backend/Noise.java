package gpuvae.backend;

/**
 * What random words are drawn for. A purpose is part of the Philox counter, so that no two uses of
 * one seed ever share words.
 */
public enum Noise {
  /** The sample of z in a training step. */
  TRAIN,
  /** The sample of z in an evaluation. */
  EVALUATE,
  /** z drawn from the prior. */
  SAMPLE,
  /** Dynamic binarisation: new pixels each time a row is gathered. */
  BINARISE,
  /** Static binarisation: pixels drawn once for each row of a data set. */
  BINARISE_ONCE,
  /** Initial parameters. */
  INITIALISE,
  /** Samples of the posterior that weigh its fit: the importance-weighted bound. */
  IMPORTANCE
}
