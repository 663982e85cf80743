/** NVIDIA GPUs: kernels, cuBLAS and CUDA graphs behind the seam. */
package gpuvae.backend.cuda;
