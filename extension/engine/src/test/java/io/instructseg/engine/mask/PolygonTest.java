package io.instructseg.engine.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolygonTest {

    /** Rows of the mask; polygons after another, of each its exterior and its holes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "nothing | ... ... | ''",
            "everything | ### ### | 0,0 3,0 3,2 0,2",
            "a pixel | ... .#. ... | 1,1 2,1 2,2 1,2",
            "pixels in all corners | #.# ... #.# | 0,0 1,0 1,1 0,1; 2,0 3,0 3,1 2,1; 0,2 1,2 1,3 0,3; 2,2 3,2 3,3 2,3",
            "a cross | .#. ### .#. | 1,0 2,0 2,1 3,1 3,2 2,2 2,3 1,3 1,2 0,2 0,1 1,1",
            "a hole | ### #.# ### | 0,0 3,0 3,3 0,3 / 1,1 1,2 2,2 2,1",
            "an island | ##### #...# #.#.# #...# ##### | 0,0 5,0 5,5 0,5 / 1,1 1,4 4,4 4,1; 2,2 3,2 3,3 2,3",
            "pixels that touch | #. .# | 0,0 1,0 1,1 0,1; 1,1 2,1 2,2 1,2",
            "the other way | .# #. | 1,0 2,0 2,1 1,1; 0,1 1,1 1,2 0,2",
            "a gap that touches the outside | ### #.# ##. | 0,0 3,0 3,2 2,2 2,3 0,3 / 1,1 1,2 2,2 2,1",
            "the other way | ##. #.# ### | 0,0 2,0 2,1 3,1 3,3 0,3 / 1,1 1,2 2,2 2,1",
            "gaps that touch | #### #.## ##.# #### | 0,0 4,0 4,4 0,4 / 1,1 1,2 2,2 2,1 / 2,2 2,3 3,3 3,2",
            "the other way | #### ##.# #.## #### | 0,0 4,0 4,4 0,4 / 2,1 2,2 3,2 3,1 / 1,2 1,3 2,3 2,2",
            "an island that touches the shore | ##### #...# #.#.# #..## ##### "
                    + "| 0,0 5,0 5,5 0,5 / 1,1 1,4 3,4 3,3 4,3 4,1; 2,2 3,2 3,3 2,3",
            "a gap between polygons that touch | ##. #.# .## | 0,0 2,0 2,1 1,1 1,2 0,2; 2,1 3,1 3,3 1,3 1,2 2,2" })
    void goesAroundThePixels(String name, String rows, String expected) {
        Mask mask = mask(rows.split(" "));
        assertThat(mask.polygons().stream().map(PolygonTest::text)).as(name).containsExactlyElementsOf(
                Stream.of(expected.split("; ")).filter(polygon -> !polygon.isEmpty()).toList());
        assertCovers(mask);
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0.001, 0.05, 0.3, 0.5, 0.6, 0.7, 0.9, 0.99, 0.9999 })
    void coversRandomMasks(double density) {
        Random random = new Random(11);
        for (int width : new int[] { 1, 2, 3, 62, 63, 64, 65, 66, 127, 128, 129, 300 }) {
            assertCovers(MaskTest.random(random, width, 1 + random.nextInt(200), density));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0.2, 0.5, 0.6, 0.7, 0.9 })
    void aPolygonIsAConnectedPartAndAHoleAGapInIt(double density) {
        Random random = new Random(12);
        for (int i = 0; i < 20; i++) {
            Mask mask = MaskTest.random(random, 1 + random.nextInt(40), 1 + random.nextInt(40), density);
            List<Polygon> polygons = mask.polygons();
            List<Mask> parts = parts(mask);
            assertThat(polygons).hasSameSizeAs(parts);
            for (int part = 0; part < parts.size(); part++) {
                assertThat(fill(List.of(polygons.get(part)), mask, Path2D.WIND_EVEN_ODD)).isEqualTo(parts.get(part));
                assertThat(polygons.get(part).holes()).hasSize(parts(outside(parts.get(part))).size() - 1);
            }
        }
    }

    @Test
    void nestsIslandsInHoles() {
        int size = 130;
        boolean[] values = new boolean[size * size];
        for (int i = 0; i < values.length; i++) {
            int fromBorder = Math.min(Math.min(i % size, i / size), size - 1 - Math.max(i % size, i / size));
            values[i] = fromBorder % 2 == 0;
        }
        Mask mask = Mask.of(size, size, values);
        assertThat(mask.polygons()).hasSize(33).element(32).extracting(PolygonTest::text).isEqualTo("64,64 66,64 66,66 64,66");
        assertThat(mask.polygons().subList(0, 32)).allMatch(polygon -> polygon.holes().size() == 1);
        assertCovers(mask);
    }

    @Test
    void countsCornersWithoutMakingThem() {
        int size = 16448;
        long[] words = new long[Mask.wordCount(size, size)];
        for (int i = 0; i < words.length; i++) {
            words[i] = i * 64L / size % 2 == 0 ? 0x5555555555555555L : 0xaaaaaaaaaaaaaaaaL;
        }
        Mask checkerboard = Mask.ofWords(size, size, words);
        assertThat(checkerboard.cornerCount()).isEqualTo(2L * size * size);
        assertThatThrownBy(checkerboard::polygons).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("" + 2L * size * size).hasMessageContaining("" + (1 << 29));
    }

    @Test
    void isAValue() {
        Mask mask = mask("###.", "#.##", "####");
        Polygon polygon = mask.polygons().get(0);
        assertThat(mask.polygons()).isEqualTo(List.of(polygon)).hasSameHashCodeAs(List.of(polygon));
        assertThat(polygon).isNotEqualTo(mask("####", "#.##", "####").polygons().get(0));
        assertThat(polygon).hasToString("Polygon[exterior=Ring[6 corners from 0,0], holes=[Ring[4 corners from 1,1]]]");
        assertThatThrownBy(() -> polygon.holes().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> mask.polygons().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> polygon.exterior().x(6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> polygon.exterior().y(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void assertCovers(Mask mask) {
        List<Polygon> polygons = mask.polygons();
        assertThat(fill(polygons, mask, Path2D.WIND_EVEN_ODD)).isEqualTo(mask);
        assertThat(fill(polygons, mask, Path2D.WIND_NON_ZERO)).isEqualTo(mask);
        assertThat(polygons).allMatch(polygon -> area(polygon.exterior()) > 0);
        assertThat(polygons).flatExtracting(Polygon::holes).allMatch(hole -> area((Ring) hole) < 0);
        List<Ring> rings = polygons.stream().flatMap(PolygonTest::rings).toList();
        assertThat(rings.stream().mapToLong(PolygonTest::area).sum()).isEqualTo(mask.area());
        assertThat(rings.stream().mapToLong(Ring::size).sum()).isEqualTo(mask.cornerCount());
        assertThat(rings).allSatisfy(PolygonTest::assertSimple);
    }

    /** No corner twice, none on a straight line, and the first is the first from the top. */
    private static void assertSimple(Ring ring) {
        Set<List<Integer>> corners = new HashSet<>();
        for (int i = 0; i < ring.size(); i++) {
            int next = (i + 1) % ring.size();
            int afterNext = (i + 2) % ring.size();
            boolean horizontal = ring.y(i) == ring.y(next);
            assertThat(ring.x(i) == ring.x(next)).isNotEqualTo(horizontal);
            assertThat(ring.x(next) == ring.x(afterNext)).isEqualTo(horizontal);
            assertThat(corners.add(List.of(ring.x(i), ring.y(i)))).isTrue();
            assertThat(ring.y(i) > ring.y(0) || ring.y(i) == ring.y(0) && ring.x(i) >= ring.x(0)).isTrue();
        }
    }

    private static long area(Ring ring) {
        long twice = 0;
        for (int i = 0; i < ring.size(); i++) {
            int next = (i + 1) % ring.size();
            twice += (long) ring.x(i) * ring.y(next) - (long) ring.x(next) * ring.y(i);
        }
        return twice / 2;
    }

    private static Mask fill(List<Polygon> polygons, Mask mask, int rule) {
        BufferedImage image = new BufferedImage(mask.width(), mask.height(), BufferedImage.TYPE_BYTE_GRAY);
        Path2D path = new Path2D.Double(rule);
        polygons.stream().flatMap(PolygonTest::rings).forEach(ring -> {
            path.moveTo(ring.x(0), ring.y(0));
            IntStream.range(1, ring.size()).forEach(i -> path.lineTo(ring.x(i), ring.y(i)));
            path.closePath();
        });
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fill(path);
        graphics.dispose();
        boolean[] values = new boolean[mask.width() * mask.height()];
        for (int i = 0; i < values.length; i++) {
            values[i] = image.getRaster().getSample(i % mask.width(), i / mask.width(), 0) != 0;
        }
        return Mask.of(mask.width(), mask.height(), values);
    }

    /** The parts that hang together by their sides, by their first pixel. */
    private static List<Mask> parts(Mask mask) {
        List<Mask> parts = new ArrayList<>();
        boolean[] seen = new boolean[mask.width() * mask.height()];
        for (int i = 0; i < seen.length; i++) {
            boolean[] part = new boolean[seen.length];
            if (flood(mask, i % mask.width(), i / mask.width(), seen, part)) {
                parts.add(Mask.of(mask.width(), mask.height(), part));
            }
        }
        return parts;
    }

    private static boolean flood(Mask mask, int x, int y, boolean[] seen, boolean[] part) {
        int pixel = y * mask.width() + x;
        if (x < 0 || y < 0 || x >= mask.width() || y >= mask.height() || !mask.get(x, y) || seen[pixel]) {
            return false;
        }
        seen[pixel] = true;
        part[pixel] = true;
        flood(mask, x - 1, y, seen, part);
        flood(mask, x + 1, y, seen, part);
        flood(mask, x, y - 1, seen, part);
        flood(mask, x, y + 1, seen, part);
        return true;
    }

    /** All pixels but the mask's, and a border around. */
    private static Mask outside(Mask mask) {
        int width = mask.width() + 2;
        boolean[] values = new boolean[width * (mask.height() + 2)];
        for (int i = 0; i < values.length; i++) {
            int x = i % width - 1;
            int y = i / width - 1;
            values[i] = x < 0 || y < 0 || x == mask.width() || y == mask.height() || !mask.get(x, y);
        }
        return Mask.of(width, mask.height() + 2, values);
    }

    private static Mask mask(String... rows) {
        String values = String.join("", rows);
        boolean[] inside = new boolean[values.length()];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = values.charAt(i) == '#';
        }
        return Mask.of(rows[0].length(), rows.length, inside);
    }

    private static Stream<Ring> rings(Polygon polygon) {
        return Stream.concat(Stream.of(polygon.exterior()), polygon.holes().stream());
    }

    private static String text(Polygon polygon) {
        return String.join(" / ", rings(polygon).map(PolygonTest::text).toList());
    }

    private static String text(Ring ring) {
        return String.join(" ", IntStream.range(0, ring.size()).mapToObj(i -> ring.x(i) + "," + ring.y(i)).toList());
    }
}
