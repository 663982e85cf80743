/** Models over {@link gpuvae.backend.Backend}: written once, for every device. */
package gpuvae.model;
