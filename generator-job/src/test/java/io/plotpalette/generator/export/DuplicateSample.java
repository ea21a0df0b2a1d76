package io.plotpalette.generator.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Texts of which it is known which are alike: originals of random words, and copies in which more
 * and more words are changed, so that similarities lie on both sides of the threshold. The truth is
 * the exact Jaccard similarity to the kept texts of the same family; other families share little.
 */
final class DuplicateSample {
  private static final int VOCABULARY = 3_000;
  private static final int COPIES = 2;

  private final double threshold;
  private final List<Entry> entries;

  /** A text, and whether it is like one that was kept before. */
  private record Entry(String text, boolean duplicate) {}

  /** What was found of what was there. */
  record Figures(int records, int known, int found, int right) {
    double precision() {
      return (double) right / found;
    }

    double recall() {
      return (double) right / known;
    }
  }

  private DuplicateSample(double threshold, List<Entry> entries) {
    this.threshold = threshold;
    this.entries = entries;
  }

  static DuplicateSample of(int records, double threshold, long seed) {
    Random random = new Random(seed);
    List<Entry> entries = new ArrayList<>();
    while (entries.size() < records) {
      List<String> original = words(40 + random.nextInt(200), random.nextLong());
      List<String> kept = new ArrayList<>();
      for (int copy = 0; copy <= COPIES; copy++) {
        String text = copy == 0 ? join(original) : changed(original, random);
        boolean duplicate = kept.stream().anyMatch(earlier -> jaccard(earlier, text) >= threshold);
        if (!duplicate) {
          kept.add(text);
        }
        entries.add(new Entry(text, duplicate));
      }
    }
    return new DuplicateSample(threshold, entries);
  }

  static List<String> words(int count, long seed) {
    return new Random(seed).ints(count, 0, VOCABULARY).mapToObj(i -> "word" + i).toList();
  }

  /** Up to a tenth of the words replaced; two in three texts get less than a fiftieth. */
  private static String changed(List<String> original, Random random) {
    double share = random.nextInt(3) == 0 ? random.nextDouble() / 10 : random.nextDouble() / 50;
    List<String> words = new ArrayList<>(original);
    for (int i = 0; i < words.size(); i++) {
      if (random.nextDouble() < share) {
        words.set(i, "changed" + random.nextInt(VOCABULARY));
      }
    }
    return join(words);
  }

  private static String join(List<String> words) {
    return String.join(" ", words);
  }

  /** Exact, over triples of words. */
  static double jaccard(String one, String other) {
    Set<List<String>> first = triples(one);
    Set<List<String>> second = triples(other);
    Set<List<String>> both = new HashSet<>(first);
    both.retainAll(second);
    return (double) both.size() / (first.size() + second.size() - both.size());
  }

  private static Set<List<String>> triples(String text) {
    List<String> words = List.of(text.toLowerCase(Locale.ROOT).split(" "));
    Set<List<String>> triples = new HashSet<>();
    for (int i = 0; i + 3 <= words.size(); i++) {
      triples.add(words.subList(i, i + 3));
    }
    return triples;
  }

  Figures measure(Path state) throws IOException {
    int known = 0;
    int found = 0;
    int right = 0;
    try (NearDuplicates duplicates = new NearDuplicates(threshold, entries.size(), state)) {
      for (int i = 0; i < entries.size(); i++) {
        boolean hit = duplicates.findOrKeep(i, List.of(entries.get(i).text())).isPresent();
        known += entries.get(i).duplicate() ? 1 : 0;
        found += hit ? 1 : 0;
        right += hit && entries.get(i).duplicate() ? 1 : 0;
      }
    }
    return new Figures(entries.size(), known, found, right);
  }
}
