/** Numbers about a trained model and its data, and how unusual a sample is. */
package gpuvae.measure;
