package gpuvae.config;

/**
 * How a setting varies while a model is trained: a factor for each step. It depends on the step's
 * number alone, so that a resumed run goes on as if it had never been stopped. Lengths are in steps
 * (batches), attempts that were refused included.
 */
public sealed interface Schedule {
  /** The factor 1 throughout. */
  Schedule CONSTANT = new Constant();

  /**
   * The setting's factor.
   *
   * @param step 0 for the model's first
   */
  double factor(long step);

  /** What the setting is as it is. */
  record Constant() implements Schedule {
    @Override
    public double factor(long step) {
      return 1;
    }

    @Override
    public String toString() {
      return "constant";
    }
  }

  /**
   * From {@code from} to 1 in a straight line, then 1: a warm-up (of the KL term: Bowman et al.,
   * "Generating Sentences from a Continuous Space", 2016; Soenderby et al., "Ladder Variational
   * Autoencoders", 2016).
   *
   * @param from factor of step 0
   * @param steps at which 1 is reached
   */
  record Linear(double from, long steps) implements Schedule {
    /** Checks the fields. */
    public Linear {
      Check.notNegative("from of the linear schedule", from);
      Check.atLeastOne("steps of the linear schedule", steps);
    }

    @Override
    public double factor(long step) {
      return step >= steps ? 1 : from + (1 - from) * step / steps;
    }

    @Override
    public String toString() {
      return "linear from %s to 1 in %d steps".formatted(from, steps);
    }
  }

  /**
   * Again and again from 0 to 1 in a straight line and then 1 for the cycle's rest (Fu et al.,
   * "Cyclical Annealing Schedule", 2019, equations 6 and 7).
   *
   * @param period steps of a cycle
   * @param ramp the part of a cycle in which the factor grows, above 0 and at most 1; R there, 0.5
   */
  record Cyclical(long period, double ramp) implements Schedule {
    /** Checks the fields. */
    public Cyclical {
      Check.atLeastOne("period of the cyclical schedule", period);
      if (!(ramp > 0 && ramp <= 1)) {
        throw Check.refusal("ramp of the cyclical schedule", ramp, "above 0, at most 1");
      }
    }

    @Override
    public double factor(long step) {
      return Math.min(1, (double) (step % period) / period / ramp);
    }

    @Override
    public String toString() {
      return "cyclical, %d steps, ramp %s".formatted(period, ramp);
    }
  }

  /**
   * From 1 to {@code floor} along half a cosine, then floor (Loshchilov and Hutter, "SGDR", 2017,
   * without restarts; PyTorch's CosineAnnealingLR).
   *
   * @param steps at which the floor is reached
   * @param floor the last factor
   */
  record Cosine(long steps, double floor) implements Schedule {
    /** Checks the fields. */
    public Cosine {
      Check.atLeastOne("steps of the cosine schedule", steps);
      Check.notNegative("floor of the cosine schedule", floor);
    }

    @Override
    public double factor(long step) {
      // StrictMath: the same bits on every machine.
      return step >= steps
          ? floor
          : floor + (1 - floor) * 0.5 * (1 + StrictMath.cos(Math.PI * step / steps));
    }

    @Override
    public String toString() {
      return "cosine from 1 to %s in %d steps".formatted(floor, steps);
    }
  }

  /**
   * Times {@code times} after every so many steps (PyTorch's StepLR).
   *
   * @param every steps
   * @param times what it is multiplied by
   */
  record Stairs(long every, double times) implements Schedule {
    /** Checks the fields. */
    public Stairs {
      Check.atLeastOne("steps of the step schedule", every);
      Check.positive("factor of the step schedule", times);
    }

    @Override
    public double factor(long step) {
      return StrictMath.pow(times, step / every);
    }

    @Override
    public String toString() {
      return "x %s every %d steps".formatted(times, every);
    }
  }

  /**
   * A schedule as it is typed: {@code constant}, {@code linear:E[:FROM]}, {@code
   * cyclical:E[:RAMP]}, {@code cosine:E[:FLOOR]}, {@code step:E:FACTOR}. FROM and FLOOR are 0 if
   * not given, RAMP is 0.5.
   *
   * @param text E in epochs, also parts of one
   * @param stepsPerEpoch what an epoch is in steps
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  static Schedule parse(String text, long stepsPerEpoch) {
    String[] parts = text.strip().split(":", -1);
    try {
      if (parts.length == 1 && parts[0].equals("constant")) {
        return CONSTANT;
      }
      if (parts.length == 2 || parts.length == 3) {
        double epochs = Double.parseDouble(parts[1]);
        long steps = Math.max(epochs > 0 ? 1 : 0, Math.round(epochs * stepsPerEpoch));
        double more = parts.length == 3 ? Double.parseDouble(parts[2]) : Double.NaN;
        switch (parts[0]) {
          case "linear":
            return new Linear(parts.length == 3 ? more : 0, steps);
          case "cyclical":
            return new Cyclical(steps, parts.length == 3 ? more : 0.5);
          case "cosine":
            return new Cosine(steps, parts.length == 3 ? more : 0);
          case "step":
            return new Stairs(steps, more);
          default:
        }
      }
    } catch (NumberFormatException _) {
      // Refused below, with the whole text.
    }
    throw Check.refusal(
        "schedule",
        "'" + text + "'",
        "constant, linear:EPOCHS[:FROM], cyclical:EPOCHS[:RAMP], cosine:EPOCHS[:FLOOR],"
            + " step:EPOCHS:FACTOR");
  }
}
