package gpuvae.backend.cpu;

import java.util.Arrays;

/**
 * A convolution along one axis as correlations without stride: every step-th element of the source
 * lies on a line of its own, with zeros before it, and every step-th element v of the target sees
 * elements v + shift of these lines. A line's zeros at the end are those at the beginning of the
 * next.
 */
final class Axis {
  /**
   * Elements first, first + step ... of the source, which lie at places lead, lead + 1 ...
   *
   * @param count how many there are
   */
  record Source(int first, int count, int lead) {}

  /**
   * Elements first, first + step ... of the target.
   *
   * @param count how many there are
   * @param taps the filter's elements that they are made with
   * @param sources which line a tap sees
   * @param shifts where on it element 0 does
   */
  record Target(int first, int count, int[] taps, int[] sources, int[] shifts) {}

  final Source[] sources;
  final int sourceStep;
  final Target[] targets;
  final int targetStep;

  /** From the beginning of a line to the next. */
  final int period;

  private Axis(Source[] sources, int sourceStep, Target[] targets, int targetStep) {
    this.sources = sources;
    this.sourceStep = sourceStep;
    this.targets = targets;
    this.targetStep = targetStep;
    int longest = 1;
    for (Source source : sources) {
      longest = Math.max(longest, source.lead + source.count);
    }
    for (Target target : targets) {
      longest = Math.max(longest, target.count);
      for (int i = 0; i < target.taps.length; i++) {
        // What is seen beyond the end is the next line's zeros.
        int lead = sources[target.sources[i]].lead;
        longest = Math.max(longest, target.count + target.shifts[i] - lead);
      }
    }
    period = longest;
  }

  /** From a convolution's input to its output. */
  static Axis forward(int in, int out, int kernel, int stride, int padding) {
    Source[] sources = new Source[Math.min(stride, kernel)];
    for (int phase = 0; phase < sources.length; phase++) {
      int lead = Math.max(0, Math.ceilDiv(padding - phase, stride));
      int first = lead * stride + phase - padding;
      int seen = out - 1 + Math.ceilDiv(kernel - phase, stride) - lead;
      int count = Math.max(0, Math.min(seen, Math.ceilDiv(in - first, stride)));
      sources[phase] = new Source(first, count, lead);
    }
    int[] taps = new int[kernel];
    int[] phases = new int[kernel];
    int[] shifts = new int[kernel];
    for (int tap = 0; tap < kernel; tap++) {
      taps[tap] = tap;
      phases[tap] = tap % stride;
      shifts[tap] = tap / stride;
    }
    return new Axis(sources, stride, new Target[] {new Target(0, out, taps, phases, shifts)}, 1);
  }

  /** From the gradient of a convolution's output to that of its input. */
  static Axis backward(int in, int out, int kernel, int stride, int padding) {
    int lead = 0;
    for (int phase = 0; phase < stride; phase++) {
      lead = Math.max(lead, taps(kernel, stride, phase) - 1 - firstPlace(stride, padding, phase));
    }
    Target[] targets = new Target[stride];
    for (int phase = 0; phase < stride; phase++) {
      int place = firstPlace(stride, padding, phase);
      int first = place * stride + phase - padding;
      int[] taps = new int[taps(kernel, stride, phase)];
      int[] shifts = new int[taps.length];
      for (int i = 0; i < taps.length; i++) {
        taps[i] = phase + i * stride;
        shifts[i] = lead + place - i;
      }
      int count = Math.max(0, Math.ceilDiv(in - first, stride));
      targets[phase] = new Target(first, count, taps, new int[taps.length], shifts);
    }
    return new Axis(new Source[] {new Source(0, out, lead)}, 1, targets, stride);
  }

  /** Elements of the filter that meet every stride-th element of the padded input. */
  private static int taps(int kernel, int stride, int phase) {
    return Math.max(0, Math.ceilDiv(kernel - phase, stride));
  }

  /** The first of these elements that is not padding. */
  private static int firstPlace(int stride, int padding, int phase) {
    return Math.max(0, Math.ceilDiv(padding - phase, stride));
  }

  /** The most zeros before a line's first element. */
  int longestLead() {
    return Arrays.stream(sources).mapToInt(Source::lead).max().orElse(0);
  }

  /** The most elements of a target. */
  int longestTarget() {
    return Arrays.stream(targets).mapToInt(Target::count).max().orElse(0);
  }

  /** The farthest that a target's first element sees. */
  int farthestShift() {
    return Arrays.stream(targets).flatMapToInt(t -> Arrays.stream(t.shifts)).max().orElse(0);
  }
}
