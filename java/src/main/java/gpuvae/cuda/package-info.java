/**
 * CUDA through the FFM API: finding the libraries, tables of their functions, checked calls, and
 * owned objects. Knows nothing of models.
 */
package gpuvae.cuda;
