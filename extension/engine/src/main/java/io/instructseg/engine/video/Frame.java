package io.instructseg.engine.video;

import java.time.Duration;

import io.instructseg.engine.image.RgbImage;

/**
 * A frame of a video.
 *
 * @param index its place in the sequence, from 0
 * @param time when it is shown, from the first frame on
 */
public record Frame(int index, Duration time, RgbImage image) {
}
