package io.plotpalette.stream.insights;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys that have a window in state, by its start. As the windows of all keys end together, the
 * next that end are the first in order, and a key costs a place in a list.
 */
final class OpenWindows {
  private final WindowTimes times;
  private final TreeMap<Long, Keys> byStart = new TreeMap<>();

  /** What is done with a key's window; a failure is the caller's. */
  @FunctionalInterface
  interface Action {
    void apply(Long start, String key) throws Exception;
  }

  /** The keys of one start. */
  private static final class Keys {
    private final List<String> notYetEnded = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
  }

  OpenWindows(WindowTimes times) {
    this.times = times;
  }

  /** Takes in a window that is new, or in state again. */
  void add(Long start, String key) {
    byStart.computeIfAbsent(start, s -> new Keys()).notYetEnded.add(key);
  }

  /**
   * Goes on to a watermark.
   *
   * @param end for each window that ends at or before it, once; also for one that was added later
   * @param forget for each window that is taken out
   */
  void advance(long watermark, Action end, Action forget) throws Exception {
    Iterator<Map.Entry<Long, Keys>> starts = byStart.entrySet().iterator();
    while (starts.hasNext()) {
      Map.Entry<Long, Keys> entry = starts.next();
      Long start = entry.getKey();
      if (times.lastMillis(start) > watermark) {
        return;
      }
      Keys keys = entry.getValue();
      for (String key : keys.notYetEnded) {
        end.apply(start, key);
      }
      keys.ended.addAll(keys.notYetEnded);
      keys.notYetEnded.clear();
      if (times.forgottenAt(start) <= watermark) {
        for (String key : keys.ended) {
          forget.apply(start, key);
        }
        starts.remove();
      }
    }
  }
}
