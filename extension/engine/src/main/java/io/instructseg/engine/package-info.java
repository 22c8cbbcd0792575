/**
 * Segments pictures and videos with a converted model: load a {@link io.instructseg.engine.SegmentationModel}, ask, close it.
 */
package io.instructseg.engine;
