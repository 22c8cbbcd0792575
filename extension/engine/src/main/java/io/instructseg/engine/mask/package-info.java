/**
 * Masks and what is made of them: COCO run lengths, PNG, overlays. Free of TensorFlow.
 */
package io.instructseg.engine.mask;
