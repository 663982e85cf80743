/** What a model is: its layers, losses, optimizer and input, and the presets. */
package gpuvae.config;
