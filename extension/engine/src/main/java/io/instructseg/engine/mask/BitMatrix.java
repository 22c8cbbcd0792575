package io.instructseg.engine.mask;

/**
 * Squares of 64x64 bits.
 */
final class BitMatrix {

    static final int SIZE = 64;

    private BitMatrix() {
    }

    /**
     * Exchanges rows and columns: bit x of row y becomes bit y of row x. Swaps the two off-diagonal quarters, then those of
     * each quarter and so on (Warren, Hacker's Delight, 7-3).
     *
     * @param rows 64 rows
     */
    static void transpose(long[] rows) {
        long lowHalves = 0xffffffffL;
        for (int half = SIZE / 2; half > 0; half /= 2) {
            for (int row = 0; row < SIZE; row++) {
                if ((row & half) == 0) {
                    long difference = (rows[row] >>> half ^ rows[row + half]) & lowHalves;
                    rows[row] ^= difference << half;
                    rows[row + half] ^= difference;
                }
            }
            lowHalves ^= lowHalves << half / 2;
        }
    }
}
