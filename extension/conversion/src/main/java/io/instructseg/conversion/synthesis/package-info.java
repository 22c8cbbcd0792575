/** Made-up checkpoints of any size, in the official layout. */
package io.instructseg.conversion.synthesis;
