/** From the mask decoder's logits to masks of a picture's size. */
package io.instructseg.model.resolution;
