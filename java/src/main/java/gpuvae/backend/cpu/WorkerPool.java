package gpuvae.backend.cpu;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that share a {@link Task}'s pieces with the thread that asks. Each has a range of them,
 * the same one for the same count: what it wrote in one task it finds in its own caches in the
 * next, and cores may be far from each other. Whoever is done takes from the ends of the others'
 * ranges. They spin for a while after each task, since in a training step the next follows in
 * microseconds, then park. Running a task allocates nothing.
 */
final class WorkerPool implements AutoCloseable {
  private static final int SPINS = 20_000;
  private static final int SPINS_BEFORE_YIELD = 2_000;

  /** Between the workers' words, in words: so that none shares a cache line, or the pair of one. */
  private static final int APART = 32;

  private final Thread[] threads;
  private final boolean[] parked;

  /**
   * Each worker's pieces that nobody has taken: the first in the upper half, the end in the lower
   * one. Whoever narrows the range owns a piece.
   */
  private final AtomicLongArray ranges;

  /** How many pieces of the task each worker has done. */
  private final AtomicIntegerArray done;

  private volatile boolean closed;

  /**
   * Volatile, so that C2 does not see which task it calls: it would inline one operation of a step
   * after the other until it gives up in the midst of a kernel, whose vectors are on the heap then.
   */
  private volatile Task task;

  private volatile Throwable failure;

  /**
   * Starts the threads.
   *
   * @param workers how many work, the caller included
   */
  WorkerPool(int workers) {
    threads = new Thread[workers - 1];
    parked = new boolean[workers - 1];
    ranges = new AtomicLongArray(workers * APART);
    done = new AtomicIntegerArray(workers * APART);
    for (int i = 0; i < threads.length; i++) {
      int index = i;
      threads[i] =
          Thread.ofPlatform().daemon().name("gpuvae-cpu-" + (i + 1)).unstarted(() -> serve(index));
    }
    for (Thread thread : threads) {
      thread.start();
    }
  }

  /** The first piece of a worker's range. */
  static int first(int worker, int workers, int chunks) {
    return (int) ((long) worker * chunks / workers);
  }

  /** Whose range a piece is in. */
  static int owner(int chunk, int workers, int chunks) {
    return (int) (((chunk + 1L) * workers - 1) / chunks);
  }

  private static long range(int first, int end) {
    return (long) first << Integer.SIZE | end;
  }

  /** How many work on a task, the caller included. */
  int workers() {
    return threads.length + 1;
  }

  /**
   * Runs all pieces and returns when they are done. What a piece throws is thrown here, after the
   * others have ended.
   */
  void run(Task newTask, int newChunks) {
    task = newTask;
    if (newChunks <= 1 || threads.length == 0) {
      for (int chunk = 0; chunk < newChunks; chunk++) {
        task.run(chunk, 0);
      }
      return;
    }
    for (int worker = 0; worker < workers(); worker++) {
      done.set(worker * APART, 0);
    }
    for (int worker = 0; worker < workers(); worker++) {
      int first = first(worker, workers(), newChunks);
      ranges.set(worker * APART, range(first, first(worker + 1, workers(), newChunks)));
    }
    wake();
    while (runOne(0)) {}
    for (int spins = 0; doneByAll() < newChunks; spins++) {
      pause(spins);
    }
    task = null;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      WorkerPool.<RuntimeException>rethrow(thrown);
    }
  }

  /** Throws anything as it is, checked or not. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
    throw (E) thrown;
  }

  private int doneByAll() {
    int sum = 0;
    for (int worker = 0; worker < workers(); worker++) {
      sum += done.get(worker * APART);
    }
    return sum;
  }

  /** A piece of the worker's own range, or else of another one's. */
  private boolean runOne(int worker) {
    for (int i = 0; i < workers(); i++) {
      int at = (worker + i) % workers() * APART;
      for (long range = ranges.get(at); !isEmpty(range); range = ranges.get(at)) {
        int first = (int) (range >>> Integer.SIZE);
        int end = (int) range;
        boolean own = i == 0;
        if (ranges.compareAndSet(at, range, own ? range(first + 1, end) : range(first, end - 1))) {
          run(own ? first : end - 1, worker);
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isEmpty(long range) {
    return range >>> Integer.SIZE >= (int) range;
  }

  private void run(int chunk, int worker) {
    try {
      task.run(chunk, worker);
    } catch (Throwable thrown) {
      failure = thrown;
    } finally {
      done.incrementAndGet(worker * APART);
    }
  }

  private boolean isAnythingLeft() {
    for (int worker = 0; worker < workers(); worker++) {
      if (!isEmpty(ranges.get(worker * APART))) {
        return true;
      }
    }
    return false;
  }

  private void serve(int index) {
    int idle = 0;
    while (!closed) {
      if (runOne(index + 1)) {
        idle = 0;
      } else if (++idle < SPINS) {
        Thread.onSpinWait();
      } else {
        park(index);
        idle = 0;
      }
    }
  }

  private void park(int index) {
    synchronized (parked) {
      parked[index] = true;
    }
    while (!isAnythingLeft() && !closed && isParked(index)) {
      LockSupport.park(this);
    }
    synchronized (parked) {
      parked[index] = false;
    }
  }

  private boolean isParked(int index) {
    synchronized (parked) {
      return parked[index];
    }
  }

  private void wake() {
    synchronized (parked) {
      for (int i = 0; i < threads.length; i++) {
        if (parked[i]) {
          parked[i] = false;
          LockSupport.unpark(threads[i]);
        }
      }
    }
  }

  private static void pause(int spins) {
    if (spins < SPINS_BEFORE_YIELD) {
      Thread.onSpinWait();
    } else {
      // Someone else has the core of the worker that is waited for.
      Thread.yield();
    }
  }

  /** Ends the threads; idempotent. */
  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
