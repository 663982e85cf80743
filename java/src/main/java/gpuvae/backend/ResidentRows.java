package gpuvae.backend;

/**
 * A data set in a backend's memory, in an order, as {@link Backend#gather} takes batches from it.
 *
 * @param source U8 (0 to 255) or F32 [size, features]
 * @param order I32 [size]: row numbers
 * @param preprocessing from the source's values to the batch's
 */
public record ResidentRows(Tensor source, Tensor order, Preprocessing preprocessing) {}
