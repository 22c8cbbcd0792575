/** Videos as streams of frames. */
package io.instructseg.engine.video;
