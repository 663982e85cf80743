package gpuvae.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that share a {@link Task}'s pieces with the thread that asks. They spin for a while after
 * each task, since in a training step the next follows in microseconds, then park. Running a task
 * allocates nothing.
 */
final class WorkerPool implements AutoCloseable {
  private static final int SPINS = 20_000;
  private static final int SPINS_BEFORE_YIELD = 2_000;

  private final Thread[] threads;
  private final boolean[] parked;

  /** Pieces of the current task that nobody has taken; whoever lowers it owns one. */
  private final AtomicInteger remaining = new AtomicInteger();

  private final AtomicInteger unfinished = new AtomicInteger();
  private volatile boolean closed;

  /**
   * Volatile, so that C2 does not see which task it calls: it would inline one operation of a step
   * after the other until it gives up in the midst of a kernel, whose vectors are on the heap then.
   */
  private volatile Task task;

  // Written before `remaining` is raised, read after it is lowered.
  private int chunks;
  private volatile Throwable failure;

  /**
   * Starts the threads.
   *
   * @param workers how many work, the caller included
   */
  WorkerPool(int workers) {
    threads = new Thread[workers - 1];
    parked = new boolean[workers - 1];
    for (int i = 0; i < threads.length; i++) {
      int index = i;
      threads[i] =
          Thread.ofPlatform().daemon().name("gpuvae-cpu-" + (i + 1)).unstarted(() -> serve(index));
    }
    for (Thread thread : threads) {
      thread.start();
    }
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
    chunks = newChunks;
    unfinished.set(newChunks);
    remaining.set(newChunks);
    wake();
    while (runOne(0)) {}
    for (int spins = 0; unfinished.get() > 0; spins++) {
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

  private boolean runOne(int worker) {
    int left = remaining.get();
    while (left > 0 && !remaining.compareAndSet(left, left - 1)) {
      left = remaining.get();
    }
    if (left == 0) {
      return false;
    }
    try {
      task.run(chunks - left, worker);
    } catch (Throwable thrown) {
      failure = thrown;
    } finally {
      unfinished.decrementAndGet();
    }
    return true;
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
    while (remaining.get() == 0 && !closed && isParked(index)) {
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
