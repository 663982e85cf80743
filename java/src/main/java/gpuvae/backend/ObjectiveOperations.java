package gpuvae.backend;

/** The part of {@link Backend} for objectives other than the plain evidence lower bound. */
public interface ObjectiveOperations {
  /**
   * Free bits (Kingma et al., "Improved Variational Inference with Inverse Autoregressive Flow",
   * 2016, equation 15): the KL term of latent dimension j is max(nats, m[j]), m[j] the mean over
   * the rows of its KL divergence. So of each dimension whose mean is not above {@code nats},
   * dHeads becomes what {@link Backend#reparameteriseBackward} gives with KL_WEIGHT 0. A mean
   * within rounding of nats may count as either.
   *
   * @param nats of a dimension, 0 and above
   * @param t as reparameteriseBackward left it
   */
  void freeBits(int rows, double nats, PosteriorTensors t);

  /**
   * Each row so many times, one after the other: destination[r samples + s] = source[r].
   *
   * @param rows of the source
   * @param source F32 [capacity, n]
   * @param destination F32 [capacity x samples, n], written
   */
  void repeatRows(int rows, int samples, Tensor source, Tensor destination);

  /**
   * x[r] *= factors[r].
   *
   * @param factors F32 [capacity]
   * @param x F32 [capacity, n], changed in place
   */
  void scaleRows(int rows, Tensor factors, Tensor x);

  /**
   * The importance-weighted bound (Burda et al., "Importance Weighted Autoencoders", 2016,
   * equations 8 and 13) of rows with several samples each, in neighbouring rows r samples + s:
   *
   * <pre>
   * ln w[r, s] = -reconstruction[r, s] + KL_WEIGHT sum over latents (1/2 (eps^2 - z^2) + ln sigma)
   * weights[r, s] = w[r, s] / sum over s of w[r, s]
   * losses[r] = -ln(mean over s of w[r, s]) - KL_WEIGHT divergences[r]
   * </pre>
   *
   * <p>With KL_WEIGHT 1, w is p(x, z) / q(z|x). The loss is what of the negative bound is not the
   * weighted KL divergence, so that their sum is what is minimised.
   *
   * @param rows without their repetitions
   * @param reconstruction F32 [capacity x samples]: nats a row
   * @param t of the samples' rows, as {@link Backend#reparameterise} left it: kl is the same for
   *     the samples of a row
   * @param weights F32 [capacity x samples], written
   * @param losses F32 [capacity], written
   * @param divergences F32 [capacity], written: kl of the rows' first samples
   */
  void importanceWeights(
      StepState state,
      int rows,
      int samples,
      Tensor reconstruction,
      PosteriorTensors t,
      Tensor weights,
      Tensor losses,
      Tensor divergences);

  /**
   * Gradient of the negative importance-weighted bound with respect to the heads of each sample's
   * row, the noise fixed (Burda et al., equation 14):
   *
   * <pre>
   * d = dz + KL_WEIGHT weight z
   * d_mu = d, d_sigma = d eps - KL_WEIGHT weight / sigma
   * </pre>
   *
   * @param rows with their repetitions
   * @param t of the samples' rows; its dz is that of the weighted reconstruction losses
   * @param weights F32 [capacity]
   */
  void importanceBackward(StepState state, int rows, PosteriorTensors t, Tensor weights);
}
