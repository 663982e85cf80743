package gpuvae.backend.cuda;

import java.util.function.Supplier;

/** What only some models need: made when it is asked for first, in a step's plain run. */
final class Lazy<T> implements Part {
  private final Launcher launcher;
  private final Faults faults;
  private final Supplier<T> maker;
  private T made;

  Lazy(Launcher launcher, Faults faults, Supplier<T> maker) {
    this.launcher = launcher;
    this.faults = faults;
    this.maker = maker;
  }

  T get() {
    if (made == null) {
      launcher.enter();
      faults.translate(() -> made = maker.get());
    }
    return made;
  }

  /** Closes what was made, if that is something to close. */
  @Override
  public void close() {
    if (made instanceof Part part) {
      part.close();
    }
  }
}
