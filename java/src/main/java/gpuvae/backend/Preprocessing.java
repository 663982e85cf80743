package gpuvae.backend;

/**
 * How a stored value becomes a model's input: {@code fma(value, scale, shift)}, then, if asked for,
 * a draw of 0 or 1 with that probability (1 where {@link Philox#uniform} is at most it).
 *
 * @param scale factor of the stored value (1/255 for pixels as they are)
 * @param shift added after it
 * @param binarisation whether and how values are drawn as 0 or 1
 * @param seed the key of a {@link Binarisation#STATIC} draw; its counter is (column / 4, row of the
 *     data set, 0, tag)
 */
public record Preprocessing(float scale, float shift, Binarisation binarisation, long seed) {}
