package gpuvae.cli;

/** How many a second, over the last two to four seconds: the JIT's warm-up is soon forgotten. */
final class Rate {
  private static final long WINDOW_NANOS = 2_000_000_000L;

  private long time;
  private long count;
  private long nextTime;
  private long nextCount;
  private long perSecond;

  /** Starts at a time in nanoseconds, with so many done already. */
  void begin(long now, long done) {
    time = nextTime = now;
    count = nextCount = done;
  }

  /** So many are done now. */
  void mark(long now, long done) {
    if (now > time) {
      perSecond = Math.round((done - count) / ((now - time) * 1e-9));
    }
    if (now - nextTime >= WINDOW_NANOS) {
      time = nextTime;
      count = nextCount;
      nextTime = now;
      nextCount = done;
    }
  }

  long perSecond() {
    return perSecond;
  }
}
