/**
 * Data sets: where they come from, how they are held, and the order in which they are visited.
 *
 * <p>A {@link gpuvae.data.Dataset} keeps raw values (bytes for pictures, floats for tables);
 * normalising and binarising them is the device's work. {@link gpuvae.data.DataSource} loads one by
 * name, and {@link gpuvae.data.Order} visits it sequentially or shuffled.
 */
package gpuvae.data;
