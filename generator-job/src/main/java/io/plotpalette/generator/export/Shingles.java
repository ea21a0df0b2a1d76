package io.plotpalette.generator.export;

import java.util.Arrays;

/**
 * The words of a text, three in a row, as a set of hashes. Letters and digits make words, in lower
 * case; a character of a script that is written without spaces is a word of its own. Punctuation,
 * spaces and line ends do not count.
 */
final class Shingles {
  private static final int WORDS = 3;
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long[] words = new long[256];
  private int count;
  private long word;
  private boolean inWord;

  /** Takes a text in; where it ends, a word ends. */
  void add(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (!Character.isLetterOrDigit(c)) {
        // An accent or a vowel sign belongs to its letter.
        if (!isMark(c)) {
          endWord();
        }
      } else if (isWrittenWithoutSpaces(c)) {
        endWord();
        append(c);
        endWord();
      } else {
        append(Character.toLowerCase(c));
      }
    }
    endWord();
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean isWrittenWithoutSpaces(int c) {
    if (c < 0x0E00) {
      return false;
    }
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR, TIBETAN -> true;
      default -> false;
    };
  }

  private void append(int c) {
    if (!inWord) {
      word = OFFSET_BASIS;
      inWord = true;
    }
    word = (word ^ c) * PRIME;
  }

  private void endWord() {
    if (inWord) {
      if (count == words.length) {
        words = Arrays.copyOf(words, count * 2);
      }
      words[count++] = mixed(word);
      inWord = false;
    }
  }

  /** The set as a sorted array, and this starts again; empty if there was no word. */
  long[] take() {
    int shingles = count == 0 ? 0 : Math.max(1, count - WORDS + 1);
    long[] set = new long[shingles];
    for (int i = 0; i < shingles; i++) {
      long hash = 0;
      for (int j = i; j < Math.min(count, i + WORDS); j++) {
        hash = mixed(hash + words[j]);
      }
      set[i] = hash;
    }
    count = 0;
    Arrays.sort(set);
    int distinct = 0;
    for (int i = 0; i < set.length; i++) {
      if (i == 0 || set[i] != set[i - 1]) {
        set[distinct++] = set[i];
      }
    }
    return Arrays.copyOf(set, distinct);
  }

  /** Spreads the bits, as splitmix64 does. */
  static long mixed(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
