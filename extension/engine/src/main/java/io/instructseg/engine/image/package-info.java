/**
 * Pictures as the official InstructSeg code sees them: decoded like Pillow 10.2 with EXIF orientation applied, and
 * resized like Pillow, bit for bit. Free of TensorFlow.
 */
package io.instructseg.engine.image;
