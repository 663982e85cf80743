/**
 * The latent space of a trained model: where its data lie there, and paths and grids through it to
 * be decoded. Arrays of latents are row-major [rows, latent]. Nothing here draws.
 */
package gpuvae.latent;
