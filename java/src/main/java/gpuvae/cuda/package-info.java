/** Finding NVIDIA's libraries. Knows nothing of models. */
package gpuvae.cuda;
