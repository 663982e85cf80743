package gpuvae;

/**
 * The posterior of each of several samples.
 *
 * @param rows how many
 * @param latent size of z
 * @param mean [rows, latent]
 * @param sigma [rows, latent], standard deviations; null for a model that does not sample
 */
public record Posterior(int rows, int latent, float[] mean, float[] sigma) {}
