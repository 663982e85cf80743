/**
 * Pictures of what a model makes: {@link gpuvae.plot.ImageGrid} draws images, or bars for data that
 * are no images, into one PNG or as an animation; {@link gpuvae.plot.Scatter} draws a map of
 * points. Nothing here needs a display or a font.
 */
package gpuvae.plot;
