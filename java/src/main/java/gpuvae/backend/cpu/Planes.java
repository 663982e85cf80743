package gpuvae.backend.cpu;

/** Work on each channel's plane of each image. */
final class Planes extends RowTask {
  /** Work on one plane. */
  interface Body {
    /**
     * Does it.
     *
     * @param plane row x channels + channel
     * @param worker who does it
     */
    void plane(int plane, int worker);
  }

  private final Body body;

  Planes(WorkerPool pool, Body body) {
    super(pool);
    this.body = body;
  }

  @Override
  void rows(int from, int to, int worker) {
    for (int plane = from; plane < to; plane++) {
      body.plane(plane, worker);
    }
  }
}
