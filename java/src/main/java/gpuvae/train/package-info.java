/** The training loop: epochs, reports, checkpoints, resuming. */
package gpuvae.train;
