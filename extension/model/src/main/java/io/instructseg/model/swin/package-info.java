/** The backbone that sees the picture at full size: Swin Transformer. */
package io.instructseg.model.swin;
