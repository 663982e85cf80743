package gpuvae.cuda;

/** Things to free, each one whatever becomes of the others. */
public final class Cleanup {
  private RuntimeException failure;

  /** Nothing yet. */
  public Cleanup() {}

  /** Frees one. */
  public Cleanup then(Runnable freeing) {
    try {
      freeing.run();
    } catch (RuntimeException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
    return this;
  }

  /** Throws the first failure, if there was one; it has the others. */
  public void end() {
    if (failure != null) {
      throw failure;
    }
  }
}
