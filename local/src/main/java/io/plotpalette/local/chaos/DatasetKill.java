package io.plotpalette.local.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** How the product's process ends while datasets are made. */
enum DatasetKill {
  /** At a random call. */
  WHILE_IT_CALLS("while it calls"),
  /**
   * At a random call it stops as if its machine hung, and its state is lost: the next process has
   * nothing but the journal. Once that one makes calls, the old one wakes up and goes on beside it
   * with calls under way, until it is killed.
   */
  HANGS_AND_WAKES("by a hang, its state is lost"),
  /** Its job is submitted, and takes state and journals back. */
  WHILE_IT_RESTORES("while it restores");

  private final String phrase;

  DatasetKill(String phrase) {
    this.phrase = phrase;
  }

  String phrase() {
    return phrase;
  }

  /**
   * So many, each kind from three kills on, in random order. Who hangs is not left hanging over two
   * starts: no kill while restoring comes next, for that successor makes no calls.
   */
  static List<DatasetKill> plan(int kills, Random random) {
    List<DatasetKill> plan = new ArrayList<>();
    while (plan.size() < kills) {
      plan.add(WHILE_IT_CALLS);
      plan.add(HANGS_AND_WAKES);
      plan.add(WHILE_IT_RESTORES);
      plan.add(WHILE_IT_CALLS);
    }
    plan.subList(kills, plan.size()).clear();
    Collections.shuffle(plan, random);
    for (int end = 1; end < plan.size(); end++) {
      int i = end;
      while (i > 0 && plan.get(i) == WHILE_IT_RESTORES && plan.get(i - 1) == HANGS_AND_WAKES) {
        Collections.swap(plan, i - 1, i);
        i--;
      }
    }
    return plan;
  }
}
