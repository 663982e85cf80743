/**
 * The seam between models and devices: {@link gpuvae.backend.Backend} names the operations that a
 * training step is made of; implementations are found through {@link java.util.ServiceLoader}.
 * Nothing above this package knows which device runs.
 */
package gpuvae.backend;
