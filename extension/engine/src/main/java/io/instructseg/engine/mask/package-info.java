/**
 * Masks and what is made of them: COCO run lengths, polygons, PNG, overlays. Free of TensorFlow.
 */
package io.instructseg.engine.mask;
