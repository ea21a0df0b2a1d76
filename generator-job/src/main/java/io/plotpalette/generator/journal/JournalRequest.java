package io.plotpalette.generator.journal;

/** What a journal wants from its table. Each is answered once, however often it must be tried. */
public sealed interface JournalRequest {

  /**
   * Read segments of one bucket in order, consistently; one page, as large as the table likes.
   *
   * @param from the first one wanted
   */
  record Read(SegmentAddress from) implements JournalRequest {}

  /** Write a segment if nothing stands at its address; say what stands there otherwise. */
  record Write(SegmentAddress address, Segment segment) implements JournalRequest {}
}
