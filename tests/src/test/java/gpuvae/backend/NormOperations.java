package gpuvae.backend;

import gpuvae.backend.reference.Formulas;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instance norm and batch norm, forward, backward and after training. */
abstract class NormOperations extends OperationsSuite {
  private static final int[] ROWS = {1, 5};
  private static final int[] CHANNELS = {1, 3, 64};
  private static final int[] PLANES = {1, 7, 7 * 7, 13 * 17, 28 * 28};

  /** More than a warp of a device holds, and more than a block. */
  private static final int[] LARGE_PLANES = {31 * 37, LONG};

  NormOperations(Supplier<Backend> supplier) {
    super(supplier);
  }

  /** A test of images of one size. */
  private interface Sized {
    void test(int rows, int channels, int plane, boolean residual);
  }

  private void forImages(Sized test) {
    for (int rows : ROWS) {
      for (int channels : CHANNELS) {
        for (int plane : PLANES) {
          test.test(rows, channels, plane, inputs.below(2) == 0);
          release();
        }
      }
    }
    for (int plane : LARGE_PLANES) {
      test.test(2, 3, plane, inputs.below(2) == 0);
      release();
    }
  }

  /** A plane of one pixel has no statistics of its own. */
  private void forPlanes(Sized test) {
    forImages(
        (rows, channels, plane, residual) -> {
          if (plane > 1) {
            test.test(rows, channels, plane, residual);
          }
        });
  }

  /** Planes of deviations from tiny to large, whose means may be a thousand times as large. */
  private Pair images(int rows, int channels, int plane) {
    float[] values = inputs.normal(rows * channels * plane, 1);
    for (int from = 0; from < values.length; from += plane) {
      double deviation = new double[] {1e-3, 1, 20}[inputs.below(3)];
      double mean = new double[] {0, 1, 1000}[inputs.below(3)] * inputs.normal(1, deviation)[0];
      for (int i = from; i < from + plane; i++) {
        values[i] = (float) (mean + deviation * values[i]);
      }
    }
    return poisoned(capacity(rows), channels * plane).set(values);
  }

  private Pair normal(int rows, int columns) {
    return poisoned(capacity(rows), columns).set(inputs.normal(rows * columns, 1));
  }

  private Pair perChannel(int channels) {
    return poisoned(channels).set(inputs.normal(channels, 1));
  }

  // ---- forward ----

  @ParameterizedTest
  @MethodSource("activations")
  void instanceNorm(Activation activation) {
    forPlanes(
        (rows, channels, plane, hasResidual) -> {
          Forward f = new Forward("instanceNorm", activation, rows, channels, plane, hasResidual);
          Groups groups = new Groups(f.x, rows, channels, false);
          Pair mean = poisoned(capacity(rows), channels);
          Pair inverse = poisoned(capacity(rows), channels);
          tested.images().instanceNorm(rows, f.tested(mean, inverse));
          oracle.images().instanceNorm(rows, f.exact(mean, inverse));
          mean.check(f.what + ", mean", rows, (i, expected) -> groups.meanError[i]);
          inverse.check(
              f.what + ", inverse", rows, (i, expected) -> groups.inverseError(i) * expected);
          f.check(groups);
        });
  }

  @ParameterizedTest
  @MethodSource("activations")
  void batchNorm(Activation activation) {
    forImages(
        (rows, channels, plane, hasResidual) -> {
          Forward f = new Forward("batchNorm", activation, rows, channels, plane, hasResidual);
          Groups groups = new Groups(f.x, rows, channels, true);
          Pair statistics = poisoned(2, channels);
          Pair inverse = poisoned(channels);
          tested.images().batchNorm(rows, f.tested(statistics, inverse));
          oracle.images().batchNorm(rows, f.exact(statistics, inverse));
          double unbiased = (double) groups.size / (groups.size - 1);
          statistics.check(
              f.what + ", statistics",
              2,
              (i, expected) ->
                  i < channels
                      ? groups.meanError[i]
                      : unbiased * groups.varianceError[i - channels]);
          inverse.check(
              f.what + ", inverse", channels, (i, expected) -> groups.inverseError(i) * expected);
          f.check(groups);
        });
  }

