package gpuvae.io;

/**
 * What model.safetensors holds.
 *
 * @param parameters flat, as {@link gpuvae.model.ParameterLayout} has them
 * @param statistics batch norms' running ones, flat likewise; empty for a model without
 * @param batchesTracked batches that the running statistics have taken in
 */
public record Weights(float[] parameters, float[] statistics, long batchesTracked) {}
