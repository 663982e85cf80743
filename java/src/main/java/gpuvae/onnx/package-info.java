/** Models as ONNX files, for runtimes other than this library ({@link gpuvae.onnx.OnnxExport}). */
package gpuvae.onnx;
