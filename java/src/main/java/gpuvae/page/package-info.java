/**
 * HTML pages that hold all they need, to be opened without a server or a network: {@link
 * gpuvae.page.Explorer} to walk through a model's latent space, {@link gpuvae.page.TrainingReport}
 * to look back on a run. Their styles and scripts are readable files among the resources, put into
 * the page when it is written.
 */
package gpuvae.page;
