package gpuvae.backend.cpu;

/** Work cut in pieces that may run in any order and at the same time. */
interface Task {
  /**
   * Does one piece.
   *
   * @param chunk which, from 0
   * @param worker who does it, from 0: no two at a time have the same number
   */
  void run(int chunk, int worker);
}
