package gpuvae.backend;

/** Bounds of the bottleneck, for it alone and as part of a composite. */
final class ReparameteriseChecks {
  private ReparameteriseChecks() {}

  /** The oracle holds results of the same heads; a drawn eps is checked, then adopted by z. */
  static void forward(
      String what,
      int rows,
      int latent,
      PosteriorHead head,
      Pair heads,
      boolean draw,
      Pair eps,
      Pair sigma,
      Pair z,
      Pair kl) {
    if (draw) {
      eps.check(what + ", eps", rows, (i, expected) -> Tolerances.normal(expected));
    } else {
      eps.checkUntouched(what + ", eps");
    }
    sigma.check(what + ", sigma", rows, (i, expected) -> Tolerances.sigma(expected));
    z.check(what + ", z", rows, z(latent, heads, eps, sigma));
    kl(what, rows, latent, head, heads, kl);
  }

  /** For z, from what the oracle has. */
  static Bound z(int latent, Pair heads, Pair eps, Pair sigma) {
    double[] both = heads.expected();
    double[] noise = eps.expected();
    double[] deviation = sigma.expected();
    return (i, expected) ->
        Tolerances.z(both[i / latent * 2 * latent + i % latent], deviation[i] * noise[i]);
  }

  /** KL of each row, which the oracle has of the same heads. */
  static void kl(String what, int rows, int latent, PosteriorHead head, Pair heads, Pair kl) {
    double[] both = heads.expected();
    kl.check(
        what + ", kl",
        rows,
        (row, expected) -> {
          double magnitude = 0;
          for (int c = 0; c < latent; c++) {
            int at = row * 2 * latent + c;
            magnitude += Tolerances.klMagnitude(head, both[at], both[at + latent]);
          }
          return Tolerances.klRow(latent, magnitude);
        });
  }

  /** For dHeads, from what the oracle was given. */
  static Bound backward(
      int latent, PosteriorHead head, Pair heads, Pair eps, Pair sigma, Pair dz, double weight) {
    double[] both = heads.expected();
    double[] noise = eps.expected();
    double[] deviation = sigma.expected();
    double[] dzs = dz.expected();
    return (i, expected) -> {
      int row = i / (2 * latent);
      int column = i % (2 * latent);
      int at = row * latent + column % latent;
      return column < latent
          ? Tolerances.muGradient(dzs[at], weight * both[i])
          : Tolerances.secondGradient(head, both[i], noise[at], deviation[at], dzs[at], weight);
    };
  }
}
