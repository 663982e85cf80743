/**
 * The CPU backend: float32 on arrays, the Vector API where its module is present, all cores. It is
 * the reference and the fallback.
 *
 * <p>One seed gives the same bits everywhere: with any number of workers, interpreted or compiled,
 * with vectors of any width or none. So elementwise work uses operations that IEEE 754 defines
 * exactly (add, multiply, fma, divide, square root, comparisons) in one order; sums use {@link
 * gpuvae.backend.cpu.Lanes} of a fixed number; work is cut in pieces whose size depends on the
 * shapes alone; and an element of a matrix product is one chain of fma over k in each of fixed
 * blocks.
 */
package gpuvae.backend.cpu;
