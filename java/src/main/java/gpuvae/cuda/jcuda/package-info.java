/** CUDA's libraries through JCuda, an optional dependency, in the place of the FFM API. */
package gpuvae.cuda.jcuda;
