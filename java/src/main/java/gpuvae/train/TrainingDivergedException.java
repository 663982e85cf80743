package gpuvae.train;

/** Too many steps in a row had a loss or gradient that is not finite; the message has advice. */
public final class TrainingDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With advice. */
  public TrainingDivergedException(String message) {
    super(message);
  }
}
