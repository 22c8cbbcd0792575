package io.instructseg.format;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes of an InstructSeg model: all that the graph depends on beside the weights. The constructors refuse what
 * no model can have, naming the value, and what would make building the graph long or large: the limits lie far above
 * any published model.
 *
 * @param referenceFrames reference frames of a video frame that the model was trained with
 */
public record Hyperparameters(VisionEncoder visionEncoder, Backbone backbone, LanguageModel languageModel,
        Perceiver perceiver, TextFusion textFusion, PixelDecoder pixelDecoder, MaskDecoder maskDecoder,
        int referenceFrames) {

    /** Largest side of a model's square inputs. */
    public static final int MAX_IMAGE_SIZE = 4096;

    /** Most reference frames of a video frame: the prompt grows with them, and attention's memory with the square of that. */
    public static final int MAX_REFERENCE_FRAMES = 64;

    /** Sine positions are constants of the graph: a side of the map times this. */
    private static final int MAX_DECODER_WIDTH = 1 << 13;

    public Hyperparameters {
        Checks.present("visionEncoder", visionEncoder);
        Checks.present("backbone", backbone);
        Checks.present("languageModel", languageModel);
        Checks.present("perceiver", perceiver);
        Checks.present("textFusion", textFusion);
        Checks.present("pixelDecoder", pixelDecoder);
        Checks.present("maskDecoder", maskDecoder);
        Checks.range("referenceFrames", referenceFrames, 1, MAX_REFERENCE_FRAMES);
        Checks.require(backbone.imageSize() % 32 == 0, "backbone.imageSize is %d, must be a multiple of 32",
                backbone.imageSize());
        long samples = (long) (square(backbone.side(1)) + square(backbone.side(2)) + square(backbone.side(3)))
                * pixelDecoder.heads() * pixelDecoder.points();
        Checks.require(samples <= Integer.MAX_VALUE,
                "pixelDecoder takes %d samples of a picture: its heads %d and points %d are too many for backbone.imageSize %d",
                samples, pixelDecoder.heads(), pixelDecoder.points(), backbone.imageSize());
    }

    private static int square(int side) {
        return side * side;
    }

    /** Sizes of the model-wide axes of {@link Signature}, by name; {@code V} only if the model can answer in words. */
    public Map<String, Integer> axes() {
        Map<String, Integer> axes = new HashMap<>();
        axes.put("CLIP", visionEncoder.imageSize());
        axes.put("P", visionEncoder.patches());
        axes.put("D", languageModel.hiddenSize());
        axes.put("L", perceiver.queries());
        axes.put("Q", maskDecoder.queries());
        axes.put("S", backbone.imageSize());
        for (int stage = 0; stage < 4; stage++) {
            axes.put("S" + (4 << stage), backbone.side(stage));
            axes.put("C" + (2 + stage), backbone.channels(stage));
        }
        axes.put("C", pixelDecoder.hiddenSize());
        axes.put("M", maskDecoder.maskSize());
        axes.put("H", maskDecoder.hiddenSize());
        if (languageModel.speaks()) {
            axes.put("V", languageModel.outputSize());
        }
        axes.put("N", languageModel.layers());
        axes.put("A", languageModel.heads());
        axes.put("E", languageModel.headSize());
        return axes;
    }

    /**
     * SigLIP.
     *
     * @param imageSize side of the square input in pixels
     * @param patchSize side of a patch; what remains of the picture at the right and the bottom is dropped
     * @param layers layers to compute: those up to the hidden state that is selected, not all of the checkpoint's
     */
    public record VisionEncoder(int imageSize, int patchSize, int hiddenSize, int intermediateSize, int layers, int heads,
            float layerNormEpsilon) {

        public VisionEncoder {
            Checks.range("visionEncoder.imageSize", imageSize, 1, MAX_IMAGE_SIZE);
            Checks.range("visionEncoder.patchSize", patchSize, 1, imageSize);
            Checks.width("visionEncoder.hiddenSize", hiddenSize);
            Checks.width("visionEncoder.intermediateSize", intermediateSize);
            Checks.layers("visionEncoder.layers", layers);
            Checks.divides("visionEncoder.heads", heads, "visionEncoder.hiddenSize", hiddenSize);
            Checks.epsilon("visionEncoder.layerNormEpsilon", layerNormEpsilon);
        }

        /** Patch tokens of a picture. */
        public int patches() {
            return (imageSize / patchSize) * (imageSize / patchSize);
        }
    }

    /**
     * Swin Transformer.
     *
     * @param imageSize side of the square, padded input in pixels
     * @param embedDim channels of the first stage; each further stage has twice as many
     * @param depths blocks of each of the four stages
     * @param heads attention heads of each stage
     * @param intermediateSizes hidden width of each stage's feed-forward layers
     */
    public record Backbone(int imageSize, int embedDim, List<Integer> depths, List<Integer> heads, int windowSize,
            List<Integer> intermediateSizes) {

        public Backbone {
            Checks.range("backbone.imageSize", imageSize, 32, MAX_IMAGE_SIZE);
            Checks.width("backbone.embedDim", embedDim);
            Checks.range("backbone.windowSize", windowSize, 2, 64);
            depths = Checks.stages("backbone.depths", depths);
            heads = Checks.stages("backbone.heads", heads);
            intermediateSizes = Checks.stages("backbone.intermediateSizes", intermediateSizes);
            for (int stage = 0; stage < 4; stage++) {
                Checks.layers("backbone.depths", depths.get(stage));
                Checks.width("backbone.intermediateSizes", intermediateSizes.get(stage));
                Checks.divides("backbone.heads", heads.get(stage), "channels of stage " + stage, embedDim << stage);
            }
        }

        /** Channels of a stage, 0 to 3. */
        public int channels(int stage) {
            return embedDim << stage;
        }

        /** Side of a stage's feature map, 0 to 3: strides 4, 8, 16, 32. */
        public int side(int stage) {
            return imageSize / (4 << stage);
        }
    }

    /**
     * Phi-2.
     *
     * @param rotaryDimensions leading channels of each head that rotate with the position
     * @param vocabularySize rows of the token embedding
     * @param outputSize rows of the vocabulary projection, which may be more: what lies beyond the embedding is no word. A
     *        model with 0, without that projection, can't answer in words
     */
    public record LanguageModel(int hiddenSize, int intermediateSize, int layers, int heads, int rotaryDimensions,
            double ropeTheta, float layerNormEpsilon, int vocabularySize, int outputSize) {

        public LanguageModel {
            Checks.width("languageModel.hiddenSize", hiddenSize);
            Checks.width("languageModel.intermediateSize", intermediateSize);
            Checks.layers("languageModel.layers", layers);
            Checks.divides("languageModel.heads", heads, "languageModel.hiddenSize", hiddenSize);
            Checks.range("languageModel.rotaryDimensions", rotaryDimensions, 2, hiddenSize / heads);
            Checks.require(rotaryDimensions % 2 == 0, "languageModel.rotaryDimensions is %d, must be even",
                    rotaryDimensions);
            Checks.require(ropeTheta > 1 && ropeTheta < 1e12, "languageModel.ropeTheta is %s, must be above 1", ropeTheta);
            Checks.epsilon("languageModel.layerNormEpsilon", layerNormEpsilon);
            Checks.range("languageModel.vocabularySize", vocabularySize, 1, 1 << 24);
            Checks.range("languageModel.outputSize", outputSize, 0, 1 << 24);
        }

        /** Whether it can answer in words. */
        public boolean speaks() {
            return outputSize > 0;
        }

        /** Channels of an attention head. */
        public int headSize() {
            return hiddenSize / heads;
        }
    }

    /** Object-aware video perceiver (OVP); its width is the language model's. */
    public record Perceiver(int queries, int layers, int heads, int headSize, int feedForwardSize) {

        public Perceiver {
            Checks.range("perceiver.queries", queries, 1, 65536);
            Checks.layers("perceiver.layers", layers);
            Checks.range("perceiver.heads", heads, 1, 1024);
            Checks.range("perceiver.headSize", headSize, 1, 4096);
            Checks.width("perceiver.feedForwardSize", feedForwardSize);
        }
    }

    /** Vision-guided multi-granularity text fusion (VMTF), {@code hiddenSize} wide. */
    public record TextFusion(int hiddenSize, int layers, int heads, int headSize, int feedForwardSize) {

        public TextFusion {
            Checks.width("textFusion.hiddenSize", hiddenSize);
            Checks.layers("textFusion.layers", layers);
            Checks.range("textFusion.heads", heads, 1, 1024);
            Checks.range("textFusion.headSize", headSize, 1, 4096);
            Checks.width("textFusion.feedForwardSize", feedForwardSize);
        }
    }

    /** Multi-scale deformable attention over three levels; {@code points} are sampled a level and head. */
    public record PixelDecoder(int hiddenSize, int layers, int heads, int points, int feedForwardSize) {

        public PixelDecoder {
            Checks.range("pixelDecoder.hiddenSize", hiddenSize, 1, MAX_DECODER_WIDTH);
            Checks.layers("pixelDecoder.layers", layers);
            Checks.divides("pixelDecoder.heads", heads, "pixelDecoder.hiddenSize", hiddenSize);
            Checks.divides("GroupNorm groups", 32, "pixelDecoder.hiddenSize", hiddenSize);
            Checks.range("pixelDecoder.points", points, 1, 64);
            Checks.width("pixelDecoder.feedForwardSize", feedForwardSize);
        }
    }

    /**
     * Mask2Former's masked-attention decoder.
     *
     * @param maskSize channels of the mask features
     * @param projectsInput whether the feature maps pass a 1x1 convolution: where their channels differ from
     *        {@code hiddenSize}
     */
    public record MaskDecoder(int queries, int hiddenSize, int maskSize, int layers, int heads, int feedForwardSize,
            boolean projectsInput) {

        public MaskDecoder {
            Checks.range("maskDecoder.queries", queries, 1, 65536);
            Checks.range("maskDecoder.hiddenSize", hiddenSize, 1, MAX_DECODER_WIDTH);
            Checks.width("maskDecoder.maskSize", maskSize);
            Checks.layers("maskDecoder.layers", layers);
            Checks.divides("maskDecoder.heads", heads, "maskDecoder.hiddenSize", hiddenSize);
            Checks.divides("parts of a sine position", 4, "maskDecoder.hiddenSize", hiddenSize);
            Checks.width("maskDecoder.feedForwardSize", feedForwardSize);
        }
    }
}
