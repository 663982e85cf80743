package gpuvae.cuda;

/**
 * What a two-dimensional convolution y = w * x goes from and to: images of batch x inputs x height
 * x width, a filter of outputs x inputs x filterHeight x filterWidth.
 *
 * @param batch images
 * @param inputs channels of x
 * @param height of x
 * @param width of x
 * @param outputs channels of y
 * @param filterHeight of w
 * @param filterWidth of w
 * @param strideHeight rows of x from one of y to the next
 * @param strideWidth the same of columns
 * @param padHeight rows of zeros above x, and below it
 * @param padWidth the same of columns
 */
public record ConvolutionGeometry(
    int batch,
    int inputs,
    int height,
    int width,
    int outputs,
    int filterHeight,
    int filterWidth,
    int strideHeight,
    int strideWidth,
    int padHeight,
    int padWidth) {}
