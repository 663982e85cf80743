package gpuvae.backend.reference;

import gpuvae.backend.Activation;
import gpuvae.backend.AdamSettings;
import gpuvae.backend.AdamTensors;
import gpuvae.backend.Binarisation;
import gpuvae.backend.ElementType;
import gpuvae.backend.Noise;
import gpuvae.backend.Philox;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import java.util.Arrays;

/**
 * The oracle: every primitive of {@link gpuvae.backend.Backend} as its plain formula with loops, in
 * double precision; composites are the defaults. Where a value decides between two outcomes (the
 * draw of a pixel) it is the float that the contract names.
 */
public final class DoubleBackend extends DoubleObjectives {
  @Override
  public void gather(StepState state, ResidentRows data, int rows, Tensor x) {
    Tensor source = data.source();
    Matrix to = Matrix.of(x);
    long position = word(state, StepState.POSITION);
    for (int r = 0; r < rows; r++) {
      int row = (int) integer(data.order(), position + r);
      for (int c = 0; c < to.columns(); c++) {
        float stored =
            source.type() == ElementType.U8
                ? integer(source, (long) row * to.columns() + c)
                : (float) Matrix.of(source).get(row, c);
        to.set(r, c, pixel(state, data.preprocessing(), stored, row, r, c));
      }
    }
  }

  @Override
  public void fetch(StepState ahead, ResidentRows data, int rows, Tensor x) {
    long position = word(ahead, StepState.POSITION);
    int left = Math.clamp(data.order().size() - position, 0, rows);
    gather(ahead, data, left, x);
    set(ahead, StepState.POSITION, position + rows);
    set(ahead, StepState.ATTEMPT, word(ahead, StepState.ATTEMPT) + 1);
  }

  private static double pixel(
      StepState state, Preprocessing how, float stored, int row, int r, int column) {
    if (how.binarisation() == Binarisation.NONE) {
      return (double) stored * how.scale() + how.shift();
    }
    long attempt = word(state, StepState.ATTEMPT);
    float uniform =
        how.binarisation() == Binarisation.STATIC
            ? uniform(how.seed(), column, row, 0, Philox.tag(Noise.BINARISE_ONCE, 0, 0))
            : uniform(
                word(state, StepState.SEED),
                column,
                (int) (word(state, StepState.ROW_BASE) + r),
                (int) attempt,
                Philox.tag(Noise.BINARISE, attempt, 0));
    return uniform <= Math.fma(stored, how.scale(), how.shift()) ? 1 : 0;
  }

  @Override
  public void selectSlot(StepState state, Tensor slots, int rows, Tensor x) {
    int slot = (int) word(state, StepState.SLOT);
    copy(rows, slots.view((long) slot * slots.columns(), x.shape()), x);
  }

