/**
 * PyTorch weights as named tensors: safetensors files and the zip archives that {@code torch.save} writes, single or
 * sharded behind an index.
 * <p>
 * {@link io.instructseg.checkpoint.Checkpoint} is the way in. It reads headers eagerly and weights when asked, in
 * chunks through positional channel reads, so that neither a checkpoint's size nor a file's life ties up memory.
 * <p>
 * Files are taken to be hostile. Every offset, size and count is checked against the file before it is used, a pickle
 * can build dictionaries of tensors and nothing else, and what does not fit ends in a
 * {@link io.instructseg.checkpoint.CheckpointException} that names the file and the tensor.
 */
package io.instructseg.checkpoint;
