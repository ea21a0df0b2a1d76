package io.plotpalette.connector.streams.proxy;

/** A failure of a stream call to which the source has an answer; one class an answer. */
public abstract sealed class StreamFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private StreamFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** The position is older than what the stream still holds: records are lost. */
  public static final class Trimmed extends StreamFailure {
    private static final long serialVersionUID = 1L;

    public Trimmed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The iterator is too old, the position is fine: open a fresh one. */
  public static final class ExpiredIterator extends StreamFailure {
    private static final long serialVersionUID = 1L;

    public ExpiredIterator(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The shard, stream or table does not exist (any more). */
  public static final class Gone extends StreamFailure {
    private static final long serialVersionUID = 1L;

    public Gone(String message, Throwable cause) {
      super(message, cause);
    }

    /** What to do about a stream that was unknown from the start. */
    public static String explain(String streamArn) {
      return ("Stream %s is unknown. Are region and endpoint right? A stream is gone with its table,"
              + " and 24 hours after it was switched off: then start the job without its state")
          .formatted(streamArn);
    }
  }

  /** Throttled: asked too often, ask again later. */
  public static final class Throttled extends StreamFailure {
    private static final long serialVersionUID = 1L;

    public Throttled(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The service or the way to it is in trouble: ask again later. */
  public static final class Unavailable extends StreamFailure {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
