package gpuvae.backend.cuda;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock a device, for all its models. What waits for the whole of a device, as making and
 * destroying cuBLAS' handles and the end of a context's work do, spoils what any thread is
 * recording on it; so nobody does that while a step is recorded.
 */
final class DeviceLock {
  private static final Map<Integer, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private DeviceLock() {}

  /** Runs what must not meet another thread's of the same device. */
  static void hold(int device, Runnable work) {
    ReentrantLock lock = LOCKS.computeIfAbsent(device, index -> new ReentrantLock());
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }
}