  @Override
  public void gemm(
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      int m,
      int n,
      int k,
      Tensor c,
      boolean accumulate) {
    Matrix left = Matrix.of(a);
    Matrix right = Matrix.of(b);
    Matrix result = Matrix.of(c);
    double[] sums = new double[n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[j] = accumulate ? result.get(i, j) : 0;
      }
      for (int l = 0; l < k; l++) {
        double factor = transposeA ? left.get(l, i) : left.get(i, l);
        for (int j = 0; j < n; j++) {
          sums[j] += factor * (transposeB ? right.get(j, l) : right.get(l, j));
        }
      }
      for (int j = 0; j < n; j++) {
        result.set(i, j, sums[j]);
      }
    }
  }

  @Override
  public void biasActivation(int rows, Tensor pre, Tensor bias, Activation activation, Tensor y) {
    Matrix input = Matrix.of(pre);
    Matrix output = Matrix.of(y);
    int plane = bias == null ? 1 : input.columns() / (int) bias.size();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < input.columns(); c++) {
        input.set(r, c, input.get(r, c) + (bias == null ? 0 : Matrix.of(bias).get(c / plane)));
        output.set(r, c, Formulas.value(activation, input.get(r, c)));
      }
    }
  }

  @Override
  public void activationBackward(
      int rows, Activation activation, Tensor pre, Tensor y, Tensor dy, Tensor biasGradient) {
    Matrix gradient = Matrix.of(dy);
    int channels = biasGradient == null ? gradient.columns() : (int) biasGradient.size();
    int plane = gradient.columns() / channels;
    double[] sums = new double[channels];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < gradient.columns(); c++) {
        double x = activation.needsInput() ? Matrix.of(pre).get(r, c) : Double.NaN;
        double derivative = Formulas.derivative(activation, x, Matrix.of(y).get(r, c));
        gradient.set(r, c, gradient.get(r, c) * derivative);
        sums[c / plane] += gradient.get(r, c);
      }
    }
    if (biasGradient != null) {
      setDoubles(biasGradient, sums);
    }
  }

  @Override
  public void reparameterise(StepState state, int rows, PosteriorTensors t, boolean draw) {
    if (draw) {
      standardNormal(state, rows, t.eps());
    }
    Matrix both = Matrix.of(t.heads());
    int latent = both.columns() / 2;
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < latent; c++) {
        double mu = both.get(r, c);
        double second = both.get(r, latent + c);
        double deviation = Formulas.sigma(t.head(), second);
        Matrix.of(t.sigma()).set(r, c, deviation);
        Matrix.of(t.z()).set(r, c, mu + deviation * Matrix.of(t.eps()).get(r, c));
        sum += Formulas.kl(t.head(), mu, second);
      }
      Matrix.of(t.kl()).set(r, sum);
    }
  }

  @Override
  public void reparameteriseBackward(StepState state, int rows, PosteriorTensors t) {
    Matrix both = Matrix.of(t.heads());
    Matrix gradient = Matrix.of(t.dHeads());
    int latent = both.columns() / 2;
    double weight = number(state, StepState.KL_WEIGHT);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < latent; c++) {
        double dzHere = Matrix.of(t.dz()).get(r, c);
        gradient.set(r, c, dzHere + weight * both.get(r, c));
        gradient.set(
            r,
            latent + c,
            Formulas.secondGradient(
                t.head(),
                both.get(r, latent + c),
                Matrix.of(t.eps()).get(r, c),
                Matrix.of(t.sigma()).get(r, c),
                dzHere,
                weight));
      }
    }
  }

  @Override
  public void standardNormal(StepState state, int rows, Tensor z) {
    Matrix normals = Matrix.of(z);
    long attempt = word(state, StepState.ATTEMPT);
    Noise purpose = Noise.values()[(int) word(state, StepState.PURPOSE)];
    int tag = Philox.tag(purpose, attempt, (int) word(state, StepState.SAMPLE));
    long seed = word(state, StepState.SEED);
    for (int r = 0; r < rows; r++) {
      int row = (int) (word(state, StepState.ROW_BASE) + r);
      for (int c = 0; c < normals.columns(); c++) {
        int pair = c & ~1;
        double first = uniform(seed, pair, row, (int) attempt, tag);
        double second = uniform(seed, pair + 1, row, (int) attempt, tag);
        normals.set(r, c, Formulas.normal(first, second, c == pair));
      }
    }
  }

  @Override
  public void bernoulliLoss(
      int rows, Tensor logits, Tensor target, Tensor gradient, Tensor perRow) {
    Matrix input = Matrix.of(logits);
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < input.columns(); c++) {
        double l = input.get(r, c);
        double x = Matrix.of(target).get(r, c);
        sum += Math.max(l, 0) - l * x + Math.log1p(Math.exp(-Math.abs(l)));
        if (gradient != null) {
          Matrix.of(gradient).set(r, c, Formulas.sigmoid(l) - x);
        }
      }
      Matrix.of(perRow).set(r, sum);
    }
  }

  @Override
  public void squaredErrorLoss(
      int rows, Tensor pre, Activation output, Tensor target, Tensor gradient, Tensor perRow) {
    Matrix input = Matrix.of(pre);
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < input.columns(); c++) {
        double y = Formulas.value(output, input.get(r, c));
        double difference = y - Matrix.of(target).get(r, c);
        double derivative = Formulas.derivative(output, input.get(r, c), y);
        sum += difference * difference;
        if (gradient != null) {
          Matrix.of(gradient).set(r, c, 2 * difference * derivative);
        }
      }
      Matrix.of(perRow).set(r, sum);
    }
  }

  @Override
  public void sumLosses(StepState state, int rows, Tensor reconstruction, Tensor kl) {
    set(state, StepState.RECONSTRUCTION, sum(rows, reconstruction));
    set(state, StepState.KL, kl == null ? 0 : sum(rows, kl));
  }

  private double sum(int rows, Tensor values) {
    return Arrays.stream(doubles(values.view(0, rows))).reduce(0, Double::sum);
  }

  @Override
  public void gradientNorm(StepState state, Tensor gradients) {
    double squares = Arrays.stream(doubles(gradients)).reduce(0, (sum, g) -> sum + g * g);
    set(state, StepState.GRADIENT_SQUARES, squares);
    boolean finite =
        Double.isFinite(squares)
            && Double.isFinite(number(state, StepState.RECONSTRUCTION))
            && Double.isFinite(number(state, StepState.KL));
    set(state, StepState.ACCEPTED, finite ? 1L : 0L);
  }

  @Override
  public void adam(StepState state, AdamSettings settings, AdamTensors t) {
    if (word(state, StepState.ACCEPTED) == 0) {
      return;
    }
    double rate = number(state, StepState.LEARNING_RATE);
    double correction1 = 1 - number(state, StepState.BETA1_POWER) * settings.beta1();
    double correction2 = 1 - number(state, StepState.BETA2_POWER) * settings.beta2();
    double norm = Math.sqrt(number(state, StepState.GRADIENT_SQUARES));
    double clip = Math.min(1, settings.clipNorm() / (norm + 1e-6));
    double[] p = doubles(t.parameters());
    double[] gradient = doubles(t.gradients());
    double[] m = doubles(t.firstMoment());
    double[] v = doubles(t.secondMoment());
    for (int i = 0; i < p.length; i++) {
      double g = clip * gradient[i] + (settings.decoupled() ? 0 : settings.weightDecay() * p[i]);
      double shrink = settings.decoupled() ? rate * settings.weightDecay() : 0;
      m[i] = settings.beta1() * m[i] + (1 - settings.beta1()) * g;
      v[i] = settings.beta2() * v[i] + (1 - settings.beta2()) * g * g;
      double step = m[i] / correction1 / (Math.sqrt(v[i] / correction2) + settings.epsilon());
      p[i] = p[i] * (1 - shrink) - rate * step;
    }
    setDoubles(t.parameters(), p);
    setDoubles(t.firstMoment(), m);
    setDoubles(t.secondMoment(), v);
  }

  @Override
  public void advance(StepState state, AdamSettings settings, int rows) {
    DoubleAdvance.advance(this, state, settings, rows);
  }

  @Override
  public void fill(Tensor tensor, float value) {
    double[] values = new double[(int) tensor.size()];
    Arrays.fill(values, value);
    setDoubles(tensor, values);
  }

  @Override
  public void copy(int rows, Tensor source, Tensor destination) {
    setDoubles(destination, doubles(source.view(0, rows, source.columns())));
  }

  private static float uniform(long seed, int column, int row, int attempt, int tag) {
    int[] words = new int[4];
    Philox.words(seed, column / 4, row, attempt, tag, words);
    return Philox.uniform(words[column % 4]);
  }
}
