package gpuvae.io;

import java.util.List;

/**
 * What {@link PyTorchFile#read} made of a file.
 *
 * @param weights of the model
 * @param remarks sentences on what was changed or left out; often none
 */
public record ImportedWeights(Weights weights, List<String> remarks) {}
