/**
 * From sentences to token ids: the byte-level BPE tokenizer of a checkpoint and the prompts that InstructSeg was
 * trained with. Free of TensorFlow.
 */
package io.instructseg.engine.text;