  /** What both norms take and give. */
  private final class Forward {
    final String what;
    final Activation activation;
    final int rows;
    final Pair x;
    final Pair scale;
    final Pair shift;
    final Pair residual;
    final Pair y;
    final Pair pre;

    Forward(
        String norm,
        Activation activation,
        int rows,
        int channels,
        int plane,
        boolean hasResidual) {
      what =
          name(
              "%s %s of [%d, %d x %d]%s",
              norm, activation, rows, channels, plane, hasResidual ? " with residual" : "");
      this.activation = activation;
      this.rows = rows;
      x = images(rows, channels, plane);
      scale = perChannel(channels);
      shift = perChannel(channels);
      residual = hasResidual ? normal(rows, channels * plane) : null;
      y = poisoned(capacity(rows), channels * plane);
      boolean separate = activation.needsInput() || inputs.below(2) == 0;
      pre = separate ? poisoned(capacity(rows), channels * plane) : y;
    }

    NormTensors tested(Pair mean, Pair inverse) {
      return tensors(OperationsSuite::tested, mean, inverse);
    }

    NormTensors exact(Pair mean, Pair inverse) {
      return tensors(OperationsSuite::exact, mean, inverse);
    }

    private NormTensors tensors(Function<Pair, Tensor> side, Pair mean, Pair inverse) {
      return new NormTensors(
          side.apply(x),
          side.apply(scale),
          side.apply(shift),
          side.apply(residual),
          activation,
          side.apply(mean),
          side.apply(inverse),
          side.apply(pre),
          side.apply(y),
          null,
          null,
          null,
          null);
    }

    void check(Groups groups) {
      Bound ofPre = (i, expected) -> error(groups, i);
      if (pre != y) {
        pre.check(what + ", pre", rows, ofPre);
      }
      y.check(
          what + ", y",
          rows,
          (i, expected) ->
              Tolerances.activation(activation, sum(groups, i), expected, error(groups, i)));
      x.checkUntouched(what + ", x");
      scale.checkUntouched(what + ", scale");
      shift.checkUntouched(what + ", shift");
      if (residual != null) {
        residual.checkUntouched(what + ", residual");
      }
    }

    private double residual(int i) {
      return residual == null ? 0 : residual.input(i);
    }

    /** The activation's input. */
    private double sum(Groups groups, int i) {
      int group = groups.of(i);
      int channel = groups.channel(i);
      return (x.input(i) - groups.mean[group]) * groups.inverse[group] * scale.input(channel)
          + shift.input(channel)
          + residual(i);
    }

