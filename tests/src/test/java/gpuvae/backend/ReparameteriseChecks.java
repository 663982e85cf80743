package gpuvae.backend;

/** Bounds of the bottleneck, for it alone and as part of a composite. */
final class ReparameteriseChecks {
  private ReparameteriseChecks() {}

  /** The oracle holds results of the same heads; a drawn eps is checked, then adopted by z. */
  static void forward(String what, int rows, PosteriorPairs t, boolean draw) {
    if (draw) {
      t.eps().check(what + ", eps", rows, (i, expected) -> Tolerances.normal(expected));
    } else {
      t.eps().checkUntouched(what + ", eps");
    }
    t.sigma().check(what + ", sigma", rows, (i, expected) -> Tolerances.sigma(expected));
    t.z().check(what + ", z", rows, z(t));
    kl(what, rows, t);
  }

  /** For z, from what the oracle has. */
  static Bound z(PosteriorPairs t) {
    int latent = t.z().columns;
    double[] both = t.heads().expected();
    double[] noise = t.eps().expected();
    double[] deviation = t.sigma().expected();
    return (i, expected) ->
        Tolerances.z(both[i / latent * 2 * latent + i % latent], deviation[i] * noise[i]);
  }

  /** KL of each row, which the oracle has of the same heads. */
  static void kl(String what, int rows, PosteriorPairs t) {
    int latent = t.heads().columns / 2;
    double[] both = t.heads().expected();
    t.kl()
        .check(
            what + ", kl",
            rows,
            (row, expected) -> {
              double magnitude = 0;
              for (int c = 0; c < latent; c++) {
                int at = row * 2 * latent + c;
                magnitude += Tolerances.klMagnitude(t.head(), both[at], both[at + latent]);
              }
              return Tolerances.klRow(latent, magnitude);
            });
  }

  /** For dHeads, from what the oracle was given. */
  static Bound backward(PosteriorPairs t, double weight) {
    int latent = t.dz().columns;
    double[] both = t.heads().expected();
    double[] noise = t.eps().expected();
    double[] deviation = t.sigma().expected();
    double[] dzs = t.dz().expected();
    return (i, expected) -> {
      int row = i / (2 * latent);
      int column = i % (2 * latent);
      int at = row * latent + column % latent;
      return column < latent
          ? Tolerances.muGradient(dzs[at], weight * both[i])
          : Tolerances.secondGradient(t.head(), both[i], noise[at], deviation[at], dzs[at], weight);
    };
  }
}
