package io.plotpalette.stream.parse;

import io.plotpalette.model.task.TaskAttribute;

/** What is read of a task's image, in the order in which it is judged. */
enum Slot {
  TASK_ID(TaskAttribute.TASK_ID),
  USER_ID(TaskAttribute.USER_ID),
  TITLE(TaskAttribute.TITLE),
  DESCRIPTION(TaskAttribute.DESCRIPTION),
  STATUS(TaskAttribute.STATUS),
  PRIORITY(TaskAttribute.PRIORITY),
  LABELS(TaskAttribute.LABELS),
  DUE_DATE(TaskAttribute.DUE_DATE),
  DUE_AT(TaskAttribute.DUE_AT),
  TIME_ZONE(TaskAttribute.TIME_ZONE),
  ESTIMATE_MINUTES(TaskAttribute.ESTIMATE_MINUTES),
  PARENT_ID(TaskAttribute.PARENT_ID),
  METADATA(TaskAttribute.METADATA),
  CREATED_AT(TaskAttribute.CREATED_AT),
  UPDATED_AT(TaskAttribute.UPDATED_AT),
  COMPLETED_AT(TaskAttribute.COMPLETED_AT),
  VERSION(TaskAttribute.VERSION);

  static final int COUNT = values().length;

  /** By length and first letter, which no two have in common. */
  private static final Slot[] BY_FORM = byForm();

  private final String attribute;

  Slot(String attribute) {
    this.attribute = attribute;
  }

  /** The slot of an attribute; null if it is of no interest. */
  static Slot of(String attribute) {
    if (attribute.isEmpty()) {
      return null;
    }
    Slot slot = BY_FORM[form(attribute)];
    return slot != null && slot.attribute.equals(attribute) ? slot : null;
  }

  private static Slot[] byForm() {
    Slot[] slots = new Slot[64];
    for (Slot slot : values()) {
      int form = form(slot.attribute);
      if (slots[form] != null) {
        throw new IllegalStateException(slot + " has the form of " + slots[form]);
      }
      slots[form] = slot;
    }
    return slots;
  }

  private static int form(String attribute) {
    return (attribute.length() * 10 + attribute.charAt(0)) & 63;
  }

  /** Whether it is of interest in the image before a change. */
  boolean isAskedOfOldImages() {
    return this == STATUS || this == VERSION;
  }

  /** As reasons name it. */
  @Override
  public String toString() {
    return attribute;
  }
}
