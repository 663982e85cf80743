/**
 * Pictures of what a model makes: {@link gpuvae.plot.ImageGrid} draws images, or bars for data that
 * are no images, into one PNG. Nothing here needs a display.
 */
package gpuvae.plot;
