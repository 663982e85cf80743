package gpuvae.backend;

/** Whether pixels in [0, 1] are read as probabilities of 0 and 1. */
public enum Binarisation {
  /** Pixels stay as they are. */
  NONE,
  /** Each pixel of the data set is drawn once, from a seed of its own: the same in every epoch. */
  STATIC,
  /** Each pixel is drawn anew whenever its row is gathered. */
  DYNAMIC
}
