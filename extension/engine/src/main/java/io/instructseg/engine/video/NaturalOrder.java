package io.instructseg.engine.video;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names in the order that a reader expects: {@code frame9} before {@code frame10}, {@code 08} before {@code 9}. */
final class NaturalOrder implements Comparator<String> {

    private static final Pattern PART = Pattern.compile("0*([0-9]+)|[^0-9]+");

    @Override
    public int compare(String a, String b) {
        Matcher left = PART.matcher(a);
        Matcher right = PART.matcher(b);
        boolean more = left.find();
        while (more && right.find()) {
            int order = comparePart(left, right);
            if (order != 0) {
                return order;
            }
            more = left.find();
        }
        return a.compareTo(b); // one begins with the other, or they differ in leading zeros
    }

    private static int comparePart(Matcher left, Matcher right) {
        String a = left.group(1);
        String b = right.group(1);
        if (a == null || b == null) {
            return left.group().compareTo(right.group());
        }
        return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }
}