    private double error(Groups groups, int i) {
      int group = groups.of(i);
      int channel = groups.channel(i);
      return Tolerances.normalised(
          x.input(i),
          groups.mean[group],
          groups.meanError[group],
          groups.inverse[group],
          groups.inverseError(group),
          scale.input(channel),
          shift.input(channel),
          residual(i));
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void batchNormInference(Activation activation) {
    forImages(
        (rows, channels, plane, hasResidual) -> {
          boolean inPlace = inputs.below(2) == 0;
          String what =
              name(
                  "batchNormInference %s of [%d, %d x %d]%s%s",
                  activation,
                  rows,
                  channels,
                  plane,
                  hasResidual ? " with residual" : "",
                  inPlace ? " in place" : "");
          Pair x = images(rows, channels, plane);
          Pair scale = perChannel(channels);
          Pair shift = perChannel(channels);
          Pair residual = hasResidual ? normal(rows, channels * plane) : null;
          float[] statistics = inputs.normal(2 * channels, 2);
          for (int c = channels; c < statistics.length; c++) {
            statistics[c] = statistics[c] * statistics[c];
          }
          Pair running = poisoned(2, channels).set(statistics);
          Pair y = inPlace ? x : poisoned(capacity(rows), channels * plane);
          double[] before = x.expected();
          tested
              .images()
              .batchNormInference(
                  rows,
                  norm(OperationsSuite::tested, x, scale, shift, residual, activation, y),
                  running.tested);
          oracle
              .images()
              .batchNormInference(
                  rows,
                  norm(OperationsSuite::exact, x, scale, shift, residual, activation, y),
                  running.exact);
          y.check(
              what,
              rows,
              (i, expected) -> {
                int c = i / plane % channels;
                double mean = running.input(c);
                double variance = running.input(channels + c);
                double inverse = 1 / Math.sqrt(variance + Tolerances.NORM_EPSILON);
                double added = residual == null ? 0 : residual.input(i);
                double sum = (before[i] - mean) * inverse * scale.input(c) + shift.input(c) + added;
                double error =
                    Tolerances.normalised(
                        before[i],
                        mean,
                        0,
                        inverse,
                        Tolerances.inverse(variance, 0),
                        scale.input(c),
                        shift.input(c),
                        added);
                return Tolerances.activation(activation, sum, expected, error);
              });
        });
  }

  /** Of inference, which needs no more. */
  private static NormTensors norm(
      Function<Pair, Tensor> side,
      Pair x,
      Pair scale,
      Pair shift,
      Pair residual,
      Activation activation,
      Pair y) {
    return new NormTensors(
        side.apply(x),
        side.apply(scale),
        side.apply(shift),
        side.apply(residual),
        activation,
        null,
        null,
        null,
        side.apply(y),
        null,
        null,
        null,
        null);
  }

  // ---- backward ----

  @ParameterizedTest
  @MethodSource("activations")
  void instanceNormBackward(Activation activation) {
    forPlanes(
        (rows, channels, plane, unused) -> {
          Backward b = new Backward("instanceNorm", activation, rows, channels, plane, false);
          b.run(tested.images()::instanceNormBackward, oracle.images()::instanceNormBackward);
        });
  }

  @ParameterizedTest
  @MethodSource("activations")
  void batchNormBackward(Activation activation) {
    forImages(
        (rows, channels, plane, unused) -> {
          Backward b = new Backward("batchNorm", activation, rows, channels, plane, true);
          b.run(tested.images()::batchNormBackward, oracle.images()::batchNormBackward);
        });
  }

  /** The backward pass of either norm. */
  private interface NormBackward {
    void run(int rows, NormTensors t);
  }

  /** Statistics are given as floats: those of the forward pass, rounded. */
  private final class Backward {
    final String what;
    final Activation activation;
    final int rows;
    final int channels;
    final Groups groups;
    final Pair x;
    final Pair scale;
    final Pair mean;
    final Pair inverse;
    final float[] sums;
    final Pair y;
    final Pair pre;
    final Pair dy;
    final Pair scaleGradient;
    final Pair shiftGradient;
    final Pair dx;

    Backward(String norm, Activation activation, int rows, int channels, int plane, boolean batch) {
      int columns = channels * plane;
      what = name("%sBackward %s of [%d, %d x %d]", norm, activation, rows, channels, plane);
      this.activation = activation;
      this.rows = rows;
      this.channels = channels;
      x = images(rows, channels, plane);
      groups = new Groups(x, rows, channels, batch);
      scale = perChannel(channels);
      mean = batch ? poisoned(2, channels) : poisoned(capacity(rows), channels);
      inverse = batch ? poisoned(channels) : poisoned(capacity(rows), channels);
      mean.set(floats(groups.mean));
      inverse.set(floats(groups.inverse));
      sums = inputs.normal(rows * columns, 2);
      float[] outputs = new float[sums.length];
      for (int i = 0; i < sums.length; i++) {
        outputs[i] = (float) Formulas.value(activation, sums[i]);
      }
      y = poisoned(capacity(rows), columns).set(outputs);
      pre = activation.needsInput() ? poisoned(capacity(rows), columns).set(sums) : y;
      dy = normal(rows, columns);
      scaleGradient = poisoned(channels);
      shiftGradient = poisoned(channels);
      dx = poisoned(capacity(rows), columns);
    }

    private static float[] floats(double[] values) {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return floats;
    }

    void run(NormBackward own, NormBackward reference) {
      own.run(rows, tensors(OperationsSuite::tested, activation));
      oracle.activationBackward(rows, activation, pre.exact, y.exact, dy.exact, null);
      dy.check(
          what + ", dy",
          rows,
          (i, expected) ->
              Tolerances.activationBackward(activation, sums[i], y.input(i), dy.input(i)));
      // What follows is judged by the dy that the backend left.
      dy.adopt(rows);
      reference.run(rows, tensors(OperationsSuite::exact, Activation.IDENTITY));
      check();
    }

    private NormTensors tensors(Function<Pair, Tensor> side, Activation function) {
      return new NormTensors(
          side.apply(x),
          side.apply(scale),
          null,
          null,
          function,
          side.apply(mean),
          side.apply(inverse),
          side.apply(pre),
          side.apply(y),
          side.apply(dy),
          side.apply(scaleGradient),
          side.apply(shiftGradient),
          side.apply(dx));
    }

    private void check() {
      double[] gradient = dy.expected();
      double[] magnitude = new double[groups.count];
      double[] products = new double[groups.count];
      double[] channelProducts = new double[channels];
      int values = rows * x.columns;
      for (int i = 0; i < values; i++) {
        double product = Math.abs(gradient[i] * hat(i));
        magnitude[groups.of(i)] += Math.abs(gradient[i]);
        products[groups.of(i)] += product;
        channelProducts[groups.channel(i)] += product;
      }
      int terms = values / channels;
      shiftGradient.check(what + ", shift gradient", channels, channelSums(dy, rows, channels));
      scaleGradient.check(
          what + ", scale gradient",
          channels,
          (c, expected) -> Tolerances.sum(terms + 3, channelProducts[c]));
      dx.check(
          what + ", dx",
          rows,
          (i, expected) ->
              Tolerances.normBackward(
                  scale.input(groups.channel(i)) * inverse.input(groups.of(i)),
                  gradient[i],
                  hat(i),
                  groups.size,
                  magnitude[groups.of(i)],
                  products[groups.of(i)]));
      for (Pair input : new Pair[] {x, scale, mean, inverse, pre, y}) {
        input.checkUntouched(what + ", an input");
      }
    }

    private double hat(int i) {
      return (x.input(i) - mean.input(groups.of(i))) * inverse.input(groups.of(i));
    }
  }

  // ---- running statistics ----

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void blendStatistics(int accepted) {
    for (int n : SIZES) {
      StatePair state = state().set(StepState.ACCEPTED, (long) accepted);
      Pair batch = poisoned(n).set(inputs.normal(n, 1));
      Pair running = poisoned(n).set(inputs.normal(n, 1));
      tested.images().blendStatistics(state.tested, 0.1f, batch.tested, running.tested);
      oracle.images().blendStatistics(state.exact, 0.1f, batch.exact, running.exact);
      running.check(
          name("blendStatistics of %d, accepted %d", n, accepted),
          n,
          (i, expected) ->
              accepted == 0 ? 0 : Tolerances.blended(0.1f, running.input(i), batch.input(i)));
      batch.checkUntouched(name("blendStatistics of %d, batch", n));
      release();
    }
  }

  /** A refused step's statistics may be anything. */
  @Test
  void refusedStatisticsAreNotEvenRead() {
    StatePair state = state().set(StepState.ACCEPTED, 0L);
    Pair batch = poisoned(13).set(new float[] {Float.NaN, Float.POSITIVE_INFINITY});
    Pair running = poisoned(13).set(inputs.normal(13, 1));
    tested.images().blendStatistics(state.tested, 0.1f, batch.tested, running.tested);
    running.checkUntouched(name("blendStatistics of NaN, refused"));
  }
}
