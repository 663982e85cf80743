package gpuvae.backend.cuda;

import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaEvent;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaStream;

/**
 * A stream that leaves the steps' and joins it again: in a capture a second branch of the graph.
 */
final class SideStream implements Part {
  private final CudaStream steps;
  private final CudaStream side;
  private final CudaEvent left;
  private final CudaEvent done;
  private final Faults faults;
  private final Launcher launcher;

  SideStream(CudaContext context, CudaStream steps, Faults faults) {
    this.steps = steps;
    this.faults = faults;
    side = context.createStream();
    left = context.createEvent();
    done = context.createEvent();
    launcher = new Launcher(context, side, faults);
  }

  /** What launches on it. */
  Launcher launcher() {
    return launcher;
  }

  /** Gives work to the steps' stream and, beside it, work to this one. */
  void beside(Runnable work, Runnable aside) {
    try {
      steps.record(left);
      work.run();
      side.waitFor(left);
      join(aside);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  /** What could not be joined is waited for: nothing would be in order with it. */
  private void join(Runnable aside) {
    try {
      aside.run();
      side.record(done);
      steps.waitFor(done);
    } catch (RuntimeException e) {
      try {
        side.synchronize();
      } catch (CudaException worse) {
        e.addSuppressed(worse);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    new Cleanup().then(left::close).then(done::close).then(side::close).end();
  }
}
