package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("scalar")
class WorkerPoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everyPieceIsDoneOnceAndNoWorkerIsInTwo(int workers) throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(workers)) {
      for (int round = 0; round < 2000; round++) {
        int chunks = round % 13;
        AtomicIntegerArray done = new AtomicIntegerArray(chunks);
        AtomicIntegerArray busy = new AtomicIntegerArray(workers);
        pool.run(
            (chunk, worker) -> {
              assertEquals(1, busy.incrementAndGet(worker));
              done.incrementAndGet(chunk);
              busy.decrementAndGet(worker);
            },
            chunks);
        for (int chunk = 0; chunk < chunks; chunk++) {
          assertEquals(1, done.get(chunk));
        }
        if (round % 500 == 0) {
          Thread.sleep(20); // long enough for the threads to park
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16})
  void everyPieceHasAnOwner(int workers) {
    for (int chunks = 1; chunks < 50; chunks++) {
      assertEquals(0, WorkerPool.first(0, workers, chunks));
      assertEquals(chunks, WorkerPool.first(workers, workers, chunks));
      for (int chunk = 0; chunk < chunks; chunk++) {
        int owner = WorkerPool.owner(chunk, workers, chunks);
        assertTrue(WorkerPool.first(owner, workers, chunks) <= chunk);
        assertTrue(chunk < WorkerPool.first(owner + 1, workers, chunks));
      }
    }
  }

  /** The first worker does not come back from a piece until all others are done. */
  @Test
  void anIdleWorkerTakesFromTheOthers() {
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicIntegerArray by = new AtomicIntegerArray(2);
      pool.run(
          (chunk, worker) -> {
            by.incrementAndGet(worker);
            while (worker == 0 && by.get(1) < 6) {
              Thread.onSpinWait();
            }
          },
          7);
      assertTrue(by.get(0) <= 1);
      assertEquals(7, by.get(0) + by.get(1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void whatAPieceThrowsReachesTheCaller(int workers) {
    try (WorkerPool pool = new WorkerPool(workers)) {
      for (int bad = 0; bad < 7; bad++) {
        IllegalStateException thrown = new IllegalStateException("piece " + bad);
        int which = bad;
        Task task =
            (chunk, worker) -> {
              if (chunk == which) {
                throw thrown;
              }
            };
        assertSame(thrown, assertThrows(IllegalStateException.class, () -> pool.run(task, 7)));
        AtomicIntegerArray done = new AtomicIntegerArray(7);
        pool.run((chunk, worker) -> done.incrementAndGet(chunk), 7);
        for (int chunk = 0; chunk < 7; chunk++) {
          assertEquals(1, done.get(chunk));
        }
      }
    }
  }

  @Test
  void closeEndsTheThreads() throws InterruptedException {
    WorkerPool pool = new WorkerPool(3);
    Thread[] threads = new Thread[3];
    // Each piece waits for the others, so that every worker takes one.
    AtomicIntegerArray arrived = new AtomicIntegerArray(1);
    pool.run(
        (chunk, worker) -> {
          threads[worker] = Thread.currentThread();
          arrived.incrementAndGet(0);
          while (arrived.get(0) < 3) {
            Thread.onSpinWait();
          }
        },
        3);
    pool.close();
    pool.close();
    for (int worker = 1; worker < 3; worker++) {
      assertTrue(threads[worker].isDaemon());
      assertTrue(threads[worker].join(java.time.Duration.ofSeconds(20)));
    }
  }
}
